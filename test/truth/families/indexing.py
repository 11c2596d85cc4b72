"""Slicing strings, lists of integers, boolean arrays."""

import numpy as np

from families.operands import tame

SLICES_1D = [
    ":", "::2", "::-1", "1:", ":3", "-3:", ":-2", "2:5", "5:2", "5:2:-1", "-1:-8:-1", "-100:100", "100:", ":-100", "::3", "::-3",
    "1::2", "6:0:-2", "-2::-2", "3", "-1", "0", "...", "newaxis", "3:3", "::100", "::-100", "6::-1", "-8::-1", "100::-2",
]
SLICES_2D = [
    ["1"], ["-1"], ["1", "2"], ["-1", "-1"], ["::2", "1:"], [":", "1"], ["0", ":"], ["::-1", "::-1"], ["...", "1"], ["1", "..."],
    ["newaxis"], [":", "newaxis"], ["...", "newaxis"], ["newaxis", "1", "newaxis", "::2"], ["1:1"], [":", "4:"], ["5:", "::-1"], ["..."],
    ["2:0:-1", "-2:"], ["...", "::-2"], ["newaxis", "...", "newaxis"],
]
SLICES_3D = [
    ["1"], ["...", "0"], ["0", "...", "-1"], [":", "1"], ["::-1", "::-1", "::-1"], ["1", "::2", "1:3"], ["...", "1", ":"], ["0", "1", "2"],
    ["newaxis", "1", "newaxis", "...", "::2"], ["1:", ":", "3:0:-2"], [":", ":", "-1:"], ["0:0"], [":", "-1", "newaxis"], ["...", "2:1"],
]
SLICES_4D = [["1", "0", "2", "1"], ["...", "1"], [":", "0", "::-1"], ["-1", "...", "newaxis", "0"], [":", ":", "1:", "::-1"]]


def slicing(book):
    for dtype in ["float64", "int8", "bool", "uint64"]:
        for text in SLICES_1D:
            book.case("slice", "slice", [tame(book, dtype, "7"), text])
    for shape, texts in [("3x4", SLICES_2D), ("5x6", SLICES_2D), ("2x3x4", SLICES_3D), ("2x1x3x2", SLICES_4D)]:
        for dtype in ["float64", "int32"]:
            for items in texts:
                book.case("slice", "slice", [tame(book, dtype, shape), *items])
    for items in [[":", ":"], ["::2", "1:"], ["...", "-1"], [":", "0"], ["newaxis"]]:
        book.case("slice", "slice", [tame(book, "float32", "0x3"), *items])
    book.case("slice", "slice", [tame(book, "float32", "0d"), "..."])
    book.case("slice", "slice", [tame(book, "float32", "0d"), "newaxis"])
    book.case("slice", "slice", [tame(book, "float32", "e"), "::-1"])
    # a slice of a slice, of a transpose, of a broadcast
    x = tame(book, "float64", "5x6")
    view = {"f": "slice", "a": [x, "::2", "1:"]}
    book.case("slice", "slice", [view, "::-1", "::2"])
    book.case("slice", "slice", [view, "-1"])
    book.case("slice", "slice", [{"f": "T", "a": [x]}, "1:4", "::-2"])
    book.case("slice", "slice", [{"f": "broadcastTo", "a": [tame(book, "float64", "4"), [3, 4]]}, "1:", "::-1"])
    for array, items in [
        ("@float64_7", ["7"]), ("@float64_7", ["-8"]), ("@float64_7", ["0", "0"]), ("@float64_3x4", ["0", "4"]), ("@float64_3x4", ["3"]),
        ("@float64_3x4", ["...", "..."]), ("@float64_3x4", [":", ":", ":"]), ("@float64_3x4", ["::0"]), ("@float64_0d", ["0"]), ("@float64_0d", [":"]),
        ("@float64_e", ["0"]), ("@float64_0x3", ["0"]), ("@float64_3x4", ["newaxis", ":", ":", ":"]),
    ]:
        tame(book, array.split("_")[0][1:], array.split("_")[1])
        book.error("slice errors", "slice", [array, *items])


