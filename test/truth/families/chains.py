"""Expressions of several functions: what is fused into one loop must give what NumPy gives step by step."""

from families.operands import FLOATS, INTS, tame


def f(fn, *args, **options):
    return {"f": fn, "a": list(args), **({"o": options} if options else {})}


def add(book):
    for dtype in FLOATS + ["int32", "uint8", "int64"]:
        x, y = tame(book, dtype, "6x6"), tame(book, dtype, "6x6", "b")
        near = 1e-4 if dtype == "float32" else 1e-12
        book.case("chains", "mean", [f("slice", f("add", x, f("T", x)), "::2", "3:")], {"axis": 1}, ulps=16, near=near)
        book.case("chains", "sum", [f("subtract", x, f("mean", x, axis=0))], ulps=16, near=near * 100)
        book.case("chains", "std", [f("multiply", f("add", x, 1), y)], {"axis": 0}, ulps=16, near=near * 10)
        book.case("chains", "where", [f("greater", x, y), f("subtract", x, y), f("multiply", y, 2)])
        book.case("chains", "max", [f("abs", f("subtract", f("T", x), y))], {"axis": 0})
        book.case("chains", "argmax", [f("add", x, f("slice", y, "::-1", "::-1"))], {"axis": 1})
        book.case("chains", "concatenate", [[f("add", x, y), f("slice", f("T", x), "1:3")]], {"axis": 0})
        book.case("chains", "sum", [f("reshape", f("T", f("add", x, y)), [4, 9])], {"axis": 0}, ulps=16, near=near)
        book.case("chains", "matmul", [f("subtract", x, y), f("T", f("add", x, y))])
        book.case("chains", "any", [f("logicalAnd", f("greater", x, 0), f("less", y, 0))], {"axis": 0})
        book.case("chains", "sum", [f("astype", f("greater", x, y), "int64")], {"axis": [0, 1], "keepdims": True})
        book.case("chains", "add", [f("sum", x, axis=1, keepdims=True), f("max", x, axis=0)], ulps=16, near=near)
        book.case("chains", "subtract", [f("mean", f("slice", x, "::4"), axis=0), f("mean", f("slice", x, "2::4"), axis=0)], ulps=16, near=near)
        book.case("chains", "sum", [f("index", x, f("greater", x, y))], ulps=16, near=near * 10)
        book.case("chains", "stack", [[f("min", x, axis=0), f("max", x, axis=0), f("sum", x, axis=0, dtype=dtype)]], ulps=16, near=near)
        book.case("chains", "broadcastTo", [f("expandDims", f("sum", x, axis=1), 1), [6, 4]], ulps=16, near=near)
        book.case("chains", "astype", [f("astype", x, "int8"), "float32"])
    for dtype in FLOATS:
        x = tame(book, dtype, "6x6")
        near = 1e-5 if dtype == "float32" else 1e-13
        squares = f("add", f("square", f("sin", x)), f("square", f("cos", x)))
        book.case("chains", "mean", [squares], ulps=16, near=near)
        book.case("chains", "sum", [f("divide", f("subtract", x, f("mean", x, axis=0)), f("std", x, axis=0))], ulps=16, near=near * 1000)
        book.case("chains", "log1p", [f("exp", f("negative", f("abs", x)))], ulps=8)
        book.case("chains", "sqrt", [f("sum", f("square", f("subtract", f("expandDims", x, 0), f("expandDims", x, 1))), axis=2)], ulps=8, near=near)
        book.case("chains", "nanmean", [f("where", f("greater", x, 0), x, {"x": "nan"})], {"axis": 0}, ulps=16, near=near)
    for dtype in INTS:
        x = tame(book, dtype, "5x6")
        book.case("chains", "sum", [f("multiply", f("multiply", x, x), f("multiply", x, x))], {"axis": 0})
        book.case("chains", "remainder", [f("multiply", f("add", x, x), x), 7])
        book.case("chains", "bitwiseXor", [f("leftShift", x, 2), f("invert", x)])
