/** The client on real schedulers, with the least of workers: graphs in, results out, and what goes wrong. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { PROTOCOL } from '../../../src/cluster/client/hello.js';
import { type ClusterEngine, type ClusterTaskError, connect } from '../../../src/cluster/client/index.js';
import { CommError, formatAddress, listen, RpcPool } from '../../../src/cluster/comm/index.js';
import { connect as connectAsPrograms } from '../../../src/cluster/index.js';
import { startWorker } from '../../../src/cluster/worker/index.js';
import type { Progress } from '../../../src/engine/engine.js';
import { EngineError, TaskError } from '../../../src/engine/errors.js';
import { GraphError } from '../../../src/graph/errors.js';
import type { Graph, Task } from '../../../src/graph/task.js';
import { makeCertificates } from '../support/certificates.js';
import { startProxy } from '../support/proxy.js';
import { describeWithDask, OWN_HOST, type Process, startScheduler, VERSIONS } from '../support/scheduler.js';
import { type TestOps, TestWorker } from '../support/worker.js';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
let attempts = 0;
let open: (() => void)[] = [];

const ops: TestOps = {
  number: (_, { params }) => params,
  add: (inputs) => (inputs as number[]).reduce((a, b) => a + b, 0),
  scale: ([x], { common }) => (x as number) * (common as { by: number }).by,
  block: (_, { out }) => ({ ...out![0]!, data: new Float64Array(out![0]!.shape[0]!).fill(2) }),
  fail: () => {
    throw Object.assign(new RangeError('too far'), { at: 5 });
  },
  flaky: () => {
    if (++attempts < 3) throw new Error('not yet');
    return 'done';
  },
  wait: () =>
    new Promise((resolve) => {
      open.push(() => resolve('waited'));
    }),
};

const graphOf = (...tasks: Partial<Task>[]): Map<string, Task> =>
  new Map(tasks.map((task) => [task.key!, { inputs: [], params: undefined, op: 'number', ...task } as Task]));

/** Sums 0 … n-1 by a tree. */
function tree(n: number, name: string): { graph: Graph; root: string } {
  const tasks: Partial<Task>[] = [];
  let level = Array.from({ length: n }, (_, i) => {
    tasks.push({ key: `${name}-0-${i}`, op: 'number', params: i });
    return `${name}-0-${i}`;
  });
  for (let depth = 1; level.length > 1; depth++) {
    level = Array.from({ length: Math.ceil(level.length / 2) }, (_, i) => {
      const key = `${name}-${depth}-${i}`;
      tasks.push({ key, op: 'add', inputs: level.slice(2 * i, 2 * i + 2) });
      return key;
    });
  }
  return { graph: graphOf(...tasks), root: level[0]! };
}

async function computed(engine: ClusterEngine, graph: Graph, key: string): Promise<unknown> {
  using results = await engine.run(graph, [key]);
  const result = results.get(key);
  return 'value' in result ? result.value : result.blocks;
}