def integers(book):
    for dtype in ["float64", "int16", "bool", "int64"]:
        x, y, z = tame(book, dtype, "7"), tame(book, dtype, "5x6"), tame(book, dtype, "2x3x4")
        for indices in [[0], [3, 1, 2], [6, 0, 6, 0], [-1, -7], [2, 2, 2], [], [[0, 1], [5, -1]], [6, 5, 4, 3, 2, 1, 0]]:
            take = ["take", [x, indices]] if indices else None
            if take:
                book.case("take", *take)
                book.case("take", "take", [x, indices], {"axis": 0})
                book.case("index lists", "index", [x, indices])
        for indices, axis in [([4, 0], 0), ([-1, 2, 2], 0), ([5, 0, 3], 1), ([-6], -1), ([1, 1], -2)]:
            book.case("take", "take", [y, indices], {"axis": axis})
        for indices, axis in [([1], 0), ([2, 0], 1), ([3, -4, 0], 2), ([0, 2], -2), ([1, 0, 1], -3)]:
            book.case("take", "take", [z, indices], {"axis": axis})
        book.case("take", "take", [y, [29, 3, -1]])  # of the flattened array
        for items in [[[4, 0, 2]], [":", [5, 1]], [[3, 1], "::2"], ["1:4", [0, 0, 5]], ["...", [2, 3]], ["2", [1, 4]], ["newaxis", [1, 0]]]:
            book.case("index lists", "index", [y, *items])
        for items in [[":", [2, 0]], ["...", [3, 0, 1]], [[1, 0], "::-1", "1:"], [":", [0, 2], "::2"]]:
            book.case("index lists", "index", [z, *items])
    for fn, args, options in [
        ("take", ["@float64_7", [7]], {"axis": 0}), ("take", ["@float64_7", [0, -8]], {"axis": 0}), ("take", ["@float64_5x6", [0, 5]], {"axis": 0}),
        ("take", ["@float64_5x6", [0]], {"axis": 2}), ("index", ["@float64_5x6", [5]], None), ("index", ["@float64_5x6", ":", [-7]], None),
        ("index", ["@float64_7", ":", [0]], None), ("take", ["@float64_e", [0]], {"axis": 0}),
    ]:
        book.error("take errors", fn, args, options)


