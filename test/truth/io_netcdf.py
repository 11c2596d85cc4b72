"""Makes test/data/io/netcdf: small netCDF-3 files as SciPy and the netCDF C library write them, and what the C library
reads of them (truth.json): `raw` as stored, `values` masked and scaled.

    python test/truth/io_netcdf.py        # SciPy 1.17, netCDF4 1.7
"""

import json
from pathlib import Path

import netCDF4
import numpy as np
from scipy.io import netcdf_file

out = Path(__file__).parents[1] / "data" / "io" / "netcdf"
out.mkdir(parents=True, exist_ok=True)
truth = {}


def plain(a):
    wide = a.dtype.kind in "iu" and a.dtype.itemsize == 8
    return [str(v) if wide or v != v else v for v in a.ravel().tolist()]


def say(name):
    truth[name] = {}
    with netCDF4.Dataset(out / name) as d:
        d.set_always_mask(False)
        for key, v in d.variables.items():
            if v.dtype.kind == "S":
                continue
            d.set_auto_maskandscale(False)
            raw = v[...]
            d.set_auto_maskandscale(True)
            values = v[...]
            if np.ma.isMaskedArray(values):
                values = values.astype("f8").filled(np.nan)
            truth[name][key] = {"dtype": str(raw.dtype.newbyteorder("=")), "shape": list(raw.shape), "raw": plain(raw), "values": plain(values)}


for format, name in [("NETCDF3_CLASSIC", "classic.nc"), ("NETCDF3_64BIT_OFFSET", "offset64.nc")]:
    with netCDF4.Dataset(out / name, "w", format=format) as f:
        f.title = "a small file"
        f.createDimension("time", None)
        f.createDimension("y", 3)
        f.createDimension("x", 5)
        for key, type in {"b": "i1", "s": "i2", "i": "i4", "f": "f4", "d": "f8"}.items():
            v = f.createVariable(key, type, ("y", "x"))
            v[:] = (np.arange(15).reshape(3, 5) - 7) * (1 if type[0] == "i" else 0.5)
            v.units = f"unit of {key}"
        v = f.createVariable("scalar", "f8", ())
        v[...] = 2.5
        v = f.createVariable("name", "S1", ("x",))
        v[:] = np.array(list("tiles"), "S1")
        # Records of several variables, of sizes that need padding, alternate.
        odd = f.createVariable("odd", "i1", ("time", "x"))
        wide = f.createVariable("wide", "f8", ("time", "y", "x"))
        time = f.createVariable("time", "i4", ("time",))
        for k in range(4):
            time[k] = 10 * k
            odd[k] = np.arange(5) + k
            wide[k] = np.arange(15).reshape(3, 5) / 4 + 100 * k
        time.units = "days since 2000-01-01"
        time.levels = np.array([1.5, 2.5])
    say(name)

with netcdf_file(out / "one_record_variable.nc", "w") as f:
    f.createDimension("time", None)
    f.createDimension("x", 3)
    v = f.createVariable("bytes", "i1", ("time", "x"))
    for k in range(5):
        v[k] = np.arange(3) + 10 * k
say("one_record_variable.nc")

with netcdf_file(out / "scipy.nc", "w", version=2) as f:
    f.createDimension("x", 4)
    f.createDimension("y", 2)
    f.createVariable("f", "f4", ("y", "x"))[:] = np.arange(8).reshape(2, 4) / 8
    f.createVariable("i", "i2", ("x",))[:] = np.arange(4) - 2
say("scipy.nc")

with netCDF4.Dataset(out / "packed.nc", "w", format="NETCDF3_64BIT_OFFSET") as f:
    f.createDimension("x", 6)

    def packed(key, type, fill, raw, **attributes):
        v = f.createVariable(key, type, ("x",), fill_value=fill)
        v.set_auto_maskandscale(False)
        v.setncatts(attributes)
        v[:] = np.array(raw, type)

    packed("scaled", "i2", -32767, [0, 1, -1, -32767, 32767, 5], scale_factor=0.01, add_offset=273.15)
    packed("scale_only", "i2", None, [0, 1, -1, 3, 32767, 5], scale_factor=0.5)
    packed("offset_only", "i4", None, [0, 1, -1, 3, 2**31 - 1, 5], add_offset=1000.0)
    packed("filled", "i4", -1, [0, 1, -1, -1, 7, 5])
    packed("both", "i2", -1, [0, 1, -1, -2, 7, 5], missing_value=np.int16(-2))
    packed("several", "f4", 1e20, [0, 1, -1, 1e20, -999, -998], missing_value=np.array([-999, -998], "f4"))
    packed("floats", "f4", 1e20, [-0.0, 1, 1e20, np.nan, 7.25, 5])
    packed("unsigned", "i1", -1, [0, 1, -1, -2, 127, -128], _Unsigned="true", scale_factor=0.5)
say("packed.nc")

with netCDF4.Dataset(out / "data64.nc", "w", format="NETCDF3_64BIT_DATA") as f:
    f.createDimension("t", None)
    f.createDimension("x", 3)
    for key, type in {"ub": "u1", "us": "u2", "ui": "u4", "l": "i8", "ul": "u8", "f": "f4"}.items():
        v = f.createVariable(key, type, ("t", "x"))
        v[:] = np.arange(6).reshape(2, 3)
    v = f.createVariable("big", "i8", ("x",), fill_value=-5)
    v[:] = [2**53 + 1, -5, -(2**62)]
say("data64.nc")

with netCDF4.Dataset(out / "hdf5.nc", "w") as f:
    f.createDimension("x", 2)

(out / "truth.json").write_text(json.dumps(truth) + "\n")
