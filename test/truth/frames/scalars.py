"""
Expressions a row at a time: arithmetic, comparison, logic, missing values, casts, choices.

The truth is pandas with its nullable types, where null (NA) and NaN are apart. It is Polars where pandas means something else than we do:
integers divided by 0 (pandas: 0; Polars and we: null), NaN in comparisons (pandas and IEEE: NaN is not equal to itself; Polars, DuckDB and we: it is, and greater than
all numbers), casts of fractions to integers (pandas refuses; Polars and we cut).
"""

import numpy as np
import pandas as pd
import polars as pl

NAN, INF = float("nan"), float("inf")


def frames(book):
    d, p = book.frame("num", {
        "i": ("int64", [7, -7, 0, 3, -3, None, 1, 100, 9, -9]),
        "j": ("int64", [2, 2, 3, -2, -2, 5, None, 7, -4, 4]),
        "z": ("int64", [0, 1, None, 0, 2, 0, -1, 0, 3, 0]),
        "k": ("int32", [1, 2, 3, None, -5, 6, 0, 8, -9, 10]),
        "t": ("int8", [1, -2, 3, None, 5, -6, 0, 8, 9, -10]),
        "x": ("float64", [2.5, -2.5, None, 0.0, 1.75, NAN, INF, -INF, 1e10, -0.125]),
        "y": ("float64", [2.0, 0.5, 3.0, -2.0, None, 4.0, 2.0, 3.0, -4.5, 0.1]),
        "u": ("float64", [0.5, -0.5, 0.25, None, 1.0, -1.0, 0.0, 0.99, -0.1, 0.7]),
        "b": ("bool", [True, False, None, True, False, None, True, False, None, True]),
        "c": ("bool", [True, True, True, False, False, False, None, None, None, True]),
        "s": ("string", ["a", "b", None, "", "é", "a", "10", "-3", "x", "a"]),
    })
    e, q = book.frame("nothing", {
        "i": ("int64", []), "x": ("float64", []), "s": ("string", []), "b": ("bool", []), "d": ("timestamp", []), "g": ("string", []),
    })
    a, r = book.frame("nulls", {
        "i": ("int64", [None, None, None]), "x": ("float64", [None, None, None]), "s": ("string", [None] * 3), "b": ("bool", [None] * 3),
        "d": ("timestamp", [None] * 3), "g": ("string", ["a", None, "a"]),
    })
    return d, p, e, q, a, r


INFIX = {
    "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b, "div": lambda a, b: a / b,
    "floorDiv": lambda a, b: a // b, "mod": lambda a, b: a % b,
}
COMPARE = {
    "eq": lambda a, b: a == b, "ne": lambda a, b: a != b, "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b, "gt": lambda a, b: a > b, "ge": lambda a, b: a >= b,
}


