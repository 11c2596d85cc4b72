"""Reductions over every set of axes, of full, size-1 and empty arrays, with NaN and ties."""

import itertools

import numpy as np

from families.operands import ALL, FLOATS, INTS, SHAPES, tame, special

SUMS = ["sum", "prod", "mean", "std", "var", "nansum", "nanprod", "nanmean", "nanstd", "nanvar"]
PICKS = ["min", "max", "nanmin", "nanmax"]
TRUTHS = ["any", "all"]
PLACES = ["argmin", "argmax", "nanargmin", "nanargmax"]
EMPTY_FAILS = set(PICKS) | set(PLACES)


def room(dtype, count):
    """What two good ways to sum may differ by, relative to the sum of absolute values."""
    eps = np.finfo(dtype).eps if dtype in FLOATS else np.finfo("float64").eps
    return 4 * eps * max(1.0, count) ** 0.5


def reduce(book, group, fn, array, options):
    value = book.evaluate(array)
    if fn in SUMS and np.issubdtype(value.dtype, np.floating) or fn in ("mean", "std", "var", "nanmean", "nanstd", "nanvar"):
        dtype = value.dtype.name
        finite = np.abs(value[np.isfinite(value)].astype("float64")) if dtype in FLOATS else np.abs(value.astype("float64"))
        scale = float(finite.sum()) if fn in ("sum", "nansum") else float(finite.max(initial=0))
        if fn in ("var", "nanvar"):
            scale = max(scale, scale**2)
        if fn in ("prod", "nanprod"):
            scale = 0.0
        book.case(group, fn, [array], options, ulps=16, near=room(dtype, value.size) * scale, zero_sign=False)
    else:
        book.case(group, fn, [array], options, zero_sign=False)


def axes_of(rank, both_ends):
    """None, every axis (from both ends), and every set of axes."""
    found = [None]
    found += [axis for axis in range(-rank if both_ends else 0, rank)]
    for size in range(2, rank + 1):
        found += [list(axes) for axes in itertools.combinations(range(rank), size)]
    return found


def shapes(book):
    for fn in SUMS + PICKS + TRUTHS + PLACES:
        for shape, extents in SHAPES.items():
            if fn in ("std", "nanstd", "nanprod", "nanmin") and shape not in ("3x4", "0x3", "2x3x4", "0d"):
                continue  # made as var, prod and nanmax are
            for dtype in ["float64", "int32"]:
                if fn.startswith("nan") and dtype == "int32" and shape not in ("3x4", "e"):
                    continue
                array = tame(book, dtype, shape)
                for axis in axes_of(len(extents), both_ends=shape == "3x4"):
                    if fn in PLACES and isinstance(axis, list):
                        continue
                    if isinstance(axis, list) and dtype == "int32" and (len(axis) > 2 or len(extents) > 3):
                        continue
                    for keepdims in [False, True]:
                        if keepdims and (dtype == "int32" or axis == [1, 2]) and shape != "3x4":
                            continue
                        options = {"axis": axis} if axis is not None else {}
                        if keepdims:
                            options["keepdims"] = True
                        try:
                            with np.errstate(all="ignore"):
                                book.evaluate({"f": fn, "a": [array], "o": options})
                        except ValueError:
                            book.error(f"reduce {fn}", fn, [array], options)
                            continue
                        reduce(book, f"reduce {fn}", fn, array, options)


def dtypes(book):
    for fn in SUMS + PICKS + TRUTHS + PLACES:
        for dtype in ALL:
            group = f"reduce {fn}"
            for array in [tame(book, dtype, "3x4"), tame(book, dtype, "5x6")]:
                reduce(book, group, fn, array, {})
                reduce(book, group, fn, array, {"axis": 0})
                reduce(book, group, fn, array, {"axis": -1})
            if dtype not in FLOATS:
                reduce(book, group, fn, special(book, dtype), {})  # overflow wraps around
            else:
                if fn in PICKS + TRUTHS + PLACES:
                    reduce(book, group, fn, special(book, dtype), {})
        for dtype in ["float32", "int8", "uint16"]:
            reduce(book, f"reduce {fn}", fn, tame(book, dtype, "2x3x4"), {"axis": [0, 2], "keepdims": True}) if fn not in PLACES else None


def not_numbers(book):
    nan, inf = np.nan, np.inf
    tables = {
        "nan_some": [[1, nan, 3, 4], [2, 5, nan, 0.5], [0.25, 7, 8, nan]],
        "nan_row": [[nan, nan, nan], [1, 2, 3], [4, nan, 6]],
        "nan_late": [[1, 2, 3, 4, 5, 6, nan, 8]],
        "inf_some": [[1, inf, 3], [2, 5, 6], [-inf, 1, 2]],
        "inf_both": [[inf, -inf, 1, 2]],
        "nan_all": [[nan, nan], [nan, nan]],
        "zeros_both": [[0.0, -0.0], [-0.0, 0.0]],
        "ties": [[3, 1, 1, 3], [1, 3, 3, 1], [1, 1, 3, 3]],
        "ties_inf": [[inf, inf, -inf, -inf], [nan, inf, inf, nan]],
    }
    for name, rows in tables.items():
        for dtype in FLOATS:
            array = book.operand(f"{dtype}_{name}", np.array(rows, dtype=dtype))
            for fn in SUMS + PICKS + TRUTHS + PLACES:
                if fn.startswith("nanarg") and name == "ties_inf":
                    continue  # beside infinities NumPy may name the place of a NaN
                for options in [{}, {"axis": 0}, {"axis": 1, "keepdims": True}]:
                    try:
                        with np.errstate(all="ignore"):
                            book.evaluate({"f": fn, "a": [array], "o": options})
                    except ValueError:
                        book.error(f"reduce {fn} with NaN", fn, [array], options)
                        continue
                    reduce(book, f"reduce {fn} with NaN", fn, array, options)


