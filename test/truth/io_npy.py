"""Makes test/data/io/npy: small files as real NumPy writes them, and what is in them (truth.json).

    python test/truth/io_npy.py        # NumPy 2.4
"""

import json
import zipfile
from pathlib import Path

import numpy as np

out = Path(__file__).parents[1] / "data" / "io" / "npy"
out.mkdir(parents=True, exist_ok=True)
truth = {}


def say(name, a):
    values = [str(v) if a.dtype.kind in "iu" and a.dtype.itemsize == 8 else v for v in a.ravel().tolist()]
    truth[name] = {"dtype": str(a.dtype.newbyteorder("=")), "shape": list(a.shape), "values": values}


rng = np.random.default_rng(7)
for dtype in ["?", "i1", "<i2", "<i4", "<i8", "u1", "<u2", "<u4", "<u8", "<f4", "<f8", ">i2", ">u4", ">i8", ">f4", ">f8"]:
    d = np.dtype(dtype)
    if d.kind == "f":
        a = np.round(rng.normal(size=(3, 4)), 2).astype(d)
        a[0, 0], a[0, 1] = -0.0, 1e30
    elif d.kind == "b":
        a = rng.random((3, 4)) > 0.5
    else:
        info = np.iinfo(d)
        a = rng.integers(info.min, info.max, (3, 4), dtype=d.newbyteorder("="), endpoint=True).astype(d)
    name = dtype.replace("<", "le_").replace(">", "be_").replace("?", "bool") + ".npy"
    np.save(out / name, a)
    say(name, a)

f = np.asfortranarray(np.arange(2 * 3 * 5, dtype="<i4").reshape(2, 3, 5))
np.save(out / "fortran.npy", f)
say("fortran.npy", f)
f = np.asfortranarray(np.arange(6 * 4, dtype=">f8").reshape(6, 4))
np.save(out / "fortran_be.npy", f)
say("fortran_be.npy", f)

for name, a in {"scalar.npy": np.array(3.5), "empty.npy": np.empty((0, 3)), "one.npy": np.arange(5, dtype="<i2")}.items():
    np.save(out / name, a)
    say(name, a)

for version in [(1, 0), (2, 0), (3, 0)]:
    name = f"version{version[0]}.npy"
    a = np.arange(6, dtype="<f4").reshape(2, 3)
    with open(out / name, "wb") as file:
        np.lib.format.write_array(file, a, version=version)
    say(name, a)

unread = {
    "complex.npy": np.zeros(2, complex),
    "unicode.npy": np.array(["ab", "c"]),
    "bytes.npy": np.array([b"ab", b"c"]),
    "datetime.npy": np.array(["2020-01-01"], "M8[D]"),
    "half.npy": np.zeros(2, "f2"),
    "record.npy": np.zeros(2, [("x", "<f8"), ("y", "<i4")]),
}
for name, a in unread.items():
    np.save(out / name, a)
np.save(out / "object.npy", np.array([{}, None], object), allow_pickle=True)

many = {"a": np.arange(12, dtype="<f8").reshape(3, 4), "b": np.arange(5, dtype=">i2"), "flags": np.array([True, False, True])}
np.savez(out / "stored.npz", **many)
np.savez_compressed(out / "deflated.npz", **many)
np.savez_compressed(out / "single.npz", only=many["a"])
with zipfile.ZipFile(out / "lzma.npz", "w", zipfile.ZIP_LZMA) as z:
    z.write(out / "one.npy", "a.npy")
# Zip64 records, which are written where sizes or positions need them: from 10 bytes on, here.
zipfile.ZIP64_LIMIT = 10
with zipfile.ZipFile(out / "zip64.npz", "w", zipfile.ZIP_DEFLATED) as z:
    with z.open("a.npy", "w", force_zip64=True) as file:
        np.lib.format.write_array(file, many["a"])
for key, a in many.items():
    say(f"npz:{key}", a)

(out / "truth.json").write_text(json.dumps(truth) + "\n")
