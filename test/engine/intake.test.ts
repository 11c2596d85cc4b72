/** Large graphs are taken in a piece at a time, whatever else happens meanwhile. */
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { EngineError } from '../../src/engine/index.js';
import { GraphError } from '../../src/graph/errors.js';
import type { Graph } from '../../src/graph/task.js';
import { makeEngine } from './support/engine.js';
import { graphOf, rejection, tree, valueIn } from './support/graphs.js';

const LEAVES = 2 ** 16;
const large = tree(LEAVES);
const SUM = (LEAVES * (LEAVES + 1)) / 2;

/** The root of the large graph and something else. */
const withMore = (...inputs: string[]): Graph =>
  new Map([...large, ['more', { key: 'more', op: 'add', inputs: ['root', ...inputs], params: null }]]);

/** Waits until some of a graph was taken in, and not all. */
async function untilMidway(engine: ReturnType<typeof makeEngine>): Promise<void> {
  while (engine.stats().tasks.held < 1000) await turn();
  expect(engine.stats().tasks.held).toBeLessThan(large.size);
  expect(engine.stats().tasks.done).toBe(0);
}

test('the event loop has its turns meanwhile', async () => {
  const engine = makeEngine();
  const run = engine.run(large, ['root']);
  await untilMidway(engine);
  using results = await run;
  expect(valueIn(results.get('root'))).toBe(SUM);
  expect(engine.stats().tasks).toEqual({ done: large.size, held: 1 });
});

test('who submits what reads it has it taken in first', async () => {
  const engine = makeEngine();
  const first = engine.run(large, ['root']);
  await untilMidway(engine);
  const second = engine.run(graphOf({ key: 'twice', op: 'add', inputs: ['root', 'root'], params: null }), [
    'twice',
  ]);
  expect(engine.stats().tasks.held).toBe(large.size + 1);
  using results = await second;
  expect(valueIn(results.get('twice'))).toBe(2 * SUM);
  (await first)[Symbol.dispose]();
  expect(engine.stats().tasks.done).toBe(large.size + 1);
});

test('two at once share what is equal', async () => {
  const engine = makeEngine();
  const [first, second] = await Promise.all([
    engine.run(large, ['root']),
    engine.run(withMore('root'), ['more']),
  ]);
  expect([valueIn(first.get('root')), valueIn(second.get('more'))]).toEqual([SUM, 2 * SUM]);
  expect(engine.stats().tasks.done).toBe(large.size + 1);
});

test('what it reads stays though it is given up meanwhile', async () => {
  const engine = makeEngine();
  await engine.persist(graphOf({ key: 'seven', op: 'leaf', inputs: [], params: 7 }), ['seven']);
  const run = engine.run(withMore('seven'), ['seven', 'more']);
  while (engine.stats().tasks.held < 1000) await turn();
  engine.release(['seven']);
  using results = await run;
  expect(valueIn(results.get('more'))).toBe(SUM + 7);
});

test('aborted in the midst it leaves nothing', async () => {
  const engine = makeEngine();
  const controller = new AbortController();
  const run = engine.run(large, ['root'], { signal: controller.signal });
  await untilMidway(engine);
  controller.abort(new Error('enough'));
  await expect(run).rejects.toThrow('enough');
  expect(engine.stats().tasks).toEqual({ done: 0, held: 0 });
  // Also where another had all of it taken in.
  const again = new AbortController();
  const other = engine.run(large, ['root'], { signal: again.signal });
  await untilMidway(engine);
  const small = engine.run(graphOf({ key: 'a', op: 'leaf', inputs: [], params: 1 }), ['a']);
  again.abort(new Error('no more'));
  await expect(other).rejects.toThrow('no more');
  (await small)[Symbol.dispose]();
  expect(engine.stats().tasks.held).toBe(0);
});

test('what is wrong with it is told, and leaves nothing', async () => {
  const engine = makeEngine();
  const error = await rejection(engine.run(withMore('nothing'), ['more']));
  expect(error).toBeInstanceOf(GraphError);
  expect(String(error)).toContain('no task makes "nothing"');
  expect(engine.stats().tasks).toEqual({ done: 0, held: 0 });
});

test('it ends with the engine', async () => {
  const engine = makeEngine();
  const run = rejection(engine.run(large, ['root']));
  await untilMidway(engine);
  await engine.dispose();
  expect(await run).toBeInstanceOf(EngineError);
});
