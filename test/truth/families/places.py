"""Places in arrays and in flat ones, choices by number, arrays stretched over each other, and points counted in bins of several dimensions."""

import numpy as np

from families.chains import f
from families.operands import tame


def add(book):
    flat(book)
    choices(book)
    stretched(book)
    bins(book)
    coarser(book)
    reductions(book)


def flat(book):
    for dtype in ["bool", "int8", "float64"]:
        for shape in ["7", "5x6", "2x3x4", "0x3"]:
            book.case("argwhere", "argwhere", [tame(book, dtype, shape)])
    book.case("argwhere", "argwhere", [f("greater", tame(book, "float64", "5x6"), 2)])
    places = book.operand("flat_places", np.array([[0, 59, 7], [13, 58, 41]]))
    few = book.operand("few_places", np.array([0, 2, 1, 2, 0], dtype=np.uint8))
    for shape in [[3, 4, 5], [60], [4, 15]]:
        for at in range(len(shape)):
            book.case("unravelIndex", "part.unravelIndex", [at, places, shape])
            book.case("unravelIndex", "part.unravelIndex", [at, few, shape])
            book.case("unravelIndex", "part.unravelIndex", [at, 13, shape])
    book.error("unravelIndex", "part.unravelIndex", [0, places, [3, 4]])
    book.error("unravelIndex", "part.unravelIndex", [0, [-1], [3, 4]])
    book.error("unravelIndex", "part.unravelIndex", [0, tame(book, "float64", "7"), [3, 4]])
    rows = book.operand("row_places", np.array([[0], [2], [1]]))
    columns = book.operand("column_places", np.array([3, 0, 1, 2], dtype=np.int16))
    far = book.operand("far_places", np.array([-9, -1, 0, 3, 4, 100]))
    for places, shape in [([rows, columns], [3, 4]), ([few], [3]), ([1, columns, rows], [2, 4, 3]), ([0, 2], [3, 4])]:
        book.case("ravelMultiIndex", "ravelMultiIndex", [places, shape])
    for mode in ["wrap", "clip", ["wrap", "clip"], ["clip", "wrap"]]:
        book.case("ravelMultiIndex", "ravelMultiIndex", [[far, 1], [4, 3]], {"mode": mode})
        book.case("ravelMultiIndex", "ravelMultiIndex", [[1, far], [3, 4]], {"mode": mode})
    book.error("ravelMultiIndex", "ravelMultiIndex", [[far, 1], [4, 3]])
    book.error("ravelMultiIndex", "ravelMultiIndex", [[rows, columns], [3, 3]])
    book.error("ravelMultiIndex", "ravelMultiIndex", [[rows], [3, 3]])
    book.error("ravelMultiIndex", "ravelMultiIndex", [[tame(book, "float64", "7")], [30]])


def choices(book):
    which = book.operand("which_5x6", np.arange(30).reshape(5, 6) % 3)
    far = book.operand("far_places", np.array([-9, -1, 0, 3, 4, 100]))
    x, y = tame(book, "int32", "5x6"), tame(book, "float32", "6")
    book.case("choose", "choose", [which, [x, y, f("multiply", x, 2)]])
    book.case("choose", "choose", [which, [x, f("negative", x), tame(book, "int8", "5x6")]])
    book.case("choose", "choose", [f("astype", tame(book, "bool", "5x6"), "uint8"), [x, y]])
    book.case("choose", "choose", [f("slice", which, "0"), [x, y, y]])
    for mode in ["wrap", "clip"]:
        book.case("choose", "choose", [far, [x, y, f("add", y, 1)]], {"mode": mode})
    book.error("choose", "choose", [which, [x, y]])
    book.error("choose", "choose", [far, [x, y]])
    book.error("choose", "choose", [f("astype", which, "float64"), [x, y, y]])


def stretched(book):
    x, row, column = tame(book, "int32", "5x6"), tame(book, "float64", "6"), f("slice", tame(book, "int8", "5x6"), ":", ":1")
    for at in range(3):
        book.case("broadcastArrays", "part.broadcastArrays", [at, [row, column, x]])
    for at in range(2):
        book.case("broadcastArrays", "part.broadcastArrays", [at, [row, column]])
        book.case("broadcastArrays", "part.broadcastArrays", [at, [1.5, f("slice", row, ":0")]])
    book.case("broadcastArrays", "part.broadcastArrays", [0, [x]])
    book.error("broadcastArrays", "part.broadcastArrays", [0, [x, tame(book, "float64", "7")]])


