"""
What users of pandas ask for by name: rounding of times, extremes with their ties, descriptions of groups, buckets of time, joins of what is near.

The truth is pandas; null is a group here, and so is asked of it (`dropna=False`).
"""

import numpy as np
import pandas as pd

from frame_book import column


def add(book):
    rounding(book)
    extremes(book)
    near(book)
    statistics(book)
    buckets(book)
    drawn(book)
    gaps(book)


def rounding(book):
    stamps = [
        "2024-02-29T10:17:30.250001", None, "2024-02-29T10:15:00", "2024-02-29T10:07:30", "2024-02-29T10:22:30", "2024-12-31T23:59:59.999999", "1969-12-31T23:52:30",
        "1969-12-31T12:00:00", "1970-01-01T00:00:00", "1900-01-01T06:00:00", "2024-02-29T12:00:00", "2024-02-28T12:00:00", "2023-06-30T00:30:00", "2025-10-01T00:00:00.000001",
    ]
    d, _ = book.frame("rounded", {"t": ("timestamp", stamps), "z": ("timestamptz", stamps), "d": ("date", [None if v is None else v[:10] for v in stamps])})
    for c in "tz":
        for every, theirs in (("1h", "h"), ("15m", "15min"), ("90s", "90s"), ("1d", "D"), ("1ms", "ms"), ("6h", "6h"), ("1us", "us"), ("2d", "2D")):
            for fn in ("floor", "ceil", "round"):
                book.expr("dt", "rounded", f"col('{c}').dt.{fn}('{every}')", getattr(d[c].dt, fn)(theirs))
    for fn in ("floor", "ceil", "round"):
        book.expr("dt", "rounded", f"col('d').dt.{fn}('2d')", ("date", [None if v is pd.NaT else (v - pd.Timestamp(0)).days for v in getattr(d["d"].dt, fn)("2D")]))
        book.expr("dt", "timeless", f"col('t').dt.{fn}('15m')", ("timestamp", []))
    for name in ("month_start", "month_end", "quarter_start", "quarter_end", "year_start", "year_end"):
        ours = "is" + "".join(part.capitalize() for part in name.split("_"))
        for c in "tzd":
            book.expr("dt", "rounded", f"col('{c}').dt.{ours}()", getattr(d[c].dt, f"is_{name}").astype("boolean").mask(d[c].isna()))


def extremes(book):
    """NaN is left out of the columns that are asked of: it is the greatest number here. A tie is between rows that have the same values of all columns."""
    d, _ = book.frame("ties", {
        "g": ("string", ["a", "b", None, "a", "b", "a", None, "b", "a", "c"]),
        "x": ("float64", [3.0, 1.0, 3.0, 2.0, None, 3.0, 1.0, 1.0, None, 2.0]),
        "i": ("int64", [5, 5, 4, 4, 5, 4, None, 5, 4, 1]),
        "n": ("int64", list(range(10))),
    })
    known = d.dropna(subset=["x"])
    for fn, theirs in (("nLargest", "nlargest"), ("nSmallest", "nsmallest")):
        for keep in ("first", "last", "all"):
            options = f", {{ keep: '{keep}' }}"
            for count in (0, 1, 2, 4, 7):
                book.plan("most", f"ties.filter(col('x').isNotNull()).{fn}({count}, 'x'{options})", getattr(known, theirs)(count, "x", keep=keep))
                book.plan("most", f"ties.{fn}({count}, 'x'{options})", getattr(d, theirs)(count, "x", keep=keep))
            # Of several columns pandas keeps the last and gives them in the order of rows, of one column the last first.
            for count in (1, 3, 5):
                book.plan("most", f"ties.filter(col('x').isNotNull(), col('i').isNotNull()).{fn}({count}, 'i', 'x'{options})", getattr(known.dropna(subset=["i"]), theirs)(count, ["i", "x"], keep=keep), any_order=keep == "last")
                r = d.dropna(subset=["i"])
                at = getattr(r.groupby("g", dropna=False)["i"], theirs)(count, keep=keep)
                book.plan("most", f"ties.filter(col('i').isNotNull()).groupBy('g').{fn}({count}, 'i'{options})", r.loc[sorted(at.index.get_level_values(-1))])
        book.plan("most", f"ties.{fn}(3, 'i')", getattr(d, theirs)(3, "i"))
        book.plan("most", f"nothing.select('i').{fn}(2, 'i', {{ keep: 'all' }})", pd.DataFrame({"i": pd.array([], dtype="Int64")}))