def add(book):
    d, p, e, q, a, r = frames(book)
    near = 4e-16

    # Arithmetic of columns and with numbers on either side. Divisions by zero of integers are Polars'.
    for name, f in INFIX.items():
        for left, right in [("i", "j"), ("x", "y"), ("i", "y"), ("x", "j"), ("k", "j"), ("j", "i"), ("y", "x")]:
            whole = name in ("floorDiv", "mod") and {left, right} <= set("ijkzt")
            text = f"col('{left}').{name}(col('{right}'))"
            if whole or ("x" in (left, right) and name != "mod"):
                book.expr("arithmetic", "num", text, f(p[left], p[right]), near=near)
            else:
                book.expr("arithmetic", "num", text, f(d[left], d[right]), near=near)
        if name in ("floorDiv", "mod"):
            book.expr("arithmetic", "num", f"col('i').{name}(col('z'))", f(p["i"], p["z"]))
            book.expr("arithmetic", "num", f"col('x').{name}(0)", f(p["x"], 0.0))
            book.expr("arithmetic", "num", f"col('i').{name}(0)", f(p["i"], 0))
        for number in (2, -3, 0.5, 10):
            book.expr("arithmetic", "num", f"col('i').{name}({number})", f(d["i"], number), near=near)
            book.expr("arithmetic", "num", f"col('x').{name}({number})", f(p["x"], number), near=near)
            if name == "floorDiv":
                book.expr("arithmetic", "num", f"lit({number}).{name}(col('y'))", pl.Series([float(number)] * 10) // p["y"])
            else:
                book.expr("arithmetic", "num", f"lit({number}).{name}(col('y'))", f(number, d["y"]), near=near)
        for frame, (pd_, pl_) in {"nothing": (e, q), "nulls": (a, r)}.items():
            book.expr("arithmetic", frame, f"col('i').{name}(col('x'))", f(pd_["i"], pd_["x"]))
            book.expr("arithmetic", frame, f"col('i').{name}(2)", f(pd_["i"], 2))
    book.expr("arithmetic", "num", "col('i').div(0)", d["i"] / 0)
    book.expr("arithmetic", "num", "col('x').div(0)", p["x"] / 0)
    book.expr("arithmetic", "num", "col('i').div(col('z'))", p["i"] / p["z"])
    for exponent in (0, 1, 2, 3, 0.5, -1):
        book.expr("arithmetic", "num", f"col('y').pow({exponent})", p["y"].pow(float(exponent)), near=1e-15)
        if exponent != 0.5:
            book.expr("arithmetic", "num", f"col('x').pow({exponent})", p["x"].pow(float(exponent)), near=1e-15)
        book.expr("arithmetic", "num", f"col('i').pow({exponent})", p["i"].cast(pl.Float64).pow(float(exponent)), near=1e-15)
    book.expr("arithmetic", "num", "lit(2).pow(col('j'))", (lambda s: pl.Series([2.0] * 10) ** s)(p["j"].cast(pl.Float64)))

    # Functions of one number.
    pandas = {
        "neg": lambda s: -s, "abs": lambda s: s.abs(),
    }
    for name, f in pandas.items():
        for c in "ijkty":
            book.expr("functions", "num", f"col('{c}').{name}()", f(d[c]))
        book.expr("functions", "num", f"col('x').{name}()", f(p["x"]))
    polars = {
        "sign": "sign", "sqrt": "sqrt", "cbrt": "cbrt", "exp": "exp", "log": "log", "log10": "log10", "sin": "sin", "cos": "cos", "tan": "tan",
        "arcsin": "arcsin", "arccos": "arccos", "arctan": "arctan", "radians": "radians", "degrees": "degrees",
        "floor": "floor", "ceil": "ceil", "isNaN": "is_nan", "isFinite": "is_finite", "isInfinite": "is_infinite",
        "isNull": "is_null", "isNotNull": "is_not_null",
    }
    for name, method in polars.items():
        for c in "ixyu":
            source = pl.col(c)
            if method in ("cbrt", "radians", "degrees", "exp", "log", "log10", "sqrt") and c == "i":
                source = source.cast(pl.Float64)
            answer = p.select(getattr(source, method)())[c]
            book.expr("functions", "num", f"col('{c}').{name}()", answer, near=4e-15)
        book.expr("functions", "nothing", f"col('x').{name}()", q.select(getattr(pl.col("x"), method)())["x"])
        book.expr("functions", "nulls", f"col('x').{name}()", r.select(getattr(pl.col("x"), method)())["x"])
    book.expr("functions", "num", "col('y').log2()", p.select(pl.col("y").log(2))["y"], near=4e-15)
    with np.errstate(all="ignore"):
        book.expr("functions", "num", "col('x').trunc()", pl.Series([None if v is None else float(np.trunc(v)) for v in p["x"]]))
        book.expr("functions", "num", "col('x').arctan2(col('y'))", pl.Series([None if v is None or w is None else float(np.arctan2(v, w)) for v, w in zip(p["x"], p["y"])]), near=4e-16)
    book.expr("functions", "num", "col('i').trunc()", d["i"])

    # Rounding: halves to even, of integers to tens too.
    h, _ = book.frame("halves", {
        "x": ("float64", [0.5, 1.5, 2.5, -0.5, -1.5, 2.675, 0.285, 1234.5678, -1234.5678, None, NAN, INF, 1e20]),
        "i": ("int64", [5, 15, 25, -5, -15, 12345, 125, 1249, -1251, None, 9007199254740993, 50, -50]),
    })
    for decimals in (0, 1, 2, 3, -1, -2, -3):
        book.expr("rounding", "halves", f"col('x').round({decimals})", ("float", [None if v is pd.NA or m else float(np.round(v, decimals)) for v, m in zip(h["x"].array._data, h["x"].array._mask)]), near=1e-15)
        book.expr("rounding", "halves", f"col('i').round({decimals})", ("int", [None if v is pd.NA else round(int(v), decimals) for v in h["i"]]))

    # Clipping: a bound that is null does not bound; NaN stays.
    for low, high in [(0, 2), (-1, 1), (3, 50)]:
        book.expr("clip", "num", f"col('i').clip({low}, {high})", d["i"].clip(low, high))
        book.expr("clip", "num", f"col('x').clip({low}, {high})", p["x"].clip(low, high))
    book.expr("clip", "num", "col('i').clip(1)", d["i"].clip(lower=1))
    book.expr("clip", "num", "col('i').clip(null, 1)", d["i"].clip(upper=1))
    book.expr("clip", "num", "col('y').clip(col('u'), 2)", p.select(pl.col("y").clip(pl.col("u"), 2))["y"])
    for column in ("i", "x"):
        for options, js in (({}, ""), ({"right": False}, ", right: false"), ({"include_lowest": True}, ", includeLowest: true")):
            cuts = pd.cut(d[column].astype("float64"), [-1, 0, 2, np.inf], labels=["a", "b", "c"], **options)
            book.expr("cut", "num", f"col('{column}').cut([-1, 0, 2, Infinity], {{ labels: ['a', 'b', 'c']{js} }})", ("string", [None if pd.isna(v) else str(v) for v in cuts]))
    # Of whole numbers, whose intervals pandas writes as they are written here.
    cuts = pd.cut(d["i"].dropna().astype("int64"), [-1, 0, 2], right=False)
    cuts = cuts[cuts.notna()].map(str).astype("object").reindex(d.index)
    book.expr("cut", "num", "col('i').cut([-1, 0, 2], { right: false })", ("string", [None if pd.isna(v) else str(v) for v in cuts]))
    # Intervals of equal width, between extremes that are finite: numbers of them, and labels.
    for column in ("i", "j", "k"):
        values = d[column].astype("float64")
        for count in (1, 2, 3, 5):
            for right in (True, False):
                js = "" if right else ", { right: false }"
                places = pd.cut(values, count, labels=False, right=right)
                book.expr("cut", "num", f"col('{column}').cut({count}{js})", ("int", [None if pd.isna(v) else int(v) for v in places]))
                same = pd.cut(values * 0 + 7, count, labels=False, right=right)
                book.expr("cut", "num", f"col('{column}').mul(0).add(7).cut({count}{js})", ("int", [None if pd.isna(v) else int(v) for v in same]))
        cuts = pd.cut(values, 3, labels=["a", "b", "c"])
        book.expr("cut", "num", f"col('{column}').cut(3, {{ labels: ['a', 'b', 'c'] }})", ("string", [None if pd.isna(v) else str(v) for v in cuts]))
    # Intervals between quantiles: numbers of them, and labels.
    for column, shares in (("i", 4), ("j", 3), ("k", [0, 0.25, 0.9]), ("t", [0.1, 0.5, 1])):
        values = d[column].astype("float64")
        numbers = pd.qcut(values, shares, labels=False)
        book.expr("qcut", "num", f"col('{column}').qcut({shares})", ("int", [None if pd.isna(v) else int(v) for v in numbers]))
        labels = list("abcd")[: shares if isinstance(shares, int) else len(shares) - 1]
        cuts = pd.qcut(values, shares, labels=labels)
        book.expr("qcut", "num", f"col('{column}').qcut({shares}, {{ labels: {labels} }})", ("string", [None if pd.isna(v) else str(v) for v in cuts]))

    # Values for others.
    book.expr("replace", "num", "col('s').replace({ a: 'A', '10': '' })", d["s"].replace({"a": "A", "10": ""}))
    book.expr("replace", "num", "col('s').replace({ a: 1, b: 2 }, { otherwise: null })", ("int", [None if pd.isna(v) else int(v) for v in d["s"].map({"a": 1, "b": 2})]))
    book.expr("replace", "num", "col('i').replace(new Map([[7, 70], [-9, null]]))", p["i"].replace({7: 70, -9: None}))
    book.expr("replace", "num", "col('x').replace(new Map([[NaN, 0], [null, -1]]))", p["x"].replace({NAN: 0.0, None: -1.0}))
    book.expr("replace", "num", "col('i').replace(new Map([[1, 'one'], [null, 'none']]), { otherwise: col('s') })", pl.select(pl.when(p["i"].is_null()).then(pl.lit("none")).when(p["i"] == 1).then(pl.lit("one")).otherwise(p["s"]).alias("r"))["r"])
    book.expr("replace", "num", "col('s').replace({})", p["s"])

    # At most so many nulls filled behind a value, or before it.
    for limit in (1, 2):
        book.expr("fillLimit", "num", f"col('z').fillForward({{ rows: [-{limit}, 0] }})", p["z"].fill_null(strategy="forward", limit=limit))
        book.expr("fillLimit", "num", f"col('b').fillBackward({{ rows: [0, {limit}] }})", p["b"].fill_null(strategy="backward", limit=limit))
        book.expr("fillLimit", "nulls", f"col('i').fillForward({{ rows: [-{limit}, 0] }})", p["i"].head(0).extend_constant(None, 3))
    book.expr("clip", "num", "col('i').clip(null, 3)", d["i"].clip(upper=3))
    book.expr("clip", "num", "col('i').clip(0, null)", d["i"].clip(lower=0))
    for name, method in (("least", pl.min_horizontal), ("greatest", pl.max_horizontal)):
        book.expr("clip", "num", f"{name}(col('i'), col('j'), 1)", p.select(r=method("i", "j", pl.lit(1, pl.Int64)))["r"])
        book.expr("clip", "num", f"{name}(col('y'), col('u'))", p.select(r=method("y", "u"))["r"])

    # Comparison: of what can be NaN as Polars has it.
    for name, f in COMPARE.items():
        for left, right in [("i", "j"), ("y", "u"), ("i", "y"), ("k", "i"), ("s", "s"), ("b", "c")]:
            if left == "b":
                book.expr("comparison", "num", f"col('b').{name}(col('c'))", f(p["b"], p["c"]))
            else:
                book.expr("comparison", "num", f"col('{left}').{name}(col('{right}'))", f(d[left], d[right]))
        book.expr("comparison", "num", f"col('x').{name}(col('y'))", f(p["x"], p["y"]))
        book.expr("comparison", "num", f"col('x').{name}(col('x'))", f(p["x"], p["x"]))
        book.expr("comparison", "num", f"col('i').{name}(3)", f(d["i"], 3))
        book.expr("comparison", "num", f"col('y').{name}(0.5)", f(d["y"], 0.5))
        book.expr("comparison", "num", f"col('x').{name}(NaN)", f(p["x"], NAN))
        book.expr("comparison", "num", f"col('s').{name}('a')", f(d["s"], "a"))
        book.expr("comparison", "nothing", f"col('i').{name}(col('x'))", f(q["i"], q["x"]))
        book.expr("comparison", "nulls", f"col('i').{name}(col('x'))", f(a["i"], a["x"]))
        book.expr("comparison", "nulls", f"col('s').{name}('a')", f(a["s"], "a"))
    for c, other in (("i", "j"), ("x", "y"), ("s", "s"), ("b", "c")):
        book.expr("comparison", "num", f"col('{c}').eqMissing(col('{other}'))", p[c].eq_missing(p[other]))
    book.expr("comparison", "num", "col('i').eqMissing(null)", p["i"].is_null())
    book.expr("comparison", "num", "col('i').between(0, 7)", p["i"].is_between(0, 7))
    book.expr("comparison", "num", "col('y').between(col('u'), 3)", p.select(pl.col("y").is_between(pl.col("u"), 3))["y"])
    for values in ([1, 3, 7], [], [7], [1000]):
        book.expr("comparison", "num", f"col('i').isIn({values})", p["i"].is_in(pl.Series(values, dtype=pl.Int64).implode()) if values else pl.Series([None if v is None else False for v in p["i"]]))
    book.expr("comparison", "num", "col('i').isIn([1, null, 7])", pl.Series([None if v is None else v in (1, 7) for v in p["i"]]))
    book.expr("comparison", "num", "col('s').isIn(['a', 'é'])", pl.Series([None if v is None else v in ("a", "é") for v in p["s"]]))

    # Logic of three values.
    for name, f in (("and", lambda v, w: v & w), ("or", lambda v, w: v | w), ("xor", lambda v, w: v ^ w)):
        book.expr("logic", "num", f"col('b').{name}(col('c'))", f(d["b"], d["c"]))
        for value in (True, False):
            book.expr("logic", "num", f"col('b').{name}({str(value).lower()})", f(d["b"], value))
        book.expr("logic", "nulls", f"col('b').{name}(true)", f(a["b"], True))
    book.expr("logic", "num", "col('b').not()", ~d["b"])
    book.expr("logic", "nulls", "col('b').not()", ~a["b"])

    # Missing values.
    for c, value in (("i", 0), ("x", 1.5), ("y", -1), ("s", "?"), ("b", True)):
        written = {"?": "'?'", True: "true"}.get(value, value)
        book.expr("missing", "num", f"col('{c}').fillNull({written})", p[c].fill_null(value))
        if c in r.columns:
            book.expr("missing", "nulls", f"col('{c}').fillNull({written})", r[c].fill_null(value))
        book.expr("missing", "num", f"col('{c}').isNull()", d[c].isna() if c != "x" else p[c].is_null())
        for name, strategy in (("fillForward", "forward"), ("fillBackward", "backward")):
            book.expr("missing", "num", f"col('{c}').{name}()", p[c].fill_null(strategy=strategy))
            if c in r.columns:
                book.expr("missing", "nulls", f"col('{c}').{name}()", r[c].fill_null(strategy=strategy))
    book.expr("missing", "num", "col('i').fillNull(col('j'))", d["i"].fillna(d["j"]))
    book.expr("missing", "num", "coalesce(col('i'), col('z'), col('j'))", d["i"].fillna(d["z"]).fillna(d["j"]))
    book.expr("missing", "num", "col('x').fillNaN(0)", p["x"].fill_nan(0.0))
    book.expr("missing", "num", "col('x').fillNaN(null)", p["x"].fill_nan(None))
    book.expr("missing", "num", "col('i').fillNaN(0)", p["i"])
    book.expr("missing", "num", "col('i').nullIf(7)", d["i"].mask(d["i"] == 7))
    book.expr("missing", "num", "col('s').nullIf('a')", p.select(pl.when(pl.col("s") != "a").then("s"))["s"])

    # Casts.
    for c in "ijkt":
        for to in ("float64", "int32", "int64", "string", "bool"):
            book.expr("cast", "num", f"col('{c}').cast('{to}')", p[c].cast(getattr(pl, {"float64": "Float64", "int32": "Int32", "int64": "Int64", "string": "String", "bool": "Boolean"}[to])))
    for to, kind in (("int64", pl.Int64), ("int32", pl.Int32), ("int8", pl.Int8)):
        book.expr("cast", "num", f"col('y').cast('{to}')", p["y"].cast(kind))
        book.expr("cast", "num", f"col('x').cast('{to}', {{ strict: false }})", p["x"].cast(kind, strict=False))
        book.expr("cast", "num", f"col('s').cast('{to}', {{ strict: false }})", p["s"].cast(kind, strict=False))
        book.expr("cast", "num", f"col('b').cast('{to}')", p["b"].cast(kind))
    book.expr("cast", "num", "col('s').cast('float64', { strict: false })", p["s"].cast(pl.Float64, strict=False))
    book.expr("cast", "num", "col('b').cast('string')", p["b"].cast(pl.String))
    book.expr("cast", "num", "col('u').cast('string')", p["u"].cast(pl.String))
    book.expr("cast", "num", "col('x').cast('float32')", p["x"].cast(pl.Float32))
    book.error("cast", "num", "col('s').cast('int64')", "strict: false")
    book.error("cast", "num", "col('i').mul(2).cast('uint8')", "is no uint8")

    # Choices.
    w = pl.when
    book.expr("choice", "num", "when(col('i').gt(0), 'plus').when(col('i').lt(0), 'minus').otherwise('zero')",
              p.select(r=w(pl.col("i") > 0).then(pl.lit("plus")).when(pl.col("i") < 0).then(pl.lit("minus")).otherwise(pl.lit("zero")))["r"])
    book.expr("choice", "num", "when(col('b'), col('i')).otherwise(col('j'))", p.select(r=w("b").then("i").otherwise("j"))["r"])
    book.expr("choice", "num", "when(col('b'), col('i')).otherwise(col('y'))", p.select(r=w("b").then("i").otherwise("y"))["r"])
    book.expr("choice", "num", "when(col('b').and(col('c')), 1).end()", p.select(r=w(pl.col("b") & pl.col("c")).then(1))["r"])
    book.expr("choice", "nulls", "when(col('b'), 1).otherwise(2)", r.select(r=w("b").then(1).otherwise(2))["r"])

    # Text put together.
    book.expr("text", "num", "concatText(col('s'), '-', col('i'))", p.select(r=pl.concat_str("s", pl.lit("-"), "i"))["r"])
