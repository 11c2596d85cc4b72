"""Has a Python worker's results taken over by others before its pod ends."""

import os

from distributed import Client

with Client(os.environ["DASK_SCHEDULER_ADDRESS"], timeout=10) as client:
    client.retire_workers(names=[os.environ["POD_NAME"]], close_workers=True, remove=True)
