"""Functions that are put together of others, and those that need the order of an axis."""

import numpy as np

from families.chains import f
from families.operands import tame


def joined(book):
    a, b, line = tame(book, "float64", "3x4"), tame(book, "float64", "3x4", "b"), tame(book, "float64", "4")
    cube, small = tame(book, "float64", "2x3x4"), tame(book, "int16", "3x4")
    for fn, inputs in [
        ("vstack", [a, b, line]), ("vstack", [line, line]), ("hstack", [a, small]), ("hstack", [line, line]),
        ("dstack", [a, b]), ("dstack", [line, line]), ("dstack", [cube, cube]), ("columnStack", [line, line]),
        ("vstack", [1.5, 2]), ("hstack", [1.5, 2]),
    ]:
        book.case("joins of daily use", fn, [inputs])
    book.case("joins of daily use", "columnStack", [[{"f": "slice", "a": [a, ":", "0"]}, a]])
    book.case("joins of daily use", "block", [[[a, b], [b, a]]])
    book.case("joins of daily use", "block", [[a, small]])
    book.case("joins of daily use", "block", [[[line, line]]])
    for x in [a, cube, line]:
        for repetitions in [2, [2], [2, 3], [1, 2, 2], [0]]:
            book.case("tile", "tile", [x, repetitions])
    for x, args in [(a, [2]), (a, [3, 0]), (a, [2, -1]), (a, [[1, 0, 2], 0]), (line, [[2, 1, 0, 3]]), (cube, [[2, 0, 1], 1])]:
        book.case("repeat", "repeat", [x, *args])
    for at, x, sections in [(0, a, 3), (2, a, 3), (1, a, [1, 2]), (2, a, [1, 2]), (1, line, 2)]:
        book.case("split", "part.split", [at, x, sections])
    for at in range(3):
        book.case("split", "part.arraySplit", [at, tame(book, "float64", "7"), 3])
        book.case("split", "part.arraySplit", [at, a, 3, 1])
    book.error("split errors", "part.split", [0, tame(book, "float64", "7"), 3])


def shifted(book):
    for dtype in ["float64", "int8", "bool"]:
        x = tame(book, dtype, "5x6")
        for args in [[1], [-2], [31], [2, 0], [-1, 1], [7, -1], [[1, 2], [0, 1]], [3, [0, 1]], [0, 0]]:
            book.case("roll", "roll", [x, *args])
    for x in [tame(book, "float64", "5x6"), tame(book, "float64", "2x3x4")]:
        for args in [[], [2], [3], [-1], [5], [1, [1, 0]]]:
            book.case("rot90", "rot90", [x, *args])
    x, line = tame(book, "float64", "3x4"), tame(book, "int32", "7")
    for mode in ["constant", "edge", "reflect", "symmetric", "wrap"]:
        for array, width in [(x, 1), (x, [[2, 0], [1, 3]]), (line, [3, 2]), (line, 9), (x, 0), (x, 5)]:
            book.case("pad", "pad", [array, width], {"mode": mode})
    book.case("pad", "pad", [x, [1, 2]], {"mode": "constant", "value": 7})
    book.case("pad", "pad", [tame(book, "bool", "3x4"), 1], {"mode": "constant"})


def diagonals(book):
    for shape in ["3x4", "5x6", "4x3"]:
        x = tame(book, "float64", shape)
        for k in [0, 1, -1, 2, -2, 5, -7]:
            book.case("diagonal", "diagonal", [x, k])
            book.case("diagonal", "diag", [x, k])
            book.case("triangles", "tril", [x, k])
            book.case("triangles", "triu", [x, k])
        book.case("diagonal", "trace", [x], near=1e-12)
        book.case("diagonal", "trace", [tame(book, "int8", shape), 1])
    cube = tame(book, "float64", "2x3x4")
    for args in [[], [1], [0, 1, 2], [-1, 2, 1], [0, -1, 0]]:
        book.case("diagonal", "diagonal", [cube, *args])
        book.case("diagonal", "trace", [cube, *args], near=1e-12)
    book.case("triangles", "triu", [cube])
    for k in [0, 2, -1]:
        book.case("diagonal", "diag", [tame(book, "int16", "7"), k])
    book.case("triangles", "tril", [tame(book, "bool", "5x6")])
    for fn, args in [("diagonal", ["@float64_7"]), ("diagonal", ["@float64_3x4", 0, 1, 1]), ("diag", ["@float64_2x3x4"])]:
        book.error("diagonal errors", fn, args)


