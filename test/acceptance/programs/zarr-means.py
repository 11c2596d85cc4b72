"""Dask's answer on the same store, in float64, against the one in a file."""

import json
import sys
import time

import dask
import dask.array as da
import numpy as np

store, path = sys.argv[1:]
dask.config.set(scheduler="threads")
x = da.from_zarr(store)
began = time.perf_counter()
theirs = (x[::4].mean(0, dtype="f8") - x[2::4].mean(0, dtype="f8")).compute()
seconds = time.perf_counter() - began
ours = np.load(path)
assert ours.shape == theirs.shape and ours.dtype == np.float32, (ours.shape, ours.dtype)
print(
    json.dumps(
        {
            "values": ours.size,
            "seconds": round(seconds, 1),
            "off": float(np.abs(ours - theirs).max()),
        }
    )
)
