"""Makes test/data/io/zarr: small stores as real zarr-python writes them, and what is in them (truth.json).

    python test/truth/io_zarr.py        # zarr 3.1, numcodecs 0.16
"""

import json
import shutil
import warnings
from pathlib import Path

import numcodecs
import numpy as np
import zarr
from zarr.codecs import BloscCodec, BytesCodec, Crc32cCodec, GzipCodec, ShardingCodec, TransposeCodec, ZstdCodec

warnings.simplefilter("ignore")
out = Path(__file__).parents[1] / "data" / "io" / "zarr"
shutil.rmtree(out, ignore_errors=True)
out.mkdir(parents=True)
truth = {}


def say(name, a):
    wide = a.dtype.kind in "iu" and a.dtype.itemsize == 8
    values = [str(v) if wide or v != v or v in (np.inf, -np.inf) else v for v in a.ravel().tolist()]
    truth[name] = {"dtype": str(a.dtype.newbyteorder("=")), "shape": list(a.shape), "values": values}


base = np.arange(7 * 10, dtype="f4").reshape(7, 10) / 4


def save(name, a=base, chunks=(4, 6), **options):
    z = zarr.create_array(out / name, shape=a.shape, chunks=chunks, dtype=a.dtype, **options)
    z[...] = a
    say(name, z[...])
    return z


for name, codec in {
    "none": None,
    "zstd": ZstdCodec(level=0),
    "zstd_checksum": ZstdCodec(level=3, checksum=True),
    "gzip": GzipCodec(level=5),
    "blosc_lz4": BloscCodec(cname="lz4", clevel=5, shuffle="shuffle", typesize=4),
    "blosc_zstd": BloscCodec(cname="zstd", clevel=5, shuffle="bitshuffle", typesize=4),
    "blosc_noshuffle": BloscCodec(cname="blosclz", clevel=5, shuffle="noshuffle", typesize=4),
    "crc32c": Crc32cCodec(),
}.items():
    save(f"v3_{name}", compressors=codec)