def products(book):
    a, b, square = tame(book, "float64", "3x4"), tame(book, "float64", "4x3"), tame(book, "float64", "5x6")
    cube, line, ints = tame(book, "float64", "2x3x4"), tame(book, "float64", "4"), tame(book, "int32", "3x4")
    near = {"near": 1e-11}
    for text, operands in [
        ("ij,jk->ik", [a, b]), ("ij,jk", [a, b]), ("ij->ji", [a]), ("ij->", [a]), ("ij->j", [ints]), ("ii", [{"f": "slice", "a": [square, ":", ":5"]}]),
        ("ii->i", [{"f": "slice", "a": [square, ":", ":5"]}]), ("i,i", [line, line]), ("i,j->ij", [line, line]), ("ij,ij->ij", [a, a]),
        ("ij,ij->", [a, a]), ("ij,ij->i", [a, a]), ("bij,bjk->bik", [cube, {"f": "transpose", "a": [cube, [0, 2, 1]]}]),
        ("bij,jk->bik", [cube, b]), ("bij->b", [cube]), ("ij,jk,kl->il", [a, b, a]), ("ij,k->ik", [a, line]), ("ij,j->i", [ints, ints and {"f": "slice", "a": [ints, "0"]}]),
        ("bij,bi->bj", [cube, {"f": "slice", "a": [cube, ":", ":", "1"]}]), ("ba", [a]),
    ]:
        book.case("einsum", "einsum", [text, *operands], **near)
    row, column = [{"f": "slice", "a": [a, *part]} for part in (["1:2"], [":", "2:3"])]
    for text, operands in [
        ("...i->...", [cube]), ("...->...", [cube]), ("i...", [cube]), ("i...->...", [cube]), ("...ij->...ji", [cube]), ("...ij,...jk->...ik", [cube, b]),
        ("...ij,...kj->...ik", [cube, a]), ("i...j,...j->...i", [cube, a]), ("...,...->...", [cube, a]), ("...,...", [a, line]), ("...i,i->...", [ints, ints and {"f": "slice", "a": [ints, "0"]}]),
        ("...ii->...i", [{"f": "slice", "a": [cube, ":", ":", ":3"]}]), ("...", [a]), ("b...,b...->b...", [cube, cube]), ("...a,...b->...ab", [a, a]),
        # axes of extent 1 broadcast
        ("ij,ij->ij", [a, row]), ("ij,ij->", [row, a]), ("ij,ij->i", [a, column]), ("ij,jk->ik", [column, b]), ("...j,...j->...", [a, row]), ("ij,ij->j", [row, row]),
    ]:
        book.case("einsum of broadcast axes", "einsum", [text, *operands], **near)
    for text, operands in [
        ("ij,jk->ik", [a, a]), ("ij->ijk", [a]), ("ij", [line]), ("ij,jk", [a]), ("ij->ii", [a]), ("...i->i", [a]), ("...ijk", [a]), ("..i", [line]), ("...i...", [a]),
        ("...,...", [a, b]),
    ]:
        book.error("einsum errors", "einsum", [text, *operands])
    book.case("outer and inner", "outer", [line, a], **near)
    book.case("outer and inner", "outer", [ints, ints])
    for x, y in [(line, line), (a, a), (cube, a), (a, line), (a, 2)]:
        book.case("outer and inner", "inner", [x, y], **near)