for (const version of VERSIONS)
  await describeWithDask(
    `distributed ${version}`,
    (python) => {
      let scheduler: Process;
      let engine: ClusterEngine;
      let workers: TestWorker[];
      const probe = new RpcPool();
      beforeAll(async () => {
        scheduler = await startScheduler(python);
        workers = [
          await TestWorker.start(scheduler.address, ops),
          await TestWorker.start(scheduler.address, ops),
        ];
        engine = await connect(scheduler.address);
      });
      afterAll(async () => {
        await engine?.dispose();
        probe.close();
        // The scheduler checks its state at each step.
        expect(scheduler.log()).not.toMatch(/AssertionError|CRITICAL/);
      });

      const tasksHeld = async (): Promise<number> =>
        Object.keys((await probe.call(scheduler.address, 'who_has')) as object).length;
      const untilForgotten = async (): Promise<void> => {
        while ((await tasksHeld()) > 0) await sleep(20);
      };

      test('a tree of sums, on both workers', async () => {
        const { graph, root } = tree(300, 'tree');
        expect(await computed(engine, graph, root)).toBe((300 * 299) / 2);
        for (const { ran } of workers) expect(ran.length).toBeGreaterThan(0);
        await untilForgotten();
      });

      test('only what the outputs need is computed', async () => {
        const graph = graphOf({ key: 'needed-1', params: 1 }, { key: 'unneeded-1', op: 'fail' });
        expect(await computed(engine, graph, 'needed-1')).toBe(1);
      });

      test('outputs are handed over one by one, blocks as blocks', async () => {
        const tasks = Array.from({ length: 300 }, (_, i) => ({
          key: `block-${i}`,
          op: 'block',
          out: [{ dtype: 'float64' as const, shape: [i] }],
        }));
        const seen = new Map<string, number>();
        using results = await engine.run(
          graphOf(...tasks),
          tasks.map((t) => t.key),
          {
            onOutput: async (key, result) => {
              await sleep(0);
              if (!('blocks' in result)) throw new Error('no block');
              expect(seen.has(key)).toBe(false);
              seen.set(
                key,
                (result.blocks[0]!.data as Float64Array).reduce((a, b) => a + b, 0),
              );
            },
          },
        );
        expect(results.keys).toEqual([]);
        expect([...seen].every(([key, sum]) => sum === 2 * Number(key.slice(6)))).toBe(true);
        expect(seen.size).toBe(300);
        await untilForgotten();
      });

      test('what a layer shares is sent once where it is long', async () => {
        const long = { by: 3, ballast: 'x'.repeat(5000) };
        const graph = graphOf(
          { key: 'shared-x', params: 7 },
          { key: 'shared-a', op: 'scale', inputs: ['shared-x'], common: long },
          { key: 'shared-b', op: 'scale', inputs: ['shared-a'], common: { by: 2 } },
        );
        graph.set('shared-c', { ...graph.get('shared-a')!, key: 'shared-c', inputs: ['shared-a'] });
        const ran = (): string[] => workers.flatMap((w) => w.ran);
        expect(await computed(engine, graph, 'shared-c')).toBe(63);
        expect(ran().filter((key) => key.startsWith('common-'))).toHaveLength(1);
        expect(await computed(engine, graph, 'shared-b')).toBe(42);
      });

      test('errors carry the key, the operation, the stack and the worker', async () => {
        const graph = graphOf({ key: 'bad-1', op: 'fail' }, { key: 'after-1', op: 'add', inputs: ['bad-1'] });
        const error = (await engine.run(graph, ['after-1']).catch((e) => e)) as ClusterTaskError;
        expect(error).toBeInstanceOf(TaskError);
        expect(error).toMatchObject({ key: 'bad-1', op: 'fail' });
        expect(error.message).toMatch(
          /^task "bad-1" \(fail\) failed: RangeError: too far \(on tcp:\/\/127.0.0.1:\d+\)$/,
        );
        expect(error.cause).toBeInstanceOf(RangeError);
        expect(error.cause).toMatchObject({ at: 5 });
        expect((error.cause as Error).stack).toContain('engine.test.ts');
        expect(workers.map((w) => w.address)).toContain(error.workers[0]);
        // The failure is forgotten: the same key is computed again.
        const { message } = (await engine.run(graph, ['after-1']).catch((e) => e)) as Error;
        expect(message).toContain('task "bad-1" (fail) failed: RangeError: too far');
      });

      test('an error that many outputs wait for is asked about once', async () => {
        const calls = vi.spyOn(RpcPool.prototype, 'call');
        onTestFinished(() => calls.mockRestore());
        const keys = Array.from({ length: 300 }, (_, i) => `many-${i}`);
        const tasks = keys.map((key) => ({ key, op: 'add', inputs: ['bad-2'] }));
        const running = engine.run(graphOf({ key: 'bad-2', op: 'fail' }, ...tasks), keys);
        await expect(running).rejects.toThrow('task "bad-2" (fail) failed: RangeError: too far');
        await untilForgotten();
        expect(calls.mock.calls.filter(([, op]) => op === 'tilework_errors')).toHaveLength(1);
      });

      test('tasks that throw are tried again as often as asked', async () => {
        attempts = 0;
        const graph = graphOf({ key: 'flaky-1', op: 'flaky' });
        using results = await engine.run(graph, ['flaky-1'], { retries: 5 });
        expect(results.get('flaky-1')).toEqual({ value: 'done' });
        expect(attempts).toBe(3);
      });

      test('a signal ends a run at once, and the cluster drops it', async () => {
        open = [];
        const graph = graphOf(
          { key: 'wait-1', op: 'wait' },
          { key: 'then-1', op: 'add', inputs: ['wait-1'] },
        );
        const controller = new AbortController();
        const running = engine.run(graph, ['then-1'], { signal: controller.signal });
        while (open.length === 0) await sleep(5);
        controller.abort(new Error('enough'));
        await expect(running).rejects.toThrow('enough');
        await untilForgotten();
        for (const release of open) release();
        expect(workers.flatMap((w) => w.ran)).not.toContain('then-1');
        await expect(engine.run(graph, ['then-1'], { signal: controller.signal })).rejects.toThrow('enough');
      });

      test('runs at the same time share what is equal', async () => {
        const before = workers.flatMap((w) => w.ran).length;
        const { graph, root } = tree(20, 'shared-tree');
        const values = await Promise.all([computed(engine, graph, root), computed(engine, graph, root)]);
        expect(values).toEqual([190, 190]);
        expect(workers.flatMap((w) => w.ran).length - before).toBe(graph.size);
      });

      test('what is persisted stays, is read by other graphs, and is released', async () => {
        const graph = graphOf({ key: 'kept-1', params: 20 });
        await engine.persist(graph, ['kept-1']);
        await engine.persist(graph, ['kept-1']);
        expect(engine.has('kept-1')).toBe(true);
        const later = graphOf({ key: 'later-1', op: 'add', inputs: ['kept-1', 'kept-1'] });
        expect(await computed(engine, later, 'later-1')).toBe(40);
        expect(await computed(engine, graph, 'kept-1')).toBe(20);
        engine.release(['kept-1']);
        expect(engine.has('kept-1')).toBe(true);
        engine.release(['kept-1', 'never']);
        expect(engine.has('kept-1')).toBe(false);
        await untilForgotten();
        await expect(engine.run(later, ['later-1'])).rejects.toThrow(
          'Task "later-1" reads "kept-1", which no task of the graph makes',
        );
      });

      test('graphs that make no sense are refused before anything is sent', async () => {
        const cycle = graphOf({ key: 'a', inputs: ['b'] }, { key: 'b', inputs: ['a'] });
        await expect(engine.run(cycle, ['a'])).rejects.toThrow(GraphError);
        await expect(engine.run(cycle, ['c'])).rejects.toThrow('No task of the graph makes the output "c"');
        const unsendable = graphOf({ key: 'f', params: { f: () => 1 } });
        await expect(engine.run(unsendable, ['f'])).rejects.toThrow(
          'task "f" (number): the value.params.f is a function',
        );
        using nothing = await engine.run(graphOf(), []);
        expect(nothing.keys).toEqual([]);
      });

      test('what throws in onOutput rejects the run', async () => {
        const onOutput = (): void => {
          throw new Error('disk full');
        };
        const graph = graphOf({ key: 'thrown-1', params: 1 });
        await expect(engine.run(graph, ['thrown-1'], { onOutput })).rejects.toThrow('disk full');
        await untilForgotten();
      });

      test('progress is counted by the scheduler', async () => {
        open = [];
        const seen: Progress[] = [];
        const graph = graphOf(
          { key: 'p-1', params: 1 },
          { key: 'p-2', params: 2 },
          { key: 'p-3', op: 'wait', inputs: ['p-1', 'p-2'] },
        );
        using _ = await engine.run(graph, ['p-3'], {
          onProgress: (progress) => {
            seen.push(progress);
            if (progress.done === 2) for (const release of open) release();
          },
        });
        expect(seen.some((p) => p.done === 2 && !p.finished && p.running === 1)).toBe(true);
        expect(seen.at(-1)).toMatchObject({ done: 3, total: 3, finished: true });
        await expect(
          engine.run(graphOf({ key: 'p-4', op: 'wait' }), ['p-4'], {
            onProgress: () => {
              throw new Error('no more');
            },
          }),
        ).rejects.toThrow('no more');
        for (const release of open) release();
      });

      test('a worker that dies costs only time', async () => {
        open = [];
        const third = await TestWorker.start(scheduler.address, ops);
        const { graph, root } = tree(64, 'death');
        const inputs = [...graph.keys()].filter((key) => key.startsWith('death-1'));
        const waiting = graphOf(...graph.values(), { key: 'death-wait', op: 'wait', inputs });
        const all = graphOf(...waiting.values(), {
          key: 'death-end',
          op: 'add',
          inputs: [root, 'death-wait'],
        });
        const running = computed(engine, all, 'death-end');
        while (open.length === 0) await sleep(5);
        await third.kill();
        const releasing = setInterval(() => {
          for (const release of open) release();
        }, 20);
        expect(await running).toBe('2016waited');
        clearInterval(releasing);
      });
    },
    version,
  );

