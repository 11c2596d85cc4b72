"""What Dask gives for the programs of examples/, written in Python: test/truth/tutorials.json, by program and label.

    python test/truth/tutorials.py [--check]
"""

import csv
import json
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import dask
from dask import delayed
from distributed import Client, as_completed, get_client, rejoin, secede, wait

root = Path(__file__).parents[2]


@delayed(pure=True)
def inc(x):
    return x + 1


@delayed(pure=True)
def double(x):
    return x * 2


@delayed(pure=True)
def add(x, y):
    return x + y


def of_delayed():
    z = add(inc(1), inc(2))
    data = [1, 2, 3, 4, 5, 6, 7, 8]
    total = delayed(sum)([inc(n) for n in data])
    output = [add(inc(n), double(n)) for n in data]
    chosen = [double(n) if n % 2 == 0 else inc(n) for n in data]
    (nested,) = dask.compute({"lists": [output[:2], [z]], "total": total})
    return {
        "z": z.compute(),
        "sum of increments": total.compute(),
        "sum of sums": delayed(sum)(output).compute(),
        "even doubled, odd incremented": list(dask.compute(*chosen)),
        "nested": nested,
    }


def of_flights():
    flights = json.loads((root / "node_modules/vega-datasets/data/flights-20k.json").read_text())
    months = defaultdict(list)
    for flight in flights:
        months[flight["date"][:7].replace("/", "-")].append(flight)

    @delayed
    def read(path):
        with open(path) as file:
            return [(row["origin"], float(row["delay"])) for row in csv.DictReader(file)]

    @delayed
    def sums(rows):
        found = defaultdict(lambda: (0, 0))
        for origin, delay in rows:
            total, count = found[origin]
            found[origin] = (total + delay, count + 1)
        return dict(found)

    @delayed
    def means(parts):
        found = defaultdict(lambda: (0, 0))
        for part in parts:
            for origin, (total, count) in part.items():
                found[origin] = (found[origin][0] + total, found[origin][1] + count)
        return {origin: total / count for origin, (total, count) in sorted(found.items())}

    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for month, rows in months.items():
            path = Path(folder) / f"{month}.csv"
            path.write_text("\n".join(["origin,delay", *(f"{row['origin']},{row['delay']}" for row in rows)]))
            paths.append(str(path))
        found = means([sums(read(path)) for path in paths]).compute()
    return {"airports": len(found), "mean delays": found}


def of_tree():
    values = [inc(i) for i in range(37)]
    level = values
    while len(level) > 1:
        level = [add(*pair) if len(pair) == 2 else pair[0] for pair in (level[i : i + 2] for i in range(0, len(level), 2))]
    chain = values[0]
    for value in values[1:]:
        chain = add(chain, value)
    return {"tree": level[0].compute(), "chain": chain.compute()}


def of_futures(client):
    a = client.submit(lambda x: x + 1, 1)
    b = client.submit(lambda x: x * 2, 2)
    c = client.submit(lambda x, y: x + y, a, b)
    squares = client.map(lambda x: x * x, range(20))
    seen = sorted(future.result() for future in as_completed(client.map(lambda x: x * 2, [1, 2, 3, 4])))
    (table,) = client.scatter([[i / 8 for i in range(1000)]])
    parts = [client.submit(lambda data, start: sum(data[start : start + 250]), table, start) for start in (0, 250, 500, 750)]
    bad = client.submit(lambda x: x / 0, 1)
    reader = client.submit(lambda x: x + 1, bad)
    wait([bad, reader])
    return {
        "submit": c.result(),
        "map": client.gather(squares),
        "sum of futures": client.submit(sum, squares).result(),
        "as completed": seen,
        "scatter": client.gather(parts),
        "statuses": [bad.status, reader.status],
        "the error of the input": isinstance(reader.exception(), ZeroDivisionError),
    }


def rosenbrock(x, y):
    return ((1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x), x, y)


def follow(state):
    start, at, steps = state
    return (start, at // 2 if at % 2 == 0 else 3 * at + 1, steps + 1)


def of_search(client):
    best, tried, step = (float("inf"), -1.2, 1.0), 0, 0.7
    while step > 0.001:
        _, x, y = best
        around = [i * step for i in (-2, -1, 0, 1, 2)]
        candidates = [client.submit(rosenbrock, x + dx, y + dy) for dx in around for dy in around]
        for future in as_completed(candidates):
            tried += 1
            best = min(best, future.result())
        step /= 2
    starts = [3, 6, 7, 9, 19]
    paths = as_completed([client.submit(follow, (start, start, 0)) for start in starts])
    lengths = {}
    for future in paths:
        start, at, steps = future.result()
        if at == 1:
            lengths[start] = steps
        else:
            paths.add(client.submit(follow, future))
    return {"tried": tried, "best": list(best), "steps to 1": [lengths[start] for start in starts]}


def fib(n):
    if n < 2:
        return n
    client = get_client()
    futures = client.map(fib, [n - 1, n - 2])
    secede()
    results = client.gather(futures)
    rejoin()
    return sum(results)


def sum_range(start, stop):
    if stop - start <= 1000:
        return sum(range(start, stop))
    client = get_client()
    middle = (start + stop) // 2
    futures = client.map(sum_range, [start, middle], [middle, stop])
    secede()
    results = client.gather(futures)
    rejoin()
    return sum(results)


def of_nested(client):
    return {"fib(10)": client.submit(fib, 10).result(), "sum of a range": client.submit(sum_range, 0, 50_000).result()}


class Counter:
    n = 0

    def __init__(self):
        self.n = 0

    def increment(self):
        self.n += 1
        return self.n

    def add(self, x):
        self.n += x
        return self.n


class ParameterServer:
    def __init__(self):
        self.data = {}

    def put(self, key, value):
        self.data[key] = value

    def get(self, key):
        return self.data[key]


def add_to(counter, x):
    counter.add(x).result()


def train(params, rate):
    return [p - rate * (2 * (p - 1)) for p in params]


def of_actors(client):
    counter = client.submit(Counter, actor=True).result()
    counted = [counter.increment().result(), counter.increment().result(), counter.n]
    client.gather([client.submit(add_to, counter, x) for x in range(10)])
    server = client.submit(ParameterServer, actor=True).result()
    server.put("parameters", [0, 0.125, 0.25, 0.5, 0.75, 2, 3, 10]).result()
    for _ in range(20):
        params = server.get("parameters").result()
        server.put("parameters", client.submit(train, params, 0.1).result()).result()
    return {"counter": counted, "counted by tasks": counter.n, "parameters": server.get("parameters").result()}


def main():
    found = {"delayed": of_delayed(), "flights": of_flights(), "tree": of_tree()}
    with Client(processes=False, n_workers=1, threads_per_worker=2, dashboard_address=None) as client:
        found |= {"futures": of_futures(client), "search": of_search(client), "nested": of_nested(client)}
    # Threads of one process would share what is an actor's alone.
    with Client(n_workers=2, threads_per_worker=1, dashboard_address=None) as client:
        found |= {"actors": of_actors(client)}
    target = Path(__file__).with_suffix(".json")
    text = json.dumps(found, indent=1) + "\n"
    if "--check" in sys.argv:
        sys.exit(0 if target.read_text() == text else f"{target.name} is not what Dask {dask.__version__} gives")
    target.write_text(text)


if __name__ == "__main__":
    main()
