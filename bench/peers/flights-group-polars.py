import polars as pl
from harness import ARGS, digest, measure_parts
from polars import col


def origins():
    flights = pl.scan_parquet(f"{ARGS['data']['flights']}/*.parquet")
    groups = flights.filter(col("delay") > 0).group_by("origin")
    frame = groups.agg(n=pl.len(), mean=col("delay").mean(), farthest=col("distance").max())
    return digest(frame.sort("n", "origin", descending=[True, False]).collect())


def days():
    flights = pl.scan_parquet(f"{ARGS['data']['flights']}/*.parquet")
    groups = flights.group_by("origin", "destination", col("date").dt.truncate("1d").alias("day"))
    frame = groups.agg(n=pl.len(), mean=col("delay").mean())
    return digest(frame.sort("mean", descending=True).head(100).select("mean").collect())


measure_parts({"origins": origins, "days": days}, f"Polars {pl.__version__}")
