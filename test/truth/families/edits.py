"""Arrays with elements more or fewer, defined piece by piece or point by point, and functions that are made of others."""

import numpy as np

from families.chains import f
from families.operands import FLOATS, tame


def add(book):
    more(book)
    fewer(book)
    pieces(book)
    points(book)
    lines(book)
    shapes(book)
    elementwise(book)


def more(book):
    x, line = tame(book, "float64", "5x6"), tame(book, "int16", "7")
    few = book.operand("few_values", np.array([7.5, -8.25, 9.0]))
    book.case("append", "append", [line, few])
    book.case("append", "append", [x, few])
    book.case("append", "append", [x, tame(book, "int32", "5x6"), 0])
    book.case("append", "append", [x, f("slice", x, ":", ":2"), 1])
    book.error("append", "append", [x, few, 0])
    for at in [0, 3, 7, -1, -7]:
        book.case("insert", "insert", [line, at, 5])
        book.case("insert", "insert", [line, at, few])
        book.case("insert", "insert", [line, [at], few])
    for at in [[1, 5], [5, 1, 1], [0, 7, 3]]:
        book.case("insert", "insert", [line, at, 5])
    book.case("insert", "insert", [line, [6, 0, 6], few])
    book.case("insert", "insert", [x, 4, few])
    row, column = tame(book, "float64", "6"), book.operand("column_values", np.array([1.5, 2.5, 3.5, 4.5, 5.5]))
    book.case("insert", "insert", [x, 2, row, 0])
    book.case("insert", "insert", [x, 2, column, 1])
    book.case("insert", "insert", [x, [2], f("slice", column, ":", "newaxis"), 1])
    book.case("insert", "insert", [x, [1, 6, 3], 0.5, 1])
    book.case("insert", "insert", [x, [1, 6, 3], f("slice", x, ":", ":3"), 1])
    book.case("insert", "insert", [x, [1, 1], row, 0])
    book.case("insert", "insert", [x, [2], f("slice", x, ":2"), 0])
    for args in [[line, 8, 5], [line, [0, 9], 5], [x, 2, column, 0], [line, [1, 2], few], [x, 0, 1, 2]]:
        book.error("insert", "insert", args)


def fewer(book):
    x, line = tame(book, "float64", "5x6"), tame(book, "int16", "7")
    for at in [0, 3, 6, -1, [0, -1], [3, 3, 2], [0, 1, 2, 3, 4, 5, 6], []]:
        book.case("delete", "delete", [line, at])
    for at in ["2:5", "::2", "::-3", "5:2"]:
        book.case("delete", "deleteSlice", [line, at], written={"f": "delete", "a": [line, at]})
        book.case("delete", "deleteSlice", [x, at, 1], written={"f": "delete", "a": [x, at, 1]})
    for axis in [0, 1, -1]:
        book.case("delete", "delete", [x, [1, 3], axis])
        book.case("delete", "delete", [x, 4, axis])
    book.case("delete", "delete", [x, 17])
    for args in [[line, 7], [line, [0, -8]], [x, 5, 0], [x, 0, 2]]:
        book.error("delete", "delete", args)
    for condition in [f("greater", x, 0), f("greater", x, 1000)]:
        book.case("extract", "extract", [condition, x])
    book.case("extract", "extract", [f("greater", line, 0), tame(book, "float32", "7")])
    for dtype in ["int8", "uint8", "float32"]:
        y = tame(book, dtype, "5x6")
        book.case("ediff1d", "ediff1d", [y])
        book.case("ediff1d", "ediff1d", [y], {"toBegin": f("slice", y, "0", ":2"), "toEnd": f("slice", y, ":2", "1")})
    for a, b in [(line, f("slice", line, "2:5")), (tame(book, "float64", "24"), x), (line, line)]:
        book.case("setxor1d", "setxor1d", [a, b])


def pieces(book):
    for x in [tame(book, "float64", "5x6"), tame(book, "int32", "7")]:
        low, high = f("less", x, -1), f("greater", x, 2)
        book.case("piecewise", "piecewise", [x, [low, high], [-7, 9]])
        book.case("piecewise", "piecewise", [x, [low, high], ["negative", 9, "square"]])
        book.case("piecewise", "piecewise", [x, [high, f("greater", x, 0)], ["square", "negative"]])
        book.error("piecewise", "piecewise", [x, [low, high], [1]])
        book.error("piecewise", "piecewise", [x, [low, high], [1, 2, 3, 4]])


def points(book):
    plane, cube, line = tame(book, "float32", "5x6"), tame(book, "int64", "2x3x4"), tame(book, "bool", "7")
    for x, places in [
        (plane, [[0, 4, -1, 2, 2], [5, 0, -6, 3, 3]]),
        (plane, [[[0], [3]], [1, 5, 2]]),
        (plane, [2, [0, 1]]),
        (plane, [1, 2]),
        (plane, [[], []]),
        (cube, [[0, 1, 1], [2, 0, 1], [3, 3, 0]]),
        (cube, [[[1], [0]], 2, [0, -1]]),
        (line, [[6, 0, 3, 3, -2]]),
    ]:
        book.case("vindex", "vindex", [x, places])
    for places in [[[5], [0]], [[0, 1], [0, 1, 2]], [[0], [-7]]]:
        book.error("vindex", "vindex", [plane, places])


