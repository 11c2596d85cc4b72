"""Says what NumPy and pandas make of what the notebooks compute, and writes their outputs for who reads them in the repository.

    python notebooks.py write NOTEBOOK     runs it without a server, and writes its outputs into it
    python notebooks.py truth
"""

import json
import sys
from pathlib import Path


def write(path):
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(Path(path).parent)}}).execute()
    for cell in notebook.cells:
        # When it ran is nobody's business.
        cell.metadata.pop("execution", None)
    nbformat.write(notebook, path)


def truth():
    import numpy as np
    import pandas as pd

    def blocks(seed, shape, chunk):
        rows, columns = shape[0] // chunk[0], shape[1] // chunk[1]
        children = np.random.SeedSequence(seed).spawn(rows * columns)
        parts = [np.random.Generator(np.random.PCG64(child)).random(chunk) for child in children]
        return np.block([parts[i * columns : (i + 1) * columns] for i in range(rows)])

    x = blocks(42, (4000, 1000), (1000, 1000))
    i = np.arange(100_000)
    flights = pd.DataFrame({"carrier": np.array(list("ABCDE"))[i % 5], "delay": (i * 37) % 101 - 20})
    late = flights[flights.delay > 0].groupby("carrier").delay.agg(["count", "mean"])
    value = np.arange(1000)
    p = blocks(0, (2000, 2000), (500, 500))
    y = p + p.T
    return {
        "mean": float(x.mean()),
        "first": x[:3, 0].tolist(),
        "late": [[carrier, int(row["count"]), float(row["mean"])] for carrier, row in late.iterrows()],
        "sum": float((np.arange(1_000_000) * 2).sum()),
        "totals": [int(value[value % 3 == key].sum()) for key in range(3)],
        "z": y[::2, 1000:].mean(axis=1)[:5].tolist(),
        "kept": float(y.sum()),
    }


if sys.argv[1] == "write":
    write(sys.argv[2])
else:
    print(json.dumps(truth()))
