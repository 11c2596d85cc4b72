/** `argMin` and `argMax` among so many rows that several threads see them: of those that have the extreme the first is taken. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { col, concat, type DataFrame, fromColumns, readParquet } from '../../src/index.js';

const ROWS = 1_000_000;
const GROUPS = 1000;
const groupOf = (i: number): number => (i * 7919) % GROUPS;
const scoreOf = (i: number): number | null => (i % 11 === 0 ? null : ((i * 31) >> 4) % 5);

let folder: string;
let read: DataFrame;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tilework-extremes-'));
  const ids = Array.from({ length: ROWS }, (_, i) => i);
  await fromColumns(
    { i: ids, g: ids.map(groupOf), v: ids.map(scoreOf) },
    { schema: { i: 'int32', g: 'int32', v: 'float64' } },
  ).toParquet(join(folder, 'rows.parquet'));
  read = (await readParquet(join(folder, 'rows.parquet'))) as DataFrame;
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The first row of each group's extreme, found by looking at all rows in their order. */
function expected(better: (a: number, b: number) => boolean): readonly number[] {
  const best = new Map<number, { readonly i: number; readonly v: number }>();
  for (let i = 0; i < ROWS; i++) {
    const v = scoreOf(i);
    const known = best.get(groupOf(i));
    if (v !== null && (!known || better(v, known.v))) best.set(groupOf(i), { i, v });
  }
  return Array.from({ length: GROUPS }, (_, g) => best.get(g)!.i);
}

const LEAST = expected((a, b) => a < b);
const GREATEST = expected((a, b) => a > b);

describe.each([{}, { partitions: 3 }, { partitions: 3, broadcastBytes: 0 }])('with %o', (options) => {
  test('of groups', async () => {
    const both = { least: col('i').argMin(col('v')), greatest: col('i').argMax(col('v')) };
    const [, least, greatest] = (await read.groupBy('g').agg(both).sort('g').toColumns(options)).columns;
    expect([...(least!.values as Int32Array)]).toEqual(LEAST);
    expect([...(greatest!.values as Int32Array)]).toEqual(GREATEST);
  });

  test('of all rows, and of some', async () => {
    const made = read.agg({
      least: col('i').argMin(col('v')),
      greatest: col('i').argMax(col('v')),
      some: col('i').argMax(col('v')).where(col('g').eq(7)),
    });
    const first = (of: readonly number[], v: number) => Math.min(...of.filter((i) => scoreOf(i) === v));
    expect(await made.rows(options)).toEqual([
      { least: first(LEAST, 0), greatest: first(GREATEST, 4), some: GREATEST[7] },
    ]);
  });

  test('of groups whose rows are no more where they were, and of subtotals', async () => {
    const first = (of: readonly number[], v: number) => Math.min(...of.filter((i) => scoreOf(i) === v));
    const greatest = { greatest: col('i').argMax(col('v')) };
    const moved = read.withColumns({ n: col('v').count().over('g') });
    const all = await moved
      .groupBy({ part: col('g').mod(2) })
      .agg(greatest)
      .sort('part')
      .rows(options);
    const halves = [0, 1].map((part) => GREATEST.filter((_, g) => g % 2 === part));
    expect(all).toEqual(halves.map((of, part) => ({ part, greatest: first(of, 4) })));
    const total = read.groupBy('g').rollup().agg(greatest).filter(col('g').isNull());
    expect(await total.rows(options)).toEqual([{ g: null, greatest: first(GREATEST, 4) }]);
  });

  test('over groups, and over frames of rows', async () => {
    const made = read.select('i', 'g', {
      least: col('i').argMin(col('v')).over('g'),
      greatest: col('i').argMax(col('v')).over('g'),
      near: col('i')
        .argMax(col('v'))
        .over({ rows: [-3, 0] }),
    });
    const [i, g, least, greatest, near] = (await made.toColumns(options)).columns;
    const wrong = Array.from({ length: ROWS }, (_, row) => row).filter((row) => {
      const [group, place] = [Number(g!.values[row]), Number(i!.values[row])];
      let last = -1;
      for (let k = Math.max(0, place - 3); k <= place; k++)
        if (scoreOf(k) !== null && (last < 0 || scoreOf(k)! > scoreOf(last)!)) last = k;
      return (
        least!.values[row] !== LEAST[group] ||
        greatest!.values[row] !== GREATEST[group] ||
        (last >= 0 && near!.values[row] !== last)
      );
    });
    expect(wrong).toEqual([]);
  });
});

test('of rows of several frames, one after another', async () => {
  const [a, b] = [read.slice(0, 500_000), read.slice(500_000)];
  const made = concat([b, a, b]).agg({ n: col('i').argMax(col('v')), m: col('v').argMin(col('v')) });
  const first = Array.from({ length: 100 }, (_, i) => 500_000 + i).find((i) => scoreOf(i) === 4);
  expect(await made.rows()).toEqual([{ n: first, m: 0 }]);
});
