"""Shapes changed, arrays joined."""

import itertools

import numpy as np

from families.operands import ALL, tame


def shapes(book):
    flat = {
        "24": [[24], [4, 6], [2, 3, 4], [-1], [6, -1], [2, 2, 2, 3], [1, 24], [24, 1], [8, 3], [3, 8], [2, -1, 2], [12, 1, 2]],
        "4x6": [[24], [6, 4], [3, 8], [8, 3], [2, 2, 6], [4, 2, 3], [-1], [1, 4, 6], [4, 1, 6, 1], [2, 12], [12, -1]],
        "2x3x4": [[24], [6, 4], [2, 12], [3, 2, 4], [4, 3, 2], [8, -1], [1, 2, 3, 4], [2, 3, 2, 2]],
        "0x3": [[0], [3, 0], [0, 7], [1, 0, 2]],
        "1": [[], [1, 1], [1]],
        "0d": [[1], [1, 1, 1], [], [-1]],
        "e": [[0, 4], [3, 0]],
    }
    for shape, targets in flat.items():
        for target in targets:
            for dtype in ["float64", "int16"]:
                book.case("reshape", "reshape", [tame(book, dtype, shape), target])
        book.case("ravel", "ravel", [tame(book, "float32", shape)])
    book.case("reshape", "reshape", [{"f": "T", "a": [tame(book, "float64", "4x6")]}, [8, 3]])
    book.case("reshape", "reshape", [{"f": "slice", "a": [tame(book, "float64", "5x6"), "::2", "::-1"]}, [-1]])
    book.case("ravel", "ravel", [{"f": "T", "a": [tame(book, "float64", "2x3x4")]}])
    for array, target in [("@float64_24", [5, 5]), ("@float64_24", [-1, -1]), ("@float64_24", [7, -1]), ("@float64_24", []), ("@float64_0d", [2])]:
        book.error("reshape errors", "reshape", [array, target])


def axes(book):
    for shape, rank in [("0d", 0), ("7", 1), ("3x4", 2), ("2x3x4", 3), ("2x1x3x2", 4), ("0x3", 2)]:
        x = tame(book, "float64", shape)
        book.case("transpose", "transpose", [x])
        book.case("transpose", "T", [x])
        for order in itertools.permutations(range(rank)):
            if rank:
                book.case("transpose", "transpose", [x, list(order)])
        for a, b in itertools.combinations(range(-rank, rank), 2):
            if rank in (2, 3):
                book.case("swapaxes", "swapaxes", [x, a, b])
                book.case("moveaxis", "moveaxis", [x, a, b])
        for axis in range(-rank - 1, rank + 1):
            book.case("expandDims", "expandDims", [x, axis])
        book.case("flip", "flip", [x])
        for axis in range(-rank, rank):
            book.case("flip", "flip", [x, axis])
        book.case("squeeze", "squeeze", [x])
    cube = tame(book, "float64", "2x3x4")
    book.case("transpose", "transpose", [tame(book, "int8", "2x3x4"), [-1, 0, 1]])
    book.case("moveaxis", "moveaxis", [cube, [0, 1], [-1, -2]])
    book.case("moveaxis", "moveaxis", [cube, [2, 0], [0, 2]])
    book.case("expandDims", "expandDims", [cube, [0, 2]])
    book.case("expandDims", "expandDims", [cube, [-1, 0]])
    book.case("flip", "flip", [cube, [0, 2]])
    book.case("flip", "flip", [tame(book, "uint16", "5x6"), [0, 1]])
    long = tame(book, "float64", "2x1x3x2")
    book.case("squeeze", "squeeze", [long, 1])
    book.case("squeeze", "squeeze", [long, -3])
    ones = tame(book, "int32", "1x1x1")
    for axis in [None, 0, -1, [0, 2]]:
        book.case("squeeze", "squeeze", [ones] + ([] if axis is None else [axis]))
    for fn, args in [
        ("transpose", ["@float64_3x4", [0, 0]]), ("transpose", ["@float64_3x4", [0]]), ("transpose", ["@float64_3x4", [0, 2]]),
        ("swapaxes", ["@float64_3x4", 0, 2]), ("moveaxis", ["@float64_3x4", 0, 5]), ("moveaxis", ["@float64_2x3x4", [0, 1], [0]]),
        ("expandDims", ["@float64_3x4", 4]), ("expandDims", ["@float64_3x4", [0, 0]]), ("flip", ["@float64_3x4", 2]),
        ("squeeze", ["@float64_3x4", 0]), ("squeeze", ["@float64_2x1x3x2", 4]),
    ]:
        book.error("axis errors", fn, args)


