"""The same numbers by Dask."""

import json
import sys

import dask
import dask.array as da

args = json.loads(sys.argv[1])
dask.config.set(scheduler="threads")
rng = da.random.default_rng(args["seed"])
shape, chunks = tuple(args["shape"]), tuple(args["chunks"])
a = rng.random(shape, chunks=chunks)
b = rng.random(shape, chunks=chunks)
print(json.dumps({"result": (a.T.dot(b) - b.mean(0)).compute().tolist()}))
