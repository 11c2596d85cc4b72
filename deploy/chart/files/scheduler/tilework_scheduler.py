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
import gc
import inspect
import os
import pickle
import pkgutil
import platform
import signal
import sys
import tempfile
import threading
from itertools import islice
from pathlib import Path
from pickle import PickleBuffer

import dask
import distributed
from dask._task_spec import List, Task, TaskRef
from dask.utils import apply, parse_timedelta
from distributed.diagnostics.plugin import SchedulerPlugin, UploadFile
from distributed.metrics import time
from distributed.protocol.pickle import dumps
from distributed.protocol.serialize import (
    Serialized,
    register_serialization_family,
    serialization_error_loads,
)
from distributed.scheduler import KilledWorker, NoValidWorkerError, NoWorkerError, TaskState
from distributed.utils import format_dashboard_link

#: What clients and this module must agree on; changes when messages do.
PROTOCOL = 8

#: The resource that Node workers have, and what a task takes of it where other workers are there too.
RESOURCE = "JS"
SHARE = {RESOURCE: 0.001}

#: Payloads of at most so many bytes travel within messages: for them frames of their own cost more than a copy does.
WITHIN = 4096

#: What workers say of the time that a task took, in this order; the last, where it came from, only of transfers.
STARTSTOP = ("action", "start", "stop", "source")

#: How many objects may be new before Python looks for cycles among them. Tasks come and go by the thousand without any, and to look
#: for them again and again takes time of the scheduler's: so many that a graph of thousands of tasks comes and goes between two looks.
YOUNG_OBJECTS = 250_000

#: So many finished tasks are taken in before what follows from them goes out: workers that have nothing left need it.
AT_A_TIME = 100


class NodeTask(Task):
    """A task that only Node workers understand.

    To Python it pickles as a call, of names that distributed itself has, which raises an error that says so: a Python worker
    that gets one by mistake reports it and goes on. Node reads the payload, a buffer beside the pickle; where it is short `Compute` sends no pickle at all.
    """

    __slots__ = ("payload",)

    def __init__(self, key, dependencies, payload):
        super().__init__(key, serialization_error_loads)
        self._dependencies = frozenset(dependencies)
        self.payload = payload

    def __reduce_ex__(self, protocol):
        payload = self.payload if protocol < 5 else PickleBuffer(self.payload)
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
        self.actors = []
        self.ranks = {}

    def add(self, tasks, annotations, python=False):
        make, groups = (python_task, self.python_groups) if python else (NodeTask, self.groups)
        if annotations.pop("actor", False):
            self.actors += [key for key, *_ in tasks]
            # What asks for a resource is not queued, as an actor must not be.
            annotations["resources"] = with_share(annotations.get("resources"))
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


