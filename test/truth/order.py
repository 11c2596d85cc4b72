"""Writes test/truth/order.json: graphs of named shapes and, for each, the peak number of results that Dask's static order holds.

Run with NumPy and Dask installed: python test/truth/order.py
A task is a number; `inputs[t]` are the tasks that it reads. Tasks that nothing reads are outputs and are held to the end. The peak
counts the result of the task that runs, as if one task ran at a time.
"""

import json
import pathlib

import dask
import dask.array as da
import numpy as np
from dask.core import get_dependencies
from dask.order import order


def task(*args):
    return None


def tree(leaves, fan):
    graph = {f"x{i}": [] for i in range(leaves)}
    level = list(graph)
    depth = 0
    while len(level) > 1:
        depth += 1
        joined = []
        for i in range(0, len(level), fan):
            key = f"sum{depth}-{i}"
            graph[key] = level[i : i + fan]
            joined.append(key)
        level = joined
    return graph


def maps(n):
    return {f"{k}{i}": [] if k == "a" else [f"{'ab'['bc'.index(k)]}{i}"] for i in range(n) for k in "abc"}


def chains(n, length):
    return {f"c{i}-{j}": [f"c{i}-{j - 1}"] if j else [] for i in range(n) for j in range(length)}


def shuffle(n):
    graph = {f"in{i}": [] for i in range(n)}
    graph |= {f"split{i}-{j}": [f"in{i}"] for i in range(n) for j in range(n)}
    return graph | {f"out{j}": [f"split{i}-{j}" for i in range(n)] for j in range(n)}


def two_readers(n):
    graph = {}
    for i in range(n):
        graph |= {f"x{i}": [], f"f{i}": [f"x{i}"], f"g{i}": [f"x{i}"]}
    return graph | {"F": [f"f{i}" for i in range(n)], "G": [f"g{i}" for i in range(n)]}


def own_and_pair(n):
    """sum(x) and sum(x + y): the second reader of x waits for another source."""
    graph = {}
    for i in range(n):
        graph |= {f"x{i}": [], f"y{i}": [], f"f{i}": [f"x{i}"], f"g{i}": [f"x{i}", f"y{i}"]}
    for letter in "fg":
        level, depth = [f"{letter}{i}" for i in range(n)], 0
        while len(level) > 1:
            depth += 1
            keys = [f"{letter}{depth}-{i}" for i in range(0, len(level), 4)]
            graph |= {key: level[4 * i : 4 * i + 4] for i, key in enumerate(keys)}
            level = keys
    return graph


def stencil(n):
    """Every block reads its neighbours, as overlapping computations do."""
    graph = {f"x{i}-{j}": [] for i in range(n) for j in range(n)}
    for i in range(n):
        for j in range(n):
            graph[f"y{i}-{j}"] = [
                f"x{a}-{b}"
                for a in range(max(i - 1, 0), min(i + 2, n))
                for b in range(max(j - 1, 0), min(j + 2, n))
            ]
            graph[f"z{i}-{j}"] = [f"y{i}-{j}"]
    return graph


def of_arrays(*arrays):
    """The tasks of Dask arrays, as Dask would hand them to its order."""
    graph = {}
    for array in dask.optimize(*arrays):
        graph |= dict(array.__dask_graph__())
    return {key: sorted(get_dependencies(graph, key) & graph.keys(), key=str) for key in graph}


def shapes():
    def x(shape, chunks):
        return da.random.default_rng(0).random(shape, chunks=chunks)

    yield "tree of 64, two by two", tree(64, 2)
    yield "tree of 256, four by four", tree(256, 4)
    yield "independent maps", maps(30)
    yield "chains side by side", chains(8, 20)
    yield "shuffle of 8", shuffle(8)
    yield "two readers of one source", two_readers(20)
    yield "own and pair", own_and_pair(32)
    yield "stencil 8 x 8", stencil(8)
    yield "sum of elementwise", of_arrays((da.sin(x((160,), 10)) ** 2).sum())
    a, b = x((40, 40), 10), x((40, 40), 10)
    yield "A.T.dot(B) - B.mean(0)", of_arrays(a.T.dot(b) - b.mean(axis=0))
    yield "matmul 4 x 4", of_arrays(a @ b)
    yield "matmul 3 x 5 x 4", of_arrays(x((30, 50), 10) @ x((50, 40), 10))
    yield "sum of a matmul", of_arrays((a @ b).sum())
    c = x((80, 40), 10)
    yield "anomalies from a mean", of_arrays(c - c.mean(axis=0))
    yield "sum of squared anomalies", of_arrays(((c - c.mean(axis=0)) ** 2).sum(axis=0))
    yield "standardised", of_arrays((c - c.mean(axis=0)) / c.std(axis=0))
    yield "mean and std", of_arrays(c.mean(axis=0), c.std(axis=0))
    yield "tall mean and std", of_arrays(x((640, 10), 10).mean(), x((640, 10), 10).std())
    tall = x((640, 10), 10)
    yield "tall, two statistics of one source", of_arrays(tall.mean(), (tall * tall).sum(), tall.max())
    yield "rechunk rows to columns", of_arrays(x((60, 60), (10, 60)).rechunk((60, 10)))
    yield "sum of a rechunk", of_arrays((x((60, 60), (10, 60)).rechunk((60, 10)) + 1).sum(axis=0))
    yield "covariance", of_arrays(da.cov(x((20, 60), 10)))
    u, v = x((80, 40), 10), x((80, 40), 10)
    yield "means of products", of_arrays(u.mean(axis=0), v.mean(axis=0), (u * v).mean(axis=0))
    yield "eddies", of_arrays(((u - u.mean(axis=0)) * (v - v.mean(axis=0))).mean(axis=0))
    yield "map overlap", of_arrays(da.overlap.overlap(x((60, 60), 10), depth=1, boundary="none").sum())
    yield "svd, tall and skinny", of_arrays(*da.linalg.svd(x((160, 10), 10)))


def peak(inputs, sequence):
    left = [0] * len(inputs)
    for reads in inputs:
        for i in reads:
            left[i] += 1
    held = highest = 0
    for t in sequence:
        held += 1
        highest = max(highest, held)
        for i in inputs[t]:
            left[i] -= 1
            held -= left[i] == 0
    return highest


def main():
    cases = []
    for name, graph in shapes():
        numbers = {key: i for i, key in enumerate(graph)}
        inputs = [[numbers[k] for k in dict.fromkeys(reads)] for reads in graph.values()]
        ranks = order({key: (task, *reads) for key, reads in graph.items()})
        cases.append(
            {"name": name, "dask": peak(inputs, sorted(range(len(inputs)), key=lambda t: ranks[list(graph)[t]])), "inputs": inputs}
        )
    target = pathlib.Path(__file__).with_suffix(".json")
    lines = ",\n".join("  " + json.dumps(case, separators=(",", ":")) for case in cases)
    target.write_text(f'{{"dask":"{dask.__version__}","numpy":"{np.__version__}","cases":[\n{lines}\n]}}\n')
    for case in cases:
        print(f"{case['dask']:5d} of {len(case['inputs']):5d}  {case['name']}")


if __name__ == "__main__":
    main()
