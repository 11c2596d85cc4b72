/** Python clients and Python workers in a cluster with Node workers: each task where it belongs, results and errors for both. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ClusterEngine, connect } from '../../../src/cluster/client/index.js';
import { Session } from '../../../src/cluster/client/session.js';
import { submit } from '../../../src/cluster/client/submit.js';
import type { Task } from '../../../src/graph/task.js';
import { describeWithDask, type Process, startPythonWorker, startScheduler } from '../support/scheduler.js';
import { type TestOps, TestWorker } from '../support/worker.js';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const ops: TestOps = {
  value: (_, { params }) => params,
  slow: async (_, { params }) => {
    await sleep(20);
    return params;
  },
  range: (_, { out }) => ({ ...out![0]!, data: Float32Array.from({ length: 6 }, (_, i) => i) }),
  fail: () => {
    throw new RangeError('too far');
  },
};
const graphOf = (...tasks: Partial<Task>[]): Map<string, Task> =>
  new Map(tasks.map((task) => [task.key!, { inputs: [], params: 0, op: 'value', ...task } as Task]));

async function pythonClient(python: string, mode: string, address: string): Promise<Record<string, unknown>> {
  const script = join(import.meta.dirname, 'python_client.py');
  const { stdout } = await promisify(execFile)(python, ['-B', script, mode, address]);
  return JSON.parse(stdout) as Record<string, unknown>;
}

// The oldest and the newest take graphs in different ways; what is between takes them as the newest does.
for (const version of ['newest', '2024.12.1'] as const)
  await describeWithDask(
    `distributed ${version}`,
    (python) => {
      let scheduler: Process;
      let engine: ClusterEngine;
      beforeEach(async () => {
        scheduler = await startScheduler(python);
        engine = await connect(scheduler.address);
      });
      afterEach(async () => {
        await engine.dispose();
        expect(scheduler.log()).not.toMatch(/AssertionError|CRITICAL/);
        await scheduler.kill();
      });

      test('a Python client reads what Node workers computed', async () => {
        await TestWorker.start(scheduler.address, ops);
        const out = [{ dtype: 'float32' as const, shape: [2, 3] }];
        const graph = graphOf(
          { key: 'py-array', op: 'range', out },
          { key: 'py-value', params: { a: [1, 'b', null, 0.5] } },
          { key: 'py-pair', op: 'value', params: [1, 2] },
        );
        await engine.persist(graph, [...graph.keys()]);
        // A failure stays known while someone wants it: this client does not give it up.
        const events = { message: () => {}, restored: () => {}, gone: () => {} };
        const holder = new Session(scheduler.address, {}, 'holder', events, { inject: false });
        await holder.open();
        const failing = graphOf({ key: 'py-error', op: 'fail' });
        const options = {
          priorities: undefined,
          priority: 0,
          retries: 0,
          resources: undefined,
          workers: undefined,
          allowOtherWorkers: false,
          counted: false,
        };
        await submit(holder, '1', { graph: failing, outputs: ['py-error'], ...options }, () => {});
        while (
          Object.keys((await holder.call('tilework_errors', { keys: ['py-error'] })) as object).length === 0
        )
          await sleep(10);
        const seen = await pythonClient(python, 'read', scheduler.address);
        await holder.close();
        expect(seen).toEqual({
          array: [
            [0, 1, 2],
            [3, 4, 5],
          ],
          dtype: 'float32',
          pair: [1, 2],
          value: { a: [1, 'b', null, 0.5] },
          error: ['Exception', 'RangeError: too far'],
        });
      });

      test('each task runs where its language is', async () => {
        const node = await TestWorker.start(scheduler.address, ops);
        const other = await startPythonWorker(python, scheduler.address);
        const graph = graphOf(...Array.from({ length: 100 }, (_, i) => ({ key: `js-${i}`, params: i })));
        const [seen, results] = await Promise.all([
          pythonClient(python, 'compute', scheduler.address),
          engine.run(graph, [...graph.keys()]),
        ]);
        expect(seen).toEqual({ total: 40425, workers: [other.address] });
        expect(results.keys).toHaveLength(100);
        expect(node.ran).toHaveLength(100);
        expect(other.log()).not.toContain('tilework-task');
      });

      test('what asks for a resource goes where it is, of Node', async () => {
        const plain = await TestWorker.start(scheduler.address, ops);
        await startPythonWorker(python, scheduler.address, { args: ['--resources', 'GPU=1'] });
        const graph = graphOf(...Array.from({ length: 20 }, (_, i) => ({ key: `gpu-${i}`, op: 'slow' })));
        const running = engine.run(graph, [...graph.keys()], { resources: { GPU: 1 } });
        await sleep(200);
        const equipped = await TestWorker.start(scheduler.address, ops, { resources: { GPU: 1 } });
        expect((await running).keys).toHaveLength(20);
        expect([plain.ran.length, equipped.ran.length]).toEqual([0, 20]);
      });

      test('a Python worker that comes later gets none of what is waiting for Node', async () => {
        const node = await TestWorker.start(scheduler.address, ops, { nthreads: 1 });
        const graph = graphOf(
          ...Array.from({ length: 100 }, (_, i) => ({ key: `('later', ${i})`, op: 'slow', params: i })),
        );
        const running = engine.run(graph, [...graph.keys()]);
        while (node.ran.length === 0) await sleep(5);
        const other = await startPythonWorker(python, scheduler.address);
        expect((await running).keys).toHaveLength(100);
        expect(node.ran.length).toBeGreaterThanOrEqual(100);
        expect(other.log()).not.toContain('tilework-task');
      });

      test('a Python worker alone gets none either: they wait for a Node worker', async () => {
        const graph = graphOf({ key: 'first', params: 1 });
        const before = engine.run(graph, ['first']);
        const other = await startPythonWorker(python, scheduler.address);
        const after = engine.run(graphOf({ key: 'second', params: 2 }), ['second']);
        await sleep(200);
        await TestWorker.start(scheduler.address, ops);
        expect((await before).get('first')).toEqual({ value: 1 });
        expect((await after).get('second')).toEqual({ value: 2 });
        expect(other.log()).not.toContain('tilework-task');
      });
    },
    version,
  );