def booleans(book):
    keep7 = book.operand("bool_keep7", np.array([True, False, False, True, True, False, True]))
    keep5 = book.operand("bool_keep5", np.array([False, True, True, False, True]))
    keep6 = book.operand("bool_keep6", np.array([True, True, False, False, False, True]))
    none7 = book.operand("bool_none7", np.zeros(7, dtype=bool))
    full7 = book.operand("bool_full7", np.ones(7, dtype=bool))
    grid = book.operand("bool_grid", np.array([[1, 0, 0, 1, 0, 1], [0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1], [0, 1, 0, 1, 0, 0], [0, 0, 1, 0, 0, 0]], dtype=bool))
    for dtype in ["float64", "float32", "int64", "uint8", "bool"]:
        x, y = tame(book, dtype, "7"), tame(book, dtype, "5x6")
        for mask in [keep7, none7, full7]:
            book.case("boolean index", "index", [x, mask])
        book.case("boolean index", "index", [y, keep5])
        book.case("boolean index", "index", [y, ":", keep6])
        book.case("boolean index", "index", [y, grid])
        book.case("boolean index", "index", [y, keep5, "::2"])
        book.case("compress", "compress", [keep7, x], {"axis": 0})
        book.case("compress", "compress", [keep5, y], {"axis": 0})
        book.case("compress", "compress", [keep6, y], {"axis": 1})
        for axis in [0, 1]:
            book.case("take along", "takeAlongAxis", [y, {"f": "argsort", "a": [y, axis]}, axis])
        few = book.operand("places_2x6", np.array([[4, 0, -1, -5, 2, 2], [1, 1, 0, 3, -2, 4]]))
        book.case("take along", "takeAlongAxis", [y, few, 0])
        book.case("take along", "takeAlongAxis", [y, {"f": "slice", "a": [few, ":1"]}, -1])
        book.case("take along", "takeAlongAxis", [{"f": "slice", "a": [y, "1:2"]}, {"f": "slice", "a": [few, ":", ":2"]}, 1])
        book.case("take along", "takeAlongAxis", [y, {"f": "slice", "a": [few, ":0"]}, 0])
        sparse = {"f": "maximum", "a": [y, 1 if dtype != "bool" else False]}
        for values in [y, {"f": "equal", "a": [sparse, 1]}, grid]:
            book.case("nonzero", "flatnonzero", [values])
            for axis in [0, 1]:
                book.case("nonzero", "part.nonzero", [axis, values])
        book.case("nonzero", "part.nonzero", [0, {"f": "slice", "a": [y, ":0"]}])
        low, high = {"f": "less", "a": [y, 1]}, {"f": "greater", "a": [y, 2]}
        book.case("select", "select", [[low, high], [y, {"f": "astype", "a": [y, "float32"]}]])
        if dtype != "bool":
            book.case("select", "select", [[low, high], [y, y], 3])
        # NumPy has no place for 7 among numbers of 8 bits.
        if dtype.endswith("64"):
            book.case("select", "select", [[low, high], [7, y], 3])
        book.case("select", "select", [[keep6, high, low], [y, {"f": "slice", "a": [y, "0"]}, tame(book, "int16", "5x6")], y])
    for args in [["@float64_5x6", few, 2], ["@float64_5x6", "@float64_5x6", 0], ["@float64_7", few, 0], ["@float64_5x6", few, 1]]:
        book.error("take along errors", "takeAlongAxis", args)
    book.error("take along errors", "takeAlongAxis", [{"f": "slice", "a": ["@float64_5x6", ":3"]}, few, 0])
    book.error("select errors", "select", [[keep6], ["@float64_5x6", "@float64_5x6"]])
    book.error("select errors", "select", [["@float64_5x6"], ["@float64_5x6"]])
    x = "@float64_7"
    positive = {"f": "greater", "a": [x, 0]}
    book.case("boolean index", "index", [x, positive])
    for fn in ["sum", "mean", "max", "min", "std", "any"]:
        book.case("boolean index, then reduce", fn, [{"f": "index", "a": [x, positive]}], ulps=4, near=1e-13)
    book.case("boolean index, then compute", "multiply", [{"f": "index", "a": [x, positive]}, 2])
    book.case("boolean index, then compute", "sqrt", [{"f": "index", "a": ["@float64_5x6", {"f": "greater", "a": ["@float64_5x6", 1]}]}])
    book.error("boolean index errors", "index", ["@float64_7", keep5])
    book.error("boolean index errors", "index", ["@float64_5x6", grid, "0"])
    book.error("boolean index errors", "index", ["@float64_5x6", keep6])


def tables(book):
    """Whole numbers that are elements of another array."""
    for dtype in ["int64", "int8", "uint16"]:
        places = book.operand(f"{dtype} places", np.array([[0, 6, 3], [5, 5, 1]], dtype))
        for x in [tame(book, "float64", "7"), tame(book, "int16", "7"), tame(book, "bool", "7")]:
            book.case("tables", "take", [x, places])
            book.case("tables", "index", [x, places])
        book.case("tables", "take", [tame(book, "float64", "7"), {"f": "floorDivide", "a": [places, 2]}])
        book.case("tables", "take", [tame(book, "float64", "5x6"), places])
    behind = book.operand("places from the end", np.array([-1, -7, 2], np.int32))
    book.case("tables", "take", [tame(book, "float64", "7"), behind])


def add(book):
    tables(book)
    slicing(book)
    integers(book)
    booleans(book)
