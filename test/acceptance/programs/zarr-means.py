"""Dask's answer on the same store, in float32 as it stands and in float64, against the one in a file."""

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
single, double = dask.compute(
    x[::4].mean(0) - x[2::4].mean(0),
    x[::4].mean(0, dtype="f8") - x[2::4].mean(0, dtype="f8"),
)
seconds = time.perf_counter() - began
ours = np.load(path)
assert ours.shape == single.shape and ours.dtype == single.dtype, (ours.shape, ours.dtype, single.dtype)
ours = ours.astype("f8")
print(
    json.dumps(
        {
            "values": ours.size,
            "seconds": round(seconds, 1),
            "fromDask": float(np.abs(ours - single).max()),
            "fromDouble": float(np.abs(ours - double).max()),
            "daskFromDouble": float(np.abs(single - double).max()),
        }
    )
)
