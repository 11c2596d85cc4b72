"""Tests of the module by itself, without a cluster:  python -m unittest test_tilework_scheduler"""

import asyncio
import pickle
import sys
import unittest
import unittest.mock

import dask
import msgpack
from dask._task_spec import Task
from dask.highlevelgraph import HighLevelGraph
from distributed import Scheduler, Worker, protocol
from distributed.protocol.pickle import dumps
from distributed.worker_state_machine import TaskFinishedMsg

from tilework_scheduler import Compute, FramePlaces, Graph, NodeTask, dask_setup, python_task

PAYLOAD = b"\x81\xa1v\x01" * 10


class TestNodeTask(unittest.TestCase):
    def test_payload_leaves_out_of_band(self):
        buffers = []
        pickled = dumps(NodeTask("x", ["a", "b"], PAYLOAD), buffer_callback=buffers.append)
        self.assertEqual([bytes(b) for b in buffers], [PAYLOAD])
        self.assertNotIn(PAYLOAD, pickled)
        self.assertIn(b"tilework-task", pickled)

    def test_pickle_names_nothing_that_a_python_worker_lacks(self):
        pickled = pickle.dumps(NodeTask("x", [], PAYLOAD), protocol=5)
        self.assertNotIn(b"tilework_scheduler", pickled)

    def test_python_raises_an_error_that_says_what_is_wrong(self):
        task = pickle.loads(pickle.dumps(NodeTask("x", ["a"], PAYLOAD)))
        self.assertIs(type(task), Task)
        self.assertFalse(task.dependencies)
        with self.assertRaisesRegex(TypeError, "tilework-task 'x' needs a Node worker"):
            task()

    def test_dependencies(self):
        self.assertEqual(NodeTask("x", ["a", "b", "a"], PAYLOAD).dependencies, {"a", "b"})


class TestPythonTask(unittest.TestCase):
    def test_reads_its_inputs_in_order(self):
        self.assertEqual(python_task("x", ["b", "a"], PAYLOAD).dependencies, {"a", "b"})

    def test_a_worker_without_the_module_reports_that_and_goes_on(self):
        pickled = dumps(python_task("x", [], PAYLOAD))
        self.assertNotIn(b"tilework_scheduler", pickled)
        with unittest.mock.patch.dict(sys.modules, {"tilework_python": None}):
            with self.assertRaisesRegex(ModuleNotFoundError, "tilework_python"):
                pickle.loads(pickled)()

    def test_calls_what_the_payload_names(self):
        task = {"params": {"args": [{"$input": 0}, 2, {}]}, "common": msgpack.packb({"python": "builtins:pow"})}
        called = pickle.loads(dumps(python_task("x", ["a"], msgpack.packb(task))))
        self.assertEqual(called({"a": 3}), 9)


class TestGraph(unittest.TestCase):
    def setUp(self):
        self.graph = Graph()
        self.graph.add([["a", 0, [], PAYLOAD]], {"retries": 2})
        self.graph.add([["b", 1, ["a"], PAYLOAD]], {"resources": {"GPU": 1}})
        self.graph.restrict()

    def test_ranks(self):
        self.assertEqual(self.graph.ranks, {"a": 0, "b": 1})

    def test_annotations_of_groups(self):
        self.assertEqual(
            self.graph.__dask_annotations__(),
            {"retries": {"a": 2}, "resources": {"a": {"JS": 0.001}, "b": {"GPU": 1, "JS": 0.001}}},
        )

    def test_tasks_of_python_are_not_kept_to_node(self):
        self.graph.add([["c", 2, ["a"], PAYLOAD]], {"retries": 1}, python=True)
        annotations = self.graph.__dask_annotations__()
        self.assertEqual(annotations["retries"], {"a": 2, "c": 1})
        self.assertNotIn("c", annotations["resources"])
        self.assertEqual(set(self.graph.__dask_graph__()), {"a", "b", "c"})

    def test_actors_are_told_apart_and_ask_for_a_resource_so_that_they_are_not_queued(self):
        self.graph.add([["c", 2, [], PAYLOAD]], {"retries": 1, "actor": True})
        self.assertEqual(self.graph.actors, ["c"])
        annotations = self.graph.__dask_annotations__()
        self.assertEqual(annotations["resources"]["c"], {"JS": 0.001})
        self.assertNotIn("actor", annotations)

    def test_old_and_new_form_have_the_same_tasks(self):
        data = self.graph.data
        self.assertIsInstance(data, HighLevelGraph)
        self.assertEqual(data.to_dict(), self.graph.__dask_graph__())
        for layer in data.layers.values():
            self.assertIn("resources", layer.annotations)