def near(book):
    """Joins with what is before, behind or nearest, without what is at the same time."""
    f, _ = book.frame("deals", {
        "t": ("int64", [1, 5, 5, 9, 12, 20, 3, 7]), "key": ("string", ["a", "b", "a", "a", "b", "a", "b", "c"]), "n": ("int64", list(range(8))),
    })
    g, _ = book.frame("offers", {
        "t": ("int64", [1, 2, 5, 5, 8, 9, 12, 13]), "key": ("string", ["a", "b", "a", "b", "a", "a", "b", "b"]), "p": ("float64", [0.5, 1.5, 2.5, 3.5, None, 5.5, 6.5, 7.5]),
    })
    f, g = (frame.astype({"t": "int64"}).sort_values("t", kind="stable") for frame in (f, g))
    other = g.drop_duplicates("t").drop(columns="key")
    for direction in ("backward", "forward", "nearest"):
        for tolerance in (None, 1, 4):
            ours = f"direction: '{direction}', allowExactMatches: false" + ("" if tolerance is None else f", tolerance: {tolerance}")
            options = {"on": "t", "direction": direction, "tolerance": tolerance, "allow_exact_matches": False}
            book.plan("asof", f"deals.join(offers, {{ asof: 't', on: 'key', {ours} }})", pd.merge_asof(f, g, by="key", **options), any_order=True)
            book.plan("asof", f"deals.join(offers.distinct('t').drop('key'), {{ asof: 't', {ours} }})", pd.merge_asof(f, other, **options), any_order=True)
    book.plan("asof", "deals.join(offers.filter(lit(false)), { asof: 't', on: 'key', allowExactMatches: false })", pd.merge_asof(f, g.head(0), on="t", by="key", allow_exact_matches=False), any_order=True)


def floats(values):
    return ("float", [None if pd.isna(v) else float(v) for v in values])


def keyed(index, name):
    """The keys of groups as a column."""
    return pd.Series(index.get_level_values(name), dtype="string", name=name)


