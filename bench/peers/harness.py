"""What the peers' side of every workload does: warm up once, time some runs, say what came out."""

import json
import os
import platform
import sys
import time

ARGS = json.loads(sys.argv[1])
SIZE = ARGS["size"]
THREADS = ARGS["threads"]


def peak_mb():
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024


def mapped_blas():
    with open("/proc/self/maps") as maps:
        paths = {line.split()[-1] for line in maps if "blas" in line and "/" in line}
    return sorted(path for path in paths if path.endswith(".so") or ".so." in path)


def plain(answer):
    return answer.tolist() if hasattr(answer, "tolist") else answer


def measure(run):
    """Calls `run` once to warm up and then ARGS["runs"] times; prints one line of JSON. `run` gives the answer, a number or a list."""
    import dask
    import numpy

    dask.config.set(scheduler="threads", num_workers=THREADS)
    seconds = []
    for _ in range(ARGS["runs"] + 1):
        start = time.perf_counter()
        answer = run()
        seconds.append(time.perf_counter() - start)
    print(
        json.dumps(
            {
                "seconds": seconds[1:],
                "first": seconds[0],
                "answer": plain(answer),
                "peakMb": peak_mb(),
                "blas": mapped_blas(),
                "versions": f"Python {platform.python_version()}, NumPy {numpy.__version__}, Dask {dask.__version__}",
                "pid": os.getpid(),
            }
        )
    )