class Detours:
    """What a worker cannot fetch from another, though the scheduler reaches both: another worker passes it on, or it is computed
    again where it is needed. Dask itself has the worker ask for ever."""

    #: So many workers are asked to pass a result on …
    HELPERS = 3
    #: … and so often it is computed again, before what reads it fails.
    MOVES = 3

    def __init__(self, scheduler):
        self.scheduler = scheduler
        # By key: who could not fetch it from whom, who was asked to pass it on, and how often it was computed again.
        self.reports = {}
        self.helpers = {}
        self.moves = {}
        # Where tasks are to run for this.
        self.pinned = {}
        self.copies = set()

    def unreachable(self, worker, keys, peer, stimulus_id="tilework-unreachable"):
        """A worker waits for results that it cannot fetch."""
        asking = self.scheduler.workers.get(worker)
        if asking is None:
            return
        for key in keys:
            task = self.scheduler.tasks.get(key)
            if task is None or task.state != "memory" or key in self.copies:
                continue
            waiting = [reader for reader in task.dependents if reader.processing_on == asking]
            holders = {holder.address for holder in task.who_has}
            reported = self.reports.setdefault(key, {}).setdefault(worker, set())
            reported.add(peer)
            # Where it has come to another meanwhile, the worker soon asks that one.
            if not waiting or not holders <= reported:
                continue
            if (helper := self.helper(task, asking)) is not None:
                self.copies.add(key)
                asyncio.ensure_future(self.copy(key, helper, holders))
            elif (home := self.home(task, asking)) != worker and all(map(self.is_free, waiting)):
                self.bring(waiting, home, stimulus_id)
            elif (obstacle := self.obstacle(task)) is None:
                self.move(task, asking, waiting, stimulus_id)
            else:
                self.give_up(key, worker, peer, obstacle, stimulus_id)

    def helper(self, task, asking):
        """A worker that has not been asked for this, and holds least."""
        asked = self.helpers.setdefault(task.key, set())
        found = [
            worker
            for worker in self.scheduler.running
            if is_node(worker) and worker != asking and worker not in task.who_has and worker.address not in asked
        ]
        if not found or len(asked) >= self.HELPERS:
            return None
        helper = min(found, key=lambda worker: worker.nbytes).address
        asked.add(helper)
        return helper

    def home(self, task, asking):
        """Of workers that do not reach each other, the one where everything is brought: always the same, else tasks that read results of
        both would have them brought to and fro."""
        return min([asking.address, *(holder.address for holder in task.who_has if is_node(holder))])

    def bring(self, tasks, address, stimulus_id):
        """Has tasks run on a worker instead of where they wait."""
        for task in tasks:
            self.pin(task, address)
        self.scheduler.transitions({task.key: "released" for task in tasks}, stimulus_id)

    def obstacle(self, task):
        """Why computing it again is of no use; None where it may be."""
        if task.run_spec is None:
            return "it cannot be computed again"
        if isinstance(task.run_spec, NodeTask) and not self.is_free(task):
            return "it may be computed on certain workers only"
        return "computing it again did not help" if self.moves.get(task.key, 0) >= self.MOVES else None

    def is_free(self, task):
        """Whether nobody but this class says where it is to run."""
        return task.key in self.pinned or not (task.worker_restrictions or task.host_restrictions)

    async def copy(self, key, helper, holders):
        try:
            await self.scheduler.gather_on_worker(helper, {key: sorted(holders)})
        finally:
            self.copies.discard(key)

    def move(self, task, asking, waiting, stimulus_id):
        """Has a result computed again, by the worker that asks for it, with all that it takes and is not there; what reads it runs there too."""
        self.moves[task.key] = self.moves.get(task.key, 0) + 1
        self.reports.pop(task.key)
        found, pending = set(), [task, *waiting]
        while pending:
            one = pending.pop()
            if one in found:
                continue
            found.add(one)
            self.pin(one, asking.address)
            if one not in waiting:
                pending += [d for d in one.dependencies if d.state in ("released", "waiting", "no-worker", "queued")]
        self.scheduler.transitions({task.key: "released"}, stimulus_id)

    def pin(self, task, address):
        if isinstance(task.run_spec, NodeTask) and self.is_free(task):
            task.worker_restrictions = {address}
            self.pinned[task.key] = address

    def give_up(self, key, worker, peer, obstacle, stimulus_id):
        reason = (
            f"{worker} cannot fetch {key!r} from {peer}: the two do not reach each other, though the scheduler reaches both; "
            f"no other worker could pass it on, and {obstacle}. Let workers reach each other's ports (firewall, network policy, --host)"
        )
        self.scheduler.worker_send(
            worker, {"op": "tilework-give-up", "key": key, "reason": reason, "stimulus_id": stimulus_id}
        )

    def remove_worker(self, address):
        """What was to run there may run anywhere."""
        stuck = {}
        for key in [key for key, where in self.pinned.items() if where == address]:
            del self.pinned[key]
            task = self.scheduler.tasks[key]
            task.worker_restrictions = set()
            if task.state == "no-worker":
                stuck[key] = "processing"
        if stuck:
            self.scheduler.transitions(stuck, "tilework-unpin")

    def forget(self, key):
        for book in (self.reports, self.helpers, self.moves, self.pinned):
            book.pop(key, None)


