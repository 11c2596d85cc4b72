"""Runs functions by name on Python workers, for clients of tilework; `tilework_scheduler` sends this file to them.

What Node sends arrives as Python's own values, and what Python returns leaves as Node's: plain values, NumPy arrays, and frames as
bytes of an Arrow stream. A result stays as it is on its worker, for other Python tasks; it is converted when Node asks for it.
"""

from __future__ import annotations

import datetime
import pkgutil
import re
import sys

import msgpack
import numpy as np
from distributed.protocol.serialize import register_serialization_family

# Extensions of msgpack: src/cluster/wire/values.ts.
UNDEFINED, BIGINT, NEGATIVE_ZERO, MAP, SET, INVALID_DATE, REGEXP, ELEMENTS, ERROR, ENTRIES, UTF16 = range(1, 12)
#: How typed arrays are numbered there; None is bytes without elements.
VIEWS = [None, "i1", "u1", "u1", "i2", "u2", "i4", "u4", "f4", "f8", "i8", "u8"]
ARRAY_BUFFER = 255
#: Element types that both have.
DTYPES = ["bool", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)), "float32", "float64"]
#: Integers beyond are bigints to Node.
SAFE = 2**53


class Values(list):
    """A list that is sent in one piece: Dask sends each element of what is exactly a list by itself."""

    def __reduce__(self):
        return list, (list(self),)


class Entries(dict):
    """A dictionary that is sent in one piece: of what is exactly a dictionary Dask sends each value by itself, and Node would read all names as text."""

    def __reduce__(self):
        return dict, (dict(self),)


def call(payload, *inputs):
    """What a task of Python runs: the function that the payload names, on its arguments and the results that it reads."""
    task = decode(payload)
    *args, kwargs = [filled(argument, inputs) for argument in task["params"]["args"]]
    result = resolve(decode(task["common"])["python"])(*args, **kwargs)
    if type(result) is list:
        return Values(result)
    is_map = type(result) is dict and not all(isinstance(name, str) for name in result)
    return Entries(result) if is_map else result


def resolve(name):
    try:
        return pkgutil.resolve_name(name)
    except ModuleNotFoundError as error:
        remedy = f"install it for {sys.executable}, which runs this Python worker"
        raise ModuleNotFoundError(f"{error}: {remedy}", name=error.name) from None


# From Node


class Input(dict):
    """Stands for an input in an argument: `{"$input": place}`, and `as`."""

    __hash__ = object.__hash__


def filled(argument, inputs):
    """An argument with inputs in their places; what is inside `$value` is passed as it is."""
    kind = type(argument)
    if kind is Input:
        value = inputs[argument["$input"]]
        if isinstance(value, Unread):
            raise value.error
        return value[()] if argument.get("as") == "element" and isinstance(value, np.ndarray) else value
    if kind is list:
        return [filled(item, inputs) for item in argument]
    if kind is set:
        return {filled(item, inputs) for item in argument}
    if kind is dict:
        if "$value" in argument:
            return argument["$value"]
        return {filled(name, inputs): filled(value, inputs) for name, value in argument.items()}
    return argument


def decode(data):
    """A value that Node wrote."""
    return msgpack.unpackb(data, ext_hook=extension, object_hook=known, strict_map_key=False, timestamp=3)


def known(value):
    """Maps that stand for something else."""
    if "$input" in value:
        return Input(value)
    if value.keys() == {"$arrow"}:
        return frame(value["$arrow"])
    if value.keys() == {"dtype", "shape", "data"} and isinstance(value["data"], (bytes, np.ndarray)):
        try:
            return np.frombuffer(value["data"], value["dtype"]).reshape(value["shape"]).copy()
        except (TypeError, ValueError):
            return value  # It only looks like an array.
    return value


def extension(code, data):
    if code in (UNDEFINED, INVALID_DATE):
        return None
    if code == BIGINT:
        return int(data)
    if code == NEGATIVE_ZERO:
        return -0.0
    if code in (MAP, ENTRIES):
        flat = decode(data)
        return dict(zip(flat[::2], flat[1::2]))
    if code == SET:
        return set(decode(data))
    if code == REGEXP:
        return decode(data)[0]
    if code == ELEMENTS:
        view = None if data[0] == ARRAY_BUFFER else VIEWS[data[0]]
        return data[1:] if view is None else np.frombuffer(data, view, offset=1).copy()
    if code == ERROR:
        return RuntimeError(str(decode(data)))
    if code == UTF16:
        return data.decode("utf-16-le", "surrogatepass")
    raise ValueError(f"a value of an unknown kind: extension {code}")


