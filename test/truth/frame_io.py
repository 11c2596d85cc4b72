"""Makes test/data/frame: small files as real pyarrow, pandas and polars write them, and what is in them (truth.json).

    node scripts/venv.mjs frame-io test/truth/frame_io-requirements.txt
    .venv/frame-io/bin/python -B test/truth/frame_io.py

Values in truth.json: numbers, strings, booleans and nulls as they are; whole numbers beyond 2^53, instants (microseconds since 1970), dates (days),
decimals, bytes and floats that JSON has not as {kind: text}.
"""

import datetime as dt
import decimal
import gzip
import json
import math
import shutil
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.dataset
import pyarrow.feather
import pyarrow.parquet as pq

out = Path(__file__).parents[1] / "data" / "frame"
shutil.rmtree(out, ignore_errors=True)
for folder in ["parquet", "csv", "json", "arrow"]:
    (out / folder).mkdir(parents=True)
truth = {}

EPOCH = dt.datetime(1970, 1, 1)


def micros(scalar):
    """Microseconds since 1970 of an Arrow timestamp, rounded down."""
    per = {"s": 10**6, "ms": 10**3, "us": 1}
    unit = scalar.type.unit
    return scalar.value // 1000 if unit == "ns" else scalar.value * per[unit]


def say(scalar):
    """A value of Arrow as JSON."""
    if not scalar.is_valid:
        return None
    t = scalar.type
    if pa.types.is_dictionary(t):
        return scalar.as_py()
    if pa.types.is_timestamp(t):
        return {"micros": str(micros(scalar))}
    if pa.types.is_date(t):
        return {"days": (scalar.as_py() - EPOCH.date()).days}
    if pa.types.is_time(t):
        return scalar.as_py().strftime("%H:%M:%S.%f").rstrip("0").rstrip(".")
    if pa.types.is_decimal(t):
        return {"decimal": str(scalar.as_py())}
    if pa.types.is_binary(t) or pa.types.is_large_binary(t):
        return {"hex": scalar.as_py().hex()}
    if pa.types.is_map(t):
        return {"map": [[k, v] for k, v in scalar.as_py()]}
    if pa.types.is_list(t) or pa.types.is_large_list(t):
        return [say(item) for item in scalar]
    if pa.types.is_struct(t):
        return {f.name: say(scalar[f.name]) for f in t}
    value = scalar.as_py()
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"}
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53 - 1:
        return {"int": str(value)}
    return value


def record(name, table):
    truth[name] = {
        "columns": table.column_names,
        "rows": [[say(column[i]) for column in table.columns] for i in range(table.num_rows)],
    }


