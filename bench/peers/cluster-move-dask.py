import dask
import dask.array as da
from distributed import wait

import harness
from harness import SIZE, measure_parts, use_threads

use_threads()
blocks, chunk = SIZE["blocks"], SIZE["megabytes"] * 2**17
# Each block is on one worker.
held = da.random.default_rng(0).random(blocks * chunk, chunks=chunk).persist()
wait(held)


def move():
    client = harness.client
    client.sync(client.scheduler.replicate, keys=list(client.who_has()), n=2)
    holders = client.who_has().values()
    return [held.numblocks[0], sum(len(workers) == 2 for workers in holders)]


measure_parts({"move": move}, f"Dask {dask.__version__}")
