import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Store } from '../../../src/cluster/worker/store.js';
import { MemoryLimitError, type Result } from '../../../src/engine/index.js';
import { makeEngine } from '../../engine/support/engine.js';
import { callTask, rejection } from '../../engine/support/graphs.js';

const MIB = 2 ** 20;
const directory = mkdtempSync(join(tmpdir(), 'tilework-store-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const block = (mib: number): Result => ({
  blocks: [{ dtype: 'uint8', shape: [mib * MIB], data: new Uint8Array(mib * MIB) }],
});
const leaving = (mib: number): number => process.memoryUsage.rss() + (mib + 64) * MIB;

test('results are held once, however often they come, and lent as they are', async () => {
  const engine = makeEngine();
  const store = new Store(engine);
  await Promise.all([store.put('a', { value: 1 }), store.put('a', { value: 2 })]);
  expect(await store.put('a', { value: 3 })).toEqual({ nbytes: 8, typename: 'number' });
  expect(await store.compute(callTask('b', '(x) => [x]', [{ $input: 0 }], ['a']))).toMatchObject({
    typename: 'Array',
  });
  {
    using loan = await store.lend(['b', 'nowhere']);
    expect([...loan.held]).toEqual([['b', { value: [1] }]]);
    store.free('b');
    expect(await loan.load('b')).toEqual({ value: [1] });
  }
  store.free('a');
  store.free('b');
  expect(engine.stats().tasks.held).toBe(0);
});

test('what finds no memory while some is lent waits for it', async () => {
  const engine = makeEngine({ memoryLimit: leaving(64), spillDirectory: directory });
  const store = new Store(engine);
  const keys = ['a', 'b', 'c'];
  for (const key of keys) await store.put(key, block(8));
  const loan = await store.lend(keys);
  for (const key of keys) await loan.load(key);
  let taken = false;
  const put = store.put('more', block(24)).then(() => {
    taken = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(taken).toBe(false);
  loan.release('a');
  loan[Symbol.dispose]();
  await put;
  expect(store.has('more')).toBe(true);
  expect(await rejection(store.put('too large', block(400)))).toBeInstanceOf(MemoryLimitError);
});

test('more is lent than fits in the memory for blocks: one after another', async () => {
  const engine = makeEngine({ memoryLimit: leaving(64), spillDirectory: directory });
  const store = new Store(engine);
  const keys = Array.from({ length: 12 }, (_, i) => `block-${i}`);
  for (const [i, key] of keys.entries()) {
    const data = new Uint8Array(8 * MIB).fill(i);
    await store.put(key, { blocks: [{ dtype: 'uint8', shape: [data.length], data }] });
  }
  {
    using loan = await store.lend(keys);
    for (const [i, key] of keys.entries()) {
      const { blocks } = (await loan.load(key)) as unknown as { blocks: [{ data: Uint8Array }] };
      const { data } = blocks[0];
      expect([data.length, data[0], data.at(-1)]).toEqual([8 * MIB, i, i]);
      loan.release(key);
    }
  }
  for (const key of keys) store.free(key);
  // One may be on its way to the disk.
  await expect.poll(() => engine.stats().memory.used).toBe(0);
  expect(engine.stats()).toMatchObject({ spill: { onDisk: 0 }, tasks: { held: 0 } });
});

test('plain values go to disk when they are told to, those not used for longest first, and come back when they are read', async () => {
  const engine = makeEngine({ spillDirectory: directory });
  const store = new Store(engine);
  const text = (i: number): string => String(i).repeat(200_000);
  for (let i = 0; i < 4; i++)
    await store.put(`v-${i}`, { value: { text: text(i), map: new Map([[i, 1n]]) } });
  await store.put('short', { value: 'short' });
  const first = await store.put('v-0', { value: 'held already' });
  // It is read, so others go before it.
  await store.reading(['v-0'], () => {});
  expect(await store.values.spill(300_000)).toBe(true);
  expect(store.values.areHere(['v-0', 'v-3', 'short'])).toBe(true);
  expect([store.values.areHere(['v-1']), store.values.areHere(['v-2'])]).toEqual([false, false]);
  const { disk, memory } = store.values.bytes;
  expect(memory).toBe(2 * first.nbytes);
  expect(disk).toBeGreaterThan(400_000);
  expect(engine.held('v-1')).toBeUndefined();
  expect(await store.put('v-1', { value: 'held already' })).toEqual(first);
  // By a task, by who asks for it, and by name; several at once.
  const sum = callTask(
    'sum',
    '(a, b) => a.text[0] + b.text.length',
    [{ $input: 0 }, { $input: 1 }],
    ['v-1', 'v-2'],
  );
  const [computed, loan] = await Promise.all([store.compute(sum), store.lend(['v-1', 'v-2'])]);
  expect([computed.typename, store.valueOf('sum')]).toEqual(['string', '1200000']);
  expect(await loan.load('v-2')).toEqual({ value: { text: text(2), map: new Map([[2, 1n]]) } });
  loan[Symbol.dispose]();
  expect(store.values.bytes).toEqual({ disk: 0, memory: 0 });
  // What is given up while it goes, or when it has gone, leaves nothing.
  const going = store.values.spill(1e9);
  store.free('v-3');
  await going;
  expect(store.values.areHere(['v-0'])).toBe(false);
  for (const key of ['v-0', 'v-1', 'v-2', 'short', 'sum']) store.free(key);
  expect(store.values.bytes).toEqual({ disk: 0, memory: 0 });
  expect(engine.stats().tasks.held).toBe(0);
  await engine.dispose();
  expect(readdirSync(directory)).toEqual([]);
});
