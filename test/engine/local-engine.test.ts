import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Progress, TaskError } from '../../src/engine/index.js';
import { GraphError } from '../../src/graph/errors.js';
import { makeEngine } from './support/engine.js';
import {
  callTask,
  fillTask,
  graphOf,
  holdTask,
  rejection,
  sumTask,
  tree,
  valueIn,
} from './support/graphs.js';

const doubles = (result: unknown): Float64Array =>
  (result as { blocks: readonly [{ data: Float64Array }] }).blocks[0].data;

describe('values', () => {
  test('a tree of 32,767 tasks', async () => {
    const engine = makeEngine();
    using results = await engine.run(tree(16_384), ['root']);
    expect(valueIn(results.get('root'))).toBe((16_384 * 16_385) / 2);
    results[Symbol.dispose]();
    expect(engine.stats().tasks).toEqual({ done: 32_767, held: 0 });
  });

  test('a chain of 20,000 tasks, dropped at once when it is cancelled', async () => {
    const engine = makeEngine();
    const length = 20_000;
    const graph = new Map(
      Array.from({ length }, (_, i) => {
        const inputs = i === 0 ? [] : [`t${i - 1}`];
        return [`t${i}`, { key: `t${i}`, op: i === 0 ? 'leaf' : 'add', inputs, params: 7 }];
      }),
    );
    using results = await engine.run(graph, [`t${length - 1}`]);
    expect(valueIn(results.get(`t${length - 1}`))).toBe(7);
    const controller = new AbortController();
    const run = engine.run(new Map([...graph].map(([key, task]) => [key, { ...task }])), ['t19990'], {
      signal: controller.signal,
    });
    controller.abort();
    await expect(run).rejects.toBe(controller.signal.reason);
  });

  test('a task that reads another twice', async () => {
    const engine = makeEngine();
    const graph = graphOf(
      { key: 'a', op: 'leaf', inputs: [], params: 21 },
      { key: 'b', op: 'add', inputs: ['a', 'a'], params: null },
    );
    using results = await engine.run(graph, ['b']);
    expect(valueIn(results.get('b'))).toBe(42);
  });

  test('only what the outputs need is computed', async () => {
    const engine = makeEngine();
    using results = await engine.run(tree(64), ['add-0-0', 'leaf-5']);
    expect(engine.stats().tasks.done).toBe(4);
    expect(results.keys).toEqual(['add-0-0', 'leaf-5']);
  });

  test('equal keys in flight are computed once', async () => {
    const engine = makeEngine();
    const slow = { key: 'slow', op: 'sleep', inputs: [], params: { ms: 100 } };
    const graph = graphOf(slow, { key: 'more', op: 'add', inputs: ['slow', 'slow'], params: null });
    const [first, second] = await Promise.all([engine.run(graph, ['slow']), engine.run(graph, ['more'])]);
    expect(valueIn(first.get('slow'))).toBe(100);
    expect(valueIn(second.get('more'))).toBe(200);
    expect(engine.stats().tasks.done).toBe(2);
    first[Symbol.dispose]();
    second[Symbol.dispose]();
    expect(engine.stats().tasks.held).toBe(0);
  });

  test('what is not to be had is said', async () => {
    const engine = makeEngine();
    const graph = graphOf({ key: 'b', op: 'add', inputs: ['nowhere'], params: null });
    const error = await rejection(engine.run(graph, ['b']));
    expect(error).toBeInstanceOf(GraphError);
    expect(error).toHaveProperty(
      'message',
      'no task makes "nowhere", and it is not persisted, but task "b" (add) reads it',
    );
    expect(engine.stats().tasks.held).toBe(0);
  });

  test('a cycle is named', async () => {
    const engine = makeEngine();
    const graph = graphOf(
      { key: 'a', op: 'add', inputs: ['c'], params: null },
      { key: 'b', op: 'add', inputs: ['a'], params: null },
      { key: 'c', op: 'add', inputs: ['b'], params: null },
    );
    const error = await rejection(engine.run(graph, ['b']));
    expect(error).toBeInstanceOf(GraphError);
    expect(error).toHaveProperty('message', 'the graph has a cycle: b reads a reads c reads b');
  });

  test('an operation that does not exist is named', async () => {
    const engine = makeEngine();
    const graph = graphOf({ key: 'a', op: 'no/such', inputs: [], params: null });
    const error = await rejection(engine.run(graph, ['a']));
    expect(error).toBeInstanceOf(TaskError);
    expect(error).toMatchObject({
      key: 'a',
      op: 'no/such',
      cause: { message: 'no operation is called "no/such"' },
    });
  });
});

