import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

async function run(name: string, ...args: readonly string[]): Promise<Readonly<Record<string, never>>> {
  const directory = mkdtempSync(join(tmpdir(), 'tilework-memory-'));
  try {
    const program = join(import.meta.dirname, 'programs', name);
    const { stdout } = await promisify(execFile)(process.execPath, [program, directory, ...args]);
    return JSON.parse(stdout);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** An array of 640 MB, and a sort of 120 MB, have no room in it together. */
const LIMIT = 640e6;

test('an array and a frame are computed at the same time within one memory limit', async () => {
  const { together, alone, rows, peak } = await run('together.mjs', String(LIMIT), '6');
  expect(together).toEqual(alone);
  expect(together?.[1]).toMatchObject({ n: rows, falls: 0 });
  expect(peak).toBeLessThan(LIMIT);
}, 300_000);

test('what one statement has no memory for is computed in partitions', async () => {
  const [limit, rows] = [512e6, 2_000_000];
  const { peak, ...found } = await run('sort-near-limit.mjs', String(limit), String(rows));
  expect(found).toEqual({ n: rows, falls: 0, size: rows * 96, written: rows, again: 0 });
  expect(peak).toBeLessThan(limit);
}, 300_000);

test('partitions of several times the memory that is left are sorted', async () => {
  const [limit, rows] = [384 * 2 ** 20, 4_000_000];
  const { peak, ...found } = await run('sort-near-limit.mjs', String(limit), String(rows), '2');
  expect(found).toEqual({ n: rows, falls: 0, size: rows * 96, written: rows, again: 0 });
  expect(peak).toBeLessThan(limit);
}, 300_000);

test('rows of 4 KiB are sorted in more partitions than were asked for, where these have no memory for them', async () => {
  const [limit, rows] = [384 * 2 ** 20, 100_000];
  const { peak, ...found } = await run('sort-near-limit.mjs', String(limit), String(rows), '2', '128');
  expect(found).toEqual({ n: rows, falls: 0, size: rows * 4096, written: rows, again: 0 });
  expect(peak).toBeLessThan(limit);
}, 300_000);

test('a join ends within its memory though one key has half of the rows', async () => {
  const [limit, rows] = [400e6, 1_200_000];
  const { peak, ...found } = await run('skewed-join.mjs', String(limit), String(rows));
  expect(found).toEqual({ n: rows, hot: rows / 2 + 1, size: rows * 96, other: rows * 96 });
  expect(peak).toBeLessThan(limit);
}, 300_000);

test('a join whose product is larger than its memory goes through it', async () => {
  const [limit, hot] = [400e6, 800];
  const { peak, ...found } = await run('product-join.mjs', String(limit), String(hot));
  // Each second text goes with all of its like, the others with themselves.
  const size = Array.from(
    { length: 2 * hot },
    (_, i) => (406 + String(i).length) * (i % 2 === 0 ? hot : 1),
  ).reduce((sum, each) => sum + each);
  const n = hot ** 2 + hot;
  expect(found).toEqual({ n, hot: hot ** 2, size, written: n });
  expect(peak).toBeLessThan(limit);
}, 300_000);
