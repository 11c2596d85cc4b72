"""The book of cases for frames: the frames they start from, texts in TypeScript, and what pandas, Polars or DuckDB answer.

A case has a text (`t`), an expression in TypeScript, and the columns of its answer (`r`): [name, kind, values] each. Texts of a
group of expressions are expressions over one frame (`f`); others are frames, over frames by their names. Values are JSON; what JSON lacks is
{"x": "nan"}, and integers beyond 2^53 are {"i": "…"}. Instants and spans are in microseconds, dates in days since 1970.
"""

import datetime as dt
import gzip
import json
import math

import duckdb
import numpy as np
import pandas as pd
import polars as pl

FORMAT = 1
PANDAS = {
    "int8": "Int8", "int16": "Int16", "int32": "Int32", "int64": "Int64", "uint8": "UInt8", "uint64": "UInt64",
    "float32": "Float32", "float64": "Float64", "bool": "boolean", "string": "string",
}
POLARS = {
    "int8": pl.Int8, "int16": pl.Int16, "int32": pl.Int32, "int64": pl.Int64, "uint8": pl.UInt8, "uint64": pl.UInt64,
    "float32": pl.Float32, "float64": pl.Float64, "bool": pl.Boolean, "string": pl.String, "date": pl.Date,
    "timestamp": pl.Datetime("us"), "timestamptz": pl.Datetime("us", "UTC"), "null": pl.Null,
}
EPOCH = dt.datetime(1970, 1, 1)


def polars_type(kind):
    if isinstance(kind, str):
        return POLARS[kind]
    if "list" in kind:
        return pl.List(polars_type(kind["list"]))
    return pl.Struct({name: polars_type(inner) for name, inner in kind["struct"].items()})


def micros(text):
    """Microseconds since 1970 of an ISO instant."""
    return (dt.datetime.fromisoformat(text) - EPOCH) // dt.timedelta(microseconds=1)


def days(text):
    return (dt.date.fromisoformat(text) - EPOCH.date()).days


class Book:
    def __init__(self):
        self.frames = {}
        self.groups = {}

    # ── frames ────────────────────────────────────────────────────────────────────────────────────────────────
    def frame(self, name, columns):
        """Names a frame: {column: (type, values)}; dates and instants are ISO texts. Gives it as pandas and as Polars have it."""
        stored = []
        pandas, polars = {}, {}
        for column, (kind, values) in columns.items():
            raw = values
            if kind in ("timestamp", "timestamptz"):
                raw = [None if v is None else micros(v) for v in values]
                polars[column] = pl.Series(column, raw, pl.Int64).cast(polars_type(kind))
                index = pd.Series(pd.to_datetime(raw, unit="us"))
                pandas[column] = index.dt.tz_localize("UTC") if kind == "timestamptz" else index
                pandas[column] = pandas[column].dt.as_unit("us")
            elif kind == "date":
                raw = [None if v is None else days(v) for v in values]
                polars[column] = pl.Series(column, raw, pl.Int32).cast(pl.Date)
                pandas[column] = pd.Series([pd.NaT if v is None else pd.Timestamp(v) for v in values], dtype="datetime64[us]")
            else:
                polars[column] = pl.Series(column, values, polars_type(kind))
                if isinstance(kind, str) and kind in PANDAS:
                    pandas[column] = nullable(values, PANDAS[kind])
                else:
                    pandas[column] = pd.Series(values, dtype="object")
            stored.append([column, kind, [plain(v) for v in raw]])
        self.frames[name] = stored
        return pd.DataFrame(pandas), pl.DataFrame(polars)

    # ── cases ─────────────────────────────────────────────────────────────────────────────────────────────────
    def expr(self, group, frame, text, answer, **options):
        """An expression over a frame, one value a row."""
        self.add(group, {"f": frame, "t": text}, [column("r", answer)], options)

    def plan(self, group, text, answer, **options):
        """A frame. `any_order`: rows come in no order."""
        self.add(group, {"t": text}, table(answer), options)

    def error(self, group, frame, text, message):
        """An expression that is refused, with a message that has a piece of text in it."""
        self.groups.setdefault(group, []).append({"f": frame, "t": text, "e": message})

    def refused(self, group, text, message):
        """A frame that is refused when it is computed, with a message that has a piece of text in it."""
        self.groups.setdefault(group, []).append({"t": text, "e": message})

    def add(self, group, case, columns, options):
        if options.pop("any_order", False):
            case["o"] = 1
            # Whoever made them gave them in any order too: one that is the same each time.
            rows = sorted(zip(*(values for _, _, values in columns)), key=rounded)
            columns = [[name, kind, [row[at] for row in rows]] for at, (name, kind, _) in enumerate(columns)]
        near = options.pop("near", None)
        if near:
            case["n"] = near
        assert not options, options
        case["r"] = columns
        self.groups.setdefault(group, []).append(case)

    # ── file ──────────────────────────────────────────────────────────────────────────────────────────────────
    def header(self):
        return {
            "format": FORMAT,
            "versions": {"pandas": pd.__version__, "polars": pl.__version__, "duckdb": duckdb.__version__},
            "frames": self.frames,
            "groups": self.groups,
        }

    def content(self):
        return json.dumps(self.header(), separators=(",", ":"), allow_nan=False, ensure_ascii=False).encode()

    def write(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(self.content(), compresslevel=9, mtime=0))

    def count(self):
        return sum(len(cases) for cases in self.groups.values())