await describeWithDask('a scheduler', (python) => {
  test('without tilework is refused, with how to start it', async () => {
    const scheduler = await startScheduler(python, { preload: false });
    await expect(connect(scheduler.address)).rejects.toThrow(EngineError);
    await expect(connect(scheduler.address)).rejects.toThrow(
      `the scheduler at ${scheduler.address} does not take graphs of tilework: start it by "dask scheduler --preload tilework_scheduler"`,
    );
    await scheduler.kill();
    await expect(connect(scheduler.address)).rejects.toThrow(CommError);
  });

  test('that is gone for good ends what runs, with a clear error', async () => {
    const scheduler = await startScheduler(python);
    const engine = await connect(scheduler.address, { reconnect: 300 });
    const running = engine.run(graphOf({ key: 'x', op: 'number' }), ['x']);
    const outcome = expect(running).rejects.toThrow(`the scheduler at ${scheduler.address} is gone`);
    await sleep(50);
    await scheduler.kill();
    await outcome;
    await expect(engine.run(graphOf({ key: 'x', op: 'number' }), ['x'])).rejects.toThrow('is gone');
    await engine.dispose();
  });

  test('that comes back is given again what was wanted', async () => {
    open = [];
    const first = await startScheduler(python, { host: OWN_HOST });
    const port = Number(first.address.split(':').at(-1));
    const engine = await connect(first.address);
    await TestWorker.start(first.address, ops);
    await engine.persist(graphOf({ key: 'kept', params: 5 }), ['kept']);
    const graph = graphOf({ key: 'w', op: 'wait', inputs: ['kept'] });
    const running = computed(engine, graph, 'w');
    while (open.length === 0) await sleep(5);
    await first.kill();
    const second = await startScheduler(python, { host: OWN_HOST, port });
    const worker = await TestWorker.start(second.address, ops);
    while (!worker.ran.includes('w')) await sleep(5);
    for (const release of open) release();
    expect(await running).toBe('waited');
    expect(worker.ran).toContain('kept');
    await engine.dispose();
  });

  test('that notices late that a connection broke does not forget what is asked on the next', async () => {
    open = [];
    const scheduler = await startScheduler(python);
    await TestWorker.start(scheduler.address, ops);
    const line = await startProxy(scheduler.address);
    const engine = await connect(line.address);
    const running = computed(engine, graphOf({ key: 'w', op: 'wait' }), 'w');
    while (open.length === 0) await sleep(5);
    const rest = line.hangUp();
    while ((scheduler.log().match(/Receive client connection/g) ?? []).length < 2) await sleep(20);
    for (const socket of rest) socket.destroy();
    while (!scheduler.log().includes('Remove client')) await sleep(20);
    const releasing = setInterval(() => {
      for (const release of open.splice(0)) release();
    }, 20);
    expect(await running).toBe('waited');
    clearInterval(releasing);
    await engine.dispose();
    line.close();
  });

  test('over TLS', async () => {
    const { member, files } = makeCertificates(python);
    const scheduler = await startScheduler(python, { tls: files });
    await TestWorker.start(scheduler.address, ops, { certificates: member });
    await using engine = await connect(scheduler.address, member);
    const { graph, root } = tree(20, 'tls');
    expect(await computed(engine, graph, root)).toBe(190);
    await expect(connect(scheduler.address, { ca: member.ca })).rejects.toThrow('(missing: cert, key)');
    // A program that says nothing, in an environment made for Dask's.
    vi.stubEnv('DASK_SCHEDULER_ADDRESS', scheduler.address);
    vi.stubEnv('DASK_DISTRIBUTED__COMM__TLS__CA_FILE', files.ca);
    vi.stubEnv('DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT', files.cert);
    vi.stubEnv('DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY', files.key);
    onTestFinished(() => void vi.unstubAllEnvs());
    await using same = await connectAsPrograms(undefined, { asDefault: false });
    expect(await computed(same, graph, root)).toBe(190);
  });

  test('takes a higher priority first', async () => {
    open = [];
    const scheduler = await startScheduler(python);
    const worker = await TestWorker.start(scheduler.address, ops, { nthreads: 1 });
    await using engine = await connect(scheduler.address);
    const many = (name: string, op: string): Map<string, Task> =>
      graphOf(...Array.from({ length: 10 }, (_, i) => ({ key: `('${name}', ${i})`, op, params: i })));
    const run = (name: string, op: string, priority: number) => {
      const graph = many(name, op);
      return engine.run(graph, [...graph.keys()], { priority });
    };
    const held = run('held', 'wait', 100);
    while (open.length === 0) await sleep(5);
    const probe = new RpcPool();
    const untilKnown = async (tasks: number): Promise<void> => {
      while (Object.keys((await probe.call(scheduler.address, 'who_has')) as object).length < tasks)
        await sleep(20);
    };
    const low = run('low', 'number', -1);
    await untilKnown(20);
    const high = run('high', 'number', 1);
    await untilKnown(30);
    probe.close();
    const releasing = setInterval(() => {
      for (const release of open.splice(0)) release();
    }, 5);
    await Promise.all([held, low, high]);
    clearInterval(releasing);
    const names = worker.ran.map((key) => key.slice(2, 5));
    expect(names.lastIndexOf('hig')).toBeLessThan(names.indexOf('low'));
    await expect(engine.run(many('x', 'number'), [], { priority: 0.5 })).rejects.toThrow(
      'a priority is a whole number',
    );
  });

  test('says why the scheduler has given up a task: no worker may run it, it kills workers, there are none', async () => {
    const scheduler = await startScheduler(python, {
      config: {
        'distributed.scheduler.allowed-failures': 0,
        'distributed.scheduler.no-workers-timeout': '300ms',
      },
    });
    const deadly: TestOps = { die: () => worker.kill().then(() => new Promise(() => {})) };
    const worker = await TestWorker.start(scheduler.address, deadly);
    await using engine = await connect(scheduler.address);
    const graph = graphOf({ key: 'g', op: 'number', params: 1 });
    await expect(engine.run(graph, ['g'], { resources: { GPU: 1 } })).rejects.toThrow(
      "NoValidWorkerError: no worker that may run it came within 0.3 s: it needs resources {'GPU': 1}",
    );
    const error = (await engine
      .run(graphOf({ key: 'd', op: 'die' }), ['d'])
      .catch((e) => e)) as ClusterTaskError;
    expect(error).toBeInstanceOf(TaskError);
    expect(error).toMatchObject({ key: 'd', op: 'die' });
    expect(error.message).toBe(
      `task "d" (die) failed: KilledWorker: 1 worker(s) died while running it; their logs may say why (on ${worker.address})`,
    );
    await expect(engine.run(graph, ['g'])).rejects.toThrow('NoWorkerError: there was no worker at all');
  });

  test('hands over what a worker does not give', async () => {
    const scheduler = await startScheduler(python);
    const engine = await connect(scheduler.address);
    const hidden = await TestWorker.start(scheduler.address, ops);
    await engine.persist(graphOf({ key: 'h', params: 5 }), ['h']);
    await hidden.hideData();
    const running = computed(engine, graphOf({ key: 'h', params: 5 }), 'h');
    // Nobody can have it until its only holder is gone and another has made it again.
    await sleep(300);
    await TestWorker.start(scheduler.address, ops);
    await hidden.kill();
    expect(await running).toBe(5);
    await engine.dispose();
    await expect(engine.run(graphOf(), [])).rejects.toThrow('disposed of');
  });
});

describe('connecting', () => {
  test('to a scheduler of another version is refused', async () => {
    await using other = await listen({ handlers: { tilework_hello: () => ({ protocol: 99 }) } });
    const scheduler = formatAddress(other.address);
    const refusal = `has a tilework_scheduler for protocol 99, and this tilework speaks ${PROTOCOL}: install the same version of tilework on both`;
    await expect(connect(scheduler)).rejects.toThrow(refusal);
    await expect(startWorker({ scheduler, threads: 1, quiet: true })).rejects.toThrow(refusal);
  });

  test('says what is wrong with what it is given', async () => {
    await expect(connect('localhost:8786')).rejects.toThrow('is no address');
    await expect(connect('tcp://192.0.2.1:8786')).rejects.toThrow('would leave this machine');
  });
});
