import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as tw from '../../src/index.js';
import { folders, listing } from '../support/files.js';

const folder = folders();

let engine: tw.LocalEngine;
beforeAll(() => {
  engine = new tw.LocalEngine({ threads: 2, memoryLimit: '2GB', spillDirectory: folder() });
});
afterAll(() => engine.dispose());

const slowly = { module: pathToFileURL(join(import.meta.dirname, 'programs', 'pace.mjs')), name: 'slowly' };

/** 100 blocks of 20 ms each. */
const slow = () => tw.mapBlocks(slowly, [tw.ones([1000, 500], { chunks: [10, 500] })]);

/** Aborts a run when some of its tasks, or of those that it shares with another, are done. */
async function aborted(
  run: (options: tw.ArrayCompute) => Promise<unknown>,
  { after = 20, watched }: { after?: number; watched?: (onProgress: (p: tw.Progress) => void) => void } = {},
) {
  const controller = new AbortController();
  const reason = new Error('changed my mind');
  /** Of the event loop, since the abort. */
  let turns = -1;
  const count = (): void => {
    turns++;
    if (turns < 100) setImmediate(count);
  };
  const onProgress = ({ done, finished }: tw.Progress): void => {
    if (done < after || finished || turns >= 0) return;
    count();
    controller.abort(reason);
  };
  watched?.(onProgress);
  const error = await run({ engine, signal: controller.signal, onProgress }).then(
    () => undefined,
    (e: unknown) => e,
  );
  return { error, reason, turns };
}

async function rested(): Promise<void> {
  for (let i = 0; i < 6_000 && (engine.stats().tasks.held > 0 || engine.stats().memory.used > 0); i++)
    await delay(10);
  expect(engine.stats().tasks.held).toBe(0);
  expect(engine.stats().memory.used).toBe(0);
}

describe('an abort in the middle of', () => {
  test('compute: rejects with the reason at once, gives back memory, and the engine goes on', async () => {
    const { error, reason, turns } = await aborted((options) => slow().sum().compute(options));
    expect(error).toBe(reason);
    expect(turns).toBeLessThan(3);
    await rested();
    expect(await tw.ones([10]).sum().compute({ engine })).toBe(10);
  });

  test('a computation that shares tasks with another: the other comes whole', async () => {
    const x = slow();
    let other: Promise<unknown> | undefined;
    const { error, reason } = await aborted(({ signal }) => x.add(1).sum().compute({ engine, signal }), {
      watched: (onProgress) => {
        other = x.sum().compute({ engine, onProgress });
      },
    });
    expect(error).toBe(reason);
    expect(await other).toBe(500_000);
    await rested();
  });

  test.each([
    // Five hundred files, in as many directories, a task: threads are sure to be writing.
    [
      'toZarr',
      (path: string, options: tw.ArrayCompute) =>
        tw.toZarr(tw.ones([10_000, 10], { chunks: [500, 10] }), path, { ...options, chunks: [1, 10] }),
    ],
    ['toNpy', (path: string, options: tw.ArrayCompute) => tw.toNpy(slow(), path, options)],
  ])('%s: nothing is left, then or later', async (_, write) => {
    const directory = folder();
    const { error, reason } = await aborted((options) => write(join(directory, 'out'), options), {
      after: 4,
    });
    expect(error).toBe(reason);
    expect(readdirSync(directory)).toEqual([]);
    // Threads finish the tasks that they were at.
    await rested();
    await delay(100);
    expect(listing(directory)).toEqual([]);
  });

  test('toZarr over a store: the former one stands', async () => {
    const path = join(folder(), 'store');
    await tw.toZarr(tw.full([4], 7, { chunks: [2] }), path, { engine });
    await aborted((options) => tw.toZarr(slow(), path, { ...options, overwrite: true }));
    await rested();
    expect(await (await tw.fromZarr(path)).sum().compute({ engine })).toBe(28);
    expect(readdirSync(join(path, '..'))).toEqual(['store']);
  });

  test('nothing: a signal that was aborted before starts nothing', async () => {
    const directory = folder();
    const reason = new Error('never mind');
    const signal = AbortSignal.abort(reason);
    await expect(slow().compute({ engine, signal })).rejects.toBe(reason);
    await expect(tw.toZarr(slow(), join(directory, 'out'), { engine, signal })).rejects.toBe(reason);
    expect(readdirSync(directory)).toEqual([]);
  });
});

test('a function that never ends is given up a second after the abort', async () => {
  const x = tw.mapBlocks(() => {
    for (;;);
  }, [tw.ones([4], { chunks: [2] })]);
  const controller = new AbortController();
  const run = x.compute({ engine, signal: controller.signal });
  await delay(100);
  controller.abort();
  await expect(run).rejects.toThrow(/abort/i);
  await rested();
  expect(await tw.ones([10]).sum().compute({ engine })).toBe(10);
});

test('onProgress that throws rejects the run and leaves nothing', async () => {
  const directory = folder();
  writeFileSync(join(directory, 'mine'), 'kept');
  const onProgress = (): void => {
    throw new Error('no terminal');
  };
  await expect(tw.toZarr(slow(), join(directory, 'out'), { engine, onProgress })).rejects.toThrow(
    'no terminal',
  );
  await rested();
  expect(listing(directory)).toEqual(['mine']);
});