class FramePlaces:
    """Where tasks of frames run: where they are likely to begin first, be it on a worker that holds nothing of what they read. Dask itself takes a worker that holds something as long as there is one, and leaves the rest to stealing, which lets be
    what takes little longer than its tenth of a second: where all partitions are joined with one small table, which one worker has
    written, that worker would join them one after another."""

    #: So many workers are looked at, beside those that hold something; where there are more, of those with nothing to do.
    FEW = 64

    def __init__(self, scheduler):
        self.scheduler = scheduler
        self.otherwise = scheduler.decide_worker_non_rootish
        scheduler.decide_worker_non_rootish = self.decide

    def decide(self, task):
        """A worker for a task that may run; None where there is none."""
        if not self.is_ours(task):
            return self.otherwise(task)
        free = self.scheduler.valid_workers(task)
        running = self.scheduler.running if free is None else self.scheduler.running & free
        if len(running) <= self.FEW:
            found = running
        else:
            found = {worker for dependency in task.dependencies for worker in dependency.who_has or ()}
            found.update(islice(self.scheduler.idle.values(), self.FEW))
            found &= running
        return min(found, key=self.start(task)) if found else self.otherwise(task)

    def is_ours(self, task):
        """Whether it is a frame's, reads something, and nobody says where it is to run."""
        return (
            isinstance(task.run_spec, NodeTask)
            and is_frame(task.key)
            and bool(task.dependencies)
            and not (task.worker_restrictions or task.host_restrictions or task.actor)
        )

    def start(self, task):
        """When a worker would begin, then what it holds. Of what is on its own host it is given files, which takes no time."""
        here, near, total = {}, {}, 0
        for dependency in task.dependencies:
            nbytes = dependency.get_nbytes()
            total += nbytes
            for worker in dependency.who_has or ():
                here[worker] = here.get(worker, 0) + nbytes
            if is_frame(dependency.key):
                for host in {worker.host for worker in dependency.who_has or ()}:
                    near[host] = near.get(host, 0) + nbytes

        def key(worker):
            held = here.get(worker, 0)
            moved = total - max(held, near.get(worker.host, 0))
            return worker.occupancy / worker.nthreads + moved / self.scheduler.bandwidth, -held, worker.nbytes

        return key


class Compute:
    """Tells Node workers of tasks in few words. Of each task Dask itself sends a pickle, in frames of its own, and much that Node does
    not ask for."""

    def __init__(self, scheduler):
        self.otherwise = scheduler._task_to_msg
        scheduler._task_to_msg = self.message

    def message(self, task, *duration):
        """What the worker is told for which a task is meant; Dask's own words where a pickle is of use."""
        spec = task.run_spec
        if type(spec) is not NodeTask or len(spec.payload) > WITHIN or task.actor or not is_node(task.processing_on):
            return self.otherwise(task, *duration)
        task.run_id = next(TaskState._run_id_iterator)
        dependencies = [
            (dependency.key, dependency.nbytes, [worker.address for worker in dependency.who_has or ()])
            for dependency in task.dependencies
        ]
        restrictions = task.resource_restrictions
        stimulus_id = f"compute-task-{time()}"
        return {
            "op": "tilework-compute",
            "task": (task.key, task.run_id, task.priority, spec.payload, dependencies, restrictions, stimulus_id),
        }


def keep_actors(scheduler):
    """Has no actor stolen before it is there: Dask would go on to have it on the worker that it was first sent to."""
    stealing = scheduler.extensions.get("stealing")
    if stealing is not None:
        otherwise = stealing.put_key_in_stealable
        stealing.put_key_in_stealable = lambda task: None if task.actor else otherwise(task)


def is_frame(key):
    return isinstance(key, str) and key.startswith("frame/")


# `update_graph` has a graph deserialised, by the family that its header names. Ours hands over what is there already.
register_serialization_family("tilework-graph", None, lambda _, frames: frames[0])
HEADER = {"serializer": "tilework-graph"}


