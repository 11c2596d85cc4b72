from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import dask
import dask.dataframe as dd
import pandas as pd
from harness import ARGS, THREADS, measure_parts


def cost_of(delay, distance, origin):
    """What a delay costs: every half hour after the first quarter more than the one before."""
    cost = 0.0
    rate = 2.0 if origin.startswith("A") else 1.0
    late = delay - 15
    while late > 0:
        cost += rate * distance / 100
        rate *= 1.1
        late -= 30
    return cost


def cost_of_row(row):
    return cost_of(row.delay, row.distance, row.origin)


def cost_of_partition(part):
    costs = [cost_of(*values) for values in zip(part.delay, part.distance, part.origin)]
    return pd.Series(costs, index=part.index)


def total(costs):
    return [1, costs.sum().compute(scheduler="processes", pool=POOL)]


def flights():
    return dd.read_parquet(ARGS["data"]["flights"], columns=["delay", "distance", "origin"])


if __name__ == "__main__":
    # Functions in Python hold the interpreter's lock: processes are what Dask advises for them.
    POOL = ProcessPoolExecutor(THREADS, mp_context=get_context("spawn"))
    measure_parts(
        {
            "apply": lambda: total(flights().apply(cost_of_row, axis=1, meta=(None, "float64"))),
            "mapPartitions": lambda: total(flights().map_partitions(cost_of_partition, meta=(None, "float64"))),
        },
        f"Dask {dask.__version__}, pandas {pd.__version__}",
    )
