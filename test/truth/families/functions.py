"""Users' functions of blocks and lanes: both languages have some, by name."""

import numpy as np

from families.operands import tame

BOUNDARIES = ["none", "reflect", "nearest", "periodic", 3]


def overlaps(book):
    line, plane, cube = tame(book, "float64", "24"), tame(book, "float64", "5x6"), tame(book, "int32", "2x3x4")
    for boundary in BOUNDARIES:
        for fn, x, depth in [
            ("weighed1", line, 1), ("weighed2", line, [3]), ("weighed1", plane, 1), ("weighed2", plane, 2),
            ("weighed1", plane, {"0": 1, "1": 2}), ("down2", plane, {"0": 2}), ("weighed1", cube, [1, 1, 2]),
            ("same", plane, 0),
        ]:
            book.case("overlaps", "mapOverlap", [fn, x], {"depth": depth, "boundary": boundary}, near=1e-11)
        for x, chunks, depth in [(line, [[10, 9, 5]], 4), (plane, [[3, 2], [2, 4]], [1, 2]), (cube, [[2], [2, 1], [4]], {"1": 1})]:
            book.case("blocks that overlap", "overlapped", [x, chunks], {"depth": depth, "boundary": boundary})
    for boundary in [["none", "periodic"], {"0": "reflect", "1": "none"}, [0, "nearest"]]:
        book.case("overlaps", "mapOverlap", ["weighed2", plane], {"depth": 2, "boundary": boundary}, near=1e-11)
        book.case("blocks that overlap", "overlapped", [plane, [[2, 3], [6]]], {"depth": 1, "boundary": boundary})
    book.error("overlap errors", "mapOverlap", ["weighed2", plane], {"depth": 7, "boundary": "reflect"})


def lanes(book):
    plane, cube, ints = tame(book, "float64", "5x6"), tame(book, "float64", "2x3x4"), tame(book, "int32", "5x6")
    for x, axis in [(plane, 0), (plane, -1), (cube, 1), (ints, 1), (tame(book, "float64", "24"), 0)]:
        length = book.arrays[x[1:]].shape[axis]
        for fn, told in [("ends", {}), ("rise", {"dtype": "bool"}), ("pairs", {"shape": [2, 2]}), ("backwards", {"shape": length})]:
            book.case("functions of lanes", "applyAlongAxis", [fn, axis, x], told)
    book.error("functions of lanes errors", "applyAlongAxis", ["ends", 2, plane])


def add(book):
    overlaps(book)
    lanes(book)
