import dask.array as da

from harness import SIZE, measure


def run():
    n, chunk = SIZE["n"], SIZE["chunk"]
    x = da.random.default_rng(42).random((n, n), chunks=(chunk, chunk))
    return (da.sin(x) ** 2 + da.cos(x) ** 2).mean().compute()


measure(run)
