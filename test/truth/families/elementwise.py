"""Elementwise functions: values at the edges of every dtype, promotion of all pairs of dtypes, Python numbers, broadcasting."""

import itertools

import numpy as np

from book import number
from families.operands import ALL, FLOATS, INTS, SHAPES, SIGNED, UNSIGNED, pairs, seed_of, special, tame, widened

# ulps by which an answer may differ from the true value rounded once; 0: exactly NumPy's answer
UNARY = {
    "negative": 0, "positive": 0, "abs": 0, "sign": 0, "square": 0, "sqrt": 0, "floor": 0, "ceil": 0, "trunc": 0,
    "rint": 0, "isnan": 0, "isinf": 0, "isfinite": 0, "signbit": 0, "logicalNot": 0, "invert": 0,
    "degrees": 2, "radians": 2, "cbrt": 2,
    "exp": 3, "exp2": 3, "expm1": 3, "log": 3, "log2": 3, "log10": 3, "log1p": 3,
    "sin": 3, "cos": 3, "tan": 4, "arcsin": 4, "arccos": 4, "arctan": 3,
    "sinh": 4, "cosh": 4, "tanh": 4, "arcsinh": 4, "arccosh": 4, "arctanh": 4,
}
BINARY = {
    "add": 0, "subtract": 0, "multiply": 0, "divide": 0, "floorDivide": 0, "remainder": 0, "fmod": 0,
    "minimum": 0, "maximum": 0, "fmin": 0, "fmax": 0, "copysign": 0,
    "equal": 0, "notEqual": 0, "less": 0, "lessEqual": 0, "greater": 0, "greaterEqual": 0,
    "logicalAnd": 0, "logicalOr": 0, "logicalXor": 0,
    "bitwiseAnd": 0, "bitwiseOr": 0, "bitwiseXor": 0, "leftShift": 0, "rightShift": 0,
    "power": 3, "arctan2": 4, "hypot": 3, "logaddexp": 4,
}
EXTREMA = {"minimum", "maximum", "fmin", "fmax"}


def refused(book, fn, args, options=None):
    """Whether NumPy has no such loop (sqrt of nothing, shifts of floats, ...)."""
    try:
        with np.errstate(all="ignore"):
            book.evaluate({"f": fn, "a": args, "o": options or {}})
    except (TypeError, ValueError, OverflowError):
        return True
    return False


def settle(book, group, fn, args, ulps, options=None, zero_sign=True):
    """One case: an error where NumPy refuses, else a value, the true one rounded where `ulps` allows for a difference."""
    if refused(book, fn, args, options):
        book.error(group, fn, args, options)
        return
    term = {"f": fn, "a": args, "o": options or {}}
    with np.errstate(all="ignore"):
        dtype = np.asarray(book.evaluate(term)).dtype.name
    if dtype == "float16":
        # a dtype that tilework does not have: it answers in float32, as NumPy does for operands of float32
        written = {"f": fn, "a": args, **({"o": options} if options else {})}
        args = [{"f": "astype", "a": [arg, "float32"]} if isinstance(arg, str) else arg for arg in args]
        expected = widened(book, {"f": fn, "a": args}, "float32") if ulps else None
        book.case(group, fn, args, options, ulps=ulps, expected=expected, zero_sign=zero_sign, written=written)
        return
    expected = widened(book, term, dtype) if ulps and dtype in FLOATS else None
    book.case(group, fn, args, options, ulps=ulps, expected=expected, zero_sign=zero_sign)


def unary(book):
    for fn, ulps in UNARY.items():
        group = f"elementwise {fn}"
        for dtype in ALL:
            settle(book, group, fn, [special(book, dtype)], ulps)
        for dtype in ["int32", "float32", "float64"]:
            for shape in ["0d", "e", "0x3", "2x3x4"]:
                settle(book, group, fn, [tame(book, dtype, shape)], ulps)
    for dtype in INTS + FLOATS:
        nonzero = book.operand(f"{dtype}_nonzero", np.array([1, 2, 3, 7], dtype=dtype))
        book.case("elementwise reciprocal", "reciprocal", [nonzero])
    for dtype in FLOATS:
        book.case("elementwise reciprocal", "reciprocal", [special(book, dtype)])


LOOPED = 131  # elements: whole vectors, and some left over

#: As Python reads them: what `**` gives depends on the processor.
SIZES = np.array([1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1e0, 1e1, 1e2, 1e3])


def looped_values(dtype, salt=""):
    """Values of every size, of both signs."""
    rng = np.random.default_rng(seed_of(f"looped {dtype}{salt}"))
    if dtype in FLOATS:
        return (rng.standard_normal(LOOPED) * SIZES[rng.integers(-6, 4, LOOPED) + 6]).astype(dtype)
    info = np.iinfo(dtype)
    return rng.integers(info.min, info.max, LOOPED, dtype=dtype, endpoint=True)


