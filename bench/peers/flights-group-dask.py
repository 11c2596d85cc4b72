import dask
import dask.dataframe as dd
import pandas as pd
from harness import ARGS, digest, measure_parts


def origins():
    flights = dd.read_parquet(ARGS["data"]["flights"])
    groups = flights[flights.delay > 0].groupby("origin")
    frame = groups.agg(n=("delay", "count"), mean=("delay", "mean"), farthest=("distance", "max"))
    return digest(frame.reset_index().compute().sort_values(["n", "origin"], ascending=[False, True]))


def days():
    flights = dd.read_parquet(ARGS["data"]["flights"])
    flights = flights.assign(day=flights.date.dt.floor("D"))
    groups = flights.groupby(["origin", "destination", "day"])
    frame = groups.agg(n=("delay", "count"), mean=("delay", "mean"), split_out=True)
    return digest(frame.nlargest(100, "mean").compute()[["mean"]])


measure_parts({"origins": origins, "days": days}, f"Dask {dask.__version__}, pandas {pd.__version__}")
