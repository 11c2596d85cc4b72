"""
Aggregates of frames and groups, windows, ranks, rolling windows, cumulative functions, resampling.

The truth is pandas (`dropna=False`: null is a group), and Polars of columns that hold NaN, of lists, and where pandas differs: sums of nothing are 0 in all;
a cell of a pivot without rows is null. NaN is the greatest number, as in DuckDB: `max` gives it, where Polars leaves it out.
"""

import datetime as dt

import duckdb
import numpy as np
import pandas as pd
import polars as pl

NAN, INF = float("nan"), float("inf")


def add(book):
    d, p = book.frame("sales", {
        "g": ("string", ["a", "b", "a", None, "b", "c", "a", None, "c", "b", "é", "a"]),
        "h": ("int64", [1, 1, 2, 1, None, 2, 1, 1, 2, 1, 3, 2]),
        "i": ("int64", [3, -1, 4, 1, None, 9, 2, 6, None, 3, 5, 4]),
        "x": ("float64", [1.5, 2.25, None, -4.0, 0.5, None, 8.0, 1.5, None, 2.25, 7.0, 1.5]),
        "y": ("float64", [2.0, 1.0, 3.5, 0.0, 1.5, 2.0, -8.0, None, 4.0, 2.5, 6.0, 0.25]),
        "s": ("string", ["q", "a", None, "z", "a", "b", "q", "z", "b", "é", "", "a"]),
        "b": ("bool", [True, False, None, True, True, None, False, True, None, False, True, True]),
        "t": ("timestamp", [f"20{20 + i}-0{1 + i % 9}-03T0{i % 10}:00:00" for i in range(12)]),
    })
    _, n = book.frame("wild", {
        "g": ("string", ["a", "a", "b", "b", "c", "c", "d"]),
        "x": ("float64", [1.0, NAN, INF, 2.0, NAN, NAN, None]),
    })
    aggregates(book, d, p, n)
    subtotals(book, p)
    windows(book, d, p, n)
    rolling(book)
    resampling(book)


WHOLE = {
    "sum": lambda s: s.sum(), "mean": lambda s: s.mean(), "min": lambda s: s.min(), "max": lambda s: s.max(), "count": lambda s: s.count(),
    "nunique": lambda s: s.nunique(), "std": lambda s: s.std(), "var": lambda s: s.var(), "median": lambda s: s.median(), "skew": lambda s: s.skew(), "kurtosis": lambda s: s.kurt(),
    "product": lambda s: float(s.prod()),
}
FLOATS = ("mean", "std", "var", "median", "skew", "kurtosis", "product")


