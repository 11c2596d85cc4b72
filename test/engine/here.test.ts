import { describe, expect, test } from 'vitest';
import { EngineError, TaskError } from '../../src/engine/errors.js';
import { type Block, LocalEngine } from '../../src/engine/index.js';
import type { Graph, Task } from '../../src/graph/task.js';
import { startChild } from './support/child.js';
import { entry, makeEngine, runner } from './support/engine.js';
import { callTask, fillTask, graphOf, sumTask } from './support/graphs.js';

const here = (options: { retries?: number } = {}): LocalEngine => makeEngine(options, { runner });

/** Says of tasks that they are little work. */
const little = (graph: Graph, work = 1000): Graph =>
  new Map([...graph].map(([key, task]) => [key, { ...task, work }]));

const value = (key: string, op: string, params: unknown, inputs: readonly string[] = []): Task => ({
  key,
  op,
  inputs,
  params,
});

const blocks = (): Graph =>
  graphOf(
    fillTask('a', 2, 1000),
    fillTask('b', 3, 1000),
    sumTask('c', ['a', 'b'], 1000),
    value('n', 'total', null, ['c']),
  );

const rejection = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.fail('it should fail'),
    (e: unknown) => e,
  );

describe('little work', () => {
  test('runs on the main thread, in shared memory as elsewhere', async () => {
    const engine = here();
    using results = await engine.run(little(blocks()), ['c', 'n']);
    expect(results.get('n')).toEqual({ value: 5000 });
    const [block] = (results.get('c') as { readonly blocks: readonly Block[] }).blocks;
    expect(block!.data.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(new Set<unknown>(block!.data as Float64Array)).toEqual(new Set([5]));
    expect(engine.stats().threads.running).toBe(0);
    expect(engine.stats().tasks.done).toBe(4);
  });

  test('gives up memory like any other', async () => {
    const engine = here();
    const results = await engine.run(little(blocks()), ['c']);
    expect(engine.stats().memory.used).toBeGreaterThan(0);
    results[Symbol.dispose]();
    expect(engine.stats()).toMatchObject({ memory: { used: 0 }, tasks: { held: 0 } });
  });

  test('outputs may come out smaller than they were announced', async () => {
    const engine = here();
    const kept: Task = { ...sumTask('kept', ['a'], 1000), op: 'compress' };
    using results = await engine.run(little(graphOf(fillTask('a', 0, 1000), kept)), ['kept']);
    expect(results.get('kept')).toMatchObject({ blocks: [{ shape: [0] }] });
  });

  test('leaves turns of the event loop to the program in between', async () => {
    const engine = here();
    const spins = Array.from({ length: 8 }, (_, i) => value(`s${i}`, 'spin', { ms: 2, value: i }));
    let turns = 0;
    let going = true;
    const turn = (): void => {
      turns++;
      if (going) setImmediate(turn);
    };
    setImmediate(turn);
    using results = await engine.run(
      little(graphOf(...spins), 600_000),
      spins.map(({ key }) => key),
    );
    going = false;
    expect(results.get('s7')).toEqual({ value: 7 });
    expect(engine.stats().threads.running).toBe(0);
    expect(turns).toBeGreaterThanOrEqual(2);
  });

  test('is done by threads once they run', async () => {
    const engine = here();
    (await engine.run(graphOf(callTask('f', '() => 1')), ['f']))[Symbol.dispose]();
    expect(engine.stats().threads.running).toBe(1);
    const where = value('w', 'where', null);
    using results = await engine.run(little(graphOf(where)), ['w']);
    expect(results.get('w')).toEqual({ value: 'thread' });
  });

  test('is done here while none runs', async () => {
    const engine = here();
    using results = await engine.run(little(graphOf(value('w', 'where', null))), ['w']);
    expect(results.get('w')).toEqual({ value: 'main' });
  });

  test('together with more of it goes to threads, and all is right', async () => {
    const engine = here();
    const graphs = Array.from({ length: 40 }, (_, i) =>
      little(graphOf(fillTask(`a${i}`, i, 100), value(`n${i}`, 'total', null, [`a${i}`])), 100_000),
    );
    const all = await Promise.all(graphs.map((graph, i) => engine.run(graph, [`n${i}`])));
    for (const [i, results] of all.entries()) {
      expect(results.get(`n${i}`)).toEqual({ value: 100 * i });
      results[Symbol.dispose]();
    }
    expect(engine.stats().threads.running).toBeGreaterThan(0);
  });
});

describe('what goes wrong on the main thread', () => {
  test('is an error with its key, operation and cause, that spares the rest', async () => {
    const engine = here();
    const graph = little(
      graphOf(value('bad', 'total', null, ['v']), value('v', 'leaf', 1), value('w', 'leaf', 2)),
    );
    const error = (await rejection(engine.run(graph, ['bad']))) as TaskError;
    expect(error).toBeInstanceOf(TaskError);
    expect(error).toMatchObject({
      key: 'bad',
      op: 'total',
      cause: { name: 'TypeError', message: 'a block was expected' },
    });
    expect((error.cause as Error).stack).toContain('runner.mjs');
    using results = await engine.run(graph, ['w']);
    expect(results.get('w')).toEqual({ value: 2 });
  });

  test('is tried again as often as it should', async () => {
    const engine = here({ retries: 2 });
    using results = await engine.run(little(graphOf(value('t', 'third', 'retries'))), ['t']);
    expect(results.get('t')).toEqual({ value: 3 });
    const other = little(graphOf(value('u', 'third', 'no retries')));
    expect(await rejection(engine.run(other, ['u'], { retries: 1 }))).toBeInstanceOf(TaskError);
  });

  test('a runner that cannot be loaded leaves the work to threads', async () => {
    const engine = makeEngine({}, { runner: new URL('file:///nowhere/runner.mjs') });
    using results = await engine.run(little(blocks()), ['n']);
    expect(results.get('n')).toEqual({ value: 5000 });
    expect(engine.stats().threads.running).toBeGreaterThan(0);
  });
});

describe('a run on the main thread', () => {
  test('that is aborted before its turn runs nothing', async () => {
    const engine = here();
    const controller = new AbortController();
    const running = engine.run(little(blocks()), ['n'], { signal: controller.signal });
    controller.abort(new Error('enough'));
    expect(String(await rejection(running))).toBe('Error: enough');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(engine.stats()).toMatchObject({ memory: { used: 0 }, tasks: { done: 0, held: 0 } });
  });

  test('ends with its engine', async () => {
    const engine = here();
    const running = rejection(engine.run(little(blocks()), ['n']));
    await engine.dispose();
    expect(await running).toBeInstanceOf(EngineError);
  });

  test('ends with its engine between two batches', async () => {
    const engine = here();
    const spins = Array.from({ length: 8 }, (_, i) => value(`s${i}`, 'spin', { ms: 1 }));
    const keys = spins.map(({ key }) => key);
    const running = engine.run(little(graphOf(...spins), 600_000), keys, {
      onOutput: () => void engine.dispose(),
    });
    expect(await rejection(running)).toBeInstanceOf(EngineError);
  });

  test('does not keep the process', async () => {
    const child = startChild(`
      const engine = new LocalEngine({ threads: 2 }, { entry, runner: new URL(${JSON.stringify(runner.href)}) });
      const graph = new Map([['a', { ...graphs.fillTask('a', 2, 1000), work: 1000 }]]);
      const results = await engine.run(graph, ['a']);
      console.log('sum', results.get('a').blocks[0].data.reduce((x, y) => x + y), engine.stats().threads.running);
    `);
    expect(await child.ended).toMatchObject({ code: 0, output: 'sum 2000 0\n' });
  });
});

test('an engine with other operations of threads only runs none here', async () => {
  const engine = new LocalEngine({ threads: 1 }, { entry });
  using results = await engine.run(little(graphOf(value('w', 'where', null))), ['w']);
  expect(results.get('w')).toEqual({ value: 'thread' });
  await engine.dispose();
});
