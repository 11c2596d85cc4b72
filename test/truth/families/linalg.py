"""Products of arrays, and factors of matrices. Values are short binary fractions, so that every order of summation gives the same bits."""

import itertools

import numpy as np

from families.operands import ALL, seed_of, tame


def add(book):
    for a, b in [
        ("3x4", "4x5"), ("3x4", "4"), ("3", "3x4"), ("7", "7"), ("1x5", "5x1"), ("5x1", "1x5"), ("2x3x4", "4x5"), ("3x4", "2x4x5"), ("2x3x4", "2x4x5"),
        ("2x1x3x2", "3x2x4"), ("2x1x3x4", "1x5x4x2"), ("2x3x4", "4"), ("3", "2x3x4"), ("0x3", "3x4"), ("3x0", "0x4"), ("3x4", "4x0"), ("2x0x3", "3x4"),
        ("17x9", "9x13"), ("e", "e"), ("1", "1"), ("4x1", "1"),
    ]:
        for dtype in ["float64", "float32", "int32"]:
            book.case("matmul", "matmul", [tame(book, dtype, a), tame(book, dtype, b, "b")])
    for dtype in ALL:
        book.case("matmul", "matmul", [tame(book, dtype, "3x4"), tame(book, dtype, "4x5", "b")])
        book.case("dot", "dot", [tame(book, dtype, "7"), tame(book, dtype, "7", "b")])
    for a, b in itertools.product(ALL, ["bool", "int8", "uint64", "float32", "float64"]):
        book.case("matmul promotion", "matmul", [tame(book, a, "3x4"), tame(book, b, "4x5", "b")])
    for a, b in [("3x4", "4x5"), ("3x4", "4"), ("7", "7"), ("0d", "3x4"), ("3x4", "0d"), ("2x3x4", "4x5"), ("2x3x4", "2x4x5"), ("2x3x4", "4"), ("4", "2x4x5"), ("3x0", "0x2")]:
        for dtype in ["float64", "int64"]:
            book.case("dot", "dot", [tame(book, dtype, a), tame(book, dtype, b, "b")])
    for a, b, axes in [
        ("3x4", "4x5", 1), ("3x4", "3x4", 2), ("3x4", "5x6", 0), ("2x3x4", "4x3x2", [[2, 1], [0, 1]]), ("2x3x4", "3x4x5", 2), ("2x3x4", "3x2x5", [[0, 1], [1, 0]]),
        ("2x3x4", "4x5", [[2], [0]]), ("2x3x4", "4x5", [-1, 0]), ("3x4", "5x4", [1, 1]), ("3x4", "4x3", [[0, 1], [1, 0]]), ("7", "7", 1), ("7", "3", 0), ("0d", "3x4", 0),
        ("2x0", "0x3", 1), ("2x3x4", "2x3x4", 3), ("2x1x3x2", "3x2x4", [[2, 3], [0, 1]]),
    ]:
        for dtype in ["float64", "int32"]:
            book.case("tensordot", "tensordot", [tame(book, dtype, a), tame(book, dtype, b, "b"), axes])
    book.case("tensordot", "tensordot", [tame(book, "float32", "2x3x4"), tame(book, "float32", "3x4x5", "b")])
    book.case("tensordot", "tensordot", [tame(book, "int8", "3x4"), tame(book, "float32", "4x5", "b"), 1])
    x = tame(book, "float64", "5x6")
    book.case("matmul of views", "matmul", [{"f": "T", "a": [x]}, x])
    book.case("matmul of views", "matmul", [x, {"f": "T", "a": [x]}])
    book.case("matmul of views", "matmul", [{"f": "slice", "a": [x, "::2", "::-1"]}, {"f": "slice", "a": [{"f": "T", "a": [x]}, ":", "1:4"]}])
    book.case("matmul of views", "matmul", [{"f": "add", "a": [x, 1]}, {"f": "T", "a": [{"f": "multiply", "a": [x, x]}]}])
    nan = "@float64_nan_some"
    book.case("matmul of NaN", "matmul", [nan, {"f": "T", "a": [nan]}])
    book.case("matmul of NaN", "matmul", ["@float64_inf_some", "@float64_inf_some"])
    for fn, a, b, rest in [
        ("matmul", "3x4", "3x4", []), ("matmul", "0d", "3x4", []), ("matmul", "3x4", "0d", []), ("matmul", "7", "3", []), ("matmul", "2x3x4", "3x4x5", []),
        ("matmul", "3x4", "5", []), ("dot", "3x4", "3x4", []), ("dot", "7", "3", []), ("tensordot", "3x4", "3x4", [1]), ("tensordot", "3x4", "4x5", [3]),
        ("tensordot", "3x4", "4x5", [[[0], [0]]]), ("tensordot", "3x4", "4x5", [[[0, 1], [0]]]), ("tensordot", "3x4", "4x5", [[[2], [0]]]),
    ]:
        book.error("product errors", fn, [tame(book, "float64", a), tame(book, "float64", b, "b"), *rest])
    norms(book)
    small(book)
    factors(book)
    equations(book)


