"""Nanoseconds per number of NumPy's generators: reads specs as JSON from stdin, one best time each."""

import json
import sys
import time

import numpy as np

job = json.load(sys.stdin)
count, repeats = job["count"], job["repeats"]
rng = np.random.Generator(np.random.PCG64(1))


def drawing(spec):
    kind, dtype = spec["kind"], spec["dtype"]
    if kind in ("random", "standard_normal"):
        out = np.empty(count, dtype)
        return lambda: getattr(rng, kind)(out=out, dtype=dtype)
    if kind == "integers":
        return lambda: rng.integers(spec["low"], spec["high"], count, dtype)
    if kind == "uniform":
        return lambda: rng.uniform(spec["low"], spec["high"], count)
    return lambda: rng.normal(spec["loc"], spec["scale"], count)


def best(run):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times) / count * 1e9


print(json.dumps([best(drawing(spec)) for spec in job["specs"]]))