def statistics(book):
    """Groups described, and what of groups has a name in pandas. Counts of nulls are counted apart."""
    d, _ = book.frame("shops", {
        "g": ("string", ["a", "b", "a", None, "b", "a", None, "c", "a", "b"]),
        "h": ("string", ["u", "u", "v", "u", "v", "u", "u", "v", "v", "u"]),
        "i": ("int64", [3, -1, 4, 1, None, 9, 2, None, 3, 5]),
        "x": ("float64", [1.5, 2.25, None, -4.0, 0.5, 0.25, 8.0, None, 1.5, 2.25]),
        "b": ("bool", [True, False, None, True, True, False, True, None, True, True]),
        "s": ("string", ["q", "a", None, "z", "a", "b", "q", None, "b", "é"]),
    })
    grouped = d.groupby("g", dropna=False, sort=False)
    wide = {"g": keyed(grouped.size().index, "g")}
    for c in "ixs":
        r = grouped[c].describe() if c != "s" else pd.DataFrame({"count": grouped[c].count(), "min": grouped[c].min(), "max": grouped[c].max()})
        wide[f"{c}_count"] = ("int", [int(v) for v in r["count"]])
        wide[f"{c}_nulls"] = ("int", [int(v) for v in grouped[c].size() - grouped[c].count()])
        for name in ("mean", "std", "min", "25%", "50%", "75%", "max") if c != "s" else ("min", "max"):
            own = name in ("min", "max") and c != "x"
            wide[f"{c}_{name}"] = getattr(grouped[c], name)().reset_index(drop=True).astype("Int64" if c == "i" else "string") if own else floats(r[name])
    table = [column(name, values) for name, values in wide.items()]
    book.add("described", {"t": "await shops.groupBy('g').describe('i', 'x', 's')"}, table, {"any_order": True, "near": 1e-12})
    kept = [c for c in table if c[0] == "g" or c[0].startswith("x_")]
    book.add("described", {"t": "await shops.groupBy('g').describe('x')"}, kept, {"any_order": True, "near": 1e-12})
    book.add("described", {"t": "await shops.select('g', 'x').groupBy('g').describe()"}, kept, {"any_order": True, "near": 1e-12})
    book.add("described", {"t": "await shops.filter(lit(false)).groupBy('g').describe('x')"}, [[name, kind, []] for name, kind, _ in kept], {})
    book.refused("described", "await bags.groupBy('id').describe('l')", "describe: there is no column of numbers, text or times")

    # Quantiles, a row each.
    qs = [0.25, 0.5, 0.75]
    for columns in (["i"], ["i", "x"]):
        names = ", ".join(f"'{c}'" for c in columns)
        r = d[columns].astype("Float64").quantile(qs)
        book.plan("quantile", f"shops.quantile([0.25, 0.5, 0.75], {names})", pd.DataFrame({"quantile": qs, **{c: r[c].reset_index(drop=True) for c in columns}}))
        r = grouped[columns].quantile(qs)
        at = r.index
        answer = pd.DataFrame({"g": keyed(at, "g"), "quantile": at.get_level_values(1).astype("float64"), **{c: pd.Series(floats(r[c])[1], dtype="Float64") for c in columns}})
        book.plan("quantile", f"shops.groupBy('g').quantile([0.25, 0.5, 0.75], {names})", answer, any_order=True)
    book.plan("quantile", "nothing.quantile([0.5, 1], 'x')", pd.DataFrame({"quantile": [0.5, 1.0], "x": pd.array([None, None], dtype="Float64")}))
    book.plan("quantile", "shops.filter(lit(false)).groupBy('g').quantile([0.5], 'x')", pd.DataFrame({"g": pd.array([], dtype="string"), "quantile": pd.array([], dtype="Float64"), "x": pd.array([], dtype="Float64")}))

    # What has a name.
    product = grouped[["x"]].prod()
    book.plan("groups", "shops.groupBy('g').product('x')", pd.DataFrame({"g": keyed(product.index, "g"), "x": product["x"].reset_index(drop=True)}), any_order=True, near=1e-12)
    for fn, theirs in (("skew", "skew"), ("kurtosis", "kurt")):
        r = getattr(grouped[["x", "i"]], theirs)()
        # Of equal values pandas has 0 of a rounding; there are none here.
        book.add("groups", {"t": f"shops.groupBy('g').{fn}('x', 'i')"}, [column("g", keyed(r.index, "g")), column("x", floats(r["x"])), column("i", floats(r["i"]))], {"any_order": True, "near": 1e-9})
    for fn in ("any", "all"):
        r = getattr(grouped[["b"]], fn)()
        book.plan("groups", f"shops.groupBy('g').{fn}('b')", pd.DataFrame({"g": keyed(r.index, "g"), "b": r["b"].reset_index(drop=True).astype("boolean")}), any_order=True)
    mode = grouped["i"].agg(lambda s: s.mode().iloc[0] if s.notna().any() else pd.NA)
    book.plan("groups", "shops.groupBy('g').mode('i')", pd.DataFrame({"g": keyed(mode.index, "g"), "i": pd.array(mode.tolist(), dtype="Int64")}), any_order=True)
    r = grouped["x"].agg(["first", "max", "min", "last"])
    book.plan("groups", "shops.groupBy('g').ohlc('x')", pd.DataFrame({"g": keyed(r.index, "g"), "open": r["first"].reset_index(drop=True), "high": r["max"].reset_index(drop=True), "low": r["min"].reset_index(drop=True), "close": r["last"].reset_index(drop=True)}), any_order=True)
    total = pd.concat([d.groupby("h")["i"].sum().reset_index(), pd.DataFrame({"h": pd.array([None], dtype="string"), "i": [d["i"].sum()]})])
    book.plan("groups", "shops.groupBy('h').rollup().sum('i')", total.astype({"h": "string", "i": "Int64"}), any_order=True)

    # Transforms: all rows, each beside what its group says.
    known = d.assign(f=d["x"].astype("Float64"))
    by = known.groupby("g", dropna=False)
    transforms = {
        "col('i').mean()": by["i"].transform("mean"), "col('i').sum()": by["i"].transform("sum"), "col('x').max()": by["f"].transform("max"),
        "col('i').sub(col('i').min())": known["i"] - by["i"].transform("min"), "count()": by["h"].transform("size").astype("Int64"),
        "col('i').cumSum()": by["i"].cumsum(), "col('x').cumMax()": by["f"].cummax(), "col('i').shift()": by["i"].shift(), "col('i').diff()": by["i"].diff(),
        "rowNumber().sub(1)": by.cumcount().astype("Int64"), "col('i').rank()": by["i"].rank().astype("Float64"),
        "col('i').rank({ method: 'first', descending: true })": by["i"].rank(method="first", ascending=False).astype("Float64"), "col('i').rank({ method: 'dense', pct: true })": by["i"].rank(method="dense", pct=True).astype("Float64"),
        "col('i').fillForward()": by["i"].ffill(), "col('x').fillBackward()": by["f"].bfill(), "col('x').first()": by["f"].transform("first"), "col('i').nunique()": by["i"].transform("nunique").astype("Int64"),
        "col('x').rollingMean(2, { minPeriods: 1 })": ("float", [None if pd.isna(v) else float(v) for v in d.assign(x=d["x"].astype("float64")).groupby("g", dropna=False)["x"].transform(lambda s: s.rolling(2, min_periods=1).mean())]),
        "col('x').ewmMean({ span: 4 })": ("float", [None if pd.isna(v) else float(v) for v in d.assign(x=d["x"].astype("float64")).groupby("g", dropna=False)["x"].transform(lambda s: s.ewm(span=4).mean())]),
        "col('h').isDuplicated()": pd.Series(d.duplicated(["g", "h"], keep=False).astype("boolean")), "col('i').add(1)": d["i"] + 1,
        "col('i').quantile(0.25)": by["i"].transform(lambda s: s.astype("Float64").quantile(0.25)).astype("Float64"),
    }
    for text, r in transforms.items():
        book.add("transform", {"t": f"shops.groupBy('g').transform({{ r: {text} }}).select('g', 'r')"}, [column("g", d["g"]), column("r", r)], {"near": 1e-12})
    both = known.groupby(["g", "h"], dropna=False)
    book.add("transform", {"t": "shops.groupBy('g', 'h').transform({ i: col('i').cumSum(), n: count() })"},
             [column(c, both["i"].cumsum() if c == "i" else d[c]) for c in d] + [column("n", both["h"].transform("size").astype("Int64"))], {})
    even = known.groupby(known["i"] % 2 == 0, dropna=False)
    book.add("transform", {"t": "shops.groupBy({ even: col('i').mod(2).eq(0) }).transform({ r: col('x').sum() }).select('i', 'r')"}, [column("i", d["i"]), column("r", even["f"].transform("sum"))], {})
    book.add("transform", {"t": "nothing.groupBy('g').transform({ r: col('x').sum() }).select('r')"}, [["r", "float", []]], {})


