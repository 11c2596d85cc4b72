"""Lets a Dask scheduler take graphs of tilework, whose tasks run in Node workers.

    dask scheduler --preload tilework_scheduler

It works with distributed 2024.12.1 and later; whatever differs between versions is in this file. Clients ask `tilework_hello`
first. A graph comes as `tilework-tasks` messages, then `tilework-submit`; its tasks are real tasks of the scheduler, so that
stealing, resilience, priorities, retries and the dashboard are Dask's own. Tasks of Python call functions by name on Python
workers, to which tilework_python.py, beside this file, is sent.

Configuration (a file in ~/.config/dask, or DASK_TILEWORK__BATCH_INTERVAL): `tilework.batch-interval`, how long messages to
a worker may wait for company; 1 ms unless set, where Dask has 5 ms.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import pkgutil
import platform
import signal
import sys
import tempfile
import threading
from pathlib import Path
from pickle import PickleBuffer

import dask
import distributed
from dask._task_spec import List, Task, TaskRef
from dask.utils import apply, parse_timedelta
from distributed.diagnostics.plugin import SchedulerPlugin, UploadFile
from distributed.protocol.pickle import dumps
from distributed.protocol.serialize import (
    Serialized,
    register_serialization_family,
    serialization_error_loads,
)

#: What clients and this module must agree on; changes when messages do.
PROTOCOL = 2

#: The resource that Node workers have, and what a task takes of it where other workers are there too.
RESOURCE = "JS"
SHARE = {RESOURCE: 0.001}


class NodeTask(Task):
    """A task that only Node workers understand.

    To Python it pickles as a call, of names that distributed itself has, which raises an error that says so: a Python worker
    that gets one by mistake reports it and goes on. The payload leaves as an out-of-band buffer, which Node reads.
    """

    __slots__ = ("payload",)

    def __init__(self, key, dependencies, payload):
        super().__init__(key, serialization_error_loads)
        self._dependencies = frozenset(dependencies)
        self.payload = payload

    def __reduce_ex__(self, protocol):
        payload = PickleBuffer(self.payload) if protocol >= 5 else self.payload
        text = f"tilework-task {self.key!r} needs a Node worker, and this is a Python worker"
        return Task, (self.key, serialization_error_loads, payload, (text.encode(),))

    def _get_token(self):
        return f"{self.key}-{len(self.payload)}"

    def __repr__(self):
        return f"<NodeTask {self.key!r}>"


def python_task(key, dependencies, payload):
    """A task that Python workers run: it pickles to names of Dask's and of the standard library, whatever a worker has."""
    call = Task(None, pkgutil.resolve_name, "tilework_python:call")
    return Task(key, apply, call, List(payload, *map(TaskRef, dependencies)))


class Graph:
    """Tasks of one graph, in groups that share annotations, until they are submitted."""

    def __init__(self):
        self.groups = []
        self.python_groups = []
        self.ranks = {}

    def add(self, tasks, annotations, python=False):
        make, groups = (python_task, self.python_groups) if python else (NodeTask, self.groups)
        groups.append(({key: make(key, deps, payload) for key, _, deps, payload in tasks}, annotations))
        self.ranks.update((key, rank) for key, rank, _, _ in tasks)

    def restrict(self):
        """Keeps tasks off workers that are not Node's."""
        self.groups = [
            (tasks, {**annotations, "resources": with_share(annotations.get("resources"))})
            for tasks, annotations in self.groups
        ]

    @property
    def all_groups(self):
        return self.groups + self.python_groups

    # From 2025.4.0 on the scheduler asks for these two.

    def __dask_graph__(self):
        return {key: task for tasks, _ in self.all_groups for key, task in tasks.items()}

    def __dask_annotations__(self):
        by_type = {}
        for tasks, annotations in self.all_groups:
            for name, value in annotations.items():
                by_type.setdefault(name, {}).update(dict.fromkeys(tasks, value))
        return by_type

    @property
    def data(self):
        """What the scheduler asks for before 2025.4.0."""
        from dask.highlevelgraph import HighLevelGraph, MaterializedLayer

        layers = {
            f"group-{i}": MaterializedLayer(tasks, annotations=annotations)
            for i, (tasks, annotations) in enumerate(self.all_groups)
        }
        return HighLevelGraph(layers, {name: set() for name in layers})


