"""What the peers' side of every workload does: warm up once, time some runs, say what came out."""

import atexit
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ARGS = json.loads(sys.argv[1])
SIZE = ARGS["size"]
THREADS = ARGS["threads"]
#: Where the scheduler's options are, on a cluster.
CLUSTER = ARGS.get("cluster")


def peak_mb():
    """Of this process and of the processes that it has started and that still run; on a cluster, of the program's alone."""
    processes = ["self"]
    for thread in Path("/proc/self/task").iterdir() if CLUSTER is None else ():
        processes += (thread / "children").read_text().split()
    lines = [line for process in processes for line in Path(f"/proc/{process}/status").read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def mapped_blas():
    with open("/proc/self/maps") as maps:
        paths = {line.split()[-1] for line in maps if "blas" in line and "/" in line}
    return sorted(path for path in paths if path.endswith(".so") or ".so." in path)


def plain(answer):
    return answer.tolist() if hasattr(answer, "tolist") else answer


def digest(frame):
    """What an answer is compared by: how many rows, and the sums of its columns of numbers."""
    if hasattr(frame, "select_dtypes"):
        return [len(frame), *(float(frame[name].sum()) for name in frame.select_dtypes("number").columns)]
    return [frame.height, *(frame[name].sum() for name in frame.columns if frame[name].dtype.is_numeric())]


def use_threads():
    """What computes from now on: threads of this process, or a cluster's workers."""
    import dask

    if CLUSTER is None:
        dask.config.set(scheduler="threads", num_workers=THREADS)
    else:
        use_cluster()


client = None


def use_cluster():
    """Starts a scheduler and workers of one thread each, processes of their own as on the other side."""
    global client
    if client is not None:
        return
    from distributed import Client

    directory = tempfile.TemporaryDirectory()
    atexit.register(directory.cleanup)
    described = os.path.join(directory.name, "scheduler.json")
    config = {
        "DASK_" + name.upper().replace(".", "__").replace("-", "_"): str(value)
        for name, value in CLUSTER.get("config", {}).items()
    }
    env = {**os.environ, **config, "PYTHONPATH": str(Path(__file__).parent)}

    def start(*args):
        command = [sys.executable, "-m", "dask", *args, "--scheduler-file", described, "--host", "127.0.0.1", "--no-dashboard"]
        process = subprocess.Popen(command, env=env, cwd=directory.name, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        atexit.register(process.kill)

    start("scheduler", "--port", "0", "--no-show")
    while not os.path.exists(described):
        time.sleep(0.05)
    for _ in range(THREADS):
        start("worker", "--nthreads", "1", "--no-nanny")
    client = Client(scheduler_file=described)
    client.wait_for_workers(THREADS)


def get_graph(graph, root):
    """The value of one key of a graph made by hand."""
    if client is not None:
        return client.get(graph, root)
    from dask.threaded import get

    return get(graph, root, num_workers=THREADS)


def report(**figures):
    """Prints what was measured, as JSON in a line."""
    print(json.dumps({**figures, "peakMb": peak_mb()}))


def measure_parts(parts, version, prepare=None):
    """As `measure`, of named parts: their seconds and answers by name. Parts that fail are named with their errors."""
    if version.startswith("Dask"):
        use_threads()
    totals, answers, failed = [], {}, {}
    for i in range(ARGS["runs"] + 1):
        given = prepared(prepare, i)
        seconds = {}
        for name, run in parts.items():
            start = time.perf_counter()
            try:
                answers[name] = plain(run(*given))
            except Exception as error:
                failed[name] = f"{type(error).__name__}: {error}".splitlines()[0]
            seconds[name] = time.perf_counter() - start
        totals.append(seconds)
        del given
    report(
        parts=totals[1:] or totals,
        answer=answers,
        failed=failed,
        versions=f"Python {platform.python_version()}, {version}",
    )


def prepared(prepare, i):
    """What a run is called with, which is there before the run begins."""
    if prepare is None:
        return []
    given = prepare(i)
    if client is not None:
        from distributed import wait

        wait(given)
    return [given]


def measure(run, prepare=None):
    """
    Calls `run` once to warm up and then ARGS["runs"] times, of which it prints one line of JSON; where that is 0, of the first. `run` gives the answer, a number or a list. What it is
    called with `prepare` makes, which does not count; it is given up after the run.
    """
    import dask
    import numpy

    use_threads()
    seconds = []
    for i in range(ARGS["runs"] + 1):
        given = prepared(prepare, i)
        start = time.perf_counter()
        answer = run(*given)
        seconds.append(time.perf_counter() - start)
        del given
    report(
        seconds=seconds[1:] or seconds,
        first=seconds[0],
        answer=plain(answer),
        blas=mapped_blas(),
        versions=f"Python {platform.python_version()}, NumPy {numpy.__version__}, Dask {dask.__version__}",
    )