def scans(book):
    for dtype in ["float64", "float32", "int8", "uint8", "bool", "int64", "uint64"]:
        near = {"near": 1e-12 if dtype == "float64" else 1e-4} if dtype.startswith("float") else {}
        for fn in ["cumsum", "cumprod"]:
            # float32 is multiplied in float64 here, so that long products differ from NumPy's
            room = {**near, "ulps": 64} if near else {}
            book.case("scans", fn, [tame(book, dtype, "24")], **room)
            for axis in [0, 1]:
                book.case("scans", fn, [tame(book, dtype, "5x6"), axis], **room)
    book.case("scans", "cumsum", [tame(book, "float64", "2x3x4"), 1], near=1e-12)
    book.case("scans", "cumsum", [tame(book, "float64", "5x6")], near=1e-12)
    book.case("scans", "cumsum", [tame(book, "float64", "0x3"), 0])
    book.case("scans", "cumsum", [tame(book, "int8", "5x6")], {"dtype": "float64", "axis": 1})
    for dtype in ["float64", "int16", "bool", "uint8"]:
        for args in [[], [2], [1, 0], [0], [3, 1]]:
            book.case("diff", "diff", [tame(book, dtype, "5x6"), *args])
    holes = book.operand("holes_24", np.where(np.arange(24) % 5 == 2, np.nan, np.arange(24) * 11 % 17 / 4))
    plane = book.operand("holes_4x6", np.where(np.arange(24) % 7 == 3, np.nan, np.arange(24) * 5 % 9 / 4).astype(np.float32).reshape(4, 6))
    for fn in ["nancumsum", "nancumprod"]:
        for args in [[holes], [plane, 0], [plane, -1], [plane], [tame(book, "int8", "5x6"), 1]]:
            book.case("scans", fn, args, near=1e-5, ulps=64)
    for dtype in ["float64", "float32", "int16", "uint8", "int64"]:
        near = {"near": 1e-12 if dtype != "float32" else 1e-5}
        book.case("gradient", "gradient", [tame(book, dtype, "24")], **near)
        book.case("gradient", "gradient", [tame(book, dtype, "24"), 0, 0.25], **near)
        for axis in [0, 1, -1]:
            book.case("gradient", "gradient", [tame(book, dtype, "5x6"), axis, 2], **near)
        book.case("gradient", "gradient", [{"f": "slice", "a": [tame(book, dtype, "24"), ":2"]}], **near)
    book.error("gradient errors", "gradient", [{"f": "slice", "a": [tame(book, "float64", "24"), ":1"]}])
    book.error("gradient errors", "gradient", [tame(book, "float64", "5x6"), 2])
    book.error("scan errors", "cumsum", ["@float64_24", 1])


def ordered(book):
    holes = book.operand("holes_5x6", np.where(np.arange(30).reshape(5, 6) % 7 == 3, np.nan, (np.arange(30) * 11 % 17).reshape(5, 6) / 4))
    ints = book.operand("ties_5x6", (np.arange(30, dtype=np.int32) * 7 % 10).reshape(5, 6))
    ties = book.operand("ties_as_float", (np.arange(30) * 7 % 10).reshape(5, 6).astype(float))
    single = book.operand("single_24", (np.arange(24, dtype=np.float32) * 5 % 11) / np.float32(3))
    for x in [holes, ints]:
        for axis in [[], [0], [1], [-1]]:
            book.case("sort", "sort", [x, *axis])
            book.case("sort", "argsort", [x, *axis])
    book.case("sort", "sort", [ints, None])
    book.case("sort", "sort", [tame(book, "bool", "5x6")])
    book.case("sort", "sort", [tame(book, "uint64", "24")])
    for x in [holes, ints, single, tame(book, "float64", "2x3x4"), tame(book, "uint8", "7")]:
        book.case("quantiles", "median", [x], ulps=2)
    for options in [{"axis": 0}, {"axis": 1, "keepdims": True}, {"axis": [0, 1]}]:
        for fn in ["median", "nanmedian"]:
            book.case("quantiles", fn, [holes], options, ulps=2)
        book.case("quantiles", "quantile", [ints, 0.3], options, ulps=4)
        book.case("quantiles", "nanquantile", [holes, [0.25, 0.5, 1]], options, ulps=4)
        book.case("quantiles", "percentile", [tame(book, "float64", "5x6"), [0, 12.5, 90]], options, ulps=4, near=1e-15)
    for method in ["linear", "lower", "higher", "nearest", "midpoint"]:
        for q in [0, 0.1, 0.35, 0.5, 0.9, 1]:
            book.case("quantiles", "quantile", [ties, q], {"method": method}, ulps=4)
    few, more = tame(book, "float64", "7"), tame(book, "float64", "24")
    for method in [
        "inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "hazen", "weibull", "median_unbiased", "normal_unbiased",
    ]:
        for x in [few, more, ties, f("slice", few, ":1"), f("slice", few, ":2")]:
            book.case("methods of quantiles", "quantile", [x, [0, 0.01, 0.125, 0.25, 0.3, 0.5, 0.625, 0.75, 0.9, 0.99, 1]], {"method": method}, ulps=4)
        book.case("methods of quantiles", "nanpercentile", [holes, [0, 20, 50, 75, 100]], {"method": method, "axis": 0}, ulps=4)
        book.case("methods of quantiles", "percentile", [ties, 40], {"method": method, "axis": 1, "keepdims": True}, ulps=4)
    for fn, q in [("quantile", 1.5), ("percentile", -1), ("nanpercentile", 101), ("quantile", [0.1, 2])]:
        book.error("quantile errors", fn, [ints, q])


