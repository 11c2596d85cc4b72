"""What Dask's bag gives, for test/truth/bag.json, by label.

    python test/truth/bag.py [--check]
"""

import json
import sys
import tempfile
from pathlib import Path

import dask
import dask.bag as db

dask.config.set(scheduler="sync")

numbers = db.from_sequence([(7 * n) % 23 for n in range(40)], npartitions=5)
words = db.from_sequence("the cat and the hat sat on the mat and the bat".split(), npartitions=4)
people = db.from_sequence(
    [
        {"name": name, "age": age, "tags": tags}
        for name, age, tags in [
            ("Ada", 36, ["x", "y"]),
            ("Bob", 41, []),
            ("Cyd", 36, ["y"]),
            ("Dan", 17, ["x", "z", "z"]),
            ("Eve", 41, ["z"]),
        ]
    ],
    npartitions=3,
)
pairs = db.from_sequence([(n, n % 3) for n in range(10)], npartitions=3)
sparse = numbers.filter(lambda n: n > 20)


def by_key(items):
    return sorted([list(item) for item in items], key=json.dumps)


def of_text():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lines.txt"
        path.write_text("".join(f"line {n} {'x' * (n % 7)}\n" for n in range(50)) + "\nlast é")
        lines = db.read_text(str(path), blocksize=64, encoding="utf-8")
        return {"lines": [line.rstrip("\n") for line in lines.compute()], "lengths": lines.map(len).sum().compute()}


found = {
    "map": numbers.map(lambda n: n + 1).compute(),
    "map beside": numbers.map(lambda n, other, most: n * other + most, numbers.map(lambda n: n % 3), numbers.max()).compute(),
    "starmap": pairs.starmap(lambda a, b: a * 10 + b).compute(),
    "filter": numbers.filter(lambda n: n % 2 == 0).compute(),
    "remove": numbers.remove(lambda n: n % 2 == 0).compute(),
    "flatten": people.pluck("tags").flatten().compute(),
    "pluck": people.pluck("name").compute(),
    "pluck list": [list(row) for row in people.pluck(["age", "name"]).compute()],
    "pluck default": people.pluck("size", 0).compute(),
    "map partitions": numbers.map_partitions(lambda part: [sum(part)]).compute(),
    "count": numbers.count().compute(),
    "sum": numbers.sum().compute(),
    "min": numbers.min().compute(),
    "max": numbers.max().compute(),
    "mean": numbers.mean().compute(),
    "var": numbers.var().compute(),
    "var of a sample": numbers.var(ddof=1).compute(),
    "std": numbers.std().compute(),
    "any": [numbers.map(lambda n: n == 3).any().compute(), numbers.map(lambda n: n > 99).any().compute()],
    "all": [numbers.map(lambda n: n < 99).all().compute(), numbers.map(lambda n: n > 3).all().compute()],
    "min of sparse": sparse.min().compute(),
    "count of sparse": sparse.count().compute(),
    "fold": numbers.fold(lambda a, b: max(a, b)).compute(),
    "fold initial": words.fold(lambda n, word: n + len(word), lambda a, b: a + b, initial=0).compute(),
    "fold sparse": sparse.fold(lambda a, b: a * 31 + b, lambda a, b: a + b).compute(),
    "reduction": numbers.reduction(sum, sum, split_every=2).compute(),
    "reduction of sparse": sparse.reduction(lambda part: [max(part)], lambda parts: [n for part in parts for n in part]).compute(),
    "accumulate": numbers.accumulate(lambda a, b: a + b).compute(),
    "accumulate initial": numbers.accumulate(lambda a, b: a + b, initial=-1).compute(),
    "frequencies": by_key(words.frequencies().compute()),
    "most frequent": list(words.frequencies(sort=True).take(1)[0]),
    "topk": numbers.topk(4).compute(),
    "topk by": words.topk(3, key=len).compute(),
    "distinct": sorted(numbers.distinct().compute()),
    "distinct by": [row["name"] for row in people.distinct(key=lambda row: row["age"]).compute()],
    "foldby": by_key(numbers.foldby(lambda n: n % 4, lambda a, b: a + b).compute()),
    "foldby initial": by_key(people.foldby("age", lambda n, row: n + len(row["tags"]), 0, lambda a, b: a + b, 0).compute()),
    "groupby": by_key((key, sorted(values)) for key, values in words.groupby(len).compute()),
    "groupby lists": by_key(
        (list(key), sorted(row["name"] for row in rows))
        for key, rows in people.groupby(lambda row: (row["age"], len(row["tags"]))).compute()
    ),
    "join": by_key(words.join(["apple", "cherry", "tea"], lambda word: word[0]).compute()),
    "join on other": by_key(
        (other["n"], row["name"])
        for other, row in people.join([{"at": 36, "n": 1}, {"at": 41, "n": 2}], lambda row: row["age"], lambda o: o["at"]).compute()
    ),
    "product": by_key(db.from_sequence([1, 2, 3], npartitions=2).product(db.from_sequence(["a", "b"])).compute()),
    "zip": [list(pair) for pair in db.zip(numbers, numbers.map(lambda n: 1 - n)).compute()],
    "concat": db.concat([numbers, db.range(3, npartitions=2)]).compute(),
    "take": list(numbers.take(6)),
    "repartition": [db.range(100, 10).repartition(npartitions=n).map_partitions(lambda p: [len(list(p))]).sum().compute() for n in (3, 25)],
    "text": of_text(),
}
target = Path(__file__).with_name("bag.json")
text = json.dumps({"dask": dask.__version__, **found}, indent=1, ensure_ascii=False) + "\n"
if "--check" in sys.argv:
    sys.exit(0 if target.read_text() == text else f"{target.name} is not what Dask {dask.__version__} gives")
target.write_text(text)
