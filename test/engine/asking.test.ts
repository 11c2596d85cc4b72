/** Tasks that ask their engine for something. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { TaskError, ThreadDiedError } from '../../src/engine/index.js';
import type { Task } from '../../src/graph/task.js';
import { makeEngine } from './support/engine.js';
import { callTask, fillTask, graphOf, rejection, valueIn } from './support/graphs.js';

const asks = (key: string, params: unknown): Task => ({ key, op: 'asks', inputs: [], params });
const leaf = (key: string, value: unknown): Task => ({ key, op: 'leaf', inputs: [], params: value });
const slow = (key: string): Task => ({ key, op: 'sleep', inputs: [], params: { ms: 60_000 } });

async function outcomeOf(engine: ReturnType<typeof makeEngine>, ...tasks: Task[]): Promise<unknown> {
  using results = await engine.run(graphOf(...tasks), [tasks[0]!.key]);
  return valueIn(results.get(tasks[0]!.key));
}

describe('a task that asks', () => {
  test.each([1, 2])('waits beside its thread, which runs what it waits for (of %i)', async (threads) => {
    const engine = makeEngine({ threads });
    const fibonacci = { key: 'fib-20', op: 'fibonacci', inputs: [], params: 20 };
    expect(await outcomeOf(engine, fibonacci)).toBe(6765);
    expect(engine.stats().tasks.held).toBe(0);
  });

  test('gets values, copies of blocks, and errors', async () => {
    const engine = makeEngine({ threads: 1 });
    expect(await outcomeOf(engine, asks('a', { task: leaf('x', new Map([[1, 2]])) }))).toEqual(
      new Map([[1, 2]]),
    );
    expect(await outcomeOf(engine, asks('b', { task: fillTask('y', 7, 3) }))).toEqual([7, 7, 7]);
    const bad = callTask('bad', '() => { throw new RangeError("not in range"); }');
    expect(await outcomeOf(engine, asks('c', { task: bad }))).toContain(
      '"bad" (call) failed: RangeError: not in range',
    );
    const nothing = { ...leaf('z', 0), inputs: ['nowhere'] };
    expect(await outcomeOf(engine, asks('d', { task: nothing }))).toContain('no task makes "nowhere"');
    expect(engine.stats().memory.used).toBe(0);
  });

  test('has results kept until it ends', async () => {
    const engine = makeEngine({ threads: 1 });
    expect(await outcomeOf(engine, asks('a', { task: fillTask('kept', 1, 2), persist: true }))).toEqual([
      1, 1,
    ]);
    expect(engine.has('kept')).toBe(false);
    expect(engine.stats().memory.used).toBe(0);
  });

  test('may abort', async () => {
    const engine = makeEngine({ threads: 1 });
    expect(await outcomeOf(engine, asks('a', { task: slow('s'), abortAfter: 20 }))).toContain('TimeoutError');
  });

  test('fails as others do', async () => {
    const engine = makeEngine({ threads: 1 });
    const error = (await rejection(
      engine.run(graphOf(asks('a', { task: leaf('x', 1), throws: true })), ['a']),
    )) as TaskError;
    expect(error).toBeInstanceOf(TaskError);
    expect(error.message).toBe('task "a" (asks) failed: thrown late');
  });

  test('is told when nobody waits for it any more, and so is what it waits for', async () => {
    const engine = makeEngine({ threads: 1 });
    const stop = new AbortController();
    const running = engine.run(graphOf(asks('a', { task: slow('s') })), ['a'], { signal: stop.signal });
    while (engine.stats().tasks.held < 2) await sleep(5);
    stop.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    while (engine.stats().tasks.held > 0) await sleep(5);
    // The thread that slept was replaced, or is free.
    expect(await outcomeOf(engine, leaf('x', 5))).toBe(5);
  });

  test('runs again where its thread dies, so often and no more', async () => {
    const engine = makeEngine({ threads: 1 });
    const error = await rejection(
      engine.run(graphOf(asks('a', { task: leaf('x', 1), persist: true, dies: true })), ['a']),
    );
    expect(error).toBeInstanceOf(ThreadDiedError);
    expect((error as ThreadDiedError).message).toContain('task "a" (asks) killed its thread 3 times');
    expect(engine.has('x')).toBe(false);
  });
});

describe('priorities', () => {
  test('of runs come before the order in which they were submitted', async () => {
    const engine = makeEngine({ threads: 1 });
    const done: string[] = [];
    const run = async (key: string, priority?: number): Promise<void> => {
      const task = { key, op: 'spin', inputs: [], params: { ms: 5 } };
      (await engine.run(graphOf(task), [key], priority === undefined ? {} : { priority }))[Symbol.dispose]();
      done.push(key);
    };
    // The thread is sent the first before there are others to choose from.
    const plugs = ['plug 1', 'plug 2', 'plug 3'].map((key) => run(key, 1));
    await Promise.all([...plugs, run('low', -1), run('normal'), run('high', 100), run('lower', -100)]);
    expect(done.filter((key) => !key.startsWith('plug'))).toEqual(['high', 'normal', 'low', 'lower']);
  });

  test.each([0.5, 101, Number.NaN])('%d is refused', async (priority) => {
    await expect(makeEngine().run(graphOf(leaf('x', 1)), ['x'], { priority })).rejects.toThrow(
      'a priority is a whole number from -100 to 100',
    );
  });
});