def looped(book):
    """Arrays long enough for vector loops, and read backwards, with steps and across."""
    for dtype in ["int8", "uint16", "int32", "uint64", "float32", "float64"]:
        x = book.operand(f"{dtype}_looped", looped_values(dtype))
        y = book.operand(f"{dtype}_loopedb", looped_values(dtype, "b"))
        for fn, ulps in UNARY.items():
            if dtype in FLOATS or ulps == 0:
                settle(book, f"elementwise {fn}", fn, [x], ulps)
        for fn, ulps in BINARY.items():
            if fn == "power":
                continue
            if fn in ("leftShift", "rightShift") and dtype in INTS:
                y_few = {"f": "bitwiseAnd", "a": [y, 7]}
                settle(book, f"elementwise {fn}", fn, [x, y_few], ulps)
            elif dtype in FLOATS or ulps == 0:
                settle(book, f"elementwise {fn}", fn, [x, y], ulps)
        backwards = {"f": "slice", "a": [y, "::-1"]}
        stepped = [{"f": "slice", "a": [x, "::3"]}, {"f": "slice", "a": [y, "1::3"]}]
        book.case("elementwise, strided", "subtract", [x, backwards])
        book.case("elementwise, strided", "multiply", [{"f": "slice", "a": [stepped[0], ":43"]}, {"f": "slice", "a": [stepped[1], ":43"]}])
        square = tame(book, dtype, "37x41")
        book.case("elementwise, strided", "add", [{"f": "T", "a": [square]}, tame(book, dtype, "41x37")])
        book.case("elementwise, strided", "maximum", [square, {"f": "slice", "a": [square, "::-1", "::-1"]}])
        book.case("elementwise, strided", "less", [{"f": "slice", "a": [square, ":37", ":37"]}, {"f": "T", "a": [{"f": "slice", "a": [square, ":37", ":37"]}]}])
    for dtype in FLOATS:
        base = {"f": "abs", "a": [f"@{dtype}_looped"]}
        power = book.operand(f"{dtype}_powers", (np.arange(LOOPED) / 16 - 4).astype(dtype))
        settle(book, "elementwise power", "power", [base, power], BINARY["power"])


def negative_powers(book):
    """Exponents that whole numbers have no powers with."""
    for base, exponent in [("int32", "int32"), ("int8", "int64"), ("uint8", "int16"), ("bool", "int8"), ("int64", "int8")]:
        book.error("negative powers", "power", [tame(book, base, "7"), tame(book, exponent, "7")])
    book.error("negative powers", "power", [2, tame(book, "int32", "5x6")])
    for base, exponent in [("float64", "int32"), ("int32", "float64"), ("uint64", "int32")]:
        book.case("powers of floats", "power", [tame(book, base, "7", "b"), tame(book, exponent, "7")], ulps=BINARY["power"])
    book.case("powers of floats", "power", [tame(book, "int32", "7"), {"f": "abs", "a": [tame(book, "int16", "7")]}])


def binary(book):
    for fn, ulps in BINARY.items():
        group = f"elementwise {fn}"
        for dtype in ALL:
            left, right = pairs(book, dtype)
            if fn == "power" and dtype in SIGNED:
                left, right = [tame(book, dtype, "7", "b")], book.operand(f"{dtype}_exponents", np.array([[0], [1], [2], [3], [5]], dtype=dtype))
                left = left[0]
            if fn in ("leftShift", "rightShift") and dtype in INTS:
                bits = np.iinfo(dtype).bits
                right = book.operand(f"{dtype}_shifts", np.array([0, 1, 3, bits - 1, bits, bits + 1], dtype=dtype))
            # the sign of the smaller or larger of 0.0 and -0.0 is not NumPy's promise
            settle(book, group, fn, [left, right], ulps, zero_sign=fn not in EXTREMA)
        for dtype in ["uint8", "int64", "float32", "float64"]:
            for left, right in [("3x4", "3x4b"), ("0d", "3x4"), ("3x4", "0d"), ("0x3", "0x3"), ("e", "1")]:
                term = [tame(book, dtype, left), tame(book, dtype, right.rstrip("b"), "b" if right.endswith("b") else "")]
                if fn == "power" and dtype == "int64":
                    term[1] = {"f": "abs", "a": [term[1]]}
                if fn in ("leftShift", "rightShift") and dtype == "int64":
                    term[1] = {"f": "abs", "a": [term[1]]}
                settle(book, group, fn, term, ulps, zero_sign=fn not in EXTREMA)


