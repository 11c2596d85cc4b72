import dask
import dask.array as da
import numpy as np

from harness import ARGS, SIZE, measure, use_threads

n, chunk = SIZE["n"], SIZE["chunk"]
use_threads()
# An array for each run: what was moved once is there already.
arrays = list(
    dask.persist(
        *[da.random.default_rng(seed).random((n, n), chunks=(chunk, n)) for seed in range(ARGS["runs"] + 1)]
    )
)


def corner(block):
    return block[-1:, -1:]


def run():
    """Every block of the outcome takes something of every block there was."""
    columns = arrays.pop().rechunk((n, chunk))
    ones = (1,) * (n // chunk)
    return columns.map_blocks(corner, chunks=((1,), ones), dtype=np.float64).sum().compute()


measure(run)