def nullable(values, dtype):
    """A series of pandas' nullable types in which NaN and null are apart."""
    if not dtype.startswith("Float"):
        return pd.Series(pd.array(values, dtype=dtype))
    mask = np.array([v is None for v in values], dtype=bool)
    data = np.array([1.0 if v is None else v for v in values], dtype=dtype.lower())
    return pd.Series(pd.arrays.FloatingArray(data, mask))


def table(answer):
    if isinstance(answer, duckdb.DuckDBPyRelation):
        answer = answer.pl()
    names = list(answer.columns)
    return [column(str(name), answer[name]) for name in names]


def column(name, answer):
    if isinstance(answer, pl.Series):
        return [name, *of_polars(answer)]
    if isinstance(answer, pd.Series):
        return [name, *of_pandas(answer)]
    kind, values = answer
    return [name, kind, [plain(v) for v in values]]


def of_polars(s):
    t = s.dtype
    if t.is_integer():
        return ["int", [plain(v) for v in s.to_list()]]
    if t.is_float():
        return ["float", [plain(v) for v in s.to_list()]]
    if t == pl.Boolean:
        return ["bool", s.to_list()]
    if t == pl.Date:
        return ["date", s.cast(pl.Int32).to_list()]
    if isinstance(t, pl.Datetime):
        return ["timestamptz" if t.time_zone else "timestamp", [plain(v) for v in s.dt.timestamp("us").to_list()]]
    if isinstance(t, pl.Duration):
        return ["span", [plain(v) for v in s.dt.total_microseconds().to_list()]]
    if t == pl.Time:
        return ["time", [plain(None if v is None else v // 1000) for v in s.cast(pl.Int64).to_list()]]
    if isinstance(t, (pl.List, pl.Struct)):
        return ["nested", [plain(v) for v in s.to_list()]]
    if t == pl.Null:
        return ["null", s.to_list()]
    assert t in (pl.String, pl.Categorical), t
    return ["string", s.to_list()]


def of_pandas(s):
    t = s.dtype
    if pd.api.types.is_bool_dtype(t):
        return ["bool", [None if v is pd.NA else bool(v) for v in s]]
    if pd.api.types.is_integer_dtype(t):
        return ["int", [plain(None if v is pd.NA else int(v)) for v in s]]
    if pd.api.types.is_float_dtype(t):
        if isinstance(t, np.dtype):
            return ["float", [plain(float(v)) for v in s]]
        mask = s.array._mask
        return ["float", [plain(None if m else float(v)) for v, m in zip(s.array._data, mask)]]
    if isinstance(t, pd.DatetimeTZDtype):
        return ["timestamptz", [plain(None if v is pd.NaT else int(v.as_unit("us")._value)) for v in s]]
    if pd.api.types.is_datetime64_dtype(t):
        return ["timestamp", [plain(None if v is pd.NaT else int(v.as_unit("us")._value)) for v in s]]
    if pd.api.types.is_timedelta64_dtype(t):
        return ["span", [plain(None if v is pd.NaT else int(v.as_unit("us")._value)) for v in s]]
    if isinstance(t, pd.StringDtype):
        return ["string", [None if pd.isna(v) else str(v) for v in s]]
    if t == object and all(isinstance(v, str) or pd.isna(v) for v in s):
        return ["string", [None if not isinstance(v, str) else v for v in s]]
    raise TypeError(f"no kind for {t}")


def rounded(row):
    return [f"{v:.9g}" if isinstance(v, float) else json.dumps(v) for v in row]


def plain(value):
    """A value as JSON has it."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (np.integer, int)):
        value = int(value)
        return value if abs(value) <= 2**53 - 1 else {"i": str(value)}
    if isinstance(value, float):
        if math.isnan(value) or math.isinf(value):
            return {"x": str(value)}
        return value
    if isinstance(value, dict):
        return {"s": {name: plain(v) for name, v in value.items()}}
    if isinstance(value, (list, tuple, pl.Series)):
        return [plain(v) for v in value]
    raise TypeError(f"{type(value)} has no place in a case")
