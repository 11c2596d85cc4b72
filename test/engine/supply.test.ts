import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { MemoryLimitError, type Result } from '../../src/engine/index.js';
import { makeEngine } from './support/engine.js';
import { callTask, graphOf, rejection, sumTask, valueIn } from './support/graphs.js';

const MIB = 2 ** 20;
const directory = mkdtempSync(join(tmpdir(), 'tilework-supply-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A block of so many doubles, all the same. */
const block = (value: number, length: number): Result => ({
  blocks: [{ dtype: 'float64', shape: [length], data: new Float64Array(length).fill(value) }],
});
const leaving = (mib: number): number => process.memoryUsage.rss() + (mib + 64) * MIB;
const doubles = (result: Result): Float64Array =>
  (result as unknown as { blocks: readonly [{ data: Float64Array }] }).blocks[0].data;

test('results from elsewhere are read by tasks, and given up like others', async () => {
  const engine = makeEngine();
  await Promise.all([engine.supply('a', block(1, 4)), engine.supply('b', block(2, 4))]);
  expect(engine.held('a')).toEqual({ blocks: [{ dtype: 'float64', shape: [4] }], bytes: 32 });
  await engine.persist(graphOf(sumTask('c', ['a', 'b'], 4)), ['c']);
  engine.release(['a', 'b']);
  expect(engine.held('a')).toBeUndefined();
  using results = await engine.run(new Map(), ['c']);
  expect([...doubles(results.get('c'))]).toEqual([3, 3, 3, 3]);
});

test('values keep their identity', async () => {
  const engine = makeEngine();
  const value = { names: ['x', 'y'] };
  await engine.supply('a', { value });
  expect(engine.held('a')).toEqual({ value });
  expect((engine.held('a') as { value: unknown }).value).toBe(value);
});

test('they are taken in while all threads are busy', async () => {
  const engine = makeEngine({ threads: 1 });
  const abort = new AbortController();
  const endless = engine.run(graphOf(callTask('endless', '() => { for (;;) {} }')), ['endless'], {
    signal: abort.signal,
  });
  await engine.supply('a', block(1, 100));
  expect(engine.has('a')).toBe(true);
  abort.abort(new Error('enough'));
  expect(await rejection(endless)).toMatchObject({ message: 'enough' });
});

test('more of them than memory holds go to disk, and come back whole', async () => {
  const engine = makeEngine({ memoryLimit: leaving(64), spillDirectory: directory });
  const keys = Array.from({ length: 30 }, (_, i) => `block-${i}`);
  for (const [i, key] of keys.entries()) await engine.supply(key, block(i, MIB));
  const { memory, spill } = engine.stats();
  expect(memory.touched).toBeLessThanOrEqual(memory.budget);
  expect(spill.onDisk).toBeGreaterThan(100 * MIB);
  for (const [i, key] of keys.entries()) {
    using results = await engine.run(new Map(), [key]);
    const data = doubles(await results.load(key));
    expect(data.length === MIB && data.every((x) => x === i)).toBe(true);
  }
  engine.release(keys);
  expect(engine.stats()).toMatchObject({ memory: { used: 0 }, spill: { onDisk: 0 }, tasks: { held: 0 } });
});

test('one that no memory is large enough for is refused, and others are taken', async () => {
  const engine = makeEngine({ memoryLimit: leaving(64), spillDirectory: directory });
  // Its own pages are never touched, so that they leave memory to others.
  const large: Result = {
    blocks: [{ dtype: 'float64', shape: [16 * MIB], data: new Float64Array(16 * MIB) }],
  };
  expect(await rejection(engine.supply('large', large))).toBeInstanceOf(MemoryLimitError);
  await engine.supply('small', block(7, 8));
  const lengthOf = callTask('length', 'a => a.data.length', [{ $input: 0 }], ['small']);
  using results = await engine.run(graphOf(lengthOf), ['length']);
  expect(valueIn(results.get('length'))).toBe(8);
});

test('what is here already counts', async () => {
  const engine = makeEngine();
  await engine.supply('a', { value: 1 });
  await engine.supply('a', { value: 2 });
  expect(engine.held('a')).toEqual({ value: 1 });
  engine.release(['a', 'a']);
  expect(engine.has('a')).toBe(false);
});
