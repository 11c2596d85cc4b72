"""
Accessors: text, dates and times, lists, structs.

The truth of text is pandas but where it has no such function (Polars) and where our meaning is another's: white space is Unicode's,
one letter becomes one letter (DuckDB), and lengths count code points, as in pandas and Polars. Times are Polars'; names and parts
pandas'.
"""

import datetime as dt

import pandas as pd
import polars as pl


def add(book):
    texts(book)
    times(book)
    nested(book)


WORDS = [
    "apple", "Banana split", "", " padded\t", None, "ÉCOLE élève", "naïve café", "a,b,,c", "日本語", "x1y22z333", "don't STOP-now",
    "\u00a0nbsp\u3000", "👍 ok", "aaa", "b.b*b",
]


def texts(book):
    d, p = book.frame("words", {
        "s": ("string", WORDS),
        "o": ("string", ["a", "b", "", "p", "x", "é", None, ",", "本", "2", "S", "n", "ok", "aa", "."]),
        "n": ("int64", list(range(15))),
    })
    e, _ = book.frame("wordless", {"s": ("string", []), "o": ("string", [])})
    f, _ = book.frame("mute", {"s": ("string", [None, None]), "o": ("string", [None, "a"])})
    pairs = {"words": d, "wordless": e, "mute": f}

    def each(text, answer):
        for frame, source in pairs.items():
            book.expr("str", frame, f"col('s').str.{text}", answer(source["s"]))

    each("length()", lambda s: s.str.len())
    each("upper()", lambda s: s.str.upper())
    book.expr("str", "mute", "col('s').str.lower()", f["s"].str.lower())
    each("lower()", lambda s: s.str.lower())
    each("capitalize()", lambda s: s.str.capitalize())
    each("title()", lambda s: s.str.title())
    for start, end in [(0, 3), (1, None), (-3, None), (0, -1), (2, 4), (-5, -2), (5, 2), (0, 0), (3, 100), (-100, 2), (0, -100)]:
        arguments = f"{start}" if end is None else f"{start}, {end}"
        each(f"slice({arguments})", lambda s: s.str.slice(start, end))
    for part in ("a", "é", ".", "", "本", "zz", "*"):
        for name, method in (("contains", "contains"), ("startsWith", "startswith"), ("endsWith", "endswith")):
            each(f"{name}('{part}')", lambda s: getattr(s.str, method)(part, **({"regex": False} if method == "contains" else {})))
        each(f"find('{part}')", lambda s: s.str.find(part))
        each(f"replace('{part or 'b'}', '<>')", lambda s: s.str.replace(part or "b", "<>", regex=False))
        if part:
            book.expr("str", "words", f"col('s').str.split('{part}')", p["s"].str.split(part))
    for name, method in (("contains", "contains"), ("startsWith", "starts_with"), ("endsWith", "ends_with")):
        more = {"literal": True} if method == "contains" else {}
        book.expr("str", "words", f"col('s').str.{name}(col('o'))", p.select(r=getattr(pl.col("s").str, method)(pl.col("o"), **more))["r"])
    for pattern in (r"\d+", "^a", "[aeiou]", "(?i)b", r"\.", "a|b", "$", r"\s"):
        js = pattern.replace("\\", "\\\\")
        written, pattern = pattern, pattern.replace(r"\s", r"[\t\n\f\r ]")  # RE2's \s is of ASCII
        each(f"matches('{js}')", lambda s: s.str.contains(pattern, regex=True))
        if pattern not in ("$", "^a"):
            each(f"count('{js}')", lambda s: s.str.count(pattern))
        book.expr("str", "words", f"col('s').str.replace(/{written.replace('(?i)b', 'b')}/{'i' if '(?i)' in pattern else ''}, '_')" if pattern != "$" else "col('s').str.replace(/$/, '_')", d["s"].str.replace(pattern, "_", regex=True))
    for pattern, group in ((r"(\d+)", 1), (r"([a-z])([a-z])", 2), (r"(?P<x>b.)", 1), (r"(z)()", 2)):
        js = pattern.replace("\\", "\\\\")
        each(f"extract('{js}', {group})", lambda s: s.str.extract(pattern, expand=True)[(["x"] if "<x>" in pattern else [0, 1])[group - 1]])
    book.expr("str", "words", "col('s').str.extractAll(/[a-z]\\d/)", p["s"].str.extract_all(r"[a-z]\d"))
    book.expr("str", "words", "col('s').str.like('a%')", d["s"].str.startswith("a"))
    book.expr("str", "words", "col('s').str.like('a__')", d["s"].str.fullmatch("a.."))
    for width in (0, 3, 7, 12):
        each(f"padStart({width})", lambda s: s.str.pad(width, "left"))
        each(f"padEnd({width}, '*')", lambda s: s.str.pad(width, "right", "*"))
        each(f"padStart({width}, '0')", lambda s: s.str.pad(width, "left", "0"))
    each("repeat(3)", lambda s: s.str.repeat(3))
    each("repeat(0)", lambda s: s.str.repeat(0))
    each("reverse()", lambda s: s.str[::-1])
    for name, method, polars in (("trim", "strip", "strip_chars"), ("trimStart", "lstrip", "strip_chars_start"), ("trimEnd", "rstrip", "strip_chars_end")):
        each(f"{name}()", lambda s: getattr(s.str, method)())
        each(f"{name}('a')", lambda s: getattr(s.str, method)("a"))
        each(f"{name}(' at')", lambda s: getattr(s.str, method)(" at"))
    each("concat('!')", lambda s: s + "!")
    book.expr("str", "words", "col('s').str.concat(col('o'), '/', col('n'))", p.select(r=pl.concat_str("s", "o", pl.lit("/"), "n"))["r"])
    dates = ["2020-02-29", "1969-12-31", None, "2024-1-05", "0001-01-01"]
    stamps = ["2020-02-29 12:34:56", "1969-12-31 23:59:59", None, "1900-01-01 00:00:00"]
    _, q = book.frame("dated", {"s": ("string", dates)})
    book.expr("str", "dated", "col('s').str.toDate()", q["s"].str.to_date("%Y-%m-%d"))
    _, q = book.frame("stamped", {"s": ("string", stamps)})
    book.expr("str", "stamped", "col('s').str.toTimestamp()", q["s"].str.to_datetime("%Y-%m-%d %H:%M:%S"))
    for frame, name in (("dated", "dated"), ("words", "words"), ("stamped", "stamped")):
        texts = pd.Series([v for v in book.frames[frame][0][2]], dtype="string")
        for fn, format in (("toDate", "%Y-%m-%d"), ("toTimestamp", "%Y-%m-%d %H:%M:%S")):
            r = pd.to_datetime(texts, format=format, errors="coerce", exact=True).astype("datetime64[us]")
            answer = r if fn == "toTimestamp" else pl.Series("r", [None if pd.isna(v) else v.date() for v in r], pl.Date)
            book.expr("str", name, f"col('s').str.{fn}('{format}', {{ strict: false }})", answer)
    book.error("str", "words", "col('s').str.toDate()", 'according to format specifier "%Y-%m-%d"')


