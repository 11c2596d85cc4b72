"""What a Python client does in a cluster that Node workers are in too; prints what it saw as JSON.

    python python_client.py read ADDRESS      reads results and errors of tasks that Node workers ran
    python python_client.py compute ADDRESS   computes with Python's own tasks; says where they ran
"""

import json
import os
import sys

from distributed import Client, Future, get_worker


def future_of(client, key):
    future = Future(key, client)
    # What Dask itself does where a future comes from elsewhere.
    client._send_to_scheduler({"op": "client-desires-keys", "keys": [key], "client": client.id})
    return future


def read(client):
    array = future_of(client, "py-array").result(timeout=100)
    pair = future_of(client, "py-pair").result(timeout=100)
    error = future_of(client, "py-error").exception(timeout=100)
    return {
        "array": array.tolist(),
        "dtype": str(array.dtype),
        "pair": list(pair),
        "value": future_of(client, "py-value").result(timeout=100),
        "error": [type(error).__name__, str(error)],
    }


def compute(client):
    futures = client.map(lambda i: (i * i, get_worker().address), range(50))
    results = client.gather(futures)
    total = client.submit(sum, [value for value, _ in results]).result(timeout=100)
    return {"total": total, "workers": sorted({worker for _, worker in results})}


mode, address = sys.argv[1:]
with Client(address, timeout=100) as client:
    print(json.dumps({"read": read, "compute": compute}[mode](client)))
    sys.stdout.flush()
os._exit(0)