utc = dt.timezone.utc
berlin = dt.timezone(dt.timedelta(hours=1))
when = [dt.datetime(1969, 12, 31, 23, 59, 59, 999_000), None, dt.datetime(2024, 2, 29, 12, 30), dt.datetime(1900, 1, 1)]
types = pa.table(
    {
        "bool": pa.array([True, None, False, True]),
        "int8": pa.array([-128, None, 127, 0], pa.int8()),
        "int16": pa.array([-(2**15), None, 2**15 - 1, 0], pa.int16()),
        "int32": pa.array([-(2**31), None, 2**31 - 1, 0], pa.int32()),
        "int64": pa.array([-(2**63), None, 2**63 - 1, 2**53 - 1], pa.int64()),
        "uint8": pa.array([255, None, 0, 1], pa.uint8()),
        "uint16": pa.array([2**16 - 1, None, 0, 1], pa.uint16()),
        "uint32": pa.array([2**32 - 1, None, 0, 1], pa.uint32()),
        "uint64": pa.array([2**64 - 1, None, 0, 2**53], pa.uint64()),
        "float32": pa.array([1.5, None, float("nan"), -0.0], pa.float32()),
        "float64": pa.array([0.1, None, float("inf"), 5e-324], pa.float64()),
        "string": pa.array(["", None, "日本語 🎉", "a longer text, more than twelve bytes"]),
        "binary": pa.array([b"", None, b"\x00\xff", b"0123456789abcdef"]),
        "date": pa.array([dt.date(1969, 12, 31), None, dt.date(2024, 2, 29), dt.date(1, 1, 1)]),
        "time": pa.array([dt.time(0), None, dt.time(23, 59, 59, 999_999), dt.time(12, 30)], pa.time64("us")),
        "ts_s": pa.array([w and w.replace(microsecond=0) for w in when], pa.timestamp("s")),
        "ts_ms": pa.array(when, pa.timestamp("ms")),
        "ts_us": pa.array([w and w.replace(microsecond=1) for w in when], pa.timestamp("us")),
        "ts_ns": pa.array([w and w.replace(microsecond=1) for w in when], pa.timestamp("ns")),
        "ts_utc": pa.array([w and w.replace(tzinfo=utc) for w in when], pa.timestamp("us", "UTC")),
        "ts_berlin": pa.array([w and w.replace(tzinfo=berlin) for w in when], pa.timestamp("us", "Europe/Berlin")),
        "decimal": pa.array([decimal.Decimal("-1.25"), None, decimal.Decimal("1234567.89"), decimal.Decimal(0)], pa.decimal128(9, 2)),
        "decimal38": pa.array([decimal.Decimal("-0.0000000001"), None, decimal.Decimal("12345678901234567890.5"), decimal.Decimal(1)], pa.decimal128(38, 10)),
        "list": pa.array([[1, None, 3], None, [], [2**40]], pa.list_(pa.int64())),
        "texts": pa.array([["a", "日本"], None, [], [None]], pa.list_(pa.string())),
        "struct": pa.array([{"x": 1, "y": "a"}, None, {"x": None, "y": None}, {"x": 2, "y": "b"}], pa.struct([("x", pa.int32()), ("y", pa.string())])),
        "nested": pa.array([[{"at": dt.datetime(1960, 1, 1), "n": [1.5]}], None, [], [None]], pa.list_(pa.struct([("at", pa.timestamp("us")), ("n", pa.list_(pa.float64()))]))),
        "map": pa.array([[("a", 1), ("b", None)], None, [], [("c", 3)]], pa.map_(pa.string(), pa.int32())),
        "category": pa.array(["x", None, "y", "x"]).dictionary_encode(),
        "nothing": pa.array([None] * 4, pa.int32()),
    }
)

# Parquet

for codec in ["none", "snappy", "gzip", "zstd", "lz4", "brotli"]:
    pq.write_table(types, out / f"parquet/{codec}.parquet", compression=codec)
    record(f"parquet/{codec}.parquet", types)
pq.write_table(types, out / "parquet/v2-pages.parquet", data_page_version="2.0", use_dictionary=False)
record("parquet/v2-pages.parquet", types)
plain = types.select(["int32", "int64", "float32", "float64", "string", "binary"])
pq.write_table(
    plain,
    out / "parquet/encodings.parquet",
    use_dictionary=False,
    column_encoding={
        "int32": "DELTA_BINARY_PACKED",
        "int64": "DELTA_BINARY_PACKED",
        "float32": "BYTE_STREAM_SPLIT",
        "float64": "BYTE_STREAM_SPLIT",
        "string": "DELTA_BYTE_ARRAY",
        "binary": "DELTA_LENGTH_BYTE_ARRAY",
    },
)
record("parquet/encodings.parquet", plain)
stamps = types.select(["ts_us", "ts_ns"])
pq.write_table(stamps, out / "parquet/int96.parquet", use_deprecated_int96_timestamps=True)
record("parquet/int96.parquet", stamps)
pq.write_table(types.slice(0, 0), out / "parquet/empty.parquet")
record("parquet/empty.parquet", types.slice(0, 0))
groups = pa.table({"i": list(range(1000)), "k": [f"k{i % 7}" for i in range(1000)]})
pq.write_table(groups, out / "parquet/groups.parquet", row_group_size=100)
record("parquet/groups.parquet", groups)
frame = pd.DataFrame(
    {"n": [1, 2, 3], "t": pd.to_datetime(["1969-07-20", None, "2024-01-01"]), "c": pd.Categorical(["a", "b", "a"])},
    index=pd.Index(["r1", "r2", "r3"], name="row"),
)
frame.to_parquet(out / "parquet/pandas.parquet")
record("parquet/pandas.parquet", pa.Table.from_pandas(frame))
polars = pl.from_arrow(types.drop_columns(["map", "nested", "decimal38"]))
polars.write_parquet(out / "parquet/polars.parquet")
record("parquet/polars.parquet", types.drop_columns(["map", "nested", "decimal38"]))
hive = pa.table({"year": [2023, 2023, 2024], "city": ["a=b", "Köln", "x y"], "v": [1, 2, 3]})
pa.dataset.write_dataset(
    hive, out / "parquet/hive", format="parquet", partitioning=["year", "city"], partitioning_flavor="hive"
)
record("parquet/hive", hive.select(["v", "city", "year"]))