def buckets(book):
    """What of buckets has a name."""
    times = [f"2024-0{1 + i // 9}-{1 + 3 * i % 28:02}T{5 * i % 24:02}:30:00" for i in range(14)]
    d, _ = book.frame("ticks", {
        "t": ("timestamp", times), "g": ("string", ["ab"[i % 3 == 0] for i in range(14)]), "x": ("float64", [None if i % 5 == 3 else float(i * i % 11) for i in range(14)]),
        "i": ("int64", [i * 7 % 10 for i in range(14)]), "b": ("bool", [i % 4 == 0 for i in range(14)]),
    })
    d = d.assign(x=d["x"].astype("float64"))
    for every, rule in (("1w", "7D"), ("1mo", "MS"), ("12h", "12h")):
        origin = {"1w": ", origin: '2024-01-01'", "1mo": "", "12h": ""}[every]
        options = {"origin": pd.Timestamp("2024-01-01")} if every == "1w" else {}
        bins = d.resample(rule, on="t", **options)
        whole = bins.size() > 0
        at = pd.Series(bins.size().index, dtype="datetime64[us]")
        for empty in (True, False):
            text = f"ticks.resample('t', '{every}', {{ empty: {str(empty).lower()}{origin} }})"
            keep = [True] * len(whole) if empty else whole.tolist()

            def answer(names, values):
                cells = [column("t", at[keep])]
                for name, (kind, value) in zip(names, values):
                    cells.append([name, kind, [None if pd.isna(v) else {"int": int, "float": float, "bool": bool}[kind](v) for v, k in zip(value, keep) if k]])
                return cells

            for fn, theirs in {"sum": "sum", "mean": "mean", "min": "min", "max": "max", "median": "median", "std": "std", "var": "var", "first": "first", "last": "last", "nunique": "nunique", "product": "prod"}.items():
                r = getattr(bins[["x", "i"]], theirs)()
                kinds = {"x": "int" if fn == "nunique" else "float", "i": "int" if fn in ("sum", "min", "max", "first", "last", "nunique") else "float"}
                book.add("buckets", {"t": f"{text}.{fn}('x', 'i')"}, answer(["x", "i"], [(kinds[c], r[c]) for c in ("x", "i")]), {"near": 1e-12})
            book.add("buckets", {"t": f"{text}.count()"}, answer(["count"], [("int", bins.size())]), {})
            book.add("buckets", {"t": f"{text}.quantile(0.25, 'x')"}, answer(["x"], [("float", bins["x"].quantile(0.25))]), {"near": 1e-12})
            r = bins["x"].ohlc()
            book.add("buckets", {"t": f"{text}.ohlc('x')"}, answer(list(r), [("float", r[c]) for c in r]), {})
    parts = d.groupby(["g", pd.Grouper(key="t", freq="MS")])["i"].sum().reset_index()
    book.plan("buckets", "ticks.resample('t', '1mo', { by: 'g' }).sum('i')", parts.astype({"g": "string", "t": "datetime64[us]", "i": "Int64"})[["g", "t", "i"]])
    r = d.resample("MS", on="t")["x"].quantile([0.25, 0.75])
    book.add("buckets", {"t": "ticks.resample('t', '1mo').quantile([0.25, 0.75], 'x')"},
             [column("t", pd.Series(r.index.get_level_values(0), dtype="datetime64[us]")), column("quantile", floats(r.index.get_level_values(1))), column("x", floats(r))], {"near": 1e-12})
    book.add("buckets", {"t": "ticks.filter(lit(false)).resample('t', '1d', { empty: true }).sum('x')"}, [["t", "timestamp", []], ["x", "float", []]], {})
    r = d.groupby(pd.Grouper(key="t", freq="MS"))["i"].describe()
    book.add("buckets", {"t": "(await ticks.resample('t', '1mo').describe('i')).select('t', 'i_count', 'i_mean', { q: col('i_75%') })"},
             [column("t", pd.Series(r.index, dtype="datetime64[us]")), ["i_count", "int", [int(v) for v in r["count"]]], column("i_mean", floats(r["mean"])), column("q", floats(r["75%"]))], {"near": 1e-12})


