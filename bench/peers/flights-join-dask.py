import dask
import dask.dataframe as dd
import pandas as pd
from harness import ARGS, digest, measure_parts


def states():
    flights = dd.read_parquet(ARGS["data"]["flights"])
    airports = pd.read_parquet(ARGS["data"]["airports"])
    groups = flights.merge(airports, left_on="origin", right_on="iata").groupby("state")
    frame = groups.agg(n=("delay", "count"), delay=("delay", "mean"), north=("latitude", "max"))
    return digest(frame.reset_index().compute().sort_values("state"))


measure_parts({"states": states}, f"Dask {dask.__version__}, pandas {pd.__version__}")