def norms(book):
    line, plane, cube = tame(book, "float64", "24"), tame(book, "float64", "5x6"), tame(book, "float64", "2x3x4")
    infinite = [{"x": "inf"}, {"x": "-inf"}]
    near = {"near": 1e-12}
    for x in [line, plane, cube, tame(book, "int8", "5x6"), tame(book, "bool", "5x6"), tame(book, "uint64", "7")]:
        book.case("norm", "norm", [x], **near)
    for ord in [0, 1, 2, 3, 0.5, -1, *infinite]:
        book.case("norm", "norm", [line], {"ord": ord}, ulps=8)
        book.case("norm", "norm", [plane], {"ord": ord, "axis": 1}, ulps=8)
    book.case("norm", "norm", [tame(book, "float32", "5x6")], {"ord": 2, "axis": 0, "keepdims": True}, ulps=4)
    for ord in [1, -1, "fro", *infinite]:
        book.case("norm", "norm", [plane], {"ord": ord}, ulps=4)
        book.case("norm", "norm", [cube], {"ord": ord, "axis": [2, 0]}, ulps=4)
        book.case("norm", "norm", [cube], {"ord": ord, "axis": [0, 1], "keepdims": True}, ulps=4)
    for ord in [2, -2, "nuc"]:
        book.case("norm", "norm", [plane], {"ord": ord, "keepdims": ord == 2}, near=1e-11)
    for args, options in [([cube], {"ord": 1}), ([line], {"ord": "fro"}), ([plane], {"ord": 3}), ([plane], {"axis": 2})]:
        book.error("norm errors", "norm", args, options)


def small(book):
    for a, b in [("3x4", "4x5"), ("3x4", "3"), ("0d", "3x4"), ("0x3", "3x4")]:
        book.case("kron", "kron", [tame(book, "float64", a), tame(book, "int32", b, "b")])
    for a, b in [("3", "3"), ("4x3", "3"), ("2x1x3", "4x3")]:
        book.case("cross", "cross", [tame(book, "float64", a), tame(book, "float32", b, "b")])
    book.error("cross errors", "cross", [tame(book, "float64", "3x4"), tame(book, "float64", "3x4")])
    x, y = tame(book, "float64", "24"), tame(book, "float64", "24", "b")
    for p in [[2, -1, 0.5], [], tame(book, "int32", "7")]:
        book.case("polynomials", "polyval", [p, tame(book, "float64", "5x6")])
    book.case("polynomials", "polyfit", [x, y, 3], near=1e-10)
    book.case("polynomials", "polyfit", [x, tame(book, "float64", "24x2"), 2], near=1e-10)
    for args, options in [([0, 3, 4], {}), ([-1, 2, 9], {"base": 2}), ([0, 1, 5], {"endpoint": False}), ([1, 1, 0], {})]:
        book.case("progressions", "logspace", args, options, ulps=4)
    for args, options in [([1, 1000, 4], {}), ([-8, -0.5, 9], {}), ([2, 50, 5], {"endpoint": False}), ([3, 3, 1], {})]:
        book.case("progressions", "geomspace", args, options, ulps=16)
    book.error("progression errors", "geomspace", [0, 3, 4])


def generic(book, dtype, shape):
    """A matrix of numbers of no pattern: its singular values lie apart."""
    extents = tuple(int(part) for part in shape.split("x"))
    return book.operand(f"{dtype}_generic_{shape}", np.random.default_rng(seed_of(shape)).normal(size=extents).round(3).astype(dtype))