# No reader of ours has so many digits.
pq.write_table(pa.table({"x": [1], "wide": pa.array([decimal.Decimal("1.1")], pa.decimal256(50, 1))}), out / "parquet/decimal256.parquet")

# CSV: what a reader should find

people = pa.table(
    {
        "id": pa.array([1, 2, 3], pa.int64()),
        "name": ["Ada, Countess", 'The "Duke"', "two\nlines"],
        "born": pa.array([dt.date(1815, 12, 10), None, dt.date(2001, 1, 1)]),
        "seen": pa.array([dt.datetime(2024, 1, 1, 12), dt.datetime(1969, 12, 31, 23, 59, 59), None], pa.timestamp("us")),
        "score": pa.array([1.5, None, -2e10]),
        "ok": pa.array([True, False, None]),
        "city": ["Zürich", "", "日本"],
    }
)
def csv(name, table=people):
    record(f"csv/{name}", table)
    return out / "csv" / name


as_pandas = people.to_pandas(types_mapper=pd.ArrowDtype)
as_pandas.to_csv(csv("pandas.csv"), index=False)
as_pandas.to_csv(csv("pandas.csv.gz"), index=False)
as_pandas.to_csv(csv("crlf.csv"), index=False, lineterminator="\r\n")
as_pandas.to_csv(csv("bom.csv"), index=False, encoding="utf-8-sig")
as_pandas.to_csv(csv("tabs.tsv"), index=False, sep="\t")
as_pandas.to_csv(csv("semicolons.csv"), index=False, sep=";", decimal=",")
as_pandas.to_csv(csv("utf-16.csv"), index=False, encoding="utf-16-le")
as_pandas.to_csv(csv("utf-16-mark.csv"), index=False, encoding="utf-16")
as_pandas.to_csv(csv("na.csv"), index=False, na_rep="NA")
pl.from_arrow(people).write_csv(csv("polars.csv"))
pa.csv.write_csv(people, csv("pyarrow.csv"))
latin = pa.table({"id": [1, 2], "city": ["Zürich", "Málaga"]})
latin.to_pandas().to_csv(csv("latin-1.csv", latin), index=False, encoding="latin-1")
german = pa.table({"day": pa.array([dt.date(2024, 12, 31), dt.date(2025, 1, 2)]), "n": [1, 2]})
german.to_pandas().assign(day=["31.12.2024", "02.01.2025"]).to_csv(csv("german.csv", german), index=False)
# What begins with an infinite number, as changes of what was 0 do.
infinite = pa.table({"all": [math.inf, -math.inf, math.inf], "first": [math.inf, 2.5, math.nan], "behind": pa.array([None, math.inf, 1]), "text": ["inf", "b", "c"], "day": [dt.date(2024, 12, 31)] * 3})
pl.from_arrow(infinite).write_csv(csv("infinite.csv", infinite))

# Names that objects of JavaScript put first, or take for something else.
years = pa.table({"Country": ["A", "B"], "2021": [1, 2], "2020": [3, 4], "__proto__": [5, 6], "constructor": ["x", "y"]})
years.to_pandas().to_csv(csv("years.csv", years), index=False)
swapped = pa.table({"2021": [1, 2], "2020": [3, 4]})
swapped.to_pandas().to_csv(csv("swapped.csv", swapped), index=False)
pq.write_table(years, out / "parquet/years.parquet")
record("parquet/years.parquet", years)