class TileworkPlugin(SchedulerPlugin):
    name = "tilework"

    def __init__(self, scheduler):
        self.scheduler = scheduler
        self.graphs = {}
        self.counts = {}
        self.detours = Detours(scheduler)
        FramePlaces(scheduler)
        Compute(scheduler)
        keep_actors(scheduler)
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
        scheduler.handlers["tilework_clock"] = self.clock
        scheduler.handlers["tilework_errors"] = self.errors
        scheduler.handlers["tilework_progress"] = self.progress
        scheduler.handlers["tilework_publish"] = self.publish
        scheduler.handlers["tilework_published"] = self.published
        scheduler.handlers["tilework_unpublish"] = self.unpublish
        scheduler.stream_handlers["tilework-tasks"] = self.tasks
        scheduler.stream_handlers["tilework-submit"] = self.submit
        scheduler.stream_handlers["tilework-discard"] = self.discard
        scheduler.stream_handlers["tilework-finished"] = self.finished
        scheduler.stream_handlers["tilework-unreachable"] = self.detours.unreachable
        self.take_run_id("long-running")

    # What clients call

    def hello(self):
        return {
            "protocol": PROTOCOL,
            "distributed": distributed.__version__,
            "dask": dask.__version__,
            "python": platform.python_version(),
            "dashboard": dashboard_link(self.scheduler),
        }

    def clock(self):
        """Now, as reports of this scheduler count it: its time, and how often it has looked at its process."""
        return {"time": time(), "samples": self.scheduler.monitor.count}

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

    def publish(self, name, keys, data):
        """Keeps results under a name, as Dask's own clients do, who see it; False where there is one of that name."""
        datasets = self.datasets
        if name in datasets:
            return False
        self.scheduler.client_desires_keys(keys, f"published-{name}")
        datasets[name] = {"keys": keys, "data": data}
        return True

    def published(self, name):
        found = self.datasets.get(name)
        ours = found is not None and isinstance(found["data"], dict) and "tilework" in found["data"]
        return found if ours or found is None else {"keys": [], "data": None}

    def unpublish(self, name):
        found = self.datasets.pop(name, None)
        if found is not None:
            self.scheduler.client_releases_keys(found["keys"], f"published-{name}")

    @property
    def datasets(self):
        return self.scheduler.extensions["publish"].datasets

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
            actors=submitted.actors,
            **data,
        )
        if counted:
            self.counts[client, graph] = Count(self.scheduler, submitted.ranks)

    def take_run_id(self, op):
        """Node workers always say which run of a task they mean; some versions of Dask do not ask."""
        handler = self.scheduler.stream_handlers[op]
        if "run_id" not in inspect.signature(handler).parameters:
            self.scheduler.stream_handlers[op] = lambda run_id=None, **message: handler(**message)

    # What workers send

    async def finished(self, worker, tasks):
        """Takes what Dask's `task-finished` says, of many tasks in one message: to decode and dispatch as many messages, each of several
        maps, takes longer. What this worker says next waits; what others say does not."""
        handle = self.scheduler.stream_handlers["task-finished"]
        for i, (key, run_id, nbytes, typename, thread, startstops, stimulus_id) in enumerate(tasks, 1):
            if i % AT_A_TIME == 0:
                await asyncio.sleep(0)
            handle(
                worker=worker,
                key=key,
                run_id=run_id,
                status="OK",
                nbytes=nbytes,
                type=b"",
                typename=typename,
                metadata={},
                thread=thread,
                startstops=[dict(zip(STARTSTOP, values)) for values in startstops],
                stimulus_id=stimulus_id,
            )

    # What happens on the scheduler

    def add_worker(self, scheduler, worker):
        scheduler.stream_comms[worker].interval = self.interval
        if is_node(scheduler.workers[worker]):
            self.keep_to_python(scheduler.tasks)
            return
        for key in self.kept_to_python:
            scheduler.tasks[key].worker_restrictions.add(worker)
        self.restrict_all()

    def remove_worker(self, scheduler, worker, **kwargs):
        self.detours.remove_worker(worker)

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
            self.detours.forget(key)

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
    """Why the scheduler itself failed a task: it leaves no text but an error that it has pickled."""
    error = pickle.loads(task.exception) if isinstance(task.exception, bytes) else None
    if isinstance(error, KilledWorker):
        return f"KilledWorker: {task.suspicious} worker(s) died while running it; their logs may say why"
    if isinstance(error, NoValidWorkerError):
        wanted = {name: amount for name, amount in error.resource_restrictions.items() if name != RESOURCE}
        needs = [f"resources {wanted}"] if wanted else []
        needs += [f"one of the workers {sorted(error.worker_restrictions)}"] if error.worker_restrictions else []
        needs += [f"one of the hosts {sorted(error.host_restrictions)}"] if error.host_restrictions else []
        return (
            f"NoValidWorkerError: no worker that may run it came within {error.timeout} s: it needs "
            f"{', '.join(needs) or 'a worker of Node'}. Start a worker that offers this, or let the task run elsewhere"
        )
    if isinstance(error, NoWorkerError):
        return f"NoWorkerError: there was no worker at all for {error.timeout} s: start some, and see whether those there were still run"
    return f"{type(error).__name__}: {error}" if error is not None else "the scheduler has given it up, and says no reason: its log may"


def dashboard_link(scheduler):
    """Where the dashboard is, with {host} for the host by which a client knows the scheduler; None where it serves other pages only."""
    server = scheduler.services.get("dashboard")
    if server is None or not scheduler.http_application.applications:
        return None
    try:
        return format_dashboard_link("{host}", server.port)
    except KeyError:
        # `distributed.dashboard.link` names a variable that is not set here.
        return None


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
        gc.set_threshold(max(YOUNG_OBJECTS, gc.get_threshold()[0]), *gc.get_threshold()[1:])
        side = dumps(python_side())
        plugin = TileworkPlugin(scheduler)
        scheduler.add_plugin(plugin, name=TileworkPlugin.name)
        given = scheduler.register_worker_plugin(None, plugin=side, name=TileworkPlugin.name, idempotent=False)
        plugin.python_side_given = asyncio.ensure_future(given)
