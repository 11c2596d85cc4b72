"""The book of conformance cases: operands, calls, what NumPy answers, and the file that holds them.

A case is an expression, written so that JSON carries it and both languages can evaluate it:

    "@name"                        an operand of the book, cut into blocks by whoever runs the case
    {"f": name, "a": [...], "o": {...}}   a call, with options (axis, keepdims, dtype, ...)
    {"i": "123"}                   an integer too large for JSON, or one that must stay an integer
    {"x": "nan"}                   nan, inf, -inf, -0 or a hexadecimal float
    [..]                           a list of any of these
    anything else                  itself

The file is gzip around: the length of a JSON header (uint32, little endian), the header, zero bytes up to a
multiple of 8, and the bytes of all arrays, each starting at a multiple of 8 ("at" counts from the payload's start).
"""

import gzip
import json
import math
import struct

import numpy as np

from calls import call

DTYPES = [
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64",
]
FORMAT = 1


class Book:
    def __init__(self):
        self.operands = {}
        self.groups = {}
        self.arrays = {}
        self.payload = bytearray()
        self.known = {}
        self.skipped = {}

    # ── operands ──────────────────────────────────────────────────────────────────────────────────────────────
    def operand(self, name, value):
        """Names an array; cases refer to it as "@name"."""
        value = np.asarray(value)
        assert value.dtype.name in DTYPES, (name, value.dtype)
        if name in self.arrays:
            assert self.arrays[name].tobytes() == value.tobytes(), f"two operands named {name}"
        else:
            self.arrays[name] = value
            self.operands[name] = self.store(value, exact=True)
        return "@" + name

    def store(self, value, exact):
        """Puts an array's bytes into the payload, once for all equal exact arrays; says [dtype, shape, at]."""
        value = np.asarray(value)
        data = np.ascontiguousarray(value).tobytes()
        at = self.known.get(data) if exact else None
        if at is None:
            self.payload += bytes(-len(self.payload) % 8)
            at = len(self.payload)
            self.payload += data
            if exact:
                self.known[data] = at
        return [value.dtype.name, list(value.shape), at]

    # ── cases ─────────────────────────────────────────────────────────────────────────────────────────────────
    def evaluate(self, term, widen=None):
        """The value of an expression, by NumPy. `widen` is applied to every operand on the way."""
        if isinstance(term, str) and term.startswith("@"):
            value = self.arrays[term[1:]]
            return widen(value) if widen else value
        if isinstance(term, list):
            return [self.evaluate(part, widen) for part in term]
        if isinstance(term, dict):
            if "f" in term:
                args = [self.evaluate(part, widen) for part in term["a"]]
                options = {name: self.evaluate(part, widen) for name, part in term.get("o", {}).items()}
                return call(term["f"], args, options)
            if "i" in term:
                return int(term["i"])
            if "x" in term:
                text = term["x"]
                return float.fromhex(text) if "0x" in text else float(text)
        return term

    def case(self, group, fn, args, options=None, *, ulps=0, near=0.0, zero_sign=True, expected=None, written=None):
        """
        Adds a case. `ulps` and `near` (absolute) say how far another answer may lie from the one stored: the larger
        of the two counts. `zero_sign=False` where NumPy itself does not define the sign of a zero. `expected`
        replaces NumPy's plain answer by a better known value of the same dtype and shape. `written` replaces the
        expression in the file.
        """
        term = {"f": fn, "a": args}
        if options:
            term["o"] = options
        with np.errstate(all="ignore"):
            answer = np.asarray(self.evaluate(term))
        if answer.dtype.name not in DTYPES:
            self.skipped[answer.dtype.name] = self.skipped.get(answer.dtype.name, 0) + 1
            return
        if expected is not None:
            expected = np.asarray(expected)
            assert expected.dtype == answer.dtype and expected.shape == answer.shape, (term, expected, answer)
            check_near(term, answer, expected, max(ulps, 4), near)
            answer = expected
        if not zero_sign and answer.dtype.kind == "f":
            # It depends on the processor that NumPy runs on: stored as plus, so that all machines store the same.
            answer = answer + answer.dtype.type(0)
        inexact = answer.dtype.kind == "f" and (ulps or near)
        entry = dict(written or term)
        entry["r"] = self.store(answer, exact=not inexact)
        if inexact and ulps:
            entry["u"] = ulps
        if inexact and near:
            entry["n"] = float(f"{near:.3g}")
        if not zero_sign and answer.dtype.kind == "f":
            entry["z"] = 1
        self.groups.setdefault(group, []).append(entry)

    def error(self, group, fn, args, options=None):
        """Adds a call that NumPy refuses."""
        term = {"f": fn, "a": args}
        if options:
            term["o"] = options
        try:
            with np.errstate(all="ignore"):
                answer = self.evaluate(term)
        except (ValueError, TypeError, IndexError, OverflowError, ZeroDivisionError, np.exceptions.AxisError) as refusal:
            entry = dict(term)
            entry["e"] = type(refusal).__name__
            self.groups.setdefault(group, []).append(entry)
            return
        raise AssertionError(f"NumPy does not refuse {json.dumps(term)}: {answer!r}")

    # ── file ──────────────────────────────────────────────────────────────────────────────────────────────────
    def header(self):
        return {
            "format": FORMAT,
            "numpy": np.__version__,
            "operands": self.operands,
            "groups": self.groups,
        }

    def content(self):
        head = json.dumps(self.header(), separators=(",", ":"), allow_nan=False).encode()
        body = struct.pack("<I", len(head)) + head
        return body + bytes(-len(body) % 8) + bytes(self.payload)

    def write(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(self.content(), compresslevel=9, mtime=0))

    def count(self):
        return sum(len(cases) for cases in self.groups.values())


def check_near(term, answer, expected, ulps, near):
    """Fails where NumPy's own answer is not near the value that replaces it."""
    with np.errstate(all="ignore"):
        assert np.array_equal(np.isnan(answer), np.isnan(expected)), (term, answer, expected)
        finite = np.isfinite(expected) & np.isfinite(answer)
        off = np.abs(answer.astype(np.longdouble) - expected.astype(np.longdouble))
        room = np.maximum(np.spacing(np.abs(expected)).astype(np.longdouble) * ulps, near)
        same = answer == expected
        ok = same | np.isnan(expected) | (finite & (off <= room))
    assert ok.all(), (term, answer[~ok], expected[~ok])


def number(value):
    """A Python number as a term of an expression."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else {"i": str(value)}
    if math.isnan(value) or math.isinf(value):
        return {"x": str(value)}
    if value == 0 and math.copysign(1, value) < 0:
        return {"x": "-0.0"}
    return value