STAMPS = [
    "1969-12-31T23:59:59.999999", "1970-01-01T00:00:00", "2020-02-29T12:34:56.123456", None, "1900-03-01T06:00:00",
    "2021-01-01T00:00:00", "2021-01-03T10:00:00", "2023-10-29T00:30:00", "2023-10-29T01:30:00", "2024-03-31T01:00:00",
    "1583-10-15T01:02:03", "2262-04-11T23:47:16", "2019-12-30T08:15:30.5", "1999-12-31T23:59:59",
]


def times(book):
    d, p = book.frame("times", {
        "t": ("timestamp", STAMPS),
        "z": ("timestamptz", STAMPS),
        "d": ("date", [None if v is None else v[:10] for v in STAMPS]),
        "o": ("timestamp", ["1970-01-01T00:00:00", "1970-01-02T00:00:00", None] + ["2020-01-01T12:00:00"] * 11),
    })
    book.frame("timeless", {"t": ("timestamp", []), "z": ("timestamptz", []), "d": ("date", [])})
    parts = {
        "year": lambda s: s.dt.year, "quarter": lambda s: s.dt.quarter, "month": lambda s: s.dt.month, "day": lambda s: s.dt.day,
        "weekday": lambda s: s.dt.dayofweek, "dayOfYear": lambda s: s.dt.dayofyear, "week": lambda s: s.dt.isocalendar().week,
        "isLeapYear": lambda s: s.dt.is_leap_year, "daysInMonth": lambda s: s.dt.days_in_month, "monthName": lambda s: s.dt.month_name(),
        "dayName": lambda s: s.dt.day_name(),
    }
    clock = {"hour": lambda s: s.dt.hour, "minute": lambda s: s.dt.minute, "second": lambda s: s.dt.second, "microsecond": lambda s: s.dt.microsecond}

    def known(series, answer):
        """pandas makes floats of parts where one is missing: integers and null again."""
        missing = series.isna()
        if pd.api.types.is_float_dtype(answer.dtype):
            return answer.astype("Float64").mask(missing).astype("Int64")
        return answer.astype({"b": "boolean", "O": "string"}.get(answer.dtype.kind, answer.dtype)).mask(missing)

    for name, f in {**parts, **clock}.items():
        for c in "tzd":
            if c == "d" and name in clock:
                continue
            book.expr("dt", "times", f"col('{c}').dt.{name}()", known(d[c], f(d[c])))
            kind = "bool" if name == "isLeapYear" else "string" if name.endswith("Name") else "int"
            book.expr("dt", "timeless", f"col('{c}').dt.{name}()", (kind, []))
    book.expr("dt", "times", "col('t').dt.millisecond()", p["t"].dt.millisecond())
    for c in "tz":
        book.expr("dt", "times", f"col('{c}').dt.date()", p[c].dt.date())
        book.expr("dt", "times", f"col('{c}').dt.time()", ("time", [None if v is None else int(v) // 1000 for v in p[c].dt.time().cast(pl.Int64)]))
        book.expr("dt", "times", f"col('{c}').dt.epoch()", p[c].dt.timestamp("us"))
    e, _ = book.frame("epochs", {
        "s": ("int64", [0, 1700000000, None, -1, 4102444800]),
        "ms": ("int64", [0, 1700000000123, None, -1, 1709201850250]),
        "us": ("int64", [0, 1700000000123456, None, -1, 1709201850250001]),
        "k": ("int32", [0, 1700000000, None, -1, 86400]),
        "x": ("float64", [0.0, 1700000000.25, None, -0.5, 1e9]),
    })
    for unit, columns in {"second": ("s", "k", "x"), "millisecond": ("ms",), "microsecond": ("us",)}.items():
        for c in columns:
            book.expr("dt", "epochs", f"col('{c}').dt.fromEpoch('{unit}')", pd.to_datetime(e[c], unit={"s": "s", "m": "ms"}[unit[0]] if unit != "microsecond" else "us").dt.as_unit("us"))
    # Spans so many times, of which there are more than an integer of 32 bits has.
    for span, unit, column in (("1s", "s", "s"), ("1ms", "ms", "ms"), ("1us", "us", "us"), ("1s", "s", "x")):
        book.expr("dt", "epochs", f"duration('{span}').mul(col('{column}'))", pd.to_timedelta(e[column], unit=unit).dt.as_unit("us"))
        book.expr("dt", "epochs", f"col('{column}').mul(duration('{span}'))", pd.to_timedelta(e[column], unit=unit).dt.as_unit("us"))
    units = {"year": "1y", "quarter": "1q", "month": "1mo", "week": "1w", "day": "1d", "hour": "1h", "minute": "1m", "second": "1s", "millisecond": "1ms"}
    for unit, every in units.items():
        for c in "tzd":
            if c == "d" and every[1:] in ("h", "m", "s", "ms"):
                continue
            book.expr("dt", "times", f"col('{c}').dt.truncate('{unit}')", p[c].dt.truncate(every))
    for every in ("15m", "6h", "1d", "1h", "90s", "1mo", "3mo", "1y"):
        for c in "tz":
            book.expr("dt", "times", f"col('{c}').dt.bucket('{every}')", p[c].dt.truncate(every))
    # Polars begins weeks on Mondays; buckets of ours are counted from 1970-01-01, a Thursday, as those of days are.
    week = [None if v is None else v - dt.timedelta(microseconds=(v - dt.datetime(1970, 1, 1)) // dt.timedelta(microseconds=1) % (7 * 86_400_000_000)) for v in p["t"]]
    book.expr("dt", "times", "col('t').dt.bucket('7d')", pl.Series(week, dtype=pl.Datetime("us")))
    for origin, ours in (("2024-01-01", "'2024-01-01'"), ("1970-01-01T05:30:00", "'1970-01-01T05:30:00'"), ("2024-01-03T12:00:00", "new Date('2024-01-03T12:00:00Z')")):
        for every, width in (("7d", "7D"), ("1w", "7D"), ("36h", "36h")):
            start, step = pd.Timestamp(origin), pd.Timedelta(width)
            at = [None if v is None else pd.Timestamp(v) for v in p["t"]]
            book.expr("dt", "times", f"col('t').dt.bucket('{every}', {{ origin: {ours} }})",
                      pl.Series([None if v is None else (start + (v - start) // step * step).to_pydatetime() for v in at], dtype=pl.Datetime("us")))
    for by in ("3mo", "-1mo", "7d", "-36h", "1y", "1h30m", "-1w"):
        for c in "tz":
            book.expr("dt", "times", f"col('{c}').dt.offset('{by}')", p[c].dt.offset_by(by))
    for by in ("3mo", "-1mo", "7d", "1y"):
        book.expr("dt", "times", f"col('d').dt.offset('{by}')", p["d"].dt.offset_by(by))
    book.expr("dt", "times", "col('t').sub(col('o'))", p["t"] - p["o"])
    book.expr("dt", "times", "col('t').sub(col('o')).dt.totalSeconds()", (p["t"] - p["o"]).dt.total_microseconds() / 1e6)
    book.expr("dt", "times", "col('t').add(duration('2d'))", p["t"] + dt.timedelta(days=2))
    book.expr("dt", "times", "col('t').dt.since(col('o'), 'day')",
              pl.Series([None if v is None or w is None else (v.date() - w.date()).days for v, w in zip(p["t"], p["o"])]))
    book.expr("dt", "times", "col('t').dt.since(col('o'), 'year')", p["t"].dt.year().cast(pl.Int64) - p["o"].dt.year())
    for format in ("%Y-%m-%d", "%H:%M:%S", "%d/%m/%y", "%j", "%b %d"):
        book.expr("dt", "times", f"col('t').dt.format('{format}')", p["t"].dt.strftime(format))
    # Until 2037: what a zone will do after it is in no table of Polars.
    _, n = book.frame("zoned", {"z": ("timestamptz", [v for v in STAMPS if v is None or "1970" < v < "2037"])})
    for zone in ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"):
        wall = n["z"].dt.convert_time_zone(zone).dt.replace_time_zone(None)
        book.expr("dt", "zoned", f"col('z').dt.toZone('{zone}').dt.hour()", wall.dt.hour())
        book.expr("dt", "zoned", f"col('z').dt.toZone('{zone}').dt.date()", wall.dt.date())
    _, m = book.frame("modern", {"t": ("timestamp", [v for v in STAMPS if v and "1970" < v < "2200" and not v.startswith("2023-10-29")])})
    for zone in ("America/New_York", "Asia/Kolkata"):
        book.expr("dt", "modern", f"col('t').dt.toZone('{zone}')", m["t"].dt.replace_time_zone(zone).dt.convert_time_zone("UTC"))
    for op, f in (("lt", lambda a, b: a < b), ("ge", lambda a, b: a >= b), ("eq", lambda a, b: a == b)):
        book.expr("dt", "times", f"col('t').{op}(col('o'))", f(p["t"], p["o"]))
        book.expr("dt", "times", f"col('t').{op}(new Date('1970-01-01T00:00:00Z'))", f(p["t"], dt.datetime(1970, 1, 1)))
        book.expr("dt", "times", f"col('d').{op}(new Date('2021-01-03T00:00:00Z'))", f(p["d"], dt.date(2021, 1, 3)))
    book.expr("dt", "times", "col('t').cast('date')", p["t"].cast(pl.Date))
    book.expr("dt", "times", "col('d').cast('timestamp')", p["d"].cast(pl.Datetime("us")))
    book.expr("dt", "times", "col('d').cast('string')", p["d"].cast(pl.String))
    book.expr("dt", "times", "col('d').sub(col('o').cast('date'))", (p["d"] - p["o"].cast(pl.Date)).dt.total_days())


def nested(book):
    _, p = book.frame("lists", {
        "l": ({"list": "int64"}, [[1, 2, 3], [], None, [5, None, 4], [7, 7, 1, 7], [None], [-1]]),
        "m": ({"list": "int64"}, [[4], [1, 2], [3], [], None, [None, 1], [0]]),
        "t": ({"list": "string"}, [["a", "b"], [], None, ["é", None], ["x"], ["", "y"], ["b", "a"]]),
        "f": ({"list": "float64"}, [[1.5, 2.5], [], None, [0.5, None], [1e3], [None], [-0.5]]),
        "i": ("int64", [0, 1, -1, 2, -5, 0, None]),
    })
    book.frame("listless", {"l": ({"list": "int64"}, [])})
    c = pl.col("l").list
    cases = {
        "length()": c.len().cast(pl.Int64), "first()": c.first(), "last()": c.last(), "get(1)": c.get(1, null_on_oob=True), "get(-2)": c.get(-2, null_on_oob=True),
        "get(9)": c.get(9, null_on_oob=True), "min()": c.min(), "max()": c.max(), "sum()": c.sum(), "mean()": c.mean(), "contains(7)": c.contains(7),
        "sort()": c.sort(nulls_last=True), "reverse()": c.reverse(), "unique()": c.unique(maintain_order=True),
        "slice(1)": c.slice(1), "slice(0, 2)": c.slice(0, 2), "slice(-2)": c.tail(2), "slice(0, 0)": c.slice(0, 0), "concat(col('m'))": c.concat("m"),
    }
    for text, expr in cases.items():
        book.expr("list", "lists", f"col('l').list.{text}", p.select(r=expr)["r"])
    book.expr("list", "listless", "col('l').list.length()", ("int", []))
    book.expr("list", "lists", "col('l').list.get(col('i'))", p.select(r=c.get(pl.col("i"), null_on_oob=True))["r"])
    book.expr("list", "lists", "col('t').list.join('-')", p.select(r=pl.col("t").list.join("-", ignore_nulls=True))["r"])
    book.expr("list", "lists", "col('t').list.contains('a')", p.select(r=pl.col("t").list.contains("a"))["r"])
    book.expr("list", "lists", "col('t').list.sort()", p.select(r=pl.col("t").list.sort(nulls_last=True))["r"])
    for name in ("sum", "mean", "min", "max"):
        book.expr("list", "lists", f"col('f').list.{name}()", p.select(r=getattr(pl.col("f").list, name)())["r"])

    _, q = book.frame("structs", {
        "p": ({"struct": {"city": "string", "n": "int64"}}, [{"city": "Köln", "n": 1}, {"city": None, "n": 2}, {"city": "Rio", "n": None}, {"city": "", "n": -4}]),
        "a": ("int64", [1, None, 3, 4]),
        "s": ("string", ["x", "y", None, "w"]),
    })
    book.expr("struct", "structs", "col('p').struct.field('city')", q["p"].struct.field("city"))
    book.expr("struct", "structs", "col('p').field('n').add(col('a'))", q["p"].struct.field("n") + q["a"])
    book.expr("struct", "structs", "struct({ a: col('a'), s: col('s') })", q.select(r=pl.struct("a", "s"))["r"])
    book.expr("struct", "structs", "col('p')", q["p"])