class Count:
    """Which tasks of a graph have not been in memory yet."""

    def __init__(self, scheduler, keys):
        self.total = len(keys)
        self.unfinished = {key for key in keys if (task := scheduler.tasks.get(key)) and task.state != "memory"}


# `update_graph` has a graph deserialised, by the family that its header names. Ours hands over what is there already.
register_serialization_family("tilework-graph", None, lambda _, frames: frames[0])
HEADER = {"serializer": "tilework-graph"}


class TileworkPlugin(SchedulerPlugin):
    name = "tilework"

    def __init__(self, scheduler):
        self.scheduler = scheduler
        self.graphs = {}
        self.counts = {}
        self.lock = asyncio.Lock()
        # Done when the workers that were there before this module have what tasks of Python need.
        self.python_side_given = None
        # Tasks of Python that may run on the Python workers there are, and on those that come.
        self.kept_to_python = set()
        self.interval = parse_timedelta(dask.config.get("tilework.batch-interval", "1ms"), default="ms")
        for comm in scheduler.stream_comms.values():
            comm.interval = self.interval
        self.takes_expression = "expr_ser" in inspect.signature(scheduler.update_graph).parameters
        scheduler.handlers["tilework_hello"] = self.hello
        scheduler.handlers["tilework_errors"] = self.errors
        scheduler.handlers["tilework_progress"] = self.progress
        scheduler.stream_handlers["tilework-tasks"] = self.tasks
        scheduler.stream_handlers["tilework-submit"] = self.submit
        scheduler.stream_handlers["tilework-discard"] = self.discard
        self.take_run_id("long-running")

    # What clients call

    def hello(self):
        return {
            "protocol": PROTOCOL,
            "distributed": distributed.__version__,
            "dask": dask.__version__,
            "python": platform.python_version(),
        }

    def errors(self, keys):
        """Why tasks failed, as text: the task that raised, its error and where it ran."""
        found = {}
        for key in keys:
            task = self.scheduler.tasks.get(key)
            blame = task and (task.exception_blame or task)
            if blame is not None and blame.exception is not None:
                found[key] = {
                    "key": blame.key,
                    "text": blame.exception_text or given_up(blame),
                    "traceback": blame.traceback_text,
                    "workers": [str(worker) for worker in blame.erred_on or ()],
                }
        return found

    def progress(self, client, graph):
        """How far a graph is that was submitted with `counted`, and what all workers do; None where there is none."""
        count = self.counts.get((client, graph))
        if count is None:
            return None
        workers = self.scheduler.workers.values()
        return {
            "done": count.total - len(count.unfinished),
            "total": count.total,
            "running": sum(len(worker.processing) for worker in workers),
            "memory": sum(worker.nbytes for worker in workers),
            "limit": sum(worker.memory_limit for worker in workers),
            "spilled": sum((worker.metrics.get("spilled_bytes") or {}).get("disk", 0) for worker in workers),
        }

    # What clients send

    def tasks(self, client, graph, tasks, annotations=None, python=False):
        """Takes some tasks of a graph: `[key, rank, dependencies, payload]`; a lower rank runs earlier."""
        self.graphs.setdefault((client, graph), Graph()).add(tasks, dict(annotations or {}), python)

    def discard(self, client, graph):
        """Forgets what is known of a graph here; what the scheduler knows of it stays."""
        self.graphs.pop((client, graph), None)
        self.counts.pop((client, graph), None)

    async def submit(self, client, graph, keys, priority=0, counted=False):
        """Hands a complete graph to the scheduler, and says so to the client, which wants `keys` of it."""
        submitted = self.graphs.pop((client, graph), None) or Graph()
        if submitted.python_groups and all(map(is_node, self.scheduler.workers.values())):
            self.scheduler.client_send(client, {"op": "tilework-refused", "graph": graph, "reason": "no Python worker"})
            return
        # Graphs may read what graphs before them make, and updating takes a while.
        async with self.lock:
            if submitted.python_groups:
                await asyncio.wait([self.python_side_given])
            await self.update(client, graph, submitted, keys, priority, counted)
        self.scheduler.client_send(client, {"op": "tilework-submitted", "graph": graph})

    async def update(self, client, graph, submitted, keys, priority, counted):
        if any(not is_node(worker) for worker in self.scheduler.workers.values()):
            submitted.restrict()
        if self.takes_expression:
            data = {"expr_ser": Serialized(HEADER, [submitted])}
        else:
            data = {"graph_header": HEADER, "graph_frames": [submitted]}
        await self.scheduler.update_graph(
            client=client,
            keys=set(keys),
            internal_priority=submitted.ranks,
            submitting_task=None,
            user_priority=priority,
            span_metadata={"collections": []},
            **data,
        )
        if counted:
            self.counts[client, graph] = Count(self.scheduler, submitted.ranks)

    def take_run_id(self, op):
        """Node workers always say which run of a task they mean; some versions of Dask do not ask."""
        handler = self.scheduler.stream_handlers[op]
        if "run_id" not in inspect.signature(handler).parameters:
            self.scheduler.stream_handlers[op] = lambda run_id=None, **message: handler(**message)

    # What happens on the scheduler

    def add_worker(self, scheduler, worker):
        scheduler.stream_comms[worker].interval = self.interval
        if is_node(scheduler.workers[worker]):
            self.keep_to_python(scheduler.tasks)
            return
        for key in self.kept_to_python:
            scheduler.tasks[key].worker_restrictions.add(worker)
        self.restrict_all()

    def remove_client(self, scheduler, client):
        for book in (self.graphs, self.counts):
            for client_and_graph in [c for c in book if c[0] == client]:
                del book[client_and_graph]

    def transition(self, key, start, finish, *args, **kwargs):
        if finish == "memory":
            for count in self.counts.values():
                count.unfinished.discard(key)
        elif finish == "forgotten":
            self.kept_to_python.discard(key)

    def restart(self, scheduler):
        self.kept_to_python.clear()

    def update_graph(self, scheduler, *, tasks, **kwargs):
        self.keep_to_python(tasks)

    def keep_to_python(self, keys):
        """Keeps tasks of Python off Node workers, where there are both."""
        others = {w.address for w in self.scheduler.workers.values() if not is_node(w)}
        if not others or len(others) == len(self.scheduler.workers):
            return
        queued = {}
        for key in keys:
            task = self.scheduler.tasks.get(key)
            if task is None or task.run_spec is None or isinstance(task.run_spec, NodeTask):
                continue
            if task.worker_restrictions or task.host_restrictions:
                continue
            task.worker_restrictions = set(others)
            self.kept_to_python.add(key)
            if task.state == "queued":
                queued[key] = "released"
        if queued:
            self.scheduler.transitions(queued, "tilework-restrict")

    def restrict_all(self):
        """The first worker of another kind has come: tasks that were free to run anywhere are so no more.

        They are not from the start, since Dask queues only tasks without restrictions.
        """
        queued = {}
        for key, task in self.scheduler.tasks.items():
            if not isinstance(task.run_spec, NodeTask) or RESOURCE in (task.resource_restrictions or ()):
                continue
            running = task.processing_on
            if running is not None:
                self.scheduler.release_resources(task, running)
            task.resource_restrictions = with_share(task.resource_restrictions)
            if running is not None:
                self.scheduler.acquire_resources(task, running)
            if task.state == "queued":
                queued[key] = "released"
        if queued:
            self.scheduler.transitions(queued, "tilework-restrict")


