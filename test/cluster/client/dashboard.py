"""What a Python client and a reader of the dashboard see of tasks that Node workers run, while some run; prints it as JSON.

    python dashboard.py ADDRESS DASHBOARD     says when it watches; then waits for a line
"""

import json
import sys
from urllib.parse import quote
from urllib.request import urlopen

import numpy as np
from bokeh.client import pull_session
from bokeh.models import ColumnDataSource
from distributed import Client, Future, get_worker


def columns(page, name):
    """What a page shows: its first table of data that has a column of this name, over the page's own websocket."""
    with pull_session(url=f"{dashboard}/{page}") as session:
        for source in session.document.select({"type": ColumnDataSource}):
            if name in source.data:
                return {column: list(values) for column, values in source.data.items()}
    raise SystemExit(f"{page} shows nothing with {name}")


def text(page):
    with urlopen(f"{dashboard}/{page}") as answer:
        return answer.read().decode()


def result(key):
    future = Future(key, client)
    # What Dask itself does where a future comes from elsewhere.
    client._send_to_scheduler({"op": "client-desires-keys", "keys": [key], "client": client.id})
    return future.result(timeout=100)


def own_work():
    futures = client.map(lambda i: (i * i, get_worker().address), range(20), pure=False)
    results = client.gather(futures)
    total = client.submit(sum, [value for value, _ in results], pure=False).result(timeout=100)
    return total, sorted({worker for _, worker in results})


address, dashboard = sys.argv[1:]
with Client(address, timeout=100) as client:
    # The scheduler notes what tasks did from the first look on.
    columns("individual-task-stream", "duration")
    print("watching", flush=True)
    sys.stdin.readline()
    total, python_workers = own_work()
    who_has = {key: workers for key, workers in client.who_has().items() if workers}
    blocks = [result(key) for key in sorted(who_has) if ":" in key]
    stream = [entry for entry in client.get_task_stream() if entry["key"].startswith("tree-")]
    shown = columns("individual-task-stream", "duration")
    rectangles = [dict(zip(shown, row)) for row in zip(*shown.values())]
    of_tree = [r for r in rectangles if r["key"].startswith("tree-")]
    progress = columns("individual-progress", "processing")
    running = progress["name"].index("endless")
    processing = client.processing()
    node_worker = next(w for w, keys in processing.items() if "endless-0" in keys)
    escaped = quote(node_worker, safe="")
    print(
        json.dumps(
            {
                "total": total,
                "python_workers": python_workers,
                "blocks": np.concatenate(blocks).tolist(),
                "value": result("tree-root"),
                "processing": sorted(key for keys in processing.values() for key in keys),
                "stream": {
                    "keys": len({entry["key"] for entry in stream}),
                    "statuses": sorted({entry["status"] for entry in stream}),
                    "typenames": sorted({entry["typename"] for entry in stream}),
                    "actions": sorted({part["action"] for entry in stream for part in entry["startstops"]}),
                    "positive": all(p["stop"] > p["start"] for entry in stream for p in entry["startstops"]),
                    "rows": len({(entry["worker"], entry["thread"]) for entry in stream}),
                },
                "drawn": {
                    "names": sorted({r["name"] for r in of_tree if not r["name"].startswith("transfer-")}),
                    "transfers": any(r["name"] == "transfer-tree-add" for r in of_tree),
                    "keys": len({r["key"] for r in of_tree}),
                    # Milliseconds: each leaf of the tree is busy for 20.
                    "leaves_last": all(r["duration"] >= 19 for r in of_tree if r["name"] == "tree-leaf"),
                    "rows": len({r["worker_thread"] for r in of_tree}),
                },
                "running": progress["all"][running] - progress["memory"][running],
                "counts": json.loads(text("json/counts.json")),
                "workers": sorted(w for w in who_has["tree-root"] if w in text("info/main/workers.html")),
                "worker": "endless-0" in text(f"info/worker/{escaped}.html"),
                "task": node_worker in text("info/task/endless-0.html"),
                "logs": "has joined" in text(f"info/logs/{escaped}.html"),
                "call_stack": "runs call for" in text(f"info/call-stacks/{escaped}.html"),
                "status": "<title>Dask" in text("status"),
            }
        )
    )
