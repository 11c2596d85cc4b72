import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ClusterEngine, connect } from '../../../src/cluster/client/index.js';
import { RpcPool } from '../../../src/cluster/comm/index.js';
import { TaskError } from '../../../src/engine/index.js';
import type { Graph, Key } from '../../../src/graph/task.js';
import { arange, persist, random } from '../../../src/index.js';
import { callTask, graphOf, rejection, valueIn } from '../../engine/support/graphs.js';
import { describeWithDask, type Process, startScheduler } from '../support/scheduler.js';
import { sumBelow, sumTree } from './support/graphs.js';
import { startWorker } from './support/process.js';

/** What the scheduler says of its workers. */
interface Known {
  readonly workers: Readonly<
    Record<string, { readonly metrics: { readonly transfer: { readonly outgoing_count_total: number } } }>
  >;
}

interface Spilling {
  readonly workers: Readonly<
    Record<string, { readonly metrics: { readonly spilled_bytes: { readonly disk: number } } }>
  >;
}

await describeWithDask('Node workers on a real scheduler', (python) => {
  let scheduler: Process;
  let engine: ClusterEngine;
  const pool = new RpcPool();
  beforeAll(async () => {
    scheduler = await startScheduler(python);
    engine = await connect(scheduler.address);
  });
  afterAll(async () => {
    await engine?.dispose();
    pool.close();
  });
  const call = (op: string, fields: object = {}): Promise<unknown> =>
    pool.call(scheduler.address, op, fields);
  const total = async (graph: Graph, root: Key): Promise<unknown> => {
    using results = await engine.run(graph, [root]);
    return valueIn(results.get(root));
  };

  test('a tree over three workers gives the right sum, and results pass between them', async () => {
    const workers = await Promise.all([1, 2, 3].map(() => startWorker(scheduler.address)));
    expect(await total(sumTree('tree', 256, 1), 'tree-root')).toBe(sumBelow(256));
    const sent = async (): Promise<number> => {
      const { workers: known } = (await call('identity')) as Known;
      return Object.values(known).reduce((n, { metrics }) => n + metrics.transfer.outgoing_count_total, 0);
    };
    await expect.poll(sent).toBeGreaterThan(0);
    for (const { child } of workers) child.kill('SIGTERM');
    expect(await Promise.all(workers.map(({ exited }) => exited))).toEqual([0, 0, 0]);
    expect(workers.flatMap((worker) => worker.spilled())).toEqual([]);
  });

  test('arrays come out as on one machine', async () => {
    const workers = await Promise.all([1, 2].map(() => startWorker(scheduler.address)));
    const x = arange(1_000_000, { chunks: 100_000 }).reshape([1000, 1000]).rechunk([250, 300]);
    const y = x.add(1).matmul(x.transpose()).sum(0);
    const here = (await y.compute()) as { data: Float64Array };
    const there = (await y.compute({ engine })) as { data: Float64Array };
    expect([...there.data]).toEqual([...here.data]);
    const drawn = random.defaultRng(42).normal(0, 1, [1000], { chunks: 100 }).mean();
    expect(await drawn.compute({ engine })).toBe(await drawn.compute());
    for (const { child } of workers) child.kill('SIGTERM');
    await Promise.all(workers.map(({ exited }) => exited));
  });

  test('what a retired worker holds is moved to another, not computed again', async () => {
    const [first, second] = await Promise.all([1, 2].map(() => startWorker(scheduler.address)));
    const tasks = Array.from({ length: 20 }, (_, i) => callTask(`kept-${i}`, '() => Math.random()'));
    const keys = tasks.map(({ key }) => key);
    const graph = graphOf(...tasks);
    await engine.persist(graph, keys);
    const values = async (): Promise<unknown[]> => {
      using results = await engine.run(new Map(), keys);
      return Promise.all(keys.map(async (key) => valueIn(await results.load(key))));
    };
    const before = await values();
    const held = (await call('has_what')) as Record<string, string[]>;
    const loaded = held[first!.address]!.length > 0 ? first! : second!;
    await call('retire_workers', {
      workers: [loaded.address],
      close_workers: true,
      remove: true,
      stimulus_id: 'test',
    });
    expect(await loaded.exited).toBe(0);
    expect(await values()).toEqual(before);
    engine.release(keys);
    const left = loaded === first ? second! : first!;
    left.child.kill('SIGTERM');
    await left.exited;
  });

  test('errors arrive with their name, text, task and the stack of the function', async () => {
    const worker = await startWorker(scheduler.address);
    const bad = callTask('bad', 'function tooFar() { throw new RangeError("too far") }');
    const reader = callTask('reader', '(x) => x', [{ $input: 0 }], ['bad']);
    const error = await rejection(engine.run(graphOf(bad, reader), ['reader']));
    expect(error).toBeInstanceOf(TaskError);
    expect(error).toMatchObject({
      key: 'bad',
      op: 'call',
      cause: { name: 'RangeError', message: 'too far' },
    });
    expect((error as Error).stack).toContain('tooFar');
    worker.child.kill('SIGTERM');
    await worker.exited;
  });

  test('a function that throws Reschedule is run again', async () => {
    await startWorker(scheduler.address);
    const source = `() => {
      if (globalThis.tried) return 'second';
      globalThis.tried = true;
      throw Object.assign(new Error('not now'), { name: 'Reschedule' });
    }`;
    expect(await total(graphOf(callTask('later', source)), 'later')).toBe('second');
  });

  test('a computation that is aborted ends what runs of it', async () => {
    const worker = await startWorker(scheduler.address);
    const abort = new AbortController();
    const endless = engine.run(graphOf(callTask('endless', '() => { for (;;); }')), ['endless'], {
      signal: abort.signal,
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    abort.abort(new Error('enough'));
    expect(await rejection(endless)).toMatchObject({ message: 'enough' });
    // The worker's only thread is free again.
    expect(await total(sumTree('after', 8), 'after-root')).toBe(sumBelow(8));
    worker.child.kill('SIGTERM');
    expect(await worker.exited).toBe(0);
  });

  test('results larger than memory go to disk, come back right, and leave no file', async () => {
    const worker = await startWorker(scheduler.address, ['--memory-limit', '400MiB']);
    // What it persists goes with it.
    await using own = await connect(scheduler.address);
    const x = arange(80e6, { chunks: 2e6 });
    const [held] = await persist([x.add(1)], { engine: own });
    expect(worker.spilled().length).toBe(1);
    expect(await held.sum().compute({ engine: own })).toBe((80e6 * (80e6 + 1)) / 2);
    worker.child.kill('SIGTERM');
    expect(await worker.exited).toBe(0);
    expect(worker.spilled()).toEqual([]);
  }, 120_000);

  test('plain values that memory is too small for go to disk, come back right, and leave no file', async () => {
    const worker = await startWorker(scheduler.address, ['--memory-limit', '450MiB']);
    const texts = Array.from({ length: 40 }, (_, i) =>
      callTask(`text-${i}`, '(i) => String.fromCharCode(97 + i).repeat(1e7)', [i]),
    );
    const keys = texts.map(({ key }) => key);
    await using own = await connect(scheduler.address);
    await own.persist(graphOf(...texts), keys);
    const spilled = async (): Promise<number> => {
      const { workers } = (await call('identity')) as Spilling;
      return workers[worker.address]!.metrics.spilled_bytes.disk;
    };
    await expect.poll(spilled).toBeGreaterThan(50e6);
    const ends = keys.map((key, i) =>
      callTask(`end-${i}`, '(text) => text.at(-1) + text.length', [{ $input: 0 }], [key]),
    );
    using results = await own.run(
      graphOf(...ends),
      ends.map(({ key }) => key),
    );
    for (const [i, { key }] of ends.entries())
      expect(valueIn(results.get(key))).toBe(`${String.fromCharCode(97 + i)}10000000`);
    expect(worker.log()).not.toMatch(/ERROR/);
    worker.child.kill('SIGTERM');
    expect(await worker.exited).toBe(0);
    expect(worker.spilled()).toEqual([]);
  }, 120_000);

  test('a supervised worker that is killed is started again, and ends when its supervisor is told to', async () => {
    const worker = await startWorker(scheduler.address, [], { nanny: true });
    const pid = await total(graphOf(callTask('pid-before', '() => process.pid')), 'pid-before');
    expect(pid).not.toBe(worker.child.pid);
    process.kill(pid as number, 'SIGKILL');
    await worker.prints(/started again[\s\S]*has joined/);
    const next = await total(graphOf(callTask('pid-after', '() => process.pid')), 'pid-after');
    expect(next).not.toBe(pid);
    worker.child.kill('SIGTERM');
    expect(await worker.exited).toBe(0);
    expect(() => process.kill(next as number, 0)).toThrow(/ESRCH/);
  });

  test('a task that takes more memory than the worker may ends it; the supervisor starts another, and the task fails', async () => {
    const strict = await startScheduler(python, { config: { 'distributed.scheduler.allowed-failures': 0 } });
    await using own = await connect(strict.address);
    const worker = await startWorker(strict.address, ['--memory-limit', '300MiB'], { nanny: true });
    const greedy = callTask(
      'greedy',
      // More than it may, but not all that the machine has, however late the supervisor looks.
      '() => { const all = []; for (;;) if (all.length < 64) all.push(new Uint8Array(2 ** 24).fill(1)); }',
    );
    const error = await rejection(own.run(graphOf(greedy), ['greedy']));
    expect((error as Error).message).toMatch(/greedy/);
    await worker.prints(/it takes \d+ bytes, of \d+ that it may[\s\S]*started again[\s\S]*has joined/);
    using results = await own.run(graphOf(callTask('modest', '() => 1')), ['modest']);
    expect(valueIn(results.get('modest'))).toBe(1);
  });

  test('a worker whose supervisor is killed ends too', async () => {
    const worker = await startWorker(scheduler.address, [], { nanny: true });
    const pid = (await total(graphOf(callTask('pid-orphan', '() => process.pid')), 'pid-orphan')) as number;
    worker.child.kill('SIGKILL');
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  test('health, status and metrics are to be had by HTTP, on loopback', async () => {
    const worker = await startWorker(scheduler.address, ['--dashboard-address', ':0']);
    const { workers } = (await call('identity')) as {
      workers: Record<string, { services: { dashboard: number } }>;
    };
    const url = `http://127.0.0.1:${workers[worker.address]!.services.dashboard}`;
    await total(sumTree('watched', 8), 'watched-root');
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect(await (await fetch(`${url}/status`)).json()).toMatchObject({ status: 'running', nthreads: 1 });
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toMatch(/^tilework_worker_executed_total 15$/m);
    expect((await fetch(`${url}/other`)).status).toBe(404);
    worker.child.kill('SIGTERM');
    await worker.exited;
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
