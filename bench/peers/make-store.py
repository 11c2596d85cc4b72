"""Writes the Zarr store of the weather workload: smooth temperatures with weather-like noise, stored to 0.01 K, float32."""

import json
import sys

import numpy as np
import zarr
from zarr.codecs import BloscCodec

args = json.loads(sys.argv[1])
times, rows, columns = args["shape"]
chunks = tuple(args["chunks"])

store = zarr.create_array(
    args["store"], shape=(times, rows, columns), chunks=chunks, dtype="float32",
    compressors=BloscCodec(cname="zstd", clevel=5), overwrite=True,
)
rng = np.random.default_rng(42)
latitude = np.linspace(90, -90, rows)[:, None]
longitude = np.linspace(0, 2 * np.pi, columns)[None, :]
climate = 288 + 30 * np.cos(np.radians(latitude)) - 15
noise = rng.normal(0, 0.5, (rows, columns))
for start in range(0, times, chunks[0]):
    stop = min(start + chunks[0], times)
    slab = np.empty((stop - start, rows, columns), dtype="float32")
    for t in range(start, stop):
        daily = 4 * np.cos(longitude - np.pi / 2 * t) * np.cos(np.radians(latitude))
        waves = 3 * np.sin(3 * longitude + t / 9) * np.sin(np.radians(4 * latitude))
        # the noise drifts, so that no two fields are equal
        field = climate + daily + waves + np.roll(noise, (t * 3) % columns, axis=1)
        slab[t - start] = np.round(field, 2)
    store[start:stop] = slab