def part(name, at, x):
    return {"f": f"part.linalg.{name}", "a": [at, x]}


def call(fn, *args):
    return {"f": fn, "a": list(args)}


def factors(book):
    for dtype, near in [("float64", 1e-12), ("float32", 2e-5)]:
        for shape in ["13x4"] if dtype == "float32" else ["13x4", "4x11", "6x6", "1x5"]:
            x = generic(book, dtype, shape)
            q, r = part("qr", 0, x), part("qr", 1, x)
            book.case("qr", "matmul", [q, r], near=near)
            book.case("qr", "matmul", [call("T", q), q], near=near)
            book.case("qr", "part.linalg.qr", [0, x], near=near)
            book.case("qr", "part.linalg.qr", [1, x], near=near)
            book.case("qr", "tril", [r, -1])
            for at in range(3):
                book.case("svd", "part.linalg.svd", [at, x], near=4 * near)
        square = generic(book, dtype, "9x9")
        for at in range(3):
            book.case("lu", "part.linalg.lu", [at, square], near=20 * near)
        positive = call("add", call("matmul", square, call("T", square)), call("eye", 9))
        for upper in [False, True]:
            book.case("cholesky", "linalg.cholesky", [call("astype", positive, dtype)], {"upper": upper}, near=20 * near)
    low = call("matmul", generic(book, "float64", "13x4"), generic(book, "float64", "4x11"))
    book.case("svd", "part.linalg.svd", [1, low], near=1e-12)
    book.case("svd", "part.linalg.svd", [1, tame(book, "int32", "5x6")], near=1e-12)
    book.case("lu", "part.linalg.lu", [2, tame(book, "int32", "4x4")], near=1e-12)
    for name in ["qr", "svd"]:
        book.error("factor errors", f"part.linalg.{name}", [0, tame(book, "float64", "7")])
    book.error("factor errors", "part.linalg.svd", [1, "@float64_nan_some"])
    book.error("factor errors", "linalg.cholesky", [call("negative", call("eye", 4))])
    for name in ["cholesky", "inv"]:
        book.error("factor errors", f"linalg.{name}", [tame(book, "float64", "3x4")])


def equations(book):
    for dtype, near in [("float64", 1e-11), ("float32", 2e-4)]:
        a, b = generic(book, dtype, "9x9"), generic(book, dtype, "9x4")
        line = call("slice", b, ":", "1")
        book.case("solve", "linalg.inv", [a], near=near)
        for right in [b, line] if dtype == "float64" else [b]:
            book.case("solve", "linalg.solve", [a, right], near=near)
            for lower in [False, True]:
                strong = call("astype", call("add", a, call("multiply", call("eye", 9), 4)), dtype)
                book.case("solve", "linalg.solveTriangular", [strong, right], {"lower": lower}, near=near)
            tall = generic(book, dtype, "13x4")
            for at in range(4 if dtype == "float64" else 1):
                wanted = call("slice", generic(book, dtype, "13x2"), *([":"] if right is b else [":", "0"]))
                book.case("lstsq", "part.linalg.lstsq", [at, tall, wanted], near=near)
    a = generic(book, "float64", "9x9")
    positive = call("add", call("matmul", a, call("T", a)), call("eye", 9))
    book.case("solve", "linalg.solve", [positive, generic(book, "float64", "9x4")], {"assumeA": "pos"}, near=1e-10)
    low = call("matmul", generic(book, "float64", "13x4"), generic(book, "float64", "4x11"))
    for at in [0, 2, 3]:
        book.case("lstsq", "part.linalg.lstsq", [at, low, generic(book, "float64", "13x2")], {"rcond": 1e-10}, near=1e-10)
        book.case("lstsq", "part.linalg.lstsq", [at, generic(book, "float64", "4x11"), call("slice", a, ":4", "0")], near=1e-11)
    for args in [[call("ones", [3, 3]), [1, 2, 3]], [a, [1, 2]], [tame(book, "float64", "3x4"), [1, 2, 3]]]:
        book.error("solve errors", "linalg.solve", args)
    book.error("solve errors", "part.linalg.lstsq", [0, a, [1, 2]])
