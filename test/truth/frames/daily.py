"""
What users of pandas ask for by name: rounding of times, extremes with their ties, descriptions of groups, buckets of time, joins of what is near.

The truth is pandas; null is a group here, and so is asked of it (`dropna=False`).
"""

import pandas as pd


def add(book):
    rounding(book)


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