# One chunk, some of several blosc blocks, the last one smaller: element i is i // 3.
for dtype, cname, shuffle in [
    ("f8", "lz4", "shuffle"),
    ("i8", "zstd", "shuffle"),
    ("i2", "lz4hc", "shuffle"),
    ("f4", "lz4", "shuffle"),
    ("u1", "lz4", "shuffle"),
    ("f4", "lz4", "noshuffle"),
    ("f4", "zstd", "bitshuffle"),
    ("f4", "zlib", "shuffle"),
]:
    n = 60001 if cname == "lz4" and shuffle == "shuffle" else 6001
    codec = BloscCodec(cname=cname, clevel=5, shuffle=shuffle, typesize=np.dtype(dtype).itemsize, blocksize=4096)
    z = zarr.create_array(out / f"blosc_{dtype}_{cname}_{shuffle}", shape=(n,), chunks=(n,), dtype=dtype, compressors=codec)
    z[...] = (np.arange(n) // 3).astype(dtype)
save("v3_two_codecs", compressors=[ZstdCodec(), GzipCodec(), Crc32cCodec()])

for name, codec in {
    "none": None,
    "zstd": numcodecs.Zstd(level=0),
    "gzip": numcodecs.GZip(level=5),
    "zlib": numcodecs.Zlib(level=5),
    "lz4": numcodecs.LZ4(),
    "blosc": numcodecs.Blosc(cname="lz4", clevel=5, shuffle=1),
}.items():
    save(f"v2_{name}", compressors=codec, zarr_format=2)

save("v2_default", zarr_format=2)
save("v3_default")
save("v2_fortran", zarr_format=2, order="F", compressors=None)
save("v2_slashes", zarr_format=2, compressors=None, chunk_key_encoding={"name": "v2", "separator": "/"})
save("v3_dots", compressors=None, chunk_key_encoding={"name": "default", "separator": "."})
save("v3_v2keys", compressors=None, chunk_key_encoding={"name": "v2", "separator": "."})
save("v2_bigendian", base.astype(">f4"), zarr_format=2, compressors=None)
save("v3_bigendian", serializer=BytesCodec(endian="big"), compressors=ZstdCodec())
save("v3_transpose", filters=[TransposeCodec(order=(1, 0))])
cube = np.arange(4 * 5 * 6, dtype="i4").reshape(4, 5, 6)
save("v3_transpose3", cube, (2, 3, 4), filters=[TransposeCodec(order=(2, 0, 1))], compressors=None)
save("v2_delta", cube, (2, 3, 4), zarr_format=2, filters=[numcodecs.Delta(dtype="<i4")], compressors=numcodecs.Zstd())
save(
    "v2_scaled",
    base.astype("f8"),
    zarr_format=2,
    filters=[numcodecs.FixedScaleOffset(offset=0, scale=4, dtype="<f8", astype="<i2")],
)
save("v3_sharded", base, (2, 2), shards=(4, 6))
save("v3_sharded_raw", base, (2, 2), shards=(4, 6), compressors=None)
save(
    "v3_sharded_start",
    base,
    (4, 6),
    serializer=ShardingCodec(chunk_shape=(2, 3), codecs=[BytesCodec(), GzipCodec()], index_codecs=[BytesCodec()], index_location="start"),
    compressors=None,
)
z = zarr.create_array(out / "v3_sharded_sparse", shape=(8, 8), chunks=(2, 2), shards=(4, 4), dtype="i2", fill_value=-3)
z[0:2, 2:4] = 9
say("v3_sharded_sparse", z[...])

# Missing chunks, and fill values that JSON's numbers cannot hold.
for name, dtype, fill, version in [
    ("v3_fill_nan", "f8", np.nan, 3),
    ("v2_fill_nan", "f4", np.nan, 2),
    ("v3_fill_inf", "f4", -np.inf, 3),
    ("v3_fill_int", "i8", 2**63 - 1, 3),
    ("v2_fill_uint", "u8", 2**64 - 1, 2),
    ("v3_fill_bool", "?", True, 3),
    ("v2_fill_none", "i4", None, 2),
]:
    options = {} if fill is None else {"fill_value": fill}
    z = zarr.create_array(out / name, shape=(5, 6), chunks=(2, 4), dtype=dtype, zarr_format=version, compressors=None, **options)
    z[2:4, 4:6] = 1
    say(name, z[...])

for dtype in ["?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f8"]:
    save(f"v3_dtype_{np.dtype(dtype).name}", (np.arange(11) % 3).astype(dtype), (4,))
save("v3_scalar", np.array(2.5), ())
save("v2_scalar", np.array(2.5), (), zarr_format=2)

group = zarr.create_group(out / "v3_group", attributes={"title": "a group"})
inner = group.create_group("climate").create_array(
    "t", shape=(4, 4), chunks=(2, 2), dtype="f4", dimension_names=["lat", "lon"], attributes={"units": "K"}
)
inner[...] = np.arange(16).reshape(4, 4)
group.create_array("u", shape=(2,), dtype="f4")
zarr.consolidate_metadata(out / "v3_group")
group = zarr.create_group(out / "v2_group", zarr_format=2)
inner = group.create_array("t", shape=(4,), chunks=(2,), dtype="f4", attributes={"_ARRAY_DIMENSIONS": ["x"], "units": "m"})
inner[...] = np.arange(4)
zarr.consolidate_metadata(out / "v2_group")

zarr.create_array(out / "v3_complex", shape=(2,), dtype="c16")
zarr.create_array(out / "v2_half", shape=(2,), dtype="f2", zarr_format=2)
zarr.create_array(out / "v2_string", shape=(2,), dtype="U3", zarr_format=2)
zarr.create_array(out / "v2_bz2", shape=(2,), dtype="f4", zarr_format=2, compressors=numcodecs.BZ2())

(out / "truth.json").write_text(json.dumps(truth) + "\n")
