/** What is sent of a frame to a cluster. */
import { expect, test, vi } from 'vitest';
import { Gate } from '../../src/cluster/frame/gate.js';
import { decodeValue, encodeValue } from '../../src/cluster/wire/index.js';
import { flatten, unflatten } from '../../src/frame/distributed/flat.js';
import { DistributedRun, measured } from '../../src/frame/distributed/run.js';
import { ship } from '../../src/frame/distributed/ship.js';
import { Database, statements } from '../../src/frame/distributed/work.js';
import type { DistributedEngine, PersistOptions } from '../../src/frame/engines.js';
import { graphOf, partitionsFor } from '../../src/frame/exchange/index.js';
import type { FragmentTask } from '../../src/frame/exchange/task.js';
import { col, type DataFrame, FrameError, fromColumns } from '../../src/frame/index.js';
import { moduleFunction, shipFunction } from '../../src/graph/functions.js';

const there = (value: unknown): unknown => {
  const { flat, functions } = decodeValue(encodeValue(flatten(value))) as ReturnType<typeof flatten>;
  return unflatten(flat, functions);
};

test('plain data arrives as it was', () => {
  const shared = { a: [1, { b: undefined }], '': null };
  const value = {
    list: [],
    shared,
    again: [shared, shared],
    elements: Float64Array.of(1, -0, Number.NaN),
    map: new Map([['x', new Set([1n])]]),
    date: new Date(0),
    texts: ['a', null, 3],
    odd: JSON.parse('{"__proto__": [{"a": 1}]}'),
  };
  expect(there(value)).toEqual(value);
  for (const alone of [1, 'x', null, undefined, [], {}]) expect(there(alone)).toEqual(alone);
});

test('what stands in it twice is one, and depth is no matter', () => {
  let deep: unknown = { leaf: true };
  for (let i = 0; i < 500; i++) deep = { input: deep, other: [deep] };
  let at = there(deep) as { input: { input: unknown }; other: unknown[] };
  for (let i = 0; i < 499; i++) {
    expect(at.other[0]).toBe(at.input);
    at = at.input as typeof at;
  }
  expect(at.input).toEqual({ leaf: true });
});

test('functions are apart, and in their places again', () => {
  const fn = moduleFunction('node:path', 'basename');
  const { flat, functions } = flatten({
    deep: [{ fn }, { fn, other: { fn: shipFunction((x: number) => x + 1) } }],
  });
  expect(Object.values(functions)).toHaveLength(2);
  expect(JSON.stringify(flat)).not.toContain('basename');
  const [first, second] = (unflatten(flat, functions) as { deep: { fn: unknown }[] }).deep;
  expect(first!.fn).toEqual(fn);
  expect(second!.fn).toBe(first!.fn);
});

test('there are as many partitions as threads, and more where these would take much of what a worker may take', () => {
  const { plan } = fromColumns({ x: new Float64Array(1e6) }) as unknown as DataFrame;
  expect(partitionsFor(plan, 2 ** 30, 3)).toBe(3);
  expect(partitionsFor(plan, 2 ** 23, 3)).toBe(16);
  expect(partitionsFor(plan, 2 ** 23, 20)).toBe(20);
  expect(partitionsFor(plan, Number.POSITIVE_INFINITY, 3)).toBe(3);
  // Files between them are as many as their square.
  expect(partitionsFor(plan, 2 ** 10, 3)).toBe(128);
  expect(partitionsFor(plan, 2 ** 10, 200)).toBe(200);
});

const database = Database.of();
const shipped = async (frame: DataFrame, partitions: number) =>
  ship(await graphOf(frame.plan, database, statements(database), { partitions }));

test('rows in memory become tasks, each row once; few rows go with the task that reads them', async () => {
  const few = fromColumns({ x: Int32Array.of(1, 2, 3) }) as unknown as DataFrame;
  const small = await shipped(few.filter(col('x').gt(1)), 2);
  expect(small.tasks.size).toBe(2);
  const many = fromColumns({
    x: Float64Array.from({ length: 100_000 }, (_, i) => i),
  }) as unknown as DataFrame;
  const large = await shipped(many.filter(col('x').gt(1)), 4);
  expect(large.tasks.size).toBe(8);
  let rows = 0;
  for (const task of large.tasks.values())
    if (task.op === 'frame/fragment' && task.params.plan.kind === 'scan') {
      const { source } = task.params.plan;
      if (source.from === 'memory') rows += source.table.rows;
    }
  expect(rows).toBe(100_000);
  for (const { inputs } of large.tasks.values())
    for (const key of inputs) expect(large.tasks.has(key)).toBe(true);
});

