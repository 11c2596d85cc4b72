"""Messages as distributed itself writes them, with what is in them, for test/cluster/wire/golden.test.ts.

    python test/truth/cluster_frames.py [--check]      writes test/truth/cluster-frames.json
"""

import base64
import json
import sys
from pathlib import Path

import numpy as np
from distributed.core import Status
from distributed.protocol import dumps, to_serialize
from distributed.protocol.serialize import ToPickle

sys.path.insert(0, str(Path(__file__).parents[2] / "deploy/scheduler"))
from tilework_scheduler import NodeTask, python_task  # noqa: E402

OUT = Path(__file__).with_name("cluster-frames.json")

ARRAYS = {
    "float64 2 x 3": np.arange(6.0).reshape(2, 3),
    "fortran order": np.asfortranarray(np.arange(6, dtype="i4").reshape(2, 3)),
    "broadcast": np.broadcast_to(np.array([1.5, 2.5], dtype="f4"), (3, 2)),
    "0-dimensional": np.array(7, dtype="i8"),
    "bool": np.array([True, False, True]),
    "big-endian": np.array([1, 256, -2], dtype=">i2"),
    "empty": np.zeros((0, 4)),
    "uint64": np.array([2**64 - 1], dtype="u8"),
    "every second": np.arange(10, dtype="u1")[::2],
}


def arrays():
    for name, array in ARRAYS.items():
        yield name, {"op": "x", "data": to_serialize(array)}, {
            "dtype": array.dtype.newbyteorder("=").name,
            "shape": list(array.shape),
            "elements": [str(x) for x in array.ravel().tolist()],
        }


def messages():
    yield from arrays()
    yield "list of arrays", {"data": to_serialize([ARRAYS["bool"], ARRAYS["0-dimensional"]])}, None
    yield "dictionary", {"data": to_serialize({"a": ARRAYS["bool"], "b": 1})}, None
    yield "set", {"keys": {"a"}, "nested": [{"who": {"b"}}]}, None
    yield "enumeration", {"status": Status.running}, None
    yield "tuples as keys", {"nbytes": {("x", 0): 8, "y": 16}}, None
    yield "pickled", {"run_spec": ToPickle(np.arange(3))}, None
    yield "payload", {"run_spec": ToPickle(NodeTask("x" * 300, ["a"], b"CBX" * 2000))}, None
    yield "task of Python", {"run_spec": ToPickle(python_task("x", ["a"], b"CBX"))}, None


def record(name, message, expected, **options):
    # Bytes of a pickle differ between versions, frames of the rest do not.
    frames = [bytes(f) for f in dumps(message, **options)]
    return {"name": name, "frames": [base64.b64encode(f).decode() for f in frames], "expected": expected}


def main():
    book = [record(*m, serializers=["msgpack", "dask", "pickle"]) for m in messages()]
    big = {"data": to_serialize(np.arange(1000.0))}
    book.append(record("split", big, {"dtype": "float64", "shape": [1000], "elements": [str(float(i)) for i in range(1000)]}, frame_split_size=3000))
    text = json.dumps(book, indent=1) + "\n"
    if "--check" in sys.argv:
        if OUT.read_text() != text:
            sys.exit(f"{OUT.name} is not what distributed writes now")
    else:
        OUT.write_text(text)


main()