def figures(book):
    x, ints, cube = tame(book, "float64", "5x6"), tame(book, "int16", "5x6"), tame(book, "float64", "2x3x4")
    for axis in [None, 0, 1]:
        options = {} if axis is None else {"axis": axis}
        book.case("figures", "ptp", [x] + ([] if axis is None else [axis]))
        book.case("figures", "countNonzero", [ints] + ([] if axis is None else [axis]))
        book.case("figures", "average", [ints], options, near=1e-12)
    book.case("figures", "average", [x], {"axis": 1, "weights": tame(book, "uint8", "6")}, near=1e-12)
    book.case("figures", "average", [x], {"axis": 0, "weights": [1, 2, 0, 4, 1]}, near=1e-12)
    book.case("figures", "cov", [x], near=1e-11)
    book.case("figures", "cov", [ints], {"rowvar": False, "ddof": 0}, near=1e-8)
    book.case("figures", "cov", [tame(book, "float64", "7")], near=1e-11)
    book.case("figures", "corrcoef", [x], near=1e-12)
    book.case("figures", "nanToNum", [book.operand("odd_4", np.array([np.nan, np.inf, -np.inf, 1.5]))])
    book.case("figures", "nanToNum", ["@odd_4"], {"nan": -1, "posinf": 5})
    book.case("figures", "arrayEqual", [x, x])
    book.case("figures", "arrayEqual", [x, ints])
    book.case("figures", "arrayEqual", [x, cube])
    book.case("figures", "allclose", [x, x])
    book.case("figures", "allclose", [x, ints], {"atol": 0.1})
    for i in range(3):
        for options in [{}, {"indexing": "ij"}]:
            book.case("grids", "part.meshgrid", [i, [tame(book, "float64", "4"), tame(book, "int8", "7"), tame(book, "float64", "1")]], options)
    book.case("grids", "part.meshgrid", [0, [tame(book, "float64", "4"), tame(book, "int8", "7")]])
    book.case("grids", "indices", [[2, 3]])
    for options in [
        {}, {"bins": 4}, {"bins": [-100, 0, 1, 5.5, 100]}, {"bins": 7, "range": [-2, 3]}, {"bins": 5, "density": True}, {"bins": 3, "range": [1, 1]},
    ]:
        for x in [tame(book, "float64", "5x6"), tame(book, "int16", "24")]:
            book.case("histogram", "part.histogram", [0, x], options, ulps=4 if options.get("density") else 0)
            book.case("histogram", "part.histogram", [1, x], options)
    book.case("histogram", "part.histogram", [0, "@float64_5x6"], {"bins": 4, "weights": tame(book, "float64", "5x6", "b")}, near=1e-10)
    # edges in steps that float32 has not got, and elements on them and beside them
    steps = np.linspace(0.1, 0.7, 41).astype(np.float32)
    near = np.concatenate([steps, np.nextafter(steps, np.float32(0)), np.nextafter(steps, np.float32(1))])
    narrow = book.operand("beside edges", near)
    flat = book.operand("narrow and flat", np.full(5, 0.1, np.float32))
    for x in [narrow, flat, tame(book, "float32", "0")]:
        for options in [{}, {"bins": 40}, {"bins": 7}, {"bins": 40, "range": [0.1, 0.7]}, {"bins": 3, "range": [0.3, 0.3]}, {"bins": [0.1, 0.25, 0.4, 0.7]}, {"bins": 40, "density": True}]:
            if x == narrow or not options.get("density"):
                for at in (0, 1):
                    book.case("histogram of float32", "part.histogram", [at, x], options, ulps=4 if options.get("density") else 0)
    wide = {"f": "astype", "a": [narrow, "float64"]}
    for y in [narrow, wide]:
        for options in [{"bins": 6}, {"bins": 4, "range": [[0.1, 0.7], [0.2, 0.5]]}, {"bins": [5, [0.1, 0.3, 0.7]]}]:
            for at in range(3):
                book.case("histogram of float32", "part.histogram2d", [at, narrow, y], options)
    for options in [{"bins": 0}, {"bins": [2, 1]}, {"range": [2, 1]}]:
        book.error("histogram errors", "part.histogram", [0, "@float64_5x6"], options)


def other_names(book):
    x, ints = tame(book, "float64", "3x4"), tame(book, "int16", "3x4")
    for fn, inputs in [("absolute", [x, ints]), ("around", [x, ints]), ("fix", [x, ints]), ("deg2rad", [x, ints]), ("rad2deg", [x]), ("bitwiseNot", [ints])]:
        for each in inputs:
            book.case("other names", fn, [each], ulps=2)
    book.case("other names", "trueDivide", [ints, x])


def add(book):
    joined(book)
    shifted(book)
    diagonals(book)
    products(book)
    scans(book)
    ordered(book)
    figures(book)
    other_names(book)