def aggregates(book, d, p, n):
    def one(value, fn, column):
        """A frame of one value, of the kind that an aggregate of ours has."""
        kind = "float" if fn in FLOATS or (column in "xy" and fn in ("sum", "min", "max")) else "int"
        if fn in ("min", "max") and column in "sbt":
            kind = {"s": "string", "b": "bool", "t": "timestamp"}[column]
        value = None if pd.isna(value) else int(value.as_unit("us")._value) if isinstance(value, pd.Timestamp) else value
        if kind == "bool":
            value = bool(value)
        return [["r", kind, [value]]]

    for fn, f in WHOLE.items():
        for c in "ixysbt":
            if (c in "st" and fn not in ("min", "max", "count", "nunique")) or (c == "b" and fn in ("std", "var", "median", "skew", "kurtosis", "product")):
                continue
            value = f(d[c])
            answer = one(value, fn, c)
            book.add("aggregates", {"t": f"sales.agg({{ r: col('{c}').{fn}() }})"}, plain(answer), {})
            book.add("aggregates", {"t": f"sales.select({{ r: col('{c}').{fn}() }})"}, plain(answer), {})
            # In each row, beside columns.
            book.add("aggregates", {"t": f"sales.select('h', {{ r: col('{c}').{fn}() }})"}, [["h", "int", plain_list(d["h"])], ["r", answer[0][1], plain(answer)[0][2] * 12]], {})
        for frame in ("nothing", "nulls"):
            for c in "ix":
                empty = {"sum": 0, "count": 0, "nunique": 0, "product": 1}.get(fn)
                kind = one(empty, fn, c)[0][1]
                book.add("aggregates", {"t": f"{frame}.agg({{ r: col('{c}').{fn}() }})"}, [["r", kind, [empty]]], {})
    grouped = d.groupby("g", dropna=False, sort=False)
    for fn, method in {"sum": "sum", "mean": "mean", "min": "min", "max": "max", "count": "count", "nunique": "nunique", "std": "std", "var": "var", "median": "median", "first": "first", "last": "last"}.items():
        for c in "ixysbt":
            if (c in "st" and fn in ("sum", "mean", "std", "var", "median")) or (c == "b" and fn in ("std", "var", "median")):
                continue
            r = getattr(grouped[c], method)()
            if c == "b" and fn in ("mean",):
                r = d.assign(b=d["b"].astype("Float64")).groupby("g", dropna=False, sort=False)["b"].mean()
            if c == "b" and fn in ("min", "max", "first", "last"):
                r = r.astype("boolean")
            if fn in ("sum", "count", "nunique") and c in "istb":
                r = r.astype("Int64")
            if fn == "median":
                r = r.astype("Float64")
            table = pd.DataFrame({"g": pd.Series(r.index, dtype="string"), "r": r.reset_index(drop=True)})
            book.plan("groups", f"sales.groupBy('g').agg({{ r: col('{c}').{fn}() }})", table, any_order=True)
    for c in ("i", "x", "y"):
        for fn in ("sum", "mean", "min", "max", "median", "std", "var", "nunique", "first", "last"):
            r = p.group_by("g", "h").agg(getattr(pl.col(c), {"nunique": "n_unique"}.get(fn, fn))() if fn not in ("nunique", "first", "last") else getattr(pl.col(c).drop_nulls(), {"nunique": "n_unique"}.get(fn, fn))())
            r = r.with_columns(pl.col(c).cast(pl.Float64)) if fn in ("mean", "median", "std", "var") else r
            book.plan("groups", f"sales.groupBy('g', 'h').{fn}('{c}')", r, any_order=True)
    g = p.group_by("g")
    c = pl.col
    cases = {
        "n: count()": pl.len().cast(pl.Int64).alias("n"),
        "n: col('i').sum().add(col('y').sum())": (c("i").sum() + c("y").sum()).alias("n"),
        "n: col('x').div(col('y')).sum()": (c("x") / c("y")).sum().alias("n"),
        "n: col('i').sum().where(col('y').gt(1))": c("i").filter(c("y") > 1).sum().alias("n"),
        "n: count().where(col('b'))": c("b").filter(c("b")).len().cast(pl.Int64).alias("n"),
        "n: col('x').mean().where(col('h').eq(1))": c("x").filter(c("h") == 1).mean().alias("n"),
        "n: col('i').std().where(col('h').eq(1))": c("i").filter(c("h") == 1).std().alias("n"),
        "n: col('i').first().where(col('h').eq(1))": c("i").filter((c("h") == 1) & c("i").is_not_null()).first().alias("n"),
        "n: col('i').toList()": c("i").alias("n"),
        "n: col('s').toList({ orderBy: [desc('i'), 'y'] })": c("s").sort_by("i", "y", descending=[True, False], nulls_last=True).alias("n"),
        "n: col('s').join('-')": pl.when(c("s").count() > 0).then(c("s").drop_nulls().str.join("-")).alias("n"),
        "n: col('i').first({ orderBy: 'y' })": c("i").sort_by("y", nulls_last=True).drop_nulls().first().alias("n"),
        "n: col('i').last({ orderBy: desc('y') })": c("i").sort_by("y", descending=True, nulls_last=True).drop_nulls().last().alias("n"),
        "n: col('b').any()": c("b").any().alias("n"),
        "n: col('b').all()": c("b").all().alias("n"),
        "n: col('x').quantile(0.25)": c("x").quantile(0.25, "linear").alias("n"),
        "n: col('i').quantile(0.9)": c("i").quantile(0.9, "linear").alias("n"),
        "n: col('x').std({ ddof: 0 })": c("x").std(ddof=0).alias("n"),
        "n: col('x').var({ ddof: 0 })": c("x").var(ddof=0).alias("n"),
        "n: col('i').max().sub(col('i').min())": (c("i").max() - c("i").min()).alias("n"),
        "n: col('s').argMax(col('y'))": c("s").filter(c("s").is_not_null() & c("y").is_not_null()).sort_by(c("y").filter(c("s").is_not_null() & c("y").is_not_null()), descending=True).first().alias("n"),
        "n: col('h').mean().round(1)": c("h").mean().round(1).alias("n"),
        "n: col('h').mean().floor().add(col('h').max().mod(2))": (c("h").mean().floor() + c("h").max() % 2).alias("n"),
        "n: col('i').sum().floorDiv(count())": (c("i").sum() // pl.len().cast(pl.Int64)).alias("n"),
        "n: col('x').sum().cast('int64')": c("x").sum().cast(pl.Int64).alias("n"),
        "n: when(count().gt(2), 'many').otherwise('few')": pl.when(pl.len() > 2).then(pl.lit("many")).otherwise(pl.lit("few")).alias("n"),
    }
    for text, expr in cases.items():
        book.plan("groups", f"sales.groupBy('g').agg({{ {text} }})", g.agg(expr), any_order=True)
    # The first of several rows that have the extreme, as pandas has it; rows where the value is null are left out, as in DuckDB.
    for ours, theirs in (("argMin", "idxmin"), ("argMax", "idxmax")):
        named = d.dropna(subset=["s", "h"])
        at = getattr(named.groupby("g", dropna=False)["h"], theirs)()
        answer = pd.DataFrame({"g": pd.Series(at.index, dtype="string"), "s": named["s"].loc[at].reset_index(drop=True)})
        book.plan("groups", f"sales.groupBy('g').agg({{ s: col('s').{ours}(col('h')) }})", answer, any_order=True)
        table = d.dropna(subset=["h"]).reset_index(drop=True)
        at = getattr(table.groupby("g", dropna=False)["h"], theirs)()
        answer = pd.DataFrame({"g": pd.Series(at.index, dtype="string"), "t": table["t"].loc[at].reset_index(drop=True)})
        book.plan("groups", f"sales.groupBy('g').agg({{ t: col('t').{ours}(col('h')) }})", answer, any_order=True)
        book.expr("windows", "sales", f"col('t').{ours}(col('h')).over('g')", d["g"].astype("object").where(d["g"].notna(), None).map(lambda g, a=answer: a["t"][a["g"].isna() if g is None else a["g"] == g].iloc[0]).astype("datetime64[us]"))
        book.plan("windows", f"sales.select({{ r: col('t').{ours}(col('h')) }})", pd.DataFrame({"r": [table["t"].loc[getattr(table["h"], theirs)()]]}))
    mode = d.groupby("g", dropna=False)["i"].agg(lambda s: s.mode().iloc[0] if s.notna().any() else pd.NA)
    book.plan("groups", "sales.groupBy('g').agg({ n: col('i').mode() })", pd.DataFrame({"g": pd.Series(mode.index, dtype="string"), "n": pd.Series(pd.array(mode.tolist(), dtype="Int64"))}), any_order=True)
    book.plan("groups", "sales.agg({ n: col('s').mode() })", pd.DataFrame({"n": pd.Series(d["s"].mode().iloc[:1], dtype="string")}))
    book.plan("groups", "sales.agg({ a: col('x').corr(col('y')), b: col('x').cov(col('y')) })", p.select(a=pl.corr("x", "y"), b=pl.cov("x", "y")), near=1e-14)
    book.plan("groups", "sales.groupBy({ big: col('i').gt(3), h: col('h') }).agg({ n: count() })", p.group_by(big=c("i") > 3, h=c("h")).agg(n=pl.len().cast(pl.Int64)), any_order=True)
    book.plan("groups", "sales.groupBy('g').agg({ n: count() }).filter(col('n').gt(2))", g.agg(n=pl.len().cast(pl.Int64)).filter(c("n") > 2), any_order=True)
    book.plan("groups", "sales.groupBy('g').count()", g.agg(count=pl.len().cast(pl.Int64)), any_order=True)
    book.plan("groups", "nothing.groupBy('g').agg({ n: count(), s: col('x').sum() })", pl.DataFrame({"g": [], "n": [], "s": []}, schema={"g": pl.String, "n": pl.Int64, "s": pl.Float64}))
    book.plan("groups", "nulls.groupBy('g').agg({ n: count(), s: col('x').sum(), m: col('i').max() })", pl.DataFrame({"g": ["a", None], "n": [2, 1], "s": [0.0, 0.0], "m": [None, None]}, schema={"g": pl.String, "n": pl.Int64, "s": pl.Float64, "m": pl.Int64}), any_order=True)
    for k in (1, 2):
        book.plan("groups", f"sales.groupBy('g').head({k})", d.groupby("g", dropna=False).head(k))
        book.plan("groups", f"sales.groupBy('g').tail({k})", d.groupby("g", dropna=False).tail(k))
    for k in (0, 1, -1):
        book.plan("groups", f"sales.groupBy('g').nth({k})", d.groupby("g", dropna=False).nth(k))
    book.plan("groups", "sales.valueCounts('g')", p.group_by("g").agg(count=pl.len().cast(pl.Int64)).sort("count", "g", descending=[True, False], nulls_last=True))
    # Values that are not finite: NaN wherever it is part of a sum, and nothing fails.
    r = n.group_by("g")
    for fn, expr in {"sum": c("x").sum(), "mean": c("x").mean(), "min": c("x").min(), "count": c("x").count().cast(pl.Int64)}.items():
        book.plan("groups", f"wild.groupBy('g').agg({{ r: col('x').{fn}() }})", r.agg(r=expr), any_order=True)
    wild = n
    book.plan("groups", "wild.groupBy('g').agg({ r: col('x').max() })", duckdb.sql("select g, max(x) as r from wild group by g"), any_order=True)
    book.plan("groups", "wild.groupBy('g').agg({ r: col('x').std() })", pl.DataFrame({"g": ["a", "b", "c", "d"], "r": [NAN, NAN, NAN, None]}), any_order=True)
    book.plan("groups", "wild.groupBy('x').count()", duckdb.sql("select x, count(*) as count from wild group by x"), any_order=True)
    book.plan("groups", "wild.sort(desc('x'), 'g')", duckdb.sql("select * from wild order by x desc nulls last, g"))


def plain(columns):
    from frame_book import plain as of
    return [[name, kind, [of(v) for v in values]] for name, kind, values in columns]


def plain_list(series):
    from frame_book import plain as of
    return [None if v is pd.NA else of(int(v)) for v in series]


def windows(book, d, p, n):
    c = pl.col
    over = {
        "sum": c("i").sum().over("g"), "mean": c("i").mean().over("g"), "min": c("i").min().over("g"), "max": c("i").max().over("g"),
        "count": c("i").count().over("g").cast(pl.Int64), "median": c("i").median().over("g"), "std": c("i").std().over("g"),
        "nunique": c("i").drop_nulls().n_unique().over("g").cast(pl.Int64),
    }
    for fn, expr in over.items():
        book.expr("windows", "sales", f"col('i').{fn}().over('g')", p.select(r=expr)["r"])
    book.expr("windows", "sales", "col('i').sub(col('i').mean().over('g'))", p.select(r=c("i") - c("i").mean().over("g"))["r"])
    book.expr("windows", "sales", "col('i').sum().over(['g', 'h'])", p.select(r=c("i").sum().over("g", "h"))["r"])
    book.expr("windows", "sales", "col('x').first().over('g')", p.select(r=c("x").drop_nulls().first().over("g"))["r"])
    book.expr("windows", "sales", "col('x').last().over('g')", p.select(r=c("x").drop_nulls().last().over("g"))["r"])
    book.expr("windows", "sales", "col('i').sum().where(col('y').gt(1)).over('g')", p.select(r=c("i").filter(c("y") > 1).sum().over("g"))["r"])
    book.expr("windows", "sales", "col('i').toList().over('g')", p.select(r=c("i").over("g", mapping_strategy="join"))["r"])
    book.expr("windows", "sales", "col('i').max().sub(col('i').min()).over('g')", p.select(r=(c("i").max() - c("i").min()).over("g"))["r"])
    for method in ("average", "min", "max", "dense", "first"):
        for ascending in (True, False):
            down = "" if ascending else ", descending: true"
            for column in ("i", "x"):
                book.expr("rank", "sales", f"col('{column}').rank({{ method: '{method}', pct: true{down} }})", d[column].rank(method=method, pct=True, ascending=ascending).astype("Float64"), near=1e-15)
            book.expr("rank", "sales", f"col('i').rank({{ method: '{method}', pct: true, partitionBy: 'h'{down} }})", d.groupby("h", dropna=False)["i"].rank(method=method, pct=True, ascending=ascending).astype("Float64"), near=1e-15)
    for by in (1, 3, -2, 20):
        book.expr("windows", "sales", f"col('i').shift({by}, {{ fill: 0 }})", d["i"].shift(by, fill_value=0))
        book.expr("windows", "sales", f"col('s').shift({by}, {{ fill: '-', partitionBy: 'g' }})", d.groupby("g", dropna=False)["s"].shift(by, fill_value="-"))
        book.expr("windows", "sales", f"col('i').shift({by}, {{ fill: 0.5, orderBy: desc('t') }})", d.sort_values("t", ascending=False)["i"].astype("Float64").shift(by, fill_value=0.5).sort_index())
    book.expr("windows", "sales", "col('i').shift(1, { fill: -1 }).over('g')", d.groupby("g", dropna=False)["i"].shift(1, fill_value=-1))
    book.expr("windows", "sales", "count().over('g')", p.select(r=pl.len().over("g").cast(pl.Int64))["r"])
    book.expr("windows", "sales", "col('i').mean().over('g').floor().add(col('h'))", p.select(r=c("i").mean().over("g").floor() + c("h"))["r"])
    book.expr("windows", "sales", "col('i').cumSum().mod(2)", p.select(r=c("i").cum_sum() % 2)["r"])
    book.expr("windows", "sales", "rowNumber()", pl.Series(range(1, 13)))
    book.expr("windows", "sales", "rowNumber({ partitionBy: 'g' })", d.groupby("g", dropna=False).cumcount() + 1)
    book.expr("windows", "sales", "rowNumber({ partitionBy: 'g', orderBy: desc('t') })", d.groupby("g", dropna=False).cumcount(ascending=False) + 1)
    book.expr("windows", "sales", "col('i').sum().over({ partitionBy: 'g', orderBy: 't' })", p.select(r=c("i").sum().over("g"))["r"])
    book.expr("windows", "sales", "col('i').sum().over({ rows: [-1, 1] })", p["i"].to_frame().with_row_index().select(r=pl.col("i").fill_null(0) + pl.col("i").shift(1).fill_null(0) + pl.col("i").shift(-1).fill_null(0))["r"])
    book.plan("windows", "sales.filter(col('i').gt(col('i').mean().over('g')))", p.filter(c("i") > c("i").mean().over("g")))
    book.plan("windows", "sales.select({ share: col('i').div(col('i').sum()), n: count() })", p.select(share=c("i") / c("i").sum(), n=pl.len().cast(pl.Int64)))
    for k in (1, 2, -1, 20, 0):
        for column in "ixst":
            book.expr("shift", "sales", f"col('{column}').shift({k})", d[column].shift(k) if column != "t" else p["t"].shift(k))
        book.expr("shift", "sales", f"col('i').shift({k}, {{ partitionBy: 'g' }})", d.groupby("g", dropna=False)["i"].shift(k))
        if k:
            book.expr("shift", "sales", f"col('i').diff({k})", d["i"].diff(k))
            book.expr("shift", "sales", f"col('x').diff({k})", d["x"].diff(k))
            book.expr("shift", "sales", f"col('x').pctChange({k})", p.select(r=c("x") / c("x").shift(k) - 1)["r"], near=1e-14)
    book.expr("shift", "sales", "col('t').diff()", p["t"].diff())
    for column in "ixy":
        for fn, f in {"cumSum": "cumsum", "cumMin": "cummin", "cumMax": "cummax", "cumProduct": "cumprod"}.items():
            r = getattr(d[column], f)()
            book.expr("cumulative", "sales", f"col('{column}').{fn}()", r.astype("Float64") if fn == "cumProduct" else r)
            r = getattr(d.groupby("g", dropna=False)[column], f)()
            book.expr("cumulative", "sales", f"col('{column}').{fn}({{ partitionBy: 'g' }})", r.astype("Float64") if fn == "cumProduct" else r)
        book.expr("cumulative", "sales", f"col('{column}').cumCount()", p[column].cum_count().cast(pl.Int64))
    for frame in ("nothing", "nulls"):
        for fn in ("cumSum", "cumMin", "shift", "rank", "fillForward"):
            kind = "float" if fn == "rank" else "int"
            book.expr("cumulative", frame, f"col('i').{fn}()", (kind, [] if frame == "nothing" else [None] * 3))
    for method in ("average", "min", "max", "dense", "first"):
        ours = {"first": "ordinal"}.get(method, method)
        for column in "ixst":
            source = d[column] if column != "s" else d["s"].astype("object").where(d["s"].notna(), None)
            for descending in (False, True):
                r = p[column].rank(method if method != "first" else "ordinal", descending=descending).cast(pl.Float64)
                book.expr("rank", "sales", f"col('{column}').rank({{ method: '{ours}', descending: {str(descending).lower()} }})", r)
        r = d.groupby("g", dropna=False)["i"].rank(method=method).astype("Float64")
        book.expr("rank", "sales", f"col('i').rank({{ method: '{ours}', partitionBy: 'g' }})", r)
    book.expr("rank", "wild", "col('x').rank()", n["x"].rank())
    for column in "ghis":
        book.expr("duplicates", "sales", f"col('{column}').isDuplicated()", p[column].is_duplicated())
        book.expr("duplicates", "sales", f"col('{column}').isUnique()", p[column].is_unique())
    book.expr("duplicates", "sales", "struct({ g: col('g'), h: col('h') }).isDuplicated()", p.select("g", "h").is_duplicated())


def subtotals(book, sales):
    """Groups by several sets of keys, as DuckDB has them."""
    nobody = sales.head(0)
    ours = "agg({ n: count(), i: col('i').sum(), x: col('x').mean(), s: col('s').min() })"
    theirs = "count(*) n, coalesce(sum(i), 0)::bigint i, avg(x) x, min(s) s"
    for frame, text in (("sales", "sales"), ("nobody", "sales.filter(lit(false))")):
        for keys in (["g"], ["g", "h"], ["g", "h", "b"]):
            names = ", ".join(keys)
            quoted = ", ".join(f"'{k}'" for k in keys)
            for kind in ("rollup", "cube"):
                r = duckdb.sql(f"select {names}, {theirs} from {frame} group by {kind} ({names})")
                book.plan("subtotals", f"{text}.groupBy({quoted}).{kind}().{ours}", r, any_order=True, near=1e-12)
        for kind in ("rollup", "cube"):
            plain = "count(*) n, coalesce(sum(i), 0)::bigint + 1 i, max(x) x, min(s) s, coalesce(sum(x) filter (y > 1), 0) y"
            r = duckdb.sql(f"select g, h, {plain} from {frame} group by {kind} (g, h)")
            book.plan("subtotals", f"{text}.groupBy('g', 'h').{kind}().agg({{ n: count(), i: col('i').sum().add(1), x: col('x').max(), s: col('s').min(), y: col('x').sum().where(col('y').gt(1)) }})", r, any_order=True, near=1e-12)
        r = duckdb.sql(f"select g, h, {theirs} from {frame} group by grouping sets ((h, g), (h))")
        book.plan("subtotals", f"{text}.groupBy('g', 'h').groupingSets([['h', 'g'], ['h']]).{ours}", r, any_order=True, near=1e-12)
        r = duckdb.sql(f"select g, year(t) y, count(*) n from {frame} group by rollup (g, year(t))")
        book.plan("subtotals", f"{text}.groupBy('g', {{ y: col('t').dt.year() }}).rollup().agg({{ n: count() }})", r, any_order=True)
        # Times have means too, each of their own type.
        means = {
            "t": ("avg(t)", "col('t').mean()"), "z": ("avg(timezone('UTC', t))", "col('t').cast('timestamptz').mean()"), "d": ("avg(t::date)", "col('t').dt.date().mean()"),
            "c": ("avg(t::time)", "col('t').dt.time().mean()"), "w": ("epoch(avg(t - timestamp '2020-01-01'))", "col('t').sub(new Date('2020-01-01T00:00Z')).mean().dt.totalSeconds()"),
            "b": ("avg(b::int)", "col('b').mean()"), "s": ("stddev_samp(x)", "col('x').std()"), "i": ("avg(i) filter (y > 1)", "col('i').mean().where(col('y').gt(1))"),
        }
        r = duckdb.sql(f"select g, h, {', '.join(f'{sql} {name}' for name, (sql, _) in means.items())} from {frame} group by cube (g, h)")
        book.plan("subtotals", f"{text}.groupBy('g', 'h').cube().agg({{ {', '.join(f'{name}: {ts}' for name, (_, ts) in means.items())} }})", r, any_order=True, near=1e-12)
    for q in (0, 0.1, 0.5, 1):
        book.plan("quantile", f"sales.quantile({q}, 'i', 'x')", sales.select(pl.col("i", "x").quantile(q, "linear")))
    book.plan("quantile", "sales.select('h', 'y').quantile(0.3)", sales.select(pl.col("h", "y").quantile(0.3, "linear")))


def rolling(book):
    times = ["2024-01-01T00:00:00", "2024-01-01T12:00:00", "2024-01-02T00:00:00", "2024-01-04T00:00:00", "2024-01-04T06:00:00", "2024-01-08T00:00:00", "2024-01-08T00:00:01", "2024-02-01T00:00:00"]
    d, p = book.frame("series", {
        "t": ("timestamp", times), "x": ("float64", [1.0, 2.5, None, 4.0, -3.0, 8.0, 0.5, 2.0]), "i": ("int64", [1, 2, 3, None, 5, 6, -7, 8]),
        "g": ("string", ["a", "b", "a", "a", "b", "b", "a", "b"]),
    })
    methods = {"Sum": "sum", "Mean": "mean", "Min": "min", "Max": "max", "Std": "std", "Var": "var", "Median": "median"}
    for name, method in methods.items():
        for column in "xi":
            plain = d[column].astype("float64")
            whole = column == "i" and name in ("Sum", "Min", "Max")

            def answer(r):
                r = pd.Series(pd.array([None if np.isnan(v) else v for v in r], dtype="Float64"))
                return r.astype("Int64") if whole else r

            for window in (1, 2, 3, 5, 20):
                book.expr("rolling", "series", f"col('{column}').rolling{name}({window})", answer(getattr(plain.rolling(window), method)()), near=1e-12)
                book.expr("rolling", "series", f"col('{column}').rolling{name}({window}, {{ minPeriods: 1 }})", answer(getattr(plain.rolling(window, min_periods=1), method)()), near=1e-12)
            for window in (3, 4):
                book.expr("rolling", "series", f"col('{column}').rolling{name}({window}, {{ center: true, minPeriods: 2 }})", answer(getattr(plain.rolling(window, center=True, min_periods=2), method)()), near=1e-12)
            indexed = plain.set_axis(d["t"])
            for span, pandas in (("1d", "1D"), ("2d", "2D"), ("12h", "12h"), ("7d", "7D"), ("1s", "1s")):
                r = answer(getattr(indexed.rolling(pandas), method)())
                book.expr("rolling", "series", f"col('{column}').rolling{name}('{span}', {{ by: 't' }})", r, near=1e-12)
            r = answer(getattr(indexed.rolling("3D", min_periods=2), method)())
            book.expr("rolling", "series", f"col('{column}').rolling{name}('3d', {{ by: 't', minPeriods: 2 }})", r, near=1e-12)
        grouped = d.assign(x=d["x"].astype("float64")).groupby("g")["x"]
        r = getattr(grouped.rolling(2), method)().reset_index(level=0, drop=True).sort_index()
        book.expr("rolling", "series", f"col('x').rolling{name}(2, {{ partitionBy: 'g' }})", pd.Series(pd.array([None if np.isnan(v) else v for v in r], dtype="Float64")), near=1e-12)
    r = d["x"].astype("float64").rolling(3, min_periods=0).count()
    book.expr("rolling", "series", "col('x').rollingCount(3)", ("int", [int(v) for v in r]))
    r = d["x"].astype("float64").set_axis(d["t"]).rolling("2D").count()
    book.expr("rolling", "series", "col('x').rollingCount('2d', { by: 't' })", ("int", [int(v) for v in r]))
    r = d["x"].astype("float64").set_axis(d["t"]).interpolate("time")
    book.expr("rolling", "series", "col('x').interpolate({ by: 't' })", ("float", r.tolist()), near=1e-12)
    gaps, _ = book.frame("gaps", {"k": ("int64", [0, 1, 2, 5, 6, 9, 10]), "v": ("int64", [None, 2, None, None, 12, None, None])})
    r = gaps["v"].astype("float64").set_axis(gaps["k"]).interpolate("index", limit_area="inside")
    book.expr("rolling", "gaps", "col('v').interpolate({ by: 'k' })", ("float", [None if np.isnan(v) else v for v in r]), near=1e-12)
    r = gaps["v"].astype("float64").interpolate(limit_area="inside")
    book.expr("rolling", "gaps", "col('v').interpolate()", ("float", [None if np.isnan(v) else v for v in r]), near=1e-12)
    r = d.assign(x=d["x"].astype("float64")).groupby("g")["x"].transform(lambda s: s.interpolate(limit_area="inside"))
    book.expr("rolling", "series", "col('x').interpolate({ partitionBy: 'g' })", ("float", [None if np.isnan(v) else v for v in r]), near=1e-12)
    weighted(book, d, gaps)


def weighted(book, series, gaps):
    """Exponentially weighted means, of pandas; its NaN of nothing is null. Unadjusted, pandas counts a value behind nulls otherwise where alpha is 0.5 and nowhere else: that is not asked."""
    floats = lambda s: ("float", [None if np.isnan(v) else float(v) for v in s])
    long, _ = book.frame("waves", {"x": ("float64", [None if i % 7 == 3 or 90 <= i < 150 else float(np.sin(i)) for i in range(300)])})
    # Behind a long gap one value counts all but alone: there pandas' own variances have few digits.
    ripples, _ = book.frame("ripples", {"x": ("float64", [None if i % 7 == 3 else float(np.sin(i)) for i in range(300)])})
    for frame, data, column in (("series", series, "x"), ("series", series, "i"), ("gaps", gaps, "v"), ("waves", long, "x"), ("ripples", ripples, "x")):
        s = data[column].astype("float64")
        for name, value in (("alpha", 0.3), ("alpha", 1), ("span", 5), ("halflife", 0.7), ("com", 0), ("com", 20)):
            for adjust in (True, False):
                r = s.ewm(**{name: value}, adjust=adjust).mean()
                book.expr("weighted", frame, f"col('{column}').ewmMean({{ {name}: {value}, adjust: {str(adjust).lower()} }})", floats(r), near=1e-11)
                if frame == "waves":
                    continue
                for ignore in (True, False) if value in (5, 0.7) else (False,):
                    options = f"{name}: {value}, adjust: {str(adjust).lower()}" + (", ignoreNulls: true" if ignore else "")
                    w = s.ewm(**{name: value}, adjust=adjust, ignore_na=ignore)
                    if ignore:
                        book.expr("weighted", frame, f"col('{column}').ewmMean({{ {options} }})", floats(w.mean()), near=1e-11)
                    # Of one value that alone counts, 0 of pandas is 0 but for a rounding here.
                    for bias in (True, False) if value not in (1, 0) else (False,):
                        spread = options + (", bias: true" if bias else "")
                        book.expr("weighted", frame, f"col('{column}').ewmVar({{ {spread} }})", floats(w.var(bias=bias)), near=1e-9)
                    book.expr("weighted", frame, f"col('{column}').ewmStd({{ {options} }})", floats(w.std()), near=1e-9)
        # Behind a long gap a sum is all but nothing, and has few digits here.
        for name, value in {"x": (("alpha", 0.3), ("alpha", 1), ("span", 5)), "v": (("halflife", 0.7),)}.get(column, ()) if frame in ("series", "gaps") else (("com", 20),):
            for ignore in (True, False):
                options = f"{name}: {value}" + (", ignoreNulls: true" if ignore else "")
                r = s.ewm(**{name: value}, ignore_na=ignore).sum()
                book.expr("weighted", frame, f"col('{column}').ewmSum({{ {options} }})", floats(r), near=1e-11)
    far = book.frame("far", {"x": ("float64", [1e6 + float(np.cos(i)) for i in range(120)])})[0]["x"].astype("float64")
    book.expr("weighted", "far", "col('x').ewmVar({ span: 9 })", floats(far.ewm(span=9).var()), near=1e-7)
    s = series.assign(x=series["x"].astype("float64"))
    for adjust in (True, False):
        r = s.groupby("g")["x"].transform(lambda s: s.ewm(span=4, adjust=adjust).mean())
        book.expr("weighted", "series", f"col('x').ewmMean({{ span: 4, adjust: {str(adjust).lower()}, partitionBy: 'g' }})", floats(r), near=1e-11)
    r = s.groupby("g")["x"].transform(lambda s: s.ewm(span=4).sum())
    book.expr("weighted", "series", "col('x').ewmSum({ span: 4, partitionBy: 'g' })", floats(r), near=1e-11)
    r = s.sort_values("i", ascending=False, na_position="last")["x"].ewm(alpha=0.5).mean().sort_index()
    book.expr("weighted", "series", "col('x').ewmMean({ alpha: 0.5, orderBy: desc('i') })", floats(r), near=1e-11)


def resampling(book):
    times = ["1969-12-30T23:00:00", "1969-12-31T12:00:00", "1970-01-02T00:00:00", None, "1970-01-02T06:30:00", "1970-01-05T00:00:00", "1970-01-05T23:59:59.999999", "1970-02-01T00:00:00"]
    d, p = book.frame("events", {
        "t": ("timestamp", times), "x": ("float64", [1.0, 2.5, None, 4.0, -3.0, 8.0, 0.5, 2.0]), "g": ("string", ["a", "b", "a", "a", None, "b", None, "b"]),
        "d": ("date", [None if v is None else v[:10] for v in times]),
    })
    known = d[d["t"].notna()]
    for every, rule in (("1d", "1D"), ("12h", "12h"), ("6h", "6h"), ("1mo", "MS"), ("1y", "YS")):
        bins = known.resample(rule, on="t")
        r = pd.DataFrame({"n": bins.size().astype("Int64"), "s": bins["x"].sum(), "m": bins["x"].mean(), "h": bins["x"].max(), "c": bins["x"].count().astype("Int64")})
        r.index.name = "t"
        r = r.reset_index()
        text = "{ n: count(), s: col('x').sum(), m: col('x').mean(), h: col('x').max(), c: col('x').count() }"
        book.plan("resample", f"events.resample('t', '{every}', {{ empty: true }}).agg({text})", r)
        book.plan("resample", f"events.resample('t', '{every}').agg({text})", r[r["n"] > 0].reset_index(drop=True))
    for every, rule, origin in (("1w", "7D", "1969-12-29"), ("1w", "7D", "2024-01-07"), ("12h", "12h", "1970-01-01T01:00:00")):
        r = known.resample(rule, on="t", origin=pd.Timestamp(origin))["x"].sum().rename("s").reset_index()
        r["t"] = r["t"].astype("datetime64[us]")
        book.plan("resample", f"events.resample('t', '{every}', {{ origin: '{origin}', empty: true }}).agg({{ s: col('x').sum() }})", r)
    r = pl.DataFrame({"d": p["d"], "x": p["x"]}).drop_nulls("d").group_by("d").agg(s=pl.col("x").sum()).sort("d").upsample("d", every="1d").with_columns(pl.col("s").fill_null(0.0))
    book.plan("resample", "events.resample('d', '1d', { empty: true }).agg({ s: col('x').sum() })", r)
    grouped = p.drop_nulls("t").with_columns(pl.col("t").dt.truncate("1d")).group_by("g", "t").agg(n=pl.len().cast(pl.Int64)).sort("g", "t", nulls_last=True)
    book.plan("resample", "events.resample('t', '1d', { by: 'g' }).agg({ n: count() })", grouped)
    filled = pl.concat([
        part.drop("g").upsample("t", every="1d").with_columns(pl.col("n").fill_null(0), g=pl.lit(key[0], pl.String)).select("g", "t", "n")
        for key, part in grouped.group_by("g", maintain_order=True)
    ])
    book.plan("resample", "events.resample('t', '1d', { by: 'g', empty: true }).agg({ n: count() })", filled)