class Thing:
    """Something of the scheduler's, as far as is looked at it."""

    def __init__(self, **has):
        self.__dict__.update(has)


class TestFramePlaces(unittest.TestCase):
    """`holder` holds a megabyte that `reader` reads, and has two seconds of work; `near` and `far` have nothing to do."""

    def setUp(self):
        self.holder, self.near, self.far = (
            Thing(host=host, nthreads=1, occupancy=occupancy, nbytes=0) for host, occupancy in (("a", 2), ("a", 0), ("b", 0))
        )
        self.workers = {self.holder, self.near, self.far}
        self.input = Thing(key="frame/fragment-1", who_has={self.holder}, get_nbytes=lambda: self.nbytes)
        self.nbytes = 10**6
        self.reader = self.task("frame/fragment-2")
        self.scheduler = Thing(
            decide_worker_non_rootish=lambda task: "Dask's",
            valid_workers=lambda task: None,
            running=self.workers,
            idle={},
            bandwidth=10**8,
        )
        self.places = FramePlaces(self.scheduler)

    def task(self, key, **has):
        free = {"worker_restrictions": set(), "host_restrictions": set(), "actor": False}
        return Thing(**{"key": key, "run_spec": NodeTask(key, [], PAYLOAD), "dependencies": {self.input}, **free, **has})

    def decide(self, task=None):
        return self.scheduler.decide_worker_non_rootish(task or self.reader)

    def test_where_there_is_nothing_to_do(self):
        self.assertIs(self.decide(), self.near)
        self.scheduler.running = {self.holder, self.far}
        self.assertIs(self.decide(), self.far)

    def test_where_it_is_held_when_all_have_as_much_to_do(self):
        self.near.occupancy = self.far.occupancy = 2
        self.assertIs(self.decide(), self.holder)

    def test_not_where_moving_takes_longer_than_waiting(self):
        self.nbytes = 10**9
        self.scheduler.running = {self.holder, self.far}
        self.assertIs(self.decide(), self.holder)

    def test_blocks_of_arrays_are_moved_on_a_host_too(self):
        self.nbytes = 10**9
        self.input.key = "('x', 0)"
        self.assertIs(self.decide(), self.holder)

    def test_among_very_many_those_that_hold_something_and_some_with_nothing_to_do(self):
        self.places.FEW = 1
        self.assertIs(self.decide(), self.holder)
        self.scheduler.idle = {"far": self.far, "near": self.near}
        self.assertIs(self.decide(), self.far)

    def test_only_where_it_may_run(self):
        self.scheduler.valid_workers = lambda task: {self.holder}
        self.assertIs(self.decide(), self.holder)
        self.scheduler.valid_workers = lambda task: set()
        self.assertEqual(self.decide(), "Dask's")

    def test_what_is_no_frame_or_has_its_place_is_left_to_dask(self):
        for task in (
            self.task("x"),
            self.task(("frame/x", 0)),
            self.task("frame/x", dependencies=set()),
            self.task("frame/x", worker_restrictions={"tcp://1"}),
            self.task("frame/x", host_restrictions={"a"}),
            self.task("frame/x", run_spec=Task("frame/x", len)),
        ):
            self.assertEqual(self.decide(task), "Dask's")


class TestCompute(unittest.TestCase):
    def setUp(self):
        self.node = Thing(resources={"JS": 1}, address="tcp://1")
        self.scheduler = Thing(_task_to_msg=lambda task, *duration: ("Dask's", task.key, *duration))
        Compute(self.scheduler)

    def message(self, *duration, payload=PAYLOAD, **has):
        held = Thing(key="a", nbytes=8, who_has={self.node})
        spec = NodeTask("x", ["a"], payload)
        task = {"key": "x", "run_spec": spec, "actor": False, "processing_on": self.node, "dependencies": {held}}
        self.task = Thing(**{**task, "priority": (0, 1, 2), "resource_restrictions": {"JS": 0.001}, **has})
        return self.scheduler._task_to_msg(self.task, *duration)

    def test_a_row_with_the_payload(self):
        runs = []
        for _ in range(2):
            [message] = over_the_wire([self.message()])
            self.assertEqual(message["op"], "tilework-compute")
            *row, stimulus_id = message["task"]
            expected = ["x", self.task.run_id, (0, 1, 2), PAYLOAD, (("a", 8, ("tcp://1",)),), {"JS": 0.001}]
            self.assertEqual(row, expected)
            self.assertTrue(stimulus_id.startswith("compute-task-"))
            runs.append(self.task.run_id)
        self.assertLess(*runs)

    def test_what_else_there_is_is_left_to_dask(self):
        python = Thing(resources={}, address="tcp://2")
        for has in (
            {"run_spec": Task("x", len)},
            {"payload": PAYLOAD * 200},
            {"processing_on": python},
            {"actor": True},
        ):
            self.assertEqual(self.message(**has), ("Dask's", "x"))
            self.assertEqual(self.message(0.5, **has), ("Dask's", "x", 0.5))


