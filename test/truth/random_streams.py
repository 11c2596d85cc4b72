"""Writes test/truth/random_streams.json: what NumPy's SeedSequence, PCG64 and Generator make of many seeds and arguments.

Run with NumPy 2 on x86-64 Linux: python test/truth/random_streams.py
Streams are stored as a few first numbers and the start of the SHA-256 of all their bytes.
"""

import hashlib
import json
import pathlib

import numpy as np

SEEDS = [0, 1, 42, 2**32 - 1, 2**32, 123456789012345678901234567890, 2**300 + 7, [1, 2, 3], [0, 2**40, 5, 6, 7, 8]]
KEYS = [[], [0], [1], [99_999], [3, 7], [2**32 + 5], [0, 0, 1]]
COUNTS = [1, 2, 3, 4, 5, 7, 8, 9, 31, 1023, 1024, 1025, 1033, 2049, 32767, 32768, 32769, 100_003]


def text(seed):
    return [str(s) for s in seed] if isinstance(seed, list) else str(seed)


def digest(array):
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()[:16]


def generator(seed, key):
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=tuple(key))))


def sequence(seed, key):
    s = np.random.SeedSequence(seed, spawn_key=tuple(key))
    state = np.random.PCG64(s).state["state"]
    child = s.spawn(3)[2].spawn(2)[1]
    return {
        "seed": text(seed),
        "key": key,
        "uint32": s.generate_state(9).tolist(),
        "uint64": [str(x) for x in s.generate_state(3, np.uint64)],
        "state": str(state["state"]),
        "inc": str(state["inc"]),
        "grandchild": child.generate_state(2).tolist(),
    }


def stream(spec, seed, key, count):
    g = generator(seed, key)
    kind, dtype = spec["kind"], spec["dtype"]
    if kind == "random":
        a = g.random(count, dtype=dtype)
    elif kind == "uniform":
        a = g.uniform(spec["low"], spec["high"], count)
    elif kind == "standard_normal":
        a = g.standard_normal(count, dtype=dtype)
    elif kind == "normal":
        a = g.normal(spec["loc"], spec["scale"], count)
    elif kind == "exponential":
        a = g.exponential(spec["scale"], count)
    elif kind == "gamma":
        a = g.gamma(spec["shape"], spec["scale"], count)
    elif kind == "poisson":
        a = g.poisson(spec["lam"], count)
    elif kind == "binomial":
        a = g.binomial(spec["n"], spec["p"], count)
    elif kind == "choice":
        a = g.choice(spec["pool"], count, replace=False)
    elif kind == "permutation":
        a = g.permutation(count)
    else:
        a = g.integers(int(spec["low"]), int(spec["high"]), count, dtype=dtype, endpoint=spec.get("endpoint", False))
    assert a.dtype == dtype
    head = [x.hex() for x in a[:2].astype(float).tolist()] if a.dtype.kind == "f" else [str(int(x)) for x in a[:2]]
    return {"spec": spec, "seed": text(seed), "key": key, "count": count, "head": head, "sha256": digest(a)}


FLOATS = [
    {"kind": "random", "dtype": "float64"},
    {"kind": "random", "dtype": "float32"},
    {"kind": "uniform", "dtype": "float64", "low": -3.25, "high": 1e6},
    {"kind": "standard_normal", "dtype": "float64"},
    {"kind": "standard_normal", "dtype": "float32"},
    {"kind": "normal", "dtype": "float64", "loc": 10.1, "scale": 0.3},
]


