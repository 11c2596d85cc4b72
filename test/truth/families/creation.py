"""
Arrays from nothing. JavaScript has one type of numbers, whose arrays are float64 here: numbers are written as Python's
floats, and integers, which give int64, as JavaScript's bigints.
"""

from book import number
from families.operands import ALL, tame


def floats(value):
    """Numbers as JavaScript has them."""
    if isinstance(value, list):
        return [floats(part) for part in value]
    return value if isinstance(value, bool) else float(value)


def bigints(value):
    return [bigints(part) for part in value] if isinstance(value, list) else {"i": str(value)}


def add(book):
    for dtype in ALL:
        for shape in [[], [0], [5], [3, 4], [2, 3, 2]]:
            book.case("creation", "zeros", [shape], {"dtype": dtype})
            book.case("creation", "ones", [shape], {"dtype": dtype})
        book.case("creation", "full", [[3, 2], 1], {"dtype": dtype})
        for k in [0, 1, -2, 5, -5]:
            book.case("creation", "eye", [4], {"k": k, "dtype": dtype})
        book.case("creation", "identity", [3], {"dtype": dtype})
        x = tame(book, dtype, "3x4")
        book.case("creation", "zerosLike", [x])
        book.case("creation", "onesLike", [x])
        book.case("creation", "fullLike", [x, 1])
        if dtype != "bool":
            book.case("creation", "arange", [2, 11, 3], {"dtype": dtype})
    book.case("creation", "zeros", [4])
    book.case("creation", "ones", [[2, 2]])
    book.case("creation", "full", [[3], 2.5])
    book.case("creation", "full", [[3], True])
    book.case("creation", "full", [[2, 2], 7.0])
    book.case("creation", "full", [[2, 2], {"i": "7"}])
    book.case("creation", "full", [[2], {"i": str(-(2**62))}])
    book.case("creation", "full", [[3], number(float("nan"))])
    book.case("creation", "zerosLike", [tame(book, "float32", "0d")], {"dtype": "int64"})
    book.case("creation", "onesLike", [tame(book, "int8", "0x3")], {"dtype": "float64"})
    for n, m, k in [(4, 6, 0), (6, 4, 1), (6, 4, -3), (3, 0, 0), (0, 3, 0), (5, 5, 4), (2, 7, 3), (7, 2, -4)]:
        book.case("creation", "eye", [n, m], {"k": k})
    for args in [
        [5], [0], [1], [-3], [2, 7], [7, 2], [2, 11, 3], [11, 2, -3], [0, 10, 4], [5, 5], [10, 0, -1], [-5, 5, 2], [0, 1, 0.1], [0.5, 5.5],
        [1, 2, 0.3], [10, 0, -2.5], [0, 1, 0.25], [0.1, 1.3, 0.1], [5.5], [1, 1.3, 0.1], [-1, 1, 0.37], [1e6, 1e6 + 1, 0.125],
    ]:
        book.case("creation", "arange", floats(args), ulps=1)
        if all(isinstance(arg, int) for arg in args):
            book.case("creation", "arange", bigints(args))
    for dtype in ["float32", "int32", "uint8"]:
        book.case("creation", "arange", [10], {"dtype": dtype})
        book.case("creation", "arange", [1, 20, 2], {"dtype": dtype})
    for args in [[0, 1, 5], [0, 1, 1], [0, 1, 0], [2, -2, 9], [1, 10], [0.1, 0.7, 7], [3, 3, 4], [-1e3, 1e3, 33], [0, 100, 3]]:
        book.case("creation", "linspace", args, ulps=1)
        book.case("creation", "linspace", args, {"endpoint": False}, ulps=1)
    for dtype in ["float32", "int32"]:
        book.case("creation", "linspace", [0, 10, 5], {"dtype": dtype}, ulps=1)
    for values in [[1, 2, 3], [[1.5, 2], [3, 4]], [[True, False], [False, True]], [[[1, 2]], [[3, 4]]], [1.5], 2.5, True, [[0.5], [1]]]:
        book.case("creation", "array", [floats(values)])
    for values in [[1, 2, 3], [[2**62, -1], [0, 5]]]:
        book.case("creation", "array", [bigints(values)])
    for dtype in ALL:
        book.case("creation", "array", [[[0, 1], [1, 1]]], {"dtype": dtype})
    for fn, args, options in [
        ("zeros", [[-1]], None), ("ones", [[2, -3]], None), ("linspace", [0, 1, -1], None), ("arange", [0, 10, 0], None),
        ("array", [[[1, 2], [3]]], None), ("eye", [-1], None),
    ]:
        book.error("creation errors", fn, args, options)