def bins(book):
    rng = np.random.default_rng(5)
    x = book.operand("points_x", np.append(rng.normal(size=60).round(2), [0, 1, -1, 0.5]))
    y = book.operand("points_y", np.append(rng.integers(-5, 5, 60), [4, -5, 0, 1]))
    weights = book.operand("point_weights", rng.integers(1, 9, 64) / 4)
    holes = book.operand("points_holes", np.where(np.arange(64) % 9 == 4, np.nan, rng.normal(size=64).round(1)))
    space = book.operand("points_3d", rng.normal(size=(40, 3)).round(1))
    plain = [{}, {"bins": 4}, {"bins": [3, 5]}, {"bins": [[-2.0, -1.0, 0.5, 2.0], 4]}, {"bins": [-5.0, -1.0, 0.5, 1.0, 5.0]}, {"bins": 5, "range": [[-1, 1], [-4, 4]]}]
    for options in plain:
        for at in range(3):
            book.case("histogram2d", "part.histogram2d", [at, x, y], options, ulps=0 if at == 0 else 2)
        book.case("histogram2d", "part.histogram2d", [0, x, y], {**options, "density": True}, ulps=4)
        book.case("histogram2d", "part.histogram2d", [0, x, y], {**options, "weights": weights}, near=1e-12)
        book.case("histogram2d", "part.histogram2d", [0, x, y], {**options, "weights": weights, "density": True}, near=1e-12)
    book.case("histogram2d", "part.histogram2d", [0, holes, y], {"bins": 4, "range": [[-2, 2], [-5, 5]]})
    chosen = f("once", f("index", space, f("greater", f("slice", space, ":", "2"), 0)))
    kept = [f("slice", chosen, ":", column) for column in ("0", "1")]
    for at in range(3):
        book.case("histogram2d", "part.histogram2d", [at, *kept], {"bins": 3}, ulps=2)
        book.case("histogram2d", "part.histogram2d", [at, f("slice", x, ":0"), f("slice", y, ":0")], {"bins": 3}, ulps=2)
        book.case("histogram2d", "part.histogram2d", [at, f("zerosLike", x), y], {"bins": 3}, ulps=2)
    for at in range(4):
        book.case("histogramdd", "part.histogramdd", [at, space], {"bins": [2, 3, 4]}, ulps=0 if at == 0 else 2)
        book.case("histogramdd", "part.histogramdd", [at, space], {"bins": 3, "range": [[-1, 1], [0, 2], [-3, 3]]}, ulps=0 if at == 0 else 2)
        book.case("histogramdd", "part.histogramdd", [at, [x, y, weights]], {"bins": [2, [-5.0, 0.0, 5.0], 3]}, ulps=0 if at == 0 else 2)
    for at in range(2):
        book.case("histogramdd", "part.histogramdd", [at, x], {"bins": 5}, ulps=0 if at == 0 else 2)
    book.error("histogram2d", "part.histogram2d", [0, holes, y], {"bins": 4})
    book.error("histogram2d", "part.histogram2d", [0, x, tame(book, "float64", "7")], {"bins": 4})
    book.error("histogram2d", "part.histogram2d", [0, x, y], {"bins": [4, [3, 1, 2]]})
    book.error("histogram2d", "part.histogram2d", [0, x, y], {"bins": 0})
    book.error("histogramdd", "part.histogramdd", [0, space], {"bins": [2, 3]})
    book.error("histogramdd", "part.histogramdd", [0, space], {"bins": 2, "range": [[0, 1]]})


def coarser(book):
    for dtype in ["int16", "float64"]:
        x, cube = tame(book, dtype, "5x6"), tame(book, dtype, "2x3x4")
        for fn in ["sum", "max", "mean"]:
            book.case("coarsen", "coarsen", [fn, x, {"1": 2}], near=1e-12)
            book.case("coarsen", "coarsen", [fn, x, {"0": 5, "1": 3}], near=1e-12)
            book.case("coarsen", "coarsen", [fn, x, {"0": 2, "1": 4}], {"trimExcess": True}, near=1e-12)
            book.case("coarsen", "coarsen", [fn, cube, {"0": 2, "2": 2}], near=1e-12)
        book.error("coarsen", "coarsen", ["sum", x, {"0": 2}])


def reductions(book):
    for shape in ["24", "5x6", "2x3x4"]:
        x = tame(book, "float64", shape)
        rank = shape.count("x") + 1
        for keepdims in [False, True]:
            more = {"keepdims": True} if keepdims else {}
            book.case("reduction", "reduction", ["squares", x, "added"], more, near=1e-12)
            book.case("reduction", "reduction", ["added", x, "added"], {**more, "axis": [0]}, near=1e-12)
            book.case("reduction", "reduction", ["added", x, "added"], {**more, "axis": [rank - 1], "splitEvery": 2}, near=1e-12)
            book.case("reduction", "reduction", ["counted", x, "shared"], {**more, "combine": "joined", "partialSize": 2}, near=1e-12)
            book.case("reduction", "reduction", ["counted", x, "shared"], {**more, "combine": "joined", "partialSize": 2, "splitEvery": 2}, near=1e-12)
        if rank == 3:
            book.case("reduction", "reduction", ["added", x, "added"], {"axis": [0, 2]}, near=1e-12)