# Not here: gamma with a shape below 1, the last digit of whose powers is the C library's, and Poisson numbers so large that the last digit of a
# logarithm decides.
VARIATES = [
    *({"kind": "exponential", "dtype": "float64", "scale": scale} for scale in [1, 0.3, 0]),
    *({"kind": "gamma", "dtype": "float64", "shape": shape, "scale": scale} for shape, scale in [(0, 1), (1, 1), (1.0001, 1), (2.5, 0.3), (1e4, 7), (1e12, 1)]),
    *({"kind": "poisson", "dtype": "int64", "lam": lam} for lam in [0, 0.001, 0.7, 5, 9.99, 10, 12.5, 100, 12345.6, 1e8, 3e9]),
    *({"kind": "binomial", "dtype": "int64", "n": n, "p": p} for n, p in [
        (0, 0.5), (1, 0), (1, 1), (1, 0.3), (10, 0.5), (10, 0.7), (60, 0.5), (61, 0.5), (61, 0.51), (100, 0.4), (100, 0.97), (1000, 0.03), (1000, 0.031),
        (1000, 0.7), (10**6, 1e-6), (10**6, 0.25), (10**6, 0.999), (10**9, 1e-5), (5 * 10**9, 0.5), (10**12, 0.9),
    ]),
]


def integer_specs():
    for name in ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]:
        info = np.iinfo(name)
        lo, hi = int(info.min), int(info.max)
        spans = [(0, 1), (0, 2), (3, 10), (0, 100), (lo, hi + 1), (lo, hi), (lo + 1, hi + 1), (0, hi), (hi // 2 - 1, hi)]
        if info.bits == 64:
            spans += [(5, 5 + 2**32), (5, 5 + 2**32 - 1), (5, 6 + 2**32), (0, 10**13), (0, 2**62 + 1), (lo, lo + 2**63)]
        for low, high in spans:
            yield {"kind": "integers", "dtype": name, "low": str(low), "high": str(high)}
        yield {"kind": "integers", "dtype": name, "low": "1", "high": "6", "endpoint": True}
    for low, high in [(0, 1), (0, 2), (1, 2)]:
        yield {"kind": "integers", "dtype": "bool", "low": str(low), "high": str(high)}


def main():
    streams = []
    for spec in FLOATS:
        streams += [stream(spec, seed, key, 100) for seed, key in zip(SEEDS, KEYS * 2)]
        streams += [stream(spec, 7, [i], count) for i, count in enumerate(COUNTS)]
        streams.append(stream(spec, 2024, [5], 1_000_001))
    for i, spec in enumerate(VARIATES):
        streams.append(stream(spec, SEEDS[i % len(SEEDS)], [i], 1 + i % 3))
        streams.append(stream(spec, 12, [i], 300_001))
    samples = [
        (0, 0), (1, 1), (5, 2), (10, 10), (100, 0), (1000, 700), (10_000, 9_999), (10_001, 200), (10_001, 201), (10_001, 10_001), (50_000, 30_000), (10**6, 20_000),
        (10**6, 20_001), (2**32 - 1, 5000), (2**32, 5000), (2**32 + 1, 5000), (2**32 + 2000, 5000), (2**40, 5000), (2**53 - 1, 999),
    ]
    for i, (pool, count) in enumerate(samples):
        streams.append(stream({"kind": "choice", "dtype": "int64", "pool": pool, "count": count}, SEEDS[i % len(SEEDS)], [i], count))
    for i, count in enumerate([0, *COUNTS]):
        streams.append(stream({"kind": "permutation", "dtype": "int64", "pool": count, "count": count}, SEEDS[i % len(SEEDS)], [i], count))
    for i, spec in enumerate(integer_specs()):
        streams.append(stream(spec, SEEDS[i % len(SEEDS)], [i], 1 + 997 * (i % 5)))
        streams.append(stream(spec, 11, [i], 70_001 + i))
    for count in COUNTS:
        for dtype in ["bool", "int8", "uint16", "int32", "int64"]:
            high = "2" if dtype == "bool" else "77"
            streams.append(stream({"kind": "integers", "dtype": dtype, "low": "0", "high": high}, 3, [1, 2], count))
    truth = {
        "numpy": np.__version__,
        "sequences": [sequence(seed, key) for seed in SEEDS for key in KEYS],
        "streams": streams,
    }
    rows = {name: value for name, value in truth.items() if not isinstance(value, list)}
    lines = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in rows.items()]
    for name in ["sequences", "streams"]:
        lines.append(f"{json.dumps(name)}: [\n" + ",\n".join(json.dumps(row) for row in truth[name]) + "\n]")
    pathlib.Path(__file__).with_name("random_streams.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


main()