describe('blocks', () => {
  test('are filled, read and freed', async () => {
    const engine = makeEngine();
    const graph = graphOf(
      fillTask('a', 1, 100_000),
      fillTask('b', 2, 100_000),
      sumTask('c', ['a', 'b'], 100_000),
    );
    using results = await engine.run(graph, ['c']);
    expect(doubles(results.get('c'))).toEqual(new Float64Array(100_000).fill(3));
    results[Symbol.dispose]();
    expect(engine.stats().memory.used).toBe(0);
    expect(() => results.get('c')).toThrow('hold no "c"');
  });

  test('of a task lie in one arena, with its scratch memory', async () => {
    const engine = makeEngine();
    const graph = graphOf(fillTask('a', 1, 1000), {
      key: 'b',
      op: 'addresses',
      inputs: ['a'],
      params: null,
      out: [
        { dtype: 'float64', shape: [1000] },
        { dtype: 'float64', shape: [2, 2] },
      ],
      scratch: 5000,
    });
    using results = await engine.run(graph, ['b']);
    const result = results.get('b') as unknown as { blocks: { shape: number[]; data: Float64Array }[] };
    const [sameArena, lowest, scratch, alignment] = result.blocks[1]!.data;
    expect(result.blocks[1]!.shape).toEqual([2, 2]);
    expect(sameArena).toBe(1);
    expect(lowest).toBeGreaterThanOrEqual(65_536);
    expect(scratch).toBe(5000);
    expect(alignment).toBe(0);
  });

  test('may come out smaller than announced', async () => {
    const engine = makeEngine();
    const graph = graphOf(
      fillTask('zero', 0, 50_000),
      {
        key: 'none',
        op: 'compress',
        inputs: ['zero'],
        params: null,
        out: [{ dtype: 'float64', shape: [50_000] }],
      },
      fillTask('one', 1, 50_000),
      {
        key: 'all',
        op: 'compress',
        inputs: ['one'],
        params: null,
        out: [{ dtype: 'float64', shape: [50_000] }],
      },
      { key: 'total', op: 'total', inputs: ['none'], params: null },
      { key: 'totalAll', op: 'total', inputs: ['all'], params: null },
    );
    using results = await engine.run(graph, ['none', 'total', 'all', 'totalAll']);
    expect(doubles(results.get('none')).length).toBe(0);
    expect(valueIn(results.get('total'))).toBe(0);
    expect(doubles(results.get('all')).length).toBe(50_000);
    expect(valueIn(results.get('totalAll'))).toBe(50_000);
  });

  test('a user function sees a block, and what it returns of it is a copy', async () => {
    const engine = makeEngine();
    const view = callTask(
      'view',
      '({ dtype, shape, data }) => ({ dtype, shape, part: data.subarray(2, 5) })',
      [{ $input: 0 }],
      ['a'],
    );
    using results = await engine.run(graphOf(fillTask('a', 5, 10), view), ['view']);
    const value = valueIn(results.get('view')) as { part: Float64Array };
    expect(value).toEqual({ dtype: 'float64', shape: [10], part: new Float64Array(3).fill(5) });
    expect(value.part.buffer).toBeInstanceOf(ArrayBuffer);
  });

  test('are lent one after another as they finish', async () => {
    const engine = makeEngine();
    const keys = Array.from({ length: 50 }, (_, i) => `block-${i}`);
    const seen = new Map<string, number>();
    using results = await engine.run(graphOf(...keys.map((key, i) => fillTask(key, i, 10_000))), keys, {
      onOutput: async (key, result) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        const data = doubles(result);
        expect(data.every((x) => x === data[0])).toBe(true);
        seen.set(key, data[0]!);
      },
    });
    expect(results.keys).toEqual([]);
    expect(seen).toEqual(new Map(keys.map((key, i) => [key, i])));
    expect(engine.stats().memory.used).toBe(0);
  });

  test('an error of the taker rejects the run', async () => {
    const engine = makeEngine();
    for (const onOutput of [
      () => {
        throw new Error('no room');
      },
      () => Promise.reject(new Error('no room')),
    ]) {
      const run = engine.run(graphOf(fillTask('a', 1, 10), fillTask('b', 1, 10)), ['a', 'b'], { onOutput });
      await expect(run).rejects.toThrow('no room');
    }
    await expect.poll(() => engine.stats().memory.used).toBe(0);
  });
});

