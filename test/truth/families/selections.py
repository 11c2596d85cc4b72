"""What is done with elements that masks have selected: how many they are only their blocks know."""

import numpy as np

from families.chains import f
from families.operands import tame


def add(book):
    rows = book.operand("bool_keep5", np.array([False, True, True, False, True]))
    none = book.operand("bool_none5", np.zeros(5, dtype=bool))
    of_one(book)
    x = tame(book, "float64", "7")
    line, none7 = [f("once", f("index", x, mask)) for mask in (f("greater", x, 0), "@bool_none7")]
    for dtype in ["float64", "int32"]:
        x = tame(book, dtype, "5x6")
        for mask in [rows, none]:
            u = f("once", f("index", x, mask))
            like_others(book, u)
            along_axes(book, x, u)
            constants(book, u)
            by_functions(book, u)
    for u in [line, none7]:
        book.case("selections counted", "part.histogram", [0, u], {"bins": 3, "range": [-4, 4]})
        book.case("selections counted", "part.histogram", [0, u], {"bins": [-8, 0, 1, 8], "weights": f("multiply", u, 2)}, near=1e-12)
        for fn in ["sum", "mean", "any", "all", "std"]:
            book.case("selections reduced", fn, [u], ulps=4, near=1e-13)
        book.case("selections counted", "bincount", [f("astype", f("abs", u), "int32")])
    book.case("selections counted", "part.histogram", [0, line], {"bins": 4})
    book.case("selections counted", "average", [line], {"weights": f("add", line, 1)}, near=1e-12)
    for fn in ["min", "max", "nanmin", "nanmax", "ptp"]:
        book.error("selections of nothing", fn, [none7])
        book.error("selections of nothing", fn, [f("astype", none7, "int32")])
    for fn in ["min", "nanmax"]:
        book.error("selections of nothing", fn, [f("index", "@float64_5x6", none)], {"axis": 0})
        book.error("selections of nothing", fn, [f("index", "@float64_5x6", none)])


def of_one(book):
    """Axes that turn out to have one element."""
    x, y = tame(book, "float64", "5x6"), tame(book, "int32", "5x6")
    one = book.operand("bool_one5", np.array([False, False, True, False, False]))
    for x in (x, y):
        u = f("index", x, one)
        book.case("selections of one", "squeeze", [u, 0])
        book.case("selections of one", "sum", [f("squeeze", u, 0)], near=1e-12)
        book.case("selections of one", "squeeze", [f("slice", u, "newaxis"), [0, 1]])
        book.case("selections of one", "multiply", [x, f("squeeze", u, 0)])
        book.case("selections of one", "squeeze", [f("index", f("ravel", x), f("equal", f("arange", 30), 17)), 0])
    two = book.operand("bool_keep5", np.array([False, True, True, False, True]))
    for mask in (two, book.operand("bool_none5", np.zeros(5, dtype=bool))):
        book.error("selections of one", "squeeze", [f("index", x, mask), 0])
        book.error("selections of one", "squeeze", [f("index", x, mask), [0, 1]])


def like_others(book, u):
    for fn in ["zerosLike", "onesLike"]:
        book.case("selections like others", fn, [u])
        book.case("selections like others", fn, [u], {"dtype": "int8"})
    book.case("selections like others", "fullLike", [u, 7])
    book.case("selections like others", "add", [f("onesLike", u), u])
    book.case("selections like others", "concatenate", [[f("onesLike", u), u]])


def along_axes(book, x, u):
    group = "selections along axes"
    for fn in ["sum", "mean", "min", "max", "argmin", "argmax", "any"]:
        book.case(group, fn, [u], {"axis": 1}, near=1e-12)
        book.case(group, fn, [f("slice", u, ":", "2:3")], {"axis": 1, "keepdims": True}, near=1e-12)
    for places in [[2, 0, -1], [], [4, 4, 4, 4, 4, 4, 4]]:
        book.case(group, "take", [u, places], {"axis": 1})
        book.case(group, "sum", [f("take", u, places, axis=1)], {"axis": 0}, near=1e-12)
    # what is stretched over them
    book.case(group, "subtract", [u, f("sum", u, axis=0, keepdims=True)])
    book.case(group, "add", [f("slice", u, "newaxis"), f("slice", x, ":2", "newaxis")])
    book.case(group, "T", [f("take", f("T", u), [1, 0], axis=0)])
    # operands whose columns are cut differently
    book.case(group, "add", [f("slice", u, ":", "1:"), f("slice", u, ":", ":-1")])
    book.case(group, "multiply", [f("slice", u, ":", "::2"), f("slice", u, ":", "3:")])
    book.case(group, "concatenate", [[f("slice", u, ":", "::-1"), x, u]], {"axis": 0})
    book.case(group, "concatenate", [[u, f("slice", u, ":", "1:3")]], {"axis": 1})
    book.case(group, "average", [u], {"axis": 1, "weights": [1, 2, 3, 4, 5, 6]}, near=1e-12)


def constants(book, u):
    """Expressions that read no element, as there is no NaN among integers."""
    group = "selections of constants"
    whole = f("astype", u, "int32")
    for fn in ["isnan", "isinf", "isfinite"]:
        book.case(group, fn, [whole])
        for reduction in ["any", "all", "sum"]:
            for options in [{}, {"axis": 0}, {"axis": 1}]:
                book.case(group, reduction, [f(fn, whole)], options)
    book.case(group, "logicalOr", [f("isnan", whole), True])
    book.case(group, "equal", [f("isnan", whole), f("isinf", whole)])
    book.case(group, "slice", [f("isfinite", whole), ":", "1"])


def by_functions(book, u):
    book.case("selections by functions", "mapBlocks", ["doubled", [u]])
    book.case("selections by functions", "mapBlocks", ["summed", [u, f("multiply", u, 3)]])
    book.case("selections by functions", "sum", [f("mapBlocks", "doubled", [u])], {"axis": 0}, near=1e-12)
    book.case("selections by functions", "T", [f("mapBlocks", "doubled", [f("T", u)])])
