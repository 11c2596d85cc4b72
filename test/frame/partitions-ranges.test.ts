import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { col, count, type DataFrame, fromColumns, readParquet } from '../../src/frame/index.js';
import { LocalEngine, useEngine } from '../../src/index.js';
import {
  expectSame,
  type Frame,
  folder,
  numbers,
  type Ordering,
  partitionsOf,
  untyped,
} from './partitions/compare.js';

let engine: LocalEngine;
beforeAll(() => {
  engine = new LocalEngine({ threads: 2, spillDirectory: folder() });
  useEngine(engine);
});
afterAll(async () => {
  useEngine(undefined);
  await engine.dispose();
});

/** Times without order, one in eleven null; doubles with NaN. */
function table(rows: number): DataFrame {
  const random = numbers(9);
  const draws = Array.from({ length: rows }, () => random.next().value >>> 8);
  return untyped(
    fromColumns(
      {
        id: draws.map((_, i) => i),
        t: draws.map((draw) => (draw % 11 === 0 ? null : draw % 100)),
        x: draws.map((draw) => (draw % 7 === 0 ? Number.NaN : draw % 13 === 0 ? null : (draw % 80) / 4)),
        at: draws.map((draw) => (draw % 5 === 0 ? null : new Date(Date.UTC(2020, 0, 1 + (draw % 60))))),
        k: draws.map((draw) => `k${draw % 17}`),
      },
      { schema: { id: 'int64', t: 'int64', x: 'float64', at: 'timestamp', k: 'string' } },
    ),
  );
}

const byT = { by: 't', divisions: [0, 10, 25, 50, 100] } as const;
const sizes = async (frame: Frame, partitions: number): Promise<number[]> => {
  const counts: number[] = [];
  for await (const { rows } of untyped(frame).batches({ partitions })) counts.push(rows);
  return counts;
};
const exchanges = async (frame: Frame): Promise<number> =>
  (await untyped(frame).explainPartitions(4, { broadcastBytes: 0 })).match(/exchange \d/g)?.length ?? 0;
const results = async (frame: Frame): Promise<number> => {
  const text = await untyped(frame).explainPartitions(4);
  return [...text.matchAll(/^result: (\d+) partition/gm)].reduce((sum, [, n]) => sum + Number(n), 0);
};

const CASES: readonly (readonly [name: string, frame: (f: DataFrame) => Frame, order?: Ordering])[] = [
  ['more partitions', (f) => f.repartition(11)],
  ['fewer', (f) => f.repartition(2)],
  [
    'more behind a window',
    (f) => f.withColumns({ p: col('id').shift(1, { partitionBy: 'k' }) }).repartition(7),
  ],
  ['a filter behind it', (f) => f.repartition(9).filter(col('t').gt(50)).limit(5, 3)],
  ['divisions', (f) => f.repartition(byT), ['t']],
  ['divisions of doubles', (f) => f.repartition({ by: 'x', divisions: [0, 2.5, 7, 20] }), ['x']],
  ['divisions of texts', (f) => f.repartition({ by: 'k', divisions: ['k0', 'k11', 'k5', 'k9'] }), ['k']],
  [
    'divisions of times',
    (f) =>
      f.repartition({
        by: 'at',
        divisions: ['2020-01-10', '2020-02-01', '2020-03-01'].map((day) => new Date(day)),
      }),
    ['at'],
  ],
  ['a number of ranges', (f) => f.repartition({ by: 't', partitions: 6 }), ['t']],
  ['as many ranges as partitions', (f) => f.repartition({ by: 't' }), ['t']],
  ['between', (f) => f.repartition(byT).filter(col('t').between(12, 20)), ['t']],
  ['nulls', (f) => f.repartition(byT).filter(col('t').isNull()), ['t']],
  [
    'above a double, and NaN',
    (f) => f.repartition({ by: 'x', divisions: [0, 5, 10, 20] }).filter(col('x').gt(8)),
    ['x'],
  ],
  [
    'above times',
    (f) =>
      f
        .repartition({
          by: 'at',
          divisions: [new Date('2020-01-10'), new Date('2020-02-01'), new Date('2020-03-01')],
        })
        .filter(col('at').gt(new Date('2020-02-10'))),
    ['at'],
  ],
  ['nothing', (f) => f.repartition(byT).filter(col('t').gt(5), col('t').lt(3)), ['t']],
  [
    'groups',
    (f) =>
      f
        .repartition(byT)
        .groupBy('t')
        .agg({ n: count(), m: col('x').median(), f: col('id').min() }),
    'any',
  ],
  [
    'groups of renamed ranges',
    (f) => f.repartition(byT).rename({ t: 'u' }).groupBy('u').agg({ n: count() }),
    'any',
  ],
  ...(['inner', 'left', 'right', 'full', 'semi', 'anti'] as const).flatMap(
    (how): (readonly [string, (f: DataFrame) => Frame, Ordering])[] => [
      [`${how} join of one side`, (f) => f.repartition(byT).join(other(f), { on: 't', how }), 'any'],
      [`${how} join of the other`, (f) => other(f).join(f.repartition(byT), { on: 't', how }), 'any'],
      [
        `${how} join of both, filtered`,
        (f) =>
          f
            .repartition(byT)
            .filter(col('t').lt(30))
            .join(other(f).repartition(byT).filter(col('t').gt(20)), { on: 't', how }),
        'any',
      ],
    ],
  ),
];
const other = (f: DataFrame): DataFrame =>
  untyped(
    f
      .filter(col('id').mod(3).eq(0))
      .select('t', { y: col('id') })
      .limit(60),
  );