PROMOTED = ["add", "multiply", "divide", "floorDivide", "power", "maximum", "less", "equal", "bitwiseAnd", "leftShift", "arctan2", "logicalOr"]


def promotion(book):
    """Every pair of dtypes, by values that fit all of them."""
    for fn, (a, b) in itertools.product(PROMOTED, itertools.product(ALL, ALL)):
        left = book.operand(f"{a}_small", np.array([0, 1, 1, 3, 100]).astype(a))
        right = book.operand(f"{b}_little", np.array([1, 0, 2, 3, 5]).astype(b))
        settle(book, f"promotion {fn}", fn, [left, right], BINARY[fn])
    for a, b in itertools.product(ALL, ALL):
        mask = book.operand("bool_mask5", np.array([True, False, True, False, True]))
        book.case("promotion where", "where", [mask, f"@{a}_small", f"@{b}_little"])
        book.case("promotion concatenate", "concatenate", [[f"@{a}_small", f"@{b}_little"]])
    # 64-bit integers of both signs compare as the numbers they are
    for fn in ["equal", "less", "lessEqual", "greater", "greaterEqual", "notEqual"]:
        signed, unsigned = pairs(book, "int64")[0], pairs(book, "uint64")[1]
        book.case("promotion int64 with uint64", fn, [signed, unsigned])
        book.case("promotion int64 with uint64", fn, [pairs(book, "uint64")[0], pairs(book, "int64")[1]])


def fits(dtype, value):
    return np.iinfo(dtype).min <= value <= np.iinfo(dtype).max


def numbers(book):
    """Python numbers take the array's dtype where its kind allows."""
    for fn in ["add", "subtract", "multiply", "divide", "floorDivide", "remainder", "power", "maximum", "less", "equal", "where", "bitwiseAnd", "copysign"]:
        for dtype in ALL:
            for value in [2, True, 0.5, -1, 300, 2**40, 2**70, float("nan"), float("inf")]:
                array = f"@{dtype}_small"
                zero_sign = fn not in EXTREMA
                if fn == "where":
                    if dtype in INTS and isinstance(value, int) and not fits(dtype, value):
                        continue  # NumPy wraps such a number around without a word
                    settle(book, "numbers where", fn, ["@bool_mask5", array, number(value)], 0)
                    continue
                settle(book, f"numbers {fn}", fn, [array, number(value)], BINARY[fn], zero_sign=zero_sign)
                if value in (2, 0.5):
                    settle(book, f"numbers {fn}", fn, [number(value), array], BINARY[fn], zero_sign=zero_sign)


def broadcasting(book):
    shapes = ["3x4", "4", "3x1", "1x4", "1", "0d", "2x3x4", "2x1x4", "1x1x1", "2x1x3x2", "3x2", "0x3", "3", "e", "1x0", "5"]
    for a, b in itertools.product(shapes, shapes):
        left = tame(book, "float64", a)
        right = tame(book, "int32", b, "b")
        settle(book, "broadcasting", "subtract", [left, right], 0)
    for a, b, c in [("3x4", "4", "3x1"), ("0d", "3x4", "0d"), ("2x1x4", "3x1", "1"), ("3x1", "1x4", "2x1x1"), ("3x4", "5", "1"), ("2", "3", "1")]:
        settle(book, "broadcasting", "where", [tame(book, "bool", a), tame(book, "float32", b), tame(book, "int16", c)], 0)


def rounding(book):
    for dtype in FLOATS:
        ties = book.operand(f"{dtype}_halves", np.array([0.5, 1.5, 2.5, -0.5, -1.5, 0.125, 0.375, 2.675, 1234.5678, -98765.4321, 15, 25, np.nan, np.inf, -0.0], dtype=dtype))
        for decimals in [0, 1, 2, -1, -3]:
            book.case("round", "round", [ties, decimals])
    for dtype in INTS:
        if dtype == "int8" or dtype == "uint8":
            continue
        wide = book.operand(f"{dtype}_tens", np.array([0, 4, 5, 15, 25, 26, 1234], dtype=dtype))
        for decimals in [0, 2]:
            book.case("round", "round", [wide, decimals])


