import polars as pl
from harness import ARGS, digest, measure_parts
from polars import col


def states():
    flights = pl.scan_parquet(f"{ARGS['data']['flights']}/*.parquet")
    airports = pl.scan_parquet(ARGS["data"]["airports"])
    groups = flights.join(airports, left_on="origin", right_on="iata").group_by("state")
    frame = groups.agg(n=pl.len(), delay=col("delay").mean(), north=col("latitude").max())
    return digest(frame.sort("state").collect())


measure_parts({"states": states}, f"Polars {pl.__version__}")