test('where a task fails, what another left is not waited for: the engine gives it up', async () => {
  const many = fromColumns({ x: Float64Array.from({ length: 1_000 }, (_, i) => i) }) as unknown as DataFrame;
  const graph = await graphOf(many.sort('x').plan, database, statements(database), { partitions: 2 });
  const error = new FrameError('a task failed');
  const engine = {
    persist: async (_: unknown, keys: readonly string[], { onHeld }: PersistOptions = {}) => {
      onHeld!(keys[0]!);
      await vi.waitUntil(() => fetched.length > 0, { timeout: 60_000 });
      throw error;
    },
    release: () => {},
    frames: {
      // As of a cluster's workers: what nobody has any more may be computed again.
      fetch: (key: string, _: unknown, signal: AbortSignal) => {
        fetched.push(key);
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('it was aborted')));
        });
      },
    },
  };
  const fetched: string[] = [];
  const sent = engine as unknown as DistributedEngine;
  const run = new DistributedRun(graph, [], [], sent, database, statements(database), {});
  await expect(run.statement(0)).rejects.toBe(error);
  expect(fetched).toHaveLength(1);
  await run.close();
});

test('what is measured is held, and what others read of what came before it, until that fails', async () => {
  const { plan } = fromColumns({ x: [1] }) as unknown as DataFrame;
  const task = (key: string, ...inputs: string[]): FragmentTask => ({
    key,
    op: 'frame/fragment',
    inputs,
    params: { plan, output: { by: 'one' } },
  });
  const tasks = [
    task('first'),
    task('shared', 'first'),
    task('own', 'first'),
    task('wanted', 'shared', 'own'),
    task('later', 'wanted', 'shared'),
  ];
  const graph = {
    tasks: new Map(tasks.map((each) => [each.key, each])),
    wanted: ['wanted'],
    reasons: [],
    blocks: new Map(),
    result: [{ plan, inputs: ['later'] }],
  };
  const released: string[] = [];
  const engine = {
    persist: vi.fn(async () => {}),
    release: (keys: readonly string[]) => released.push(...keys),
    frames: { fetch: async (key: string) => ({ files: [], bytes: key.length }) },
  };
  const sent = engine as unknown as DistributedEngine;
  expect(await measured(graph, ['wanted'], sent)).toEqual({
    written: new Map([['wanted', 6]]),
    held: ['wanted', 'shared'],
  });
  expect(engine.persist.mock.calls[0]!.slice(0, 2)).toEqual([
    new Map(['first', 'shared', 'own', 'wanted'].map((key) => [key, expect.objectContaining({ key })])),
    ['wanted', 'shared'],
  ]);
  expect(released).toEqual([]);
  engine.frames.fetch = () => Promise.reject(new Error('lost'));
  await expect(measured(graph, ['wanted'], sent)).rejects.toThrow('lost');
  expect(released).toEqual(['wanted', 'shared']);
});

test('more rows than a scheduler should hold are refused, with the remedy', async () => {
  const huge = fromColumns({ x: new Float64Array(68 * 2 ** 20) }) as unknown as DataFrame;
  const graph = {
    tasks: new Map(),
    wanted: [],
    reasons: [],
    blocks: new Map(),
    result: [{ plan: huge.plan, inputs: [] }],
  };
  expect(() => ship(graph)).toThrow(FrameError);
  expect(() => ship(graph)).toThrow(/512 MiB.*toParquet/);
});

test('a gate lets so many in, and who gave up does not block it', async () => {
  const gate = new Gate(() => 1);
  const never = new AbortController();
  const ended: (() => void)[] = [];
  const work = () =>
    new Promise<void>((resolve) => {
      ended.push(resolve);
    });
  const first = gate.through(never.signal, work);
  const leaving = new AbortController();
  const second = gate.through(leaving.signal, work);
  const third = gate.through(never.signal, work);
  leaving.abort('gone');
  expect(ended).toHaveLength(1);
  ended[0]!();
  await first;
  await expect(second).rejects.toBe('gone');
  await new Promise((resolve) => setImmediate(resolve));
  expect(ended).toHaveLength(2);
  ended[1]!();
  await third;
});
