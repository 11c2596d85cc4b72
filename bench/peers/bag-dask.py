import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from operator import add

import dask
import dask.bag as db
from harness import ARGS, THREADS, measure_parts


def flights():
    return db.read_text(ARGS["data"], blocksize=32 * 2**20).map(json.loads)


def is_late(flight):
    return flight["delay"] > 15


def add_delay(total, flight):
    return total + flight["delay"]


def digest(bag):
    """What answers are compared by: how many pairs, and what their numbers add up to, by twice."""
    pairs = bag.compute(scheduler="processes", pool=POOL)
    return [len(pairs), sum(n for _, n in pairs), sum(n * ord(key[0]) for key, n in pairs)]


if __name__ == "__main__":
    # Functions in Python hold the interpreter's lock: processes are what Dask's bags are computed by.
    POOL = ProcessPoolExecutor(THREADS, mp_context=get_context("spawn"))
    measure_parts(
        {
            "frequencies": lambda: digest(flights().filter(is_late).pluck("origin").frequencies()),
            "foldBy": lambda: digest(flights().foldby("origin", add_delay, 0, add, 0)),
        },
        f"Dask {dask.__version__}",
    )