# JSON

documents = pa.table(
    {
        "id": pa.array([1, 2, 3], pa.int64()),
        "name": ["Ada", None, "日本"],
        "tags": pa.array([["a", "b"], [], None], pa.list_(pa.string())),
        "at": pa.array([{"x": 1.5, "y": "q"}, {"x": None, "y": "r"}, None], pa.struct([("x", pa.float64()), ("y", pa.string())])),
        "big": pa.array([2**62, -1, None], pa.int64()),
    }
)
for name in ["polars.jsonl", "pyarrow.json", "pyarrow.jsonl.gz"]:
    record(f"json/{name}", documents)
pl.from_arrow(documents).write_ndjson(out / "json/polars.jsonl")
(out / "json/pyarrow.json").write_text(json.dumps(documents.to_pylist(), indent=1, ensure_ascii=False))
with gzip.GzipFile(out / "json/pyarrow.jsonl.gz", "wb", mtime=0) as f:
    for row in documents.to_pylist():
        f.write(json.dumps(row).encode() + b"\n")

# Times as Python and pandas write them: instants with what they are ahead of UTC, wall clocks without; with and without fractions.
walls = [dt.datetime(2024, 7, 1, 9), dt.datetime(2024, 1, 2, 3, 4, 5, 678000), None, dt.datetime(1969, 12, 31, 23, 59, 59)]
zones = [dt.timezone(dt.timedelta(hours=2)), utc, utc, dt.timezone(dt.timedelta(hours=-5, minutes=-30))]
instants = [wall and wall.replace(tzinfo=zone) for wall, zone in zip(walls, zones)]
# What is nested is written in one way: what is not is a text.
whole = [at and at.replace(microsecond=0) for at in instants]
instant = pa.timestamp("us", "UTC")
times = pa.table(
    {
        "instant": pa.array(instants, instant),
        "wall": pa.array(walls, pa.timestamp("us")),
        "nested": pa.array([{"at": i, "all": [i]} for i in whole], pa.struct([("at", instant), ("all", pa.list_(instant))])),
        "american": ["12-31-2024", "01-02-2025", None, "03-04-2025"],
        "mixed": ["2024-01-02T03:04:05Z", "soon", None, ""],
    }
)


def iso(value):
    return value and value.isoformat()


with open(out / "json/times.jsonl", "w") as f:
    for i, (at, row) in enumerate(zip(instants, times.to_pylist())):
        said = {"instant": iso(at), "wall": iso(walls[i]), "nested": {"at": iso(whole[i]), "all": [iso(whole[i])]}}
        f.write(json.dumps({**row, **said}) + "\n")
record("json/times.jsonl", times)
in_pandas = times.drop_columns(["nested"])
in_pandas.to_pandas().to_json(out / "json/pandas.jsonl", orient="records", lines=True, date_format="iso", date_unit="ms")
record("json/pandas.jsonl", in_pandas)

# Arrow IPC

for codec in ["lz4", "zstd", "uncompressed"]:
    pa.feather.write_feather(types, str(out / f"arrow/{codec}.feather"), compression=codec)
    record(f"arrow/{codec}.feather", types)
with pa.ipc.new_stream(out / "arrow/stream.arrows", groups.schema) as writer:
    for batch in groups.to_batches(max_chunksize=64):
        writer.write_batch(batch)
record("arrow/stream.arrows", groups)
with pa.ipc.new_file(out / "arrow/empty.arrow", types.schema):
    pass
record("arrow/empty.arrow", types.slice(0, 0))
polars.write_ipc(out / "arrow/polars.arrow", compression="lz4")
record("arrow/polars.arrow", types.drop_columns(["map", "nested", "decimal38"]))

(out / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, separators=(",", ":")) + "\n")
print(f"{len(truth)} files")