class TestScheduler(unittest.IsolatedAsyncioTestCase):
    async def test_batch_interval_is_configured(self):
        for interval, seconds in ((None, 0.001), ("3ms", 0.003)):
            with dask.config.set({"tilework.batch-interval": interval} if interval else {}):
                async with Scheduler(host="127.0.0.1", dashboard_address=":0") as scheduler:
                    dask_setup(scheduler)
                    dask_setup(scheduler)
                    async with Worker(scheduler.address, dashboard=False) as worker:
                        self.assertEqual(scheduler.stream_comms[worker.address].interval, seconds)

    async def test_no_actor_is_stolen(self):
        async with Scheduler(host="127.0.0.1", dashboard_address=":0") as scheduler:
            stealing = scheduler.extensions["stealing"]
            with unittest.mock.patch.object(stealing, "put_key_in_stealable") as otherwise:
                dask_setup(scheduler)
                stealing.put_key_in_stealable(Thing(actor=True))
                otherwise.assert_not_called()
                stealing.put_key_in_stealable(task := Thing(actor=False))
                otherwise.assert_called_once_with(task)

    async def test_many_finished_tasks_in_one_message_are_as_many_of_dasks(self):
        transfer = {"action": "transfer", "start": 0.5, "stop": 1.0, "source": "tcp://127.0.0.1:1"}
        compute = {"action": "compute", "start": 1.0, "stop": 2.0}
        sent, rows = [], []
        for i, startstops in enumerate(([compute], [transfer, compute])):
            message = TaskFinishedMsg(
                key=f"x-{i}",
                run_id=i,
                nbytes=8,
                type=b"",
                typename="number",
                metadata={},
                thread=3,
                startstops=startstops,
                stimulus_id=f"end-{i}",
            ).to_dict()
            sent.append(message)
            times = [list(part.values()) for part in startstops]
            rows.append([message["key"], i, 8, "number", 3, times, message["stimulus_id"]])
        expected, [batch] = over_the_wire(sent), over_the_wire([{"tasks": rows}])
        got = []
        async with Scheduler(host="127.0.0.1", dashboard_address=":0") as scheduler:
            dask_setup(scheduler)
            scheduler.stream_handlers["task-finished"] = lambda **message: got.append(message)
            await scheduler.stream_handlers["tilework-finished"](worker="tcp://127.0.0.1:2", **batch)
        as_they_come = [{**m, "worker": "tcp://127.0.0.1:2", "startstops": list(m["startstops"])} for m in expected if m.pop("op")]
        self.assertEqual(got, as_they_come)

    async def test_what_follows_from_finished_tasks_does_not_wait_for_all_of_a_message(self):
        got, seen = [], []
        async with Scheduler(host="127.0.0.1", dashboard_address=":0") as scheduler:
            dask_setup(scheduler)
            scheduler.stream_handlers["task-finished"] = lambda **message: got.append(message["key"])
            asyncio.get_running_loop().call_soon(lambda: seen.append(len(got)))
            rows = [[f"x-{i}", i, 8, "number", 3, [], f"end-{i}"] for i in range(1000)]
            await scheduler.stream_handlers["tilework-finished"](worker="tcp://127.0.0.1:2", tasks=rows)
        self.assertEqual(got, [f"x-{i}" for i in range(1000)])
        self.assertTrue(0 < seen[0] < 1000, seen)


def over_the_wire(messages):
    return protocol.loads([bytes(frame) for frame in protocol.dumps(messages)])


if __name__ == "__main__":
    unittest.main()