def drawn(book):
    """How many rows of each weight are drawn: of many draws of pandas the mean, to which one of ours comes near."""
    rows, share = 6000, 1500
    weights = np.array([(i * 7 + i // 9) % 5 for i in range(rows)])
    d = pd.DataFrame({"w": weights})
    for n in (share, 600):
        mean = sum(d.sample(n, weights="w", random_state=seed)["w"].value_counts().reindex(range(1, 5), fill_value=0) for seed in range(60)) / 60
        frame = f"fromColumns({{ w: Float64Array.from({{ length: {rows} }}, (_, i) => (i * 7 + Math.floor(i / 9)) % 5) }})"
        answer = [["w", "float", [1.0, 2.0, 3.0, 4.0]], ["n", "float", mean.to_list()]]
        for options in (f"{{ n: {n}, weights: 'w', seed: 1 }}", f"{{ fraction: {n / rows}, weights: col('w').mul(3), seed: 2 }}"):
            # One draw has a deviation of some 6 % of the rarest.
            book.add("drawn", {"t": f"{frame}.sample({options}).groupBy('w').agg({{ n: count().cast('float64') }}).sort('w')"}, answer, {"near": 0.25})
            total = [["n", "int", [n]]]
            book.add("drawn", {"t": f"{frame}.sample({options}).agg({{ n: count() }})"}, total, {})
    # Groups have a share each, rounded as pandas rounds it.
    g, _ = book.frame("herds", {"g": ("string", ["a"] * 7 + ["b"] * 4 + ["d"] * 3 + ["c"]), "w": ("float64", [float(i % 3) for i in range(15)])})
    for fraction in (0, 0.5, 1):
        r = g.groupby("g", dropna=False).sample(frac=fraction, random_state=1).groupby("g", dropna=False).size()
        book.plan("drawn", f"herds.groupBy('g').sample({fraction}).groupBy('g').count()", pd.DataFrame({"g": keyed(r.index, "g"), "count": r.reset_index(drop=True).astype("Int64")}), any_order=True)
    for n, weighted in ((2, False), (1, True)):
        some = g[g["g"] != "c"] if n == 2 else g[g["w"] > 0]
        r = some.groupby("g", dropna=False).sample(n, random_state=1, weights=some["w"] if weighted else None).groupby("g", dropna=False).size()
        ours = "herds.filter(col('g').ne('c'))" if n == 2 else "herds"
        options = f"{{ n: {n}, weights: 'w' }}" if weighted else f"{{ n: {n} }}"
        book.plan("drawn", f"{ours}.groupBy('g').sample({options}).groupBy('g').count()", pd.DataFrame({"g": keyed(r.index, "g"), "count": r.reset_index(drop=True).astype("Int64")}), any_order=True)
    for bad in ("-1", "Infinity"):
        weight = float(bad.replace("Infinity", "inf"))
        try:
            g.assign(w=weight).sample(1, weights="w")
        except ValueError as error:
            assert "weight" in str(error)
            book.refused("drawn", f"herds.withColumns({{ w: lit({bad}).cast('float64') }}).sample({{ n: 1, weights: 'w' }})", "sample: weights are numbers from 0, and a row has w = ")
        else:
            raise AssertionError(f"pandas takes {bad}")


def gaps(book):
    """Statistics of whole frames, further rolling ones, and text that is cut."""
    numbers = book.frames["shops"]
    d = pd.DataFrame({name: pd.array(values, dtype={"int64": "Int64", "float64": "Float64"}[kind]) for name, kind, values in numbers if name in "ix"})
    for fn in ("sum", "mean", "min", "max", "median", "std", "var", "nunique"):
        r = getattr(d, fn)()
        whole = fn in ("sum", "min", "max", "nunique")
        book.add("aggregates", {"t": f"shops.{fn}('i', 'x')"}, [["i", "int" if whole else "float", [int(r["i"]) if whole else float(r["i"])]], ["x", "int" if fn == "nunique" else "float", [int(r["x"]) if fn == "nunique" else float(r["x"])]]], {"near": 1e-12})
        book.add("aggregates", {"t": f"shops.select('x').{fn}()"}, [["x", "int" if fn == "nunique" else "float", [int(r["x"]) if fn == "nunique" else float(r["x"])]]], {"near": 1e-12})
    series = book.frames["series"]
    times = pd.to_datetime(series[0][2], unit="us")
    for name, kind, values in series[1:3]:
        s = pd.Series([np.nan if v is None else float(v) for v in values])
        for fn, f in (("Quantile(0.3, ", lambda r: r.quantile(0.3)), ("Skew(", lambda r: r.skew()), ("Kurtosis(", lambda r: r.kurt())):
            least = 1 if fn.startswith("Q") else 4 if fn.startswith("K") else 3
            for window in (4, 6):
                book.expr("rolling", "series", f"col('{name}').rolling{fn}{window})", floats(f(s.rolling(window))), near=1e-9)
                book.expr("rolling", "series", f"col('{name}').rolling{fn}{window}, {{ minPeriods: {least} }})", floats(f(s.rolling(window, min_periods=least))), near=1e-9)
            book.expr("rolling", "series", f"col('{name}').rolling{fn}'20d', {{ by: 't' }})", floats(f(s.set_axis(times).rolling("20D"))), near=1e-9)
    for frame in ("words", "wordless", "mute"):
        s = pd.Series(book.frames[frame][0][2], dtype="string")
        for part in ("a", "", "Ban", "é", "本語", "zz", " ok"):
            book.expr("str", frame, f"col('s').str.removePrefix('{part}')", s.str.removeprefix(part))
            book.expr("str", frame, f"col('s').str.removeSuffix('{part}')", s.str.removesuffix(part))
        for part in ("a", ",", " ", "本", "zz"):
            for times_ in (1, 2):
                lists = [None if not isinstance(v, list) else v for v in s.astype(object).where(s.notna(), None).str.split(part, n=times_, regex=False)] if len(s) else []
                book.expr("str", frame, f"col('s').str.split('{part}', {{ times: {times_} }})", ("nested", lists))
        for pattern in ("[ae]+", r"\\d", ",| "):
            lists = [None if not isinstance(v, list) else v for v in s.astype(object).where(s.notna(), None).str.split(pattern.replace("\\\\", "\\"), regex=True)] if len(s) else []
            book.expr("str", frame, "col('s').str.split(/" + pattern.replace("\\\\", "\\") + "/)", ("nested", lists))
    d, _ = book.frame("signed", {"s": ("string", ["7", "-7", "+7", "", None, "12345", "-12345", "é", "--1", "-"])})
    for width in (0, 1, 3, 5, 8):
        book.expr("str", "signed", f"col('s').str.zfill({width})", d["s"].str.zfill(width))
    book.plan("select", "signed.rename((name) => name.toUpperCase())", d.rename(columns=str.upper))
