"""Sums of products of neighbours, and windows of them."""

from families.operands import tame

MODES = ["full", "same", "valid"]


def convolutions(book):
    for dtype in ["float64", "float32", "int8", "uint16", "int32", "int64", "uint64", "bool"]:
        near = {"float64": {"near": 1e-11}, "float32": {"near": 1e-3, "ulps": 64}}.get(dtype, {})
        long, short = tame(book, dtype, "24"), tame(book, dtype, "7")
        for fn in ["convolve", "correlate"]:
            for mode in MODES:
                for a, v in [(long, short), (short, long), (long, long)]:
                    book.case("convolutions", fn, [a, v, mode], **near)
    line, ints = tame(book, "float64", "24"), tame(book, "int32", "7")
    for fn in ["convolve", "correlate"]:
        book.case("convolutions", fn, [line, ints], near=1e-11)
        book.case("convolutions", fn, [tame(book, "uint8", "7"), tame(book, "int8", "4")])
        for mode in MODES:
            for v in [[1], [1, 2], [0.5, 0.25, 0.125, 0.5]]:
                kernel = book.operand(f"kernel of {len(v)}", [float(n) for n in v])
                book.case("convolutions", fn, [line, kernel, mode], near=1e-11)
                book.case("convolutions", fn, [kernel, line, mode], near=1e-11)
                book.case("convolutions", fn, [kernel, kernel, mode], near=1e-11)
        book.error("convolution errors", fn, [tame(book, "float64", "0"), line])
        book.error("convolution errors", fn, [tame(book, "float64", "5x6"), line])
        book.error("convolution errors", fn, [line, line, "most"])


def windows(book):
    for dtype in ["float64", "int8", "bool", "int64"]:
        for length in [1, 2, 5, 24]:
            book.case("windows", "slidingWindowView", [tame(book, dtype, "24"), length])
        plane, cube = tame(book, dtype, "5x6"), tame(book, dtype, "2x3x4")
        for x, window, options in [
            (plane, [2, 3], {}), (plane, [5, 6], {}), (plane, 2, {"axis": 0}), (plane, 3, {"axis": -1}), (plane, [2, 2], {"axis": [0, 0]}), (plane, [3, 2], {"axis": [1, 0]}),
            (cube, [1, 2, 2], {}), (cube, 2, {"axis": 1}), (cube, [2, 3], {"axis": [0, 2]}),
        ]:
            book.case("windows", "slidingWindowView", [x, window], options)
    line, plane = tame(book, "float64", "24"), tame(book, "float64", "5x6")
    rows = {"f": "slidingWindowView", "a": [plane, 3], "o": {"axis": 0}}
    for fn in ["mean", "max", "median"]:
        book.case("windows reduced", fn, [rows], {"axis": -1}, near=1e-12)
    book.case("windows reduced", "slice", [{"f": "slidingWindowView", "a": [line, 4]}, "::2", "1"])
    # Windows are read where they lie, through whatever is between them and a loop.
    windows = {"f": "slidingWindowView", "a": [plane, [2, 3]]}
    for parts in [["...", "::-1", "::-2"], ["::-1", "1", "1", "..."], ["1:3", "::2", "0", "-1"], ["...", "1:", "newaxis", "1:2"]]:
        book.case("windows seen", "slice", [windows, *parts])
        book.case("windows seen", "square", [{"f": "slice", "a": [windows, *parts]}])
    for order in [[3, 2, 1, 0], [2, 0, 3, 1]]:
        book.case("windows seen", "transpose", [windows, order])
        book.case("windows seen", "sum", [{"f": "transpose", "a": [windows, order]}], {"axis": [0, 2]}, near=1e-12)
    for first, second in [(0, 3), (2, 3), (3, 1)]:
        for offset in [-1, 0, 1]:
            book.case("windows seen", "diagonal", [windows, offset, first, second])
    again = {"f": "slidingWindowView", "a": [{"f": "slidingWindowView", "a": [line, 5]}, 2], "o": {"axis": 1}}
    book.case("windows seen", "max", [again], {"axis": -1})
    book.case("windows seen", "mean", [again], {"axis": [0, 2]}, near=1e-12)
    twice = {"f": "slidingWindowView", "a": [plane, [2, 3]], "o": {"axis": [1, 1]}}
    book.case("windows seen", "sum", [twice], {"axis": [-1, -2]}, near=1e-12)
    book.case("windows seen", "subtract", [windows, {"f": "mean", "a": [windows], "o": {"axis": [2, 3], "keepdims": True}}], near=1e-12)
    book.case("windows seen", "multiply", [{"f": "slidingWindowView", "a": [line, 3]}, book.operand("weights of 3", [0.25, 0.5, 0.25])])
    for x, window, options in [(line, 25, {}), (line, [2, 2], {}), (plane, 2, {}), (plane, 2, {"axis": 2}), (line, -1, {})]:
        book.error("window errors", "slidingWindowView", [x, window], options)


def add(book):
    convolutions(book)
    windows(book)
