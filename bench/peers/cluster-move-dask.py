import dask
import dask.array as da

import harness
from harness import SIZE, measure_parts

blocks, chunk = SIZE["blocks"], SIZE["megabytes"] * 2**17


def held(seed):
    """Each block is on one worker."""
    return da.random.default_rng(seed).random(blocks * chunk, chunks=chunk).persist()


def move(held):
    client = harness.client
    client.sync(client.scheduler.replicate, keys=list(client.who_has()), n=2)
    holders = client.who_has().values()
    return [held.numblocks[0], sum(len(workers) == 2 for workers in holders)]


measure_parts({"move": move}, f"Dask {dask.__version__}", held)