describe.each(partitionsOf(3, 8))('repartitioned in %i partitions', (partitions) => {
  test.each(CASES.map(([name, frame, order = 'rows']) => ({ name, frame, order })))(
    '$name',
    async ({ frame, order }) => {
      for (const rows of partitions === 3 ? [table(300), table(0)] : [table(300)])
        await expectSame(frame(rows), partitions, order, { engine, broadcastBytes: 0 });
    },
    30_000,
  );
});

test('partitions are as many as was said, and about equal', async () => {
  expect(await sizes(table(1000).repartition(8), 4)).toEqual(new Array(8).fill(125));
  expect(await sizes(table(1000).repartition(2), 4)).toEqual([500, 500]);
  expect(await results(table(1000).repartition({ by: 'id', partitions: 5 }))).toBe(5);
});

describe('known divisions', () => {
  test('leave out ranges that no filter asks for', async () => {
    const ranges = table(300).repartition(byT);
    expect(await results(ranges)).toBe(4);
    expect(await results(ranges.filter(col('t').between(12, 20)))).toBe(1);
    expect(await results(ranges.filter(col('t').lt(20)))).toBe(2);
    expect(await results(ranges.filter(col('t').ge(25)))).toBe(3);
    expect(await results(ranges.filter(col('t').isIn([3, 70])))).toBe(2);
    expect(await results(ranges.rename({ t: 'u' }).filter(col('u').eq(11)))).toBe(1);
  });

  test('are what loc is of, both ends included', async () => {
    const ranges = table(300).repartition(byT);
    expect(await results(ranges.loc(12, 19))).toBe(1);
    expect(await results(ranges.rename({ t: 'u' }).filter(col('x').gt(0)).loc(25))).toBe(3);
    const wanted = async (from?: number, to?: number) =>
      (await table(300).rows({ engine }))
        .flatMap(({ t }) => (typeof t === 'number' && t >= (from ?? -1e9) && t <= (to ?? 1e9) ? [t] : []))
        .sort((a, b) => a - b);
    for (const ends of [[12, 20], [20, 20], [undefined, 10], [35]] as const)
      for (const partitions of [undefined, 4])
        expect(
          (await ranges.loc(...ends).rows({ engine, ...(partitions && { partitions }) })).map(({ t }) => t),
        ).toEqual(await wanted(...ends));
    expect(() => table(3).loc(1)).toThrow('loc: the rows lie in no known divisions');
    expect(() => ranges.groupBy('t').agg({ n: count() }).loc(1)).toThrow(
      'filter(col(name).between(from, to))',
    );
  });

  test('need no shuffle for groups and joins', async () => {
    const ranges = table(300).repartition(byT);
    expect(await exchanges(ranges)).toBe(1);
    expect(await exchanges(ranges.groupBy('t').agg({ m: col('x').median() }))).toBe(1);
    expect(await exchanges(ranges.groupBy('k').agg({ m: col('x').median() }))).toBe(2);
    expect(await exchanges(ranges.join(table(50).select('t', 'k').repartition(byT), { on: 't' }))).toBe(2);
    expect(await exchanges(ranges.join(table(50).select('t', 'k'), { on: 't' }))).toBe(2);
  });

  test('are seen in the files of partitions', async () => {
    const path = join(folder(), 'ranges');
    const frame = table(500);
    await frame.repartition(byT).toParquet(path, { partitions: 4, filePerPartition: true });
    expect(readdirSync(path).sort()).toEqual([0, 1, 2, 3].map((part) => `part-0000${part}.parquet`));
    const read = untyped(await readParquet(path));
    await expectSame(read, 3);
    const few = read.filter(col('t').between(12, 20));
    expect(await few.explainPartitions(4)).toContain('1 of 4 files');
    const sorted = (f: DataFrame): Promise<unknown> => f.sort('id').rows();
    expect(await sorted(few)).toEqual(await sorted(frame.filter(col('t').between(12, 20))));
    await expect(frame.toParquet(join(folder(), 'x'), { filePerPartition: true })).rejects.toThrow(
      'say how many by partitions',
    );
  });

  test('that are none are refused', () => {
    const f = table(1);
    expect(() => f.repartition(0)).toThrow('a whole number from 1, not 0');
    expect(() => f.repartition({ by: 'tt' })).toThrow('"t"');
    expect(() => f.repartition({ by: 't', divisions: [1] })).toThrow('two values at least');
    expect(() => f.repartition({ by: 't', divisions: [1, 1] })).toThrow('divisions[1] is not greater');
    expect(() => f.repartition({ by: 't', divisions: [1, 'b'] })).toThrow(
      'divisions[1] is a string, and the first a number',
    );
    expect(() => f.repartition({ by: 't', divisions: [1, Number.NaN] })).toThrow('is no number');
    expect(() => f.repartition({ by: 't', divisions: [1, 2], partitions: 3 })).toThrow(
      'either partitions or divisions',
    );
  });
});

test('a stable sort puts rows into ranges as another does, ties by their places', async () => {
  const rows = untyped(fromColumns({ k: Int32Array.from({ length: 500 }, (_, i) => i % 3) }));
  const text = await rows.sort('k', { stable: true }).explainPartitions(4);
  expect(text).toContain('exchange 4 ranges by k, __tilework_order');
  expect(text).toContain('result: 4 partitions');
});
