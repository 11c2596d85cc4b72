import dask.array as da

from harness import SIZE, measure

n, chunk = SIZE["n"], SIZE["chunk"]
rng = da.random.default_rng(42)
a = rng.random((n, n), chunks=(chunk, chunk)).persist(scheduler="threads")
b = rng.random((n, n), chunks=(chunk, chunk)).persist(scheduler="threads")


def run():
    return (a @ b).sum(axis=1).compute()


measure(run)