describe('persisted results', () => {
  test('serve later graphs until they are released', async () => {
    const engine = makeEngine();
    await engine.persist(graphOf(fillTask('a', 4, 1000)), ['a']);
    expect(engine.has('a')).toBe(true);
    using results = await engine.run(graphOf(sumTask('b', ['a', 'a'], 1000)), ['b']);
    expect(doubles(results.get('b'))[999]).toBe(8);
    engine.release(['a']);
    expect(engine.has('a')).toBe(false);
    await expect(engine.run(graphOf(sumTask('c', ['a'], 1000)), ['c'])).rejects.toThrow(GraphError);
    results[Symbol.dispose]();
    expect(engine.stats().memory.used).toBe(0);
  });

  test('persisted twice are released twice', async () => {
    const engine = makeEngine();
    const graph = graphOf({ key: 'a', op: 'leaf', inputs: [], params: 1 });
    await engine.persist(graph, ['a']);
    await engine.persist(graph, ['a']);
    expect(engine.stats().tasks.done).toBe(1);
    engine.release(['a']);
    expect(engine.has('a')).toBe(true);
    engine.release(['a']);
    expect(engine.has('a')).toBe(false);
    engine.release(['a', 'unknown']);
    expect(engine.stats().tasks.held).toBe(0);
  });
});

describe('progress', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'tilework-progress-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test('is told, and the end of it', async () => {
    const engine = makeEngine();
    const events: Progress[] = [];
    const released = join(directory, 'released');
    const graph = graphOf(holdTask('a', { started: join(directory, 'started'), released }), {
      key: 'b',
      op: 'leaf',
      inputs: ['a'],
      params: 0,
    });
    const before = performance.now();
    await engine.run(graph, ['b'], {
      onProgress: (progress) => {
        // The first task ends only when progress was told twice.
        if (events.push(progress) === 2) writeFileSync(released, '');
      },
    });
    const took = performance.now() - before;
    expect(events.length).toBeGreaterThan(2);
    for (const event of events.slice(0, 2))
      expect(event).toMatchObject({ done: 0, total: 2, finished: false });
    expect(events.at(-1)).toMatchObject({ done: 2, total: 2, running: 0, finished: true });
    const elapsed = events.map((event) => event.elapsed);
    expect(elapsed).toEqual([...elapsed].sort((a, b) => a - b));
    // At most ten times a second, and no more than passes here.
    expect(elapsed[1]! - elapsed[0]!).toBeGreaterThanOrEqual(100);
    expect(elapsed.at(-1)).toBeLessThanOrEqual(took);
  });

  test('a callback that throws rejects the run, early or at the end', async () => {
    const engine = makeEngine();
    const throwing = (when: boolean) => (progress: Progress) => {
      if (progress.finished === when) throw new Error('no bar');
    };
    // It goes on until it was told of.
    const [started, released] = [join(directory, 'early'), join(directory, 'rejected')];
    const early = engine.run(graphOf(holdTask('a', { started, released })), ['a'], {
      onProgress: throwing(false),
    });
    await expect(early).rejects.toThrow('no bar');
    writeFileSync(released, '');
    const graph = graphOf({ key: 'b', op: 'leaf', inputs: [], params: 1 });
    await expect(engine.run(graph, ['b'], { onProgress: throwing(true) })).rejects.toThrow('no bar');
    await expect.poll(() => engine.stats().tasks.held).toBe(0);
  });
});