def frame(data):
    try:
        import pyarrow

        return pyarrow.ipc.open_stream(data).read_all().to_pandas()
    except Exception as error:
        # Not raised here, where the worker receives data: it would ask for them again, for ever.
        return Unread(data, error)


class Unread:
    """In place of a frame, that cannot be read, or where there is nothing to read it with: what uses it says so."""

    def __init__(self, data, error):
        if isinstance(error, ImportError):
            remedy = f"install pyarrow and pandas for {sys.executable}, which runs this Python worker"
            error = ImportError(f"frames travel as Arrow, {error}: {remedy}")
        self.__dict__.update(data=data, error=error)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise self.error

    def __reduce__(self):
        return frame, (self.data,)


# To Node


def encode(value):
    return msgpack.packb(plain(value))


def plain(value):
    """A value as msgpack and its extensions have it. NotImplementedError: Node has nothing like it."""
    if value is None or isinstance(value, (bool, float, bytes)):
        return value
    if isinstance(value, str):
        return str(value) if well_formed(value) else msgpack.ExtType(UTF16, value.encode("utf-16-le", "surrogatepass"))
    if isinstance(value, int):
        return int(value) if abs(value) <= SAFE else msgpack.ExtType(BIGINT, str(int(value)).encode())
    if isinstance(value, dict):
        if all(isinstance(name, str) and well_formed(name) and name != "__proto__" for name in value):
            return {str(name): plain(item) for name, item in value.items()}
        return msgpack.ExtType(MAP, encode([part for item in value.items() for part in item]))
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return msgpack.ExtType(SET, encode(list(value)))
    if isinstance(value, np.generic) and value.dtype.kind in "biuf":
        return plain(value.item())
    if isinstance(value, np.ndarray):
        return block(value)
    if isinstance(value, datetime.datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)
        return msgpack.Timestamp.from_datetime(aware)
    table = value.data if isinstance(value, Unread) else arrow_of(value)
    if table is not None:
        return {"$arrow": table}
    raise NotImplementedError(f"{type(value).__module__}.{type(value).__qualname__}")


def well_formed(text):
    return re.search("[\ud800-\udfff]", text) is None


def block(array):
    """An array inside of other data; text and objects as nested lists."""
    if array.dtype.kind in "OUS":
        return plain(array.tolist())
    array = np.ascontiguousarray(native(array)).reshape(array.shape)
    name = array.dtype.name
    data = array.tobytes()
    if name not in ("bool", "uint8"):
        data = msgpack.ExtType(ELEMENTS, bytes([VIEWS.index(array.dtype.str[1:])]) + data)
    return {"dtype": name, "shape": list(array.shape), "data": data}


def native(array):
    """The array in this machine's byte order; float16, which Node has not, as float32."""
    if array.dtype == np.float16:
        return array.astype(np.float32)
    if array.dtype.name not in DTYPES:
        raise TypeError(
            f"a NumPy array of {array.dtype} cannot be sent to Node: convert it, by .astype(…) to one of "
            f"{', '.join(DTYPES)}, or by .tolist(); dates travel in frames"
        )
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def arrow_of(value):
    """Bytes of an Arrow stream, of a frame or a series of pandas, or of what else Arrow takes; None for anything else."""
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(value, pandas.Series):
        value = value.to_frame("value" if value.name is None else value.name)
    if not hasattr(value, "__arrow_c_stream__"):
        return None
    try:
        import pyarrow
    except ImportError as error:
        raise ImportError("frames travel as Arrow: install pyarrow on the Python workers") from error
    is_pandas = pandas is not None and isinstance(value, pandas.DataFrame)
    table = pyarrow.Table.from_pandas(value) if is_pandas else pyarrow.table(value)
    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def dumps(value):
    if isinstance(value, np.ndarray) and value.dtype.name in DTYPES:
        # Dask sends arrays without a copy.
        raise NotImplementedError
    return {}, [encode(value)]


def loads(header, frames):
    return decode(b"".join(frames))


# Only Node asks for msgpack; to others Python pickles.
register_serialization_family("msgpack", dumps, loads)