def clipping(book):
    for dtype in ALL[1:]:
        array = special(book, dtype)
        book.case("clip", "clip", [array, 1, 5])
        book.case("clip", "clip", [array, None, 3], zero_sign=False)
        book.case("clip", "clip", [array, 2, None])
        book.case("clip", "clip", [array, 5, 1])
        low, high = tame(book, dtype, "3x4", "b"), tame(book, "float64", "4")
        book.case("clip", "clip", [tame(book, dtype, "3x4"), low, None], zero_sign=False)
        book.case("clip", "clip", [tame(book, dtype, "3x4"), low, high], zero_sign=False)
    for dtype in FLOATS:
        book.case("clip", "clip", [special(book, dtype), 0.25, number(float("nan"))])
        book.case("clip", "clip", [special(book, dtype), -0.5, number(float("inf"))])
    book.case("clip", "clip", [tame(book, "int32", "3x4"), -1.5, 2.5])
    book.case("clip", "clip", [tame(book, "uint8", "7"), -1, 300])


def closeness(book):
    for dtype in FLOATS:
        near = book.operand(f"{dtype}_near", np.array([1, 1 + 1e-6, 1 + 1e-4, 0, 1e-9, 1e-7, np.inf, -np.inf, np.nan, 1e10], dtype=dtype))
        column = book.operand(f"{dtype}_nearcolumn", np.array([[1], [0], [np.inf], [np.nan], [1.00001e10]], dtype=dtype))
        book.case("isclose", "isclose", [near, column])
        book.case("isclose", "isclose", [near, column], {"equalNan": True})
        book.case("isclose", "isclose", [near, column], {"rtol": 1e-3, "atol": 1e-6})
    book.case("isclose", "isclose", ["@int32_small", "@int64_little"])
    book.case("isclose", "isclose", ["@float64_small", 1])


def outside(book):
    """Floats that no integer holds, as x86-64 converts them. Those of uint32 by themselves: among others they are what the loop makes that NumPy runs."""
    values = [np.nan, np.inf, -np.inf, -1.5, 300.5, -40000.0, 2.0**31, -(2.0**31) - 256, 2.0**32, 2.0**33 + 1024, 2.0**63, -(2.0**63) - 2.0**40, 2.0**64, 1e30, -1e30]
    for a, b in itertools.product(sorted(FLOATS), sorted(INTS)):
        wide = np.array(values, dtype=a)
        if b == "uint32":
            for i, value in enumerate(wide):
                book.case("astype out of range", "astype", [book.operand(f"{a}_outside_{i}", value), b])
        else:
            book.case("astype out of range", "astype", [book.operand(f"{a}_outside", wide), b])


def casting(book):
    for a, b in itertools.product(ALL, ALL):
        source = special(book, a)
        if a in FLOATS and b in INTS:
            info = np.iinfo(b)
            rows = [0.0, -0.0, 1.9, 2.5, 100.7, float(min(info.max, 2**23))]
            if b in SIGNED:
                rows += [-1.9, -2.5, -100.7, float(max(info.min, -(2**23)))]
            source = book.operand(f"{a}_to_{b}", np.array(rows, dtype=a))
        book.case("astype", "astype", [source, b])
        book.case("astype", "astype", [tame(book, a, "3x4"), b] if a not in FLOATS or b not in UNSIGNED else [{"f": "abs", "a": [tame(book, a, "3x4")]}, b])
        book.case("astype", "astype", [tame(book, a, "e"), b])
    outside(book)
    book.case("astype", "astype", [book.operand("float64_wide", np.array([2.0**53, -(2.0**53), 2.0**62, -(2.0**63), 9007199254740991.0])), "int64"])
    book.case("astype", "astype", [book.operand("float64_wider", np.array([2.0**53, 2.0**63, 2.0**64 - 2048, 0])), "uint64"])
    book.case("astype", "astype", [book.operand("uint64_large", np.array([2**63, 2**63 + 1, 2**64 - 1, 2**53 + 1, 2**64 - 1025, 2**64 - 1024], dtype="uint64")), "float64"])
    book.case("astype", "astype", ["@uint64_large", "float32"])
    book.case("astype", "astype", [book.operand("int64_large", np.array([2**53 + 1, 2**53 + 3, -(2**53) - 1, 2**63 - 1, -(2**63), 2**62 + 513], dtype="int64")), "float64"])
    book.case("astype", "astype", ["@int64_large", "float32"])
    for fn in ["add", "subtract", "multiply", "floorDivide", "remainder"]:
        book.case("64-bit integers", fn, ["@uint64_large", book.operand("uint64_rows", np.array([[1], [3], [2**63 + 5], [2**64 - 1]], dtype="uint64"))])
        book.case("64-bit integers", fn, ["@int64_large", book.operand("int64_columns", np.array([[1], [-3], [2**62 + 5], [-(2**63)]], dtype="int64"))])


def add(book):
    assert set(SHAPES) and set(UNSIGNED)
    unary(book)
    negative_powers(book)
    binary(book)
    looped(book)
    promotion(book)
    numbers(book)
    broadcasting(book)
    rounding(book)
    clipping(book)
    closeness(book)
    casting(book)
