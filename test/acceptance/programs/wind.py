"""The mean wind speed over months and levels, by NumPy."""
import json
import sys

import numpy as np
from scipy.io import netcdf_file

with netcdf_file(sys.argv[1], mmap=False, maskandscale=True) as f:
    u, v = (np.asarray(f.variables[name][:], dtype=np.float64) for name in "uv")
print(json.dumps(np.sqrt(u * u + v * v).mean(axis=(0, 1)).ravel().tolist()))
