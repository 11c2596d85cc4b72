"""Values that occur, how often, and where values belong."""

import numpy as np

from families.operands import ALL, tame


def uniques(book):
    holes = book.operand("holes_ties_5x6", np.where(np.arange(30) % 7 == 3, np.nan, np.arange(30) * 11 % 8 / 4).reshape(5, 6))
    endless = book.operand("endless", np.array([np.inf, 1, -np.inf, np.nan, 1, np.inf]))
    for dtype in ALL:
        book.case("unique", "unique", [tame(book, dtype, "24")])
    for dtype in ["bool", "int8", "uint64", "float32"]:
        book.case("unique", "part.unique", [1, tame(book, dtype, "5x6")], {"returnCounts": True})
    both = {"returnInverse": True, "returnCounts": True}
    for x in [holes, endless, tame(book, "int16", "2x3x4"), tame(book, "float64", "0x3"), tame(book, "int64", "0d")]:
        book.case("unique", "unique", [x])
        book.case("unique", "part.unique", [1, x], {"returnInverse": True})
        for at in range(3):
            book.case("unique", "part.unique", [at, x], both)
    chosen = {"f": "index", "a": [holes, {"f": "greater", "a": [holes, 0.3]}]}
    for at in range(3):
        book.case("unique", "part.unique", [at, chosen], both)


def counts(book):
    for dtype in ["uint8", "uint16", "bool"]:
        book.case("bincount", "bincount", [tame(book, dtype, "24")])
        book.case("bincount", "bincount", [{"f": "astype", "a": [tame(book, dtype, "24"), "int64"]}], {"minlength": 40})
    book.case("bincount", "bincount", [{"f": "astype", "a": [tame(book, "uint8", "7"), "int64"]}])
    book.case("bincount", "bincount", [tame(book, "uint8", "24")], {"weights": tame(book, "float64", "24")}, near=1e-12)
    x = tame(book, "uint8", "24")
    book.case("bincount", "bincount", [x], {"weights": tame(book, "int16", "24"), "minlength": 12})
    for above in [8, 20]:
        book.case("bincount", "bincount", [{"f": "index", "a": [x, {"f": "greater", "a": [x, above]}]}])
    book.case("bincount", "bincount", [{"f": "slice", "a": [x, ":0"]}])
    book.case("bincount", "bincount", [{"f": "slice", "a": [x, ":0"]}], {"minlength": 3})
    for args in [[tame(book, "int8", "7")], [tame(book, "uint8", "3x4")], [tame(book, "float64", "7")]]:
        book.error("bincount errors", "bincount", args)
    book.error("bincount errors", "bincount", [x], {"weights": tame(book, "float64", "7")})
    book.error("bincount errors", "bincount", [x], {"minlength": -1})


def places(book):
    line, plane, ints = tame(book, "float64", "24"), tame(book, "float64", "5x6"), tame(book, "int64", "5x6")
    holes = book.operand("holes_5", np.array([1, np.nan, -3, 0.5, np.inf]))
    steps = book.operand("steps_9", np.array([-4, -4, -1, 0, 0, 0, 2.5, 7, np.nan]))
    for side in ["left", "right"]:
        for v in [line, plane, ints, holes, 0, {"f": "slice", "a": [line, ":0"]}]:
            book.case("searchsorted", "searchsorted", [steps, v], {"side": side})
        book.case("searchsorted", "searchsorted", [{"f": "sort", "a": [line]}, plane], {"side": side})
        book.case("searchsorted", "searchsorted", [{"f": "sort", "a": [tame(book, "int64", "24")]}, ints], {"side": side})
        book.case("searchsorted", "searchsorted", [{"f": "slice", "a": [line, ":0"]}, plane], {"side": side})
        book.case("searchsorted", "searchsorted", [steps, {"f": "index", "a": [line, {"f": "greater", "a": [line, 0]}]}], {"side": side})
    book.error("searchsorted errors", "searchsorted", [plane, line])
    for right in [False, True]:
        for bins in [[-2, 0, 0, 1.5, 3], [5, 1, 0, -2], [1], [2, 2], []]:
            for x in [line, plane, ints, holes]:
                book.case("digitize", "digitize", [x, bins], {"right": right})
    book.error("digitize errors", "digitize", [line, [1, 3, 2]])


def common(book):
    a, b = tame(book, "float64", "24"), tame(book, "float64", "5x6")
    holes = book.operand("holes_5", np.array([1, np.nan, -3, 0.5, np.inf]))
    for x, y in [(a, b), (b, a), (holes, holes), (tame(book, "int8", "7"), tame(book, "int64", "24")), (a, {"f": "slice", "a": [a, ":0"]})]:
        for fn in ["isin", "union1d", "setdiff1d"] + ["intersect1d"]:
            if fn == "intersect1d" and "int8" in str(x):
                continue  # of the promoted dtype in NumPy, which no value needs
            book.case("common values", fn, [x, y])


def largest(book):
    for x in [tame(book, "float32", "5x6"), tame(book, "int16", "2x3x4"), book.operand("steps_9", np.array([-4, -4, -1, 0, 0, 0, 2.5, 7, np.nan]))]:
        for k in [3, -2, 9]:
            book.case("largest", "topk", [x, k])
            book.case("largest", "topk", [x, k, 0])
    line = book.operand("different_7", np.array([3.5, 1, 9, -2, 7, 0, 4]))
    for k in [1, 3, -2]:
        book.case("largest", "argtopk", [line, k])


def add(book):
    uniques(book)
    common(book)
    largest(book)
    counts(book)
    places(book)
