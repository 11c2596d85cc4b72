"""Moments, figures of the shape of a distribution, and what is at a place in ascending order."""

import numpy as np

from families.operands import tame

AXES = [{}, {"axis": 0}, {"axis": 1}, {"axis": [0, 1]}, {"axis": 1, "keepdims": True}]


def moments(book):
    for dtype in ["float64", "float32", "int16", "uint8", "bool"]:
        room = {"near": 1e-7, "ulps": 64} if dtype != "float32" else {"near": 1e-2, "ulps": 1 << 12}
        x = tame(book, dtype, "5x6")
        for order in range(5):
            # Dask forgets about keepdims where the order is 0 or 1
            for options in AXES if order > 1 else AXES[:-1]:
                book.case("moments", "moment", [x, order], options, **room)
        book.case("moments", "moment", [x, 2], {"ddof": 1, "axis": 0}, **room)
        for fn, kinds in [("skew", [{}]), ("kurtosis", [{}, {"fisher": False}])]:
            for options in [{}, {"axis": 1}, {"axis": 1, "keepdims": True}, {"axis": None}, {"axis": 0, "bias": False}]:
                for kind in kinds:
                    book.case("shape of distributions", fn, [x], {**options, **kind}, near=1e-10 if dtype != "float32" else 1e-4)
    line = tame(book, "float64", "24")
    constant = book.operand("constant", np.full(7, 2.5))
    for fn in ["skew", "kurtosis"]:
        book.case("shape of distributions", fn, [line], near=1e-10)
        book.case("shape of distributions", fn, [line], {"bias": False}, near=1e-10)
        for x in [constant, {"f": "slice", "a": [line, ":1"]}, {"f": "slice", "a": [line, ":2"]}, {"f": "slice", "a": [line, ":3"]}]:
            for bias in [True, False]:
                book.case("shape of distributions", fn, [x], {"bias": bias}, near=1e-10)


def places(book):
    for dtype in ["float64", "int8", "bool"]:
        for x, extent, axis in [(tame(book, dtype, "24"), 24, []), (tame(book, dtype, "5x6"), 6, [-1]), (tame(book, dtype, "5x6"), 5, [0]), (tame(book, dtype, "5x6"), 30, [None])]:
            for at in [0, extent // 2, extent - 1, -2]:
                # only what is at the place is the same in all partitions
                book.case("partition", "take", [{"f": "partition", "a": [x, at, *axis]}, [at]], {"axis": (axis or [-1])[0] or 0})
    line = tame(book, "float64", "24")
    for fn in ["partition", "argpartition"]:
        for args in [[24], [-25], [1, 1]]:
            book.error("partition errors", fn, [line, *args])


def add(book):
    moments(book)
    places(book)
