import dask.array as da
import numpy as np

from harness import SIZE, measure

n, chunk = SIZE["n"], SIZE["chunk"]


def rows(seed):
    """An array for each run: what was moved once is there already."""
    return da.random.default_rng(seed).random((n, n), chunks=(chunk, n)).persist()


def corner(block):
    return block[-1:, -1:]


def run(rows):
    """Every block of the outcome takes something of every block there was."""
    columns = rows.rechunk((n, chunk))
    ones = (1,) * (n // chunk)
    return columns.map_blocks(corner, chunks=((1,), ones), dtype=np.float64).sum().compute()


measure(run, rows)