def broadcast(book):
    for shape, targets in {
        "0d": [[], [3], [2, 3], [0]],
        "1": [[1], [5], [2, 5], [0]],
        "4": [[4], [3, 4], [2, 3, 4]],
        "3x1": [[3, 1], [3, 4], [2, 3, 5]],
        "2x1x4": [[2, 3, 4]],
        "1x0": [[3, 0]],
    }.items():
        for target in targets:
            book.case("broadcastTo", "broadcastTo", [tame(book, "int32", shape), target])
    for shape, target in [("4", [3]), ("3x1", [4, 4]), ("3x4", [4]), ("4", [4, 1]), ("1", [])]:
        book.error("broadcastTo errors", "broadcastTo", [tame(book, "int32", shape), target])


def joins(book):
    for dtype in ["float64", "int8", "bool", "uint64"]:
        a, b, c = tame(book, dtype, "3x4"), tame(book, dtype, "3x4", "b"), tame(book, dtype, "2x4")
        for axis in [0, 1, -1, -2]:
            book.case("concatenate", "concatenate", [[a, b]], {"axis": axis})
        book.case("concatenate", "concatenate", [[a, c, b]], {"axis": 0})
        book.case("concatenate", "concatenate", [[a]])
        for axis in [0, 1, 2, -1, -3]:
            book.case("stack", "stack", [[a, b]], {"axis": axis})
        book.case("stack", "stack", [[a, b, a, b]])
    cube, slab = tame(book, "float32", "2x3x4"), tame(book, "float32", "2x1x4")
    book.case("concatenate", "concatenate", [[cube, slab, cube]], {"axis": 1})
    book.case("concatenate", "concatenate", [[tame(book, "float64", "7"), tame(book, "float64", "e"), tame(book, "float64", "1")]])
    book.case("concatenate", "concatenate", [[tame(book, "float64", "0x3"), tame(book, "int64", "2x3")]])
    book.case("concatenate", "concatenate", [[tame(book, "int8", "3x4"), tame(book, "uint8", "3x4"), tame(book, "float32", "3x4")]], {"axis": 1})
    book.case("concatenate", "concatenate", [[{"f": "T", "a": [tame(book, "float64", "4x3")]}, "@float64_3x4"]])
    book.case("stack", "stack", [[tame(book, "int8", "7"), tame(book, "float64", "7")]], {"axis": 1})
    book.case("stack", "stack", [[tame(book, "int8", "0d"), tame(book, "int16", "0d")]])
    for a, b in itertools.product(ALL, ["bool", "int64", "float32"]):
        book.case("stack", "stack", [[tame(book, a, "7"), tame(book, b, "7")]])
    for fn, args, options in [
        ("concatenate", [["@float64_3x4", tame(book, "float64", "2x3")]], {"axis": 0}),
        ("concatenate", [["@float64_3x4", "@float64_7"]], None),
        ("concatenate", [["@float64_3x4", "@float64_3x4"]], {"axis": 2}),
        ("concatenate", [["@float64_0d", "@float64_0d"]], None),
        ("concatenate", [[]], None),
        ("stack", [["@float64_3x4", "@float64_7"]], None),
        ("stack", [["@float64_7", "@float64_7"]], {"axis": 2}),
        ("stack", [[]], None),
    ]:
        book.error("join errors", fn, args, options)


def add(book):
    assert np.newaxis is None
    shapes(book)
    axes(book)
    broadcast(book)
    joins(book)