def with_share(resources):
    return {**SHARE, **(resources or {})}


def is_node(worker):
    return RESOURCE in worker.resources


def given_up(task):
    """Why the scheduler itself failed a task: it leaves no text, and what it pickled for Python is of no use to others."""
    if task.suspicious:
        return f"KilledWorker: {task.suspicious} worker(s) died while running it; their logs may say why"
    return "NoValidWorkerError: no worker that may run it came in time"


def end_with_stdin():
    """Ends the process when its standard input ends: whoever started it has ended, however it did."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def python_side():
    """What gives workers `tilework_python`; Node's take no notice. A client that injects this module leaves the source here."""
    source = globals().get("PYTHON_SIDE") or Path(__file__).with_name("tilework_python.py").read_text("utf-8")
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory, "tilework_python.py")
        file.write_text(source, "utf-8")
        return UploadFile(str(file))


def dask_setup(scheduler):
    if os.environ.get("TILEWORK_END_WITH_STDIN") == "1":
        threading.Thread(target=end_with_stdin, daemon=True).start()
    if TileworkPlugin.name not in scheduler.plugins:
        side = dumps(python_side())
        plugin = TileworkPlugin(scheduler)
        scheduler.add_plugin(plugin, name=TileworkPlugin.name)
        given = scheduler.register_worker_plugin(None, plugin=side, name=TileworkPlugin.name, idempotent=False)
        plugin.python_side_given = asyncio.ensure_future(given)
