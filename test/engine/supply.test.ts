import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { MemoryLimitError, type Result } from '../../src/engine/index.js';
import { limitLeaving } from '../support/memory.js';
import { makeEngine } from './support/engine.js';
import { callTask, graphOf, rejection, sumTask, valueIn } from './support/graphs.js';

const MIB = 2 ** 20;
const directory = mkdtempSync(join(tmpdir(), 'tilework-supply-'));
afterAll(() => rmSync(directory, { recursive: true, force: true, maxRetries: 10 }));

/** A block of so many doubles, all the same. */
const block = (value: number, length: number): Result => ({
  blocks: [{ dtype: 'float64', shape: [length], data: new Float64Array(length).fill(value) }],
});
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
  const memoryLimit = limitLeaving(40 * MIB);
  const engine = makeEngine({ memoryLimit, spillDirectory: directory });
  const first = engine.stats().memory.budget;
  const keys = Array.from({ length: 30 }, (_, i) => `block-${i}`);
  for (const [i, key] of keys.entries()) {
    await engine.supply(key, block(i, MIB));
    // The budget shrinks by the garbage that this leaves, and what is touched follows; what holds at any time is this.
    expect(engine.stats().memory.touched).toBeLessThanOrEqual(first);
    expect(process.memoryUsage.rss()).toBeLessThanOrEqual(memoryLimit);
  }
  expect(engine.stats().spill.onDisk).toBeGreaterThan(100 * MIB);
  for (const [i, key] of keys.entries()) {
    using results = await engine.run(new Map(), [key]);
    const data = doubles(await results.load(key));
    expect(data.length === MIB && data.every((x) => x === i)).toBe(true);
  }
  engine.release(keys);
  // What is being written to disk when it is given up keeps its memory until it was written.
  await expect
    .poll(() => engine.stats())
    .toMatchObject({ memory: { used: 0 }, spill: { onDisk: 0 }, tasks: { held: 0 } });
});

test('one that no memory is large enough for is refused, and others are taken', async () => {
  const engine = makeEngine({ memoryLimit: limitLeaving(40 * MIB), spillDirectory: directory });
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

test('a block that came into memory reserved for it stays there', async () => {
  const engine = makeEngine();
  const space = engine.reserve(8 * MIB)!;
  expect(engine.stats().memory.used).toBe(8 * MIB);
  const data = new Float64Array(space.buffer, space.byteOffset, MIB).fill(3);
  await engine.supply('a', { blocks: [{ dtype: 'float64', shape: [MIB], data }] });
  engine.unreserve(space);
  expect(engine.stats().memory.used).toBe(8 * MIB);
  {
    using results = await engine.run(new Map(), ['a']);
    expect(doubles(results.get('a')).buffer).toBe(space.buffer);
    expect(doubles(results.get('a')).byteOffset).toBe(space.byteOffset);
  }
  await engine.persist(graphOf(sumTask('b', ['a', 'a'], MIB)), ['b']);
  using results = await engine.run(new Map(), ['b']);
  expect(doubles(results.get('b')).every((x) => x === 6)).toBe(true);
  engine.release(['a']);
  expect(engine.stats().memory.used).toBe(8 * MIB);
});

test('memory that was reserved is given back where nothing fills it, or only in part, or what it is for is there', async () => {
  const engine = makeEngine();
  await engine.supply('present', block(1, MIB));
  for (const [key, length] of [
    ['part', MIB / 2],
    ['present', MIB],
  ] as const) {
    const space = engine.reserve(8 * MIB)!;
    const data = new Float64Array(space.buffer, space.byteOffset, length).fill(2);
    await engine.supply(key, { blocks: [{ dtype: 'float64', shape: [length], data }] });
    engine.unreserve(space);
    engine.unreserve(space);
  }
  expect(engine.stats().memory.used).toBe(12 * MIB);
  using results = await engine.run(new Map(), ['part', 'present']);
  expect(doubles(results.get('part'))[MIB / 2 - 1]).toBe(2);
  expect(doubles(results.get('present'))[MIB - 1]).toBe(1);
});

test('memory is reserved only as long as there is plenty, and tasks that need it wait till it is given back', async () => {
  const engine = makeEngine({ memoryLimit: limitLeaving(40 * MIB), spillDirectory: directory });
  const { budget } = engine.stats().memory;
  const space = engine.reserve(Math.floor(0.5 * budget))!;
  expect(engine.reserve(Math.floor(0.2 * budget))).toBeUndefined();
  let there = false;
  const larger = engine.supply('larger', block(1, Math.floor((0.7 * budget) / 8))).then(() => {
    there = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(there).toBe(false);
  engine.unreserve(space);
  await larger;
  engine.dispose();
  expect(engine.reserve(8)).toBeUndefined();
});
