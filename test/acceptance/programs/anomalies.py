"""The same numbers by Dask, in two passes that each draw them anew, so that memory holds them."""

import json
import sys

import dask
import dask.array as da

args = json.loads(sys.argv[1])
dask.config.set(scheduler="threads")


def draw():
    return da.random.default_rng(args["seed"]).random(tuple(args["shape"]), chunks=tuple(args["chunks"]))


y = draw() - draw().mean(0).compute()
std, column, squares = dask.compute(y.std(), abs(y.mean(0)).max(), (y**2).sum())
print(json.dumps({"std": float(std), "column": float(column), "squares": float(squares)}))
