"""Operands that several families share."""

import numpy as np

from book import DTYPES

FLOATS = ["float32", "float64"]
SIGNED = ["int8", "int16", "int32", "int64"]
UNSIGNED = ["uint8", "uint16", "uint32", "uint64"]
INTS = SIGNED + UNSIGNED
ALL = DTYPES

SHAPES = {
    "0d": (),
    "e": (0,),
    "1": (1,),
    "7": (7,),
    "0x3": (0, 3),
    "3x4": (3, 4),
    "1x5": (1, 5),
    "2x3x4": (2, 3, 4),
    "2x1x3x2": (2, 1, 3, 2),
}


def seed_of(text):
    return int.from_bytes(text.encode(), "little")


def values(dtype, shape, salt=""):
    """Tame values: every operation on them stays in range, and float sums have short binary fractions."""
    rng = np.random.default_rng(seed_of(f"{dtype}{shape}{salt}"))
    if dtype == "bool":
        return rng.integers(0, 2, shape).astype(bool)
    if dtype in UNSIGNED:
        return rng.integers(1, 12, shape).astype(dtype)
    if dtype in SIGNED:
        return rng.integers(-9, 10, shape).astype(dtype)
    return (rng.integers(-64, 65, shape) / 8).astype(dtype)


def tame(book, dtype, shape, salt=""):
    """An operand of tame values; `shape` is a key of SHAPES or like "5x6"."""
    extents = SHAPES[shape] if shape in SHAPES else tuple(int(part) for part in shape.split("x"))
    return book.operand(f"{dtype}_{shape}{salt}", values(dtype, extents, salt))


def special_values(dtype):
    if dtype == "bool":
        return np.array([False, True])
    if dtype in FLOATS:
        info = np.finfo(dtype)
        return np.array(
            [
                0.0, -0.0, 1, -1, 0.5, -0.5, 1.5, -1.5, 2.5, -2.5, 3, -7.25, 0.1, 10, 100.3, -1000.7, 1e10, -1e-5,
                info.eps, 1 + info.eps, 1 - info.eps / 2, info.tiny, -info.tiny, info.smallest_subnormal,
                -info.smallest_subnormal, info.tiny * 0.3, info.max, -info.max, np.inf, -np.inf, np.nan,
            ],
            dtype=dtype,
        )
    info = np.iinfo(dtype)
    if dtype in UNSIGNED:
        return np.array([0, 1, 2, 3, 7, 100, info.max // 2, info.max // 2 + 1, info.max - 1, info.max], dtype=dtype)
    return np.array(
        [0, 1, -1, 2, -2, 3, -7, 100, -100, info.max, info.max - 1, info.min, info.min + 1], dtype=dtype
    )


def special(book, dtype):
    """All the special values, in a row."""
    return book.operand(f"{dtype}_special", special_values(dtype))


def pair_values(dtype):
    """Fewer special values, for tables of all pairs."""
    if dtype == "bool":
        return np.array([False, True])
    if dtype in FLOATS:
        info = np.finfo(dtype)
        return np.array(
            [0.0, -0.0, 1, -1, 0.5, -2.5, 3, 7.25, -1000.7, info.smallest_subnormal, info.max, np.inf, -np.inf, np.nan],
            dtype=dtype,
        )
    info = np.iinfo(dtype)
    if dtype in UNSIGNED:
        return np.array([0, 1, 2, 3, 7, info.max // 2 + 1, info.max], dtype=dtype)
    return np.array([0, 1, -1, 2, 3, -7, info.max, info.min], dtype=dtype)


def pairs(book, dtype):
    """Special values as a column and as a row: an operation on both sees every pair."""
    row = pair_values(dtype)
    return book.operand(f"{dtype}_column", row[:, None]), book.operand(f"{dtype}_row", row)


def widened(book, term, ulps_dtype):
    """An expression computed in a wider type and rounded once: what NumPy's answer, an ulp or so off, is near to."""
    wide = {"float32": np.float64, "float64": np.longdouble}[ulps_dtype]
    with np.errstate(all="ignore"):
        return np.asarray(book.evaluate(term, lambda x: x.astype(ulps_dtype).astype(wide))).astype(ulps_dtype)