def lines(book):
    x = book.operand("line_at", np.array([-5, -1, 0, 0.25, 1, 2.5, 7, 8, 99, np.nan, np.inf, -np.inf]))
    at = book.operand("line_points", np.array([-1, 0, 0.5, 2, 7.0]))
    heights = book.operand("line_heights", np.array([3, -1, 4, np.inf, 2.5]))
    plain = f("multiply", at, at)
    for more in [{}, {"left": -9}, {"left": -9, "right": 9.5}]:
        for fp in [heights, plain]:
            book.case("interp", "interp", [x, at, fp], more)
        book.case("interp", "interp", [tame(book, "int16", "5x6"), at, plain], more)
        book.case("interp", "interp", [f("index", x, f("greater", x, 0)), at, plain], more)
        book.case("interp", "interp", [2.25, [1, 4], [10, 20]], more)
        book.case("interp", "interp", [[0, 1, 2], [1], [10]], more)
    book.error("interp", "interp", [x, at, x])
    book.error("interp", "interp", [x, [], []])
    for dtype in ["int8", "float32", "float64"]:
        y = tame(book, dtype, "5x6")
        near = {"ulps": 8, "near": 1e-5 if dtype == "float32" else 1e-12}
        for options in [{}, {"axis": 0}, {"dx": 0.5}, {"x": tame(book, "float64", "6")}, {"x": tame(book, "float64", "5x6"), "axis": 0}]:
            book.case("trapezoid", "trapezoid", [y], options, **near)
    book.error("trapezoid", "trapezoid", ["@float64_5x6"], {"x": tame(book, "float64", "7")})


def shapes(book):
    plane, cube = tame(book, "float64", "5x6"), tame(book, "int16", "2x3x4")
    cut = [[1, 2, 2], [4, 2]]
    for items in [[0], [-1, 1], ["1:"], [":", "::-1"], [[2, 0]], [1, [1, 0]], ["::2", 0], []]:
        book.case("blocks", "blocks", [plane, cut, *items])
    book.case("blocks", "blocks", [cube, [[1, 1], [3], [1, 3]], ":", 0, -1])
    for items in [[3], [0, 2], [0, 0, 0], [[0, 3]]]:
        book.error("blocks", "blocks", [plane, cut, *items])
    for x in [plane, cube]:
        for at in range(2):
            book.case("splits", "part.hsplit", [at, x, [1, 2]])
            book.case("splits", "part.vsplit", [at, x, [1]])
    book.case("splits", "part.hsplit", [1, tame(book, "float64", "24"), 3])
    book.error("splits", "part.vsplit", [1, tame(book, "float64", "24"), 3])
    book.error("splits", "part.hsplit", [1, plane, 4])
    for dtype in ["int32", "float64"]:
        book.case("vdot", "vdot", [tame(book, dtype, "24"), tame(book, dtype, "2x3x4")], near=1e-12)
        book.case("vdot", "vdot", [tame(book, dtype, "5x6"), tame(book, "float64", "5x6")], near=1e-12)
    book.error("vdot", "vdot", [plane, cube])
    for shape in ["0d", "7", "5x6", "2x3x4"]:
        for fn in ["atleast1d", "atleast2d", "atleast3d"]:
            book.case("atleast", fn, [tame(book, "int8", shape)])
    for shape in ["5x6", "2x3x4"]:
        for fn in ["fliplr", "flipud"]:
            book.case("flips", fn, [tame(book, "int8", shape)])
    book.error("flips", "fliplr", [tame(book, "float64", "7")])
    for args in [[3], [3, 5], [4, 2, 1], [3, 4, -2], [0, 3]]:
        book.case("triangles", "tri", args)
        book.case("triangles", "tri", args, {"dtype": "int8"})
    for fn in ["trilIndices", "triuIndices"]:
        for args in [[4], [4, 1], [4, -1, 3], [3, 2, 5]]:
            for at in (0, 1):
                book.case("triangles", f"part.{fn}", [at, *args])
    x = tame(book, "float64", "2x3x4")
    for axes in [[0, 1], [2], [1, -1], 0]:
        book.case("applyOverAxes", "applyOverAxes", ["sum", x, axes], near=1e-12)
        book.case("applyOverAxes", "applyOverAxes", ["max", x, axes])


def elementwise(book):
    for dtype in FLOATS:
        edges = book.operand(f"{dtype}_pieces", np.array([0, -0.0, 1, -1.5, 2.75, -300.25, np.inf, -np.inf, np.nan], dtype=dtype))
        for fn in ["isneginf", "isposinf"]:
            book.case("made of others", fn, [edges])
        book.case("made of others", "sinc", [f("slice", edges, ":6")], ulps=8, near=1e-7 if dtype == "float32" else 1e-15)
        book.case("made of others", "heaviside", [edges, 0.5])
        book.case("made of others", "heaviside", [edges, f("astype", f("slice", edges, "2:3"), dtype)])
        for at in (0, 1):
            book.case("made of others", "part.modf", [at, edges])
            book.case("made of others", "part.divmod", [at, f("slice", edges, ":6"), 1.25])
    whole = tame(book, "int32", "5x6")
    book.case("made of others", "sinc", [whole], near=1e-15)
    book.case("made of others", "heaviside", [whole, 2])
    for at in (0, 1):
        book.case("made of others", "part.modf", [at, whole])
        book.case("made of others", "part.divmod", [at, whole, 3])
