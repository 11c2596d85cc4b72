"""What pandas finds in the flights and airports of the npm package vega-datasets, for test/truth/flights.json.

    python test/truth/flights.py [--check]
"""

import json
import sys
from pathlib import Path

import pandas as pd

data = Path(__file__).parents[2] / "node_modules" / "vega-datasets" / "data"
flights = pd.read_parquet(data / "flights-3m.parquet")
airports = pd.read_csv(data / "airports.csv", keep_default_na=False)

groups = flights.assign(late=(flights.delay > 15).astype(float)).groupby("origin")
by_origin = groups.agg(flights=("delay", "size"), delay=("delay", "mean"), late=("late", "mean")).reset_index()
named = by_origin.merge(airports, left_on="origin", right_on="iata")
busiest = named.sort_values(["flights", "origin"], ascending=[False, True]).head(10)

days = flights.groupby(flights.date.dt.floor("D")).agg(flights=("delay", "size"), delay=("delay", "mean")).sort_index()
days["week"] = days.delay.rolling(7, min_periods=1).mean()

found = {
    "pandas": pd.__version__,
    "busiest": busiest[["origin", "city", "state", "flights", "delay", "late"]].to_dict("records"),
    "daily": [
        {"day": day.strftime("%Y-%m-%d"), "flights": int(row.flights), "delay": row.delay, "week": row.week}
        for day, row in days.iterrows()
    ],
}
target = Path(__file__).with_name("flights.json")
text = json.dumps(found, indent=1) + "\n"
if "--check" in sys.argv:
    sys.exit(0 if target.read_text() == text else f"{target.name} is not what pandas {pd.__version__} finds")
target.write_text(text)
