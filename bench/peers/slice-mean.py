import dask.array as da

from harness import SIZE, measure


def run():
    n, chunk = SIZE["n"], SIZE["chunk"]
    x = da.random.default_rng(42).random((n, n), chunks=(chunk, chunk))
    return (x + x.T)[::2, n // 4 :].mean(axis=1).compute()


measure(run)
