"""Runs notebooks without a browser, and says what NumPy and pandas make of the same.

    python notebooks.py run NOTEBOOK [OUT]     its outputs, a list for each code cell; OUT: written there
    python notebooks.py truth
"""

import json
import sys
from pathlib import Path


def run(path, out=None):
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(Path(path).parent)}}).execute()
    if out is not None:
        for cell in notebook.cells:
            # When it ran is nobody's business.
            cell.metadata.pop("execution", None)
        nbformat.write(notebook, out)
    return [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]


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


print(json.dumps(run(*sys.argv[2:]) if sys.argv[1] == "run" else truth()))