def options(book):
    for fn in ["std", "var", "nanstd", "nanvar"]:
        for ddof in [0, 1, 2, 5]:
            for axis in [None, 0, 1]:
                reduce(book, f"reduce {fn} ddof", fn, tame(book, "float64", "3x4"), {"axis": axis, "ddof": ddof} if axis is not None else {"ddof": ddof})
        reduce(book, f"reduce {fn} ddof", fn, tame(book, "int16", "3x4"), {"axis": 0, "ddof": 1, "keepdims": True})
        reduce(book, f"reduce {fn} ddof", fn, "@float64_nan_some", {"axis": 1, "ddof": 1})
    for fn in ["sum", "prod", "mean"]:
        for dtype in ALL:
            for target in ["int8", "uint8", "int64", "uint64", "float32", "float64"]:
                if fn == "mean" and target in INTS:
                    continue
                if dtype in FLOATS and target in INTS:
                    continue
                array = tame(book, dtype, "3x4")
                near = 0.0
                if target in FLOATS:
                    near = room(target, 12) * (float(np.abs(book.evaluate(array).astype("float64")).sum()) if fn == "sum" else 12)
                book.case(f"reduce {fn} dtype", fn, [array], {"dtype": target}, ulps=16 if target in FLOATS else 0, near=near, zero_sign=False)
    book.case("reduce var dtype", "var", [tame(book, "float32", "5x6")], {"dtype": "float64", "axis": 0}, ulps=16, near=1e-13)
    # sums that lose everything when done naively
    steep = book.operand("float32_many", np.full(4099, 0.1, dtype="float32"))
    book.case("reduce accuracy", "sum", [steep], ulps=16)
    book.case("reduce accuracy", "mean", [steep], ulps=16)
    far = book.operand("float64_far", 1e9 + np.arange(64, dtype="float64") / 16)
    book.case("reduce accuracy", "var", [far], ulps=16, near=1e-9)
    book.case("reduce accuracy", "std", [far], ulps=16, near=1e-9)
    for dtype in FLOATS:
        book.case("reduce overflow", "sum", [book.operand(f"{dtype}_huge", np.array([np.finfo(dtype).max] * 2, dtype=dtype))])
        book.case("reduce overflow", "prod", [f"@{dtype}_huge"])
    for dtype in ["int32", "int64", "uint64"]:
        wrap = book.operand(f"{dtype}_wrap", np.array([np.iinfo(dtype).max] * 3 + [7], dtype=dtype))
        for fn in ["sum", "prod", "min", "argmax"]:
            book.case("reduce overflow", fn, [wrap])


def long(book):
    """Longer than one vector, one pass of a summation, one block of anything."""
    for dtype in ["float64", "float32", "int16", "uint64", "bool"]:
        x = tame(book, dtype, "129x65")
        for fn in SUMS + PICKS + TRUTHS + PLACES:
            if fn in ("prod", "nanprod") and dtype in FLOATS:
                continue  # out of every range
            if fn.startswith("nan") and dtype not in FLOATS or fn in ("std", "nanstd") and dtype != "float64":
                continue
            for options in [{}, {"axis": 0}, {"axis": 1}]:
                reduce(book, f"reduce {fn} of many", fn, x, options)
            reduce(book, f"reduce {fn} of many", fn, {"f": "slice", "a": [{"f": "T", "a": [x]}, "::-1", "::2"]}, {"axis": 0})
    # so many blocks that they are joined in several steps
    for dtype in FLOATS + ["int16"]:
        row = tame(book, dtype, "331")
        for fn in ["sum", "mean", "var", "nanmean", "nanvar", "max", "argmin", "nanargmax", "any"]:
            reduce(book, f"reduce {fn} of many", fn, row, {})


def errors(book):
    for fn in ["sum", "mean", "max", "argmin", "any", "std"]:
        book.error("reduce errors", fn, ["@float64_3x4"], {"axis": 2})
        book.error("reduce errors", fn, ["@float64_3x4"], {"axis": -3})
        book.error("reduce errors", fn, ["@float64_0d"], {"axis": 1})
        if fn != "argmin":
            book.error("reduce errors", fn, ["@float64_3x4"], {"axis": [0, 0]})
            book.error("reduce errors", fn, ["@float64_3x4"], {"axis": [0, -2]})
            book.error("reduce errors", fn, ["@float64_3x4"], {"axis": [1, 5]})


def add(book):
    shapes(book)
    dtypes(book)
    not_numbers(book)
    options(book)
    long(book)
    errors(book)
