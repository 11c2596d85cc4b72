import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Database } from '../../src/frame/duck/database.js';
import {
  col,
  count,
  type DataFrame,
  desc,
  fromColumns,
  fromRows,
  readParquet,
  rowNumber,
  when,
} from '../../src/frame/index.js';
import { LocalEngine, useEngine } from '../../src/index.js';
import { listing } from '../support/files.js';
import { limitLeaving } from '../support/memory.js';
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
let files: { readonly rows: DataFrame; readonly several: DataFrame; readonly other: DataFrame };

beforeAll(async () => {
  engine = new LocalEngine({ threads: 2, memoryLimit: limitLeaving(1.7e9), spillDirectory: folder() });
  useEngine(engine);
  const directory = folder();
  const database = Database.of(engine);
  const write = (name: string, rows: string): Promise<void> =>
    database.execute({
      sql: `COPY (${rows}) TO '${join(directory, name)}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`,
      values: [],
    });
  // Half of all keys are equal; every seventh key and every fifth value is null.
  const made = (from: number, to: number): string =>
    `SELECT i, CASE WHEN i % 7 = 0 THEN NULL WHEN i % 2 = 0 THEN 'skewed' ELSE 'key ' || (i % 53) END AS k, CASE WHEN i % 5 = 0 THEN NULL ELSE (hash(i) % 1000000)::DOUBLE / 7 END AS x, (hash(i + 1) % 100)::INTEGER AS n, hash(i) % 3 = 0 AS b, TIMESTAMP '2020-01-01' + to_minutes(i) AS t FROM range(${from}, ${to}) r(i)`;
  await write('rows.parquet', made(0, 20_000));
  await write('a.parquet', made(0, 3000));
  await write('b.parquet', made(3000, 3000));
  await write('c.parquet', made(3000, 9000));
  await write(
    'other.parquet',
    "SELECT 'key ' || i AS k, i * 10 AS y FROM range(0, 80) r(i) UNION ALL SELECT NULL, -1",
  );
  files = {
    rows: await readParquet(join(directory, 'rows.parquet')),
    several: await readParquet(['a', 'b', 'c'].map((name) => join(directory, `${name}.parquet`))),
    other: await readParquet(join(directory, 'other.parquet')),
  };
});

afterAll(async () => {
  useEngine(undefined);
  await engine.dispose();
});

/** Rows in memory: unique `id`, keys with nulls and skew, values with nulls and NaN. */
function table(rows: number, seed = 1): DataFrame {
  const random = numbers(seed);
  const made = fromRows(
    Array.from({ length: rows }, (_, id) => {
      const draw = random.next().value;
      return {
        id,
        k: draw % 11 === 0 ? null : draw % 3 === 0 ? 'much' : `k${draw % 17}`,
        g: draw % 4,
        x: draw % 13 === 0 ? null : (draw % 10_007) / 16,
        n: draw % 9 === 0 ? null : (draw % 1009) - 500,
        b: draw % 5 === 0 ? null : draw % 2 === 0,
        t: new Date(Date.UTC(2020, 0, 1) + (draw % 100_000) * 1000),
        list: draw % 6 === 0 ? null : Array.from({ length: draw % 4 }, (_, i) => id + i),
      };
    }),
    {
      schema: {
        id: 'int64',
        k: 'string',
        g: 'int32',
        x: 'float64',
        n: 'int64',
        b: 'bool',
        t: 'timestamp',
        list: { list: 'int64' },
      },
    },
  );
  return untyped(made);
}

const aggregates = {
  sum: col('n').sum(),
  floats: col('x').sum(),
  product: col('g').add(1).product(),
  mean: col('x').mean(),
  meanInteger: col('n').mean(),
  meanTime: col('t').mean(),
  min: col('x').min(),
  max: col('k').max(),
  count: col('x').count(),
  size: count(),
  nunique: col('n').nunique(),
  std: col('x').std(),
  var: col('n').var(),
  std0: col('x').std({ ddof: 0 }),
  var0: col('x').var({ ddof: 0 }),
  skew: col('x').skew(),
  kurtosis: col('x').kurtosis(),
  corr: col('x').corr(col('n')),
  cov: col('x').cov(col('n')),
  median: col('x').median(),
  quantile: col('x').quantile(0.9),
  first: col('x').first(),
  last: col('id').last(),
  firstBy: col('id').first({ orderBy: desc('id') }),
  list: col('id').toList(),
  listBy: col('n').toList({ orderBy: [col('n'), 'id'] }),
  join: col('id').cast('string').join('-'),
  any: col('b').any(),
  all: col('b').all(),
  argMin: col('k').argMin(col('id')),
  argMax: col('n').argMax(col('id')),
  where: col('x').sum().where(col('g').eq(1)),
  stdWhere: col('x').std().where(col('g').ne(1)),
  expression: col('x').max().sub(col('x').mean()).div(count()),
} as const;

const PARTITIONS = [3, 5];
type FileCase = readonly [name: string, frame: () => Frame, order?: Ordering];
type Case = readonly [name: string, frame: (rows: DataFrame) => Frame, order?: Ordering];

const right = (): DataFrame =>
  untyped(
    fromRows(
      [
        ...Array.from({ length: 14 }, (_, i) => ({ k: `k${i * 2}`, g: i, y: i * 100 })),
        { k: 'much', g: 1, y: -1 },
        { k: 'much', g: 2, y: -2 },
        { k: null, g: 3, y: -3 },
      ],
      { schema: { k: 'string', g: 'int64', y: 'int64' } },
    ),
  );
const times = (): DataFrame =>
  untyped(
    fromRows(
      Array.from({ length: 40 }, (_, i) => ({
        k: i % 3 === 0 ? 'much' : `k${i % 17}`,
        t: new Date(Date.UTC(2020, 0, 1) + i * 3_000_000),
        price: i,
      })),
    ),
  );

const OPERATORS: readonly Case[] = [
  ['scan', (f) => f],
  ['filter', (f) => f.filter(col('x').gt(100), col('k').isNotNull())],
  ['filter that leaves nothing', (f) => f.filter(col('id').lt(0))],
  ['select', (f) => f.select('k', { y: col('x').mul(2), z: when(col('b'), 1).otherwise(0) })],
  ['sort', (f) => f.sort('k', desc('x'), 'id')],
  ['sort by many equal keys', (f) => f.sort('g'), ['g']],
  ['sort by an expression', (f) => f.sort(desc(col('n').abs()), 'id')],
  ['stable sort', (f) => f.sort('g', { stable: true })],
  [
    'stable sort behind a window',
    (f) => f.withColumns({ p: col('id').shift(1, { partitionBy: 'k' }) }).sort('g', { stable: true }),
  ],
  [
    'window of a stable sort',
    (f) => f.sort('g', { stable: true }).withColumns({ c: col('id').shift(1, { partitionBy: 'k' }) }),
  ],
  ['sort, then limit', (f) => f.sort(desc('x'), 'id').limit(7, 3)],
  ['limit', (f) => f.limit(11, 5)],
  ['offset alone', (f) => f.slice(7)],
  ['head of nothing', (f) => f.filter(col('id').lt(0)).head()],
  ['tail', (f) => f.tail(6)],
  ['distinct', (f) => f.select('k', 'g').distinct(), 'any'],
  ['distinct of all columns', (f) => f.distinct(), 'any'],
  ['distinct on', (f) => f.distinct('k', 'g')],
  ['distinct on, of sorted rows', (f) => f.sort(desc('id')).distinct('k')],
  ['distinct on behind a window', (f) => f.withColumns({ r: rowNumber({ partitionBy: 'g' }) }).distinct('k')],
  ['explode', (f) => f.select('id', 'list').explode('list')],
  ['explode behind a window', (f) => f.withColumns({ r: rowNumber({ partitionBy: 'g' }) }).explode('list')],
  ['melt', (f) => f.melt({ ids: ['id'], values: ['n', 'g'] })],
  [
    'melt behind a window',
    (f) =>
      f.withColumns({ s: col('n').cumSum({ partitionBy: 'k' }) }).melt({ ids: ['id'], values: ['n', 's'] }),
  ],
  ['nothing sampled', (f) => f.sample(0)],
  ['everything sampled', (f) => f.sample(1)],
  ['aggregates', (f) => f.agg(aggregates)],
  ['groups', (f) => f.groupBy('k').agg(aggregates), 'any'],
  [
    'groups by two columns and an expression',
    (f) => f.groupBy('k', { odd: col('n').mod(2) }).agg(aggregates),
    'any',
  ],
  [
    'decomposable groups',
    (f) => f.groupBy('k').agg({ s: col('x').sum(), m: col('n').mean(), v: col('x').std(), c: count() }),
    'any',
  ],
  [
    'decomposable aggregates',
    (f) => f.agg({ s: col('n').sum(), m: col('x').mean(), v: col('x').var(), c: count() }),
  ],
  ['mode', (f) => f.groupBy('g').agg({ k: col('k').mode() }), 'any'],
  [
    'groups of groups',
    (f) =>
      f
        .groupBy('k', 'g')
        .agg({ n: count() })
        .groupBy('k')
        .agg({ m: col('n').max(), s: col('n').sum() }),
    'any',
  ],
  [
    'groups of sorted rows',
    (f) =>
      f
        .sort('k', desc('id'))
        .groupBy('k')
        .agg({ l: col('id').toList() }),
    'any',
  ],
  [
    'first of sorted rows by another key',
    (f) =>
      f
        .sort(desc('id'))
        .groupBy('g')
        .agg({ a: col('id').first(), b: col('id').last() }),
    'any',
  ],
  ['valueCounts', (f) => f.valueCounts('k')],
  [
    'window by partition',
    (f) =>
      f.withColumns({
        share: col('x').div(col('x').sum().over('k')),
        r: col('x').rank({ partitionBy: 'k' }),
      }),
  ],
  [
    'row-ordered window by partition',
    (f) =>
      f.withColumns({
        p: col('id').shift(1, { partitionBy: 'k' }),
        c: col('n').cumSum({ partitionBy: 'k' }),
        d: col('n').diff(1, { partitionBy: 'k' }),
      }),
  ],
  [
    'windows by different partitions',
    (f) => f.withColumns({ a: col('x').mean().over('k'), b: col('n').cumSum({ partitionBy: ['k', 'g'] }) }),
  ],
  [
    'windows without a common partition',
    (f) => f.withColumns({ a: col('x').max().over('k'), b: col('n').cumSum({ partitionBy: 'g' }) }),
  ],
  ['window over all', (f) => f.withColumns({ c: col('n').cumSum(), total: col('x').max() })],
  [
    'window behind a sort',
    (f) => f.sort(desc('id')).withColumns({ c: col('n').cumSum({ partitionBy: 'g' }) }),
  ],
  [
    'window of a window',
    (f) =>
      f
        .withColumns({ c: col('id').shift(1, { partitionBy: 'k' }) })
        .withColumns({ d: col('c').shift(1, { partitionBy: 'g' }) }),
  ],
  ['window, then limit', (f) => f.withColumns({ c: col('id').shift(1, { partitionBy: 'k' }) }).limit(9, 2)],
  [
    'window, then groups in order',
    (f) =>
      f
        .withColumns({ c: col('id').shift(1, { partitionBy: 'k' }) })
        .groupBy('g')
        .agg({ l: col('c').toList() }),
    'any',
  ],
  ['filter by a window', (f) => f.filter(rowNumber({ partitionBy: 'k' }).le(2))],
  ...(['inner', 'left', 'right', 'full', 'semi', 'anti'] as const).flatMap((how): Case[] => [
    [`${how} join`, (f) => f.join(right(), { on: 'k', how }), 'any'],
    [`${how} join on two columns`, (f) => f.join(right(), { on: ['k', 'g'], how }), 'any'],
    [
      `${how} join on numbers of two types`,
      (f) => f.join(right(), { leftOn: 'g', rightOn: 'g', how }),
      'any',
    ],
    [
      `${how} join of a text and a number`,
      // Of a type that only DuckDB knows: others are refused.
      (f) =>
        f
          .withColumns({ w: col('g').cast('string').str.lower() })
          .join(right(), { leftOn: 'w', rightOn: 'y', how }),
      'any',
    ],
    [
      `${how} join, then groups by its key`,
      (f) =>
        f
          .join(right(), { on: 'k', how })
          .groupBy('k')
          .agg({ n: count(), s: col('x').sum() }),
      'any',
    ],
    [
      `${how} join of groups`,
      (f) => f.groupBy('k').agg({ n: count() }).join(right(), { on: 'k', how }),
      'any',
    ],
    [
      `${how} join with groups`,
      (f) => right().join(f.groupBy('k', 'g').agg({ n: count() }), { on: 'k', how }),
      'any',
    ],
  ]),
  ['cross join', (f) => f.select('id').join(right().select('y'), { how: 'cross' }), 'any'],
  ['asof join', (f) => f.select('id', 't').join(times().drop('k'), { asof: 't' }), 'any'],
  ['asof join by', (f) => f.select('id', 'k', 't').join(times(), { asof: 't', on: 'k' }), 'any'],
  [
    'asof join forward by',
    (f) => f.select('id', 'k', 't').join(times(), { asof: 't', on: 'k', direction: 'forward' }),
    'any',
  ],
  [
    'self join behind a window',
    (f) =>
      f
        .withColumns({ c: col('id').shift(1, { partitionBy: 'k' }) })
        .join(f.select('id', { w: col('x') }), { leftOn: 'c', rightOn: 'id' }),
    'any',
  ],
];

const of = (name: 'rows' | 'several' | 'other'): DataFrame => files[name];

describe.each(partitionsOf(...PARTITIONS))('in %i partitions', (partitions) => {
  test.each(OPERATORS.map(([name, frame, order = 'rows']) => ({ name, frame, order })))(
    '$name',
    async ({ frame, order }) => {
      for (const rows of partitions === 3 ? [table(300)] : [table(3, 7), table(0)])
        for (const broadcastBytes of untyped(frame(rows)).explain().includes('join') ? [0, 2 ** 30] : [0])
          await expectSame(frame(rows), partitions, order, { engine, broadcastBytes });
    },
  );

  const ofFiles: readonly FileCase[] = [
    ['scan', () => of('rows')],
    ['scan of several, one without rows', () => of('several')],
    ['filter', () => of('several').filter(col('n').gt(50))],
    ['sort', () => of('rows').sort('x', 'i')],
    ['sort of several', () => of('several').sort(desc('k'), 'i').select('k', 'i')],
    [
      'groups',
      () =>
        of('rows')
          .groupBy('k')
          .agg({
            n: count(),
            s: col('x').sum(),
            v: col('x').std(),
            m: col('x').median(),
            f: col('i').first(),
          }),
      'any',
    ],
    ['join', () => of('rows').join(of('other'), { on: 'k', how: 'full' }), 'any'],
    ['window', () => of('several').withColumns({ c: col('n').cumSum({ partitionBy: 'k' }) })],
    ['limit', () => of('several').limit(4000, 2500)],
    ['distinct on', () => of('several').distinct('k')],
  ];
  test.each(ofFiles.map(([name, frame, order = 'rows']) => ({ name, frame, order })))(
    'of files: $name',
    async ({ frame, order }) => {
      for (const broadcastBytes of [0, 2 ** 30])
        await expectSame(frame(), partitions, order, { engine, broadcastBytes });
    },
  );

  test('a variance is as accurate as in one, however far the mean is from 0', async () => {
    const random = numbers(3);
    const rows = 40_000;
    const offsets = Float64Array.from({ length: rows }, () => random.next().value / 2 ** 32);
    const x = offsets.map((u) => 1e9 + u);
    const frame = fromColumns({ x, g: Int32Array.from(x, (_, i) => i % 5) });
    const exact = (values: readonly number[]): number => {
      const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
      return values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1);
    };
    const shifted = Array.from(x, (v) => v - 1e9);
    const [all] = await frame.agg({ v: col('x').var(), s: col('x').std() }).rows({ partitions });
    expect(Math.abs((all!.v as number) / exact(shifted) - 1)).toBeLessThan(1e-6);
    expect(Math.abs((all!.s as number) / Math.sqrt(exact(shifted)) - 1)).toBeLessThan(1e-6);
    for (const { g, v } of await frame
      .groupBy('g')
      .agg({ v: col('x').var() })
      .rows({ partitions })) {
      const own = shifted.filter((_, i) => i % 5 === g);
      expect(Math.abs((v as number) / exact(own) - 1)).toBeLessThan(1e-6);
    }
  });

  test('files', async () => {
    const frame = table(400)
      .groupBy('k')
      .agg({ n: count(), s: col('n').sum() })
      .sort('k');
    const path = join(folder(), 'written.parquet');
    await frame.toParquet(path, { partitions });
    expect(await (await readParquet(path)).rows()).toEqual(await frame.rows());
    expect(listing(engine.settings.spillDirectory).filter((name) => name.includes('exchange-'))).toEqual([]);
  });

  test('results of all kinds', async () => {
    const frame = table(100).groupBy('k').agg({ n: count() });
    expect(await frame.count({ partitions })).toBe((await frame.rows()).length);
    expect((await frame.compute({ partitions })).numRows).toBe((await frame.rows()).length);
    expect((await frame.toColumns({ partitions })).rows).toBe((await frame.rows()).length);
    expect((await table(0).compute({ partitions })).schema.names).toEqual(table(0).columns);
  });
});

describe('rows of equal keys', () => {
  const sizes = async (frame: Frame, partitions: number): Promise<number[]> => {
    const counts: number[] = [];
    for await (const { rows } of untyped(frame).batches({ partitions })) counts.push(rows);
    return counts;
  };
  const mostly = (value: number | null): DataFrame =>
    untyped(
      fromColumns(
        { k: Array.from({ length: 8000 }, (_, i) => (i % 10 === 0 ? i : value)) },
        { schema: { k: 'int64' } },
      ),
    );

  test.each([
    ['in the middle', 4000],
    ['first', -1],
    ['null', null],
  ])('are sorted in several partitions: %s', async (_, value) => {
    const sorted = mostly(value).sort('k');
    for (const frame of [sorted, mostly(value).sort(desc('k'))])
      await expectSame(frame, 4, 'rows', { engine });
    const counts = await sizes(sorted, 8);
    expect(counts.length).toBeGreaterThanOrEqual(7);
    expect(Math.max(...counts)).toBeLessThan(2000);
  });

  test('may be all rows', async () => {
    const equal = mostly(5).filter(col('k').eq(5)).sort('k');
    expect(Math.max(...(await sizes(equal, 4)))).toBe(1800);
  });

  test('are one group all the same', async () => {
    await expectSame(
      mostly(5)
        .sort('k')
        .groupBy('k')
        .agg({ n: count(), m: col('k').median() }),
      8,
      'any',
      { engine },
    );
  });
});

describe('the plan of partitions', () => {
  test('a shuffle is avoided where rows lie together already', async () => {
    const rows = table(100);
    const exchanges = async (frame: Frame): Promise<number> =>
      (await untyped(frame).explainPartitions(4, { broadcastBytes: 0 })).match(/exchange 4/g)?.length ?? 0;
    const joined = rows.join(right(), { on: 'k' });
    expect(await exchanges(joined)).toBe(2);
    expect(await exchanges(joined.groupBy('k').agg({ n: count(), m: col('x').median() }))).toBe(2);
    expect(await exchanges(joined.groupBy('g').agg({ n: count() }))).toBe(3);
    expect(await exchanges(rows.groupBy('k').agg({ n: count() }).join(right(), { on: 'k' }))).toBe(2);
  });

  test('says by what sizes it was chosen', async () => {
    const joined = of('rows').join(of('other'), { on: 'k' });
    const few = await joined.explainPartitions(4, { broadcastBytes: 2 ** 16 });
    expect(few).toMatch(
      /inner join on k == k: broadcast right; left at most 20000 rows, [\d.]+ [KM]iB; right at most 81 rows, /,
    );
    expect(few).toMatch(/scan parquet .*rows\.parquet .*: at most 20000 rows, .*, in 4\n/);
    const shuffled = await joined.explainPartitions(4, { broadcastBytes: 0 });
    expect(shuffled).toContain(': both sides by what is equal; left at most 20000 rows');
    expect(await joined.explainPartitions(4)).toContain('inner join on k == k: in one partition');
    expect(await of('rows').groupBy('k').agg({ n: count() }).explainPartitions(4)).not.toContain('join');
  });

  test('a small side of a join is given to all', async () => {
    const joined = table(100).join(right(), { on: 'k' });
    expect(await joined.explainPartitions(4)).not.toContain('exchange');
  });

  test('equal parts are computed once', async () => {
    const groups = table(100).groupBy('k').agg({ n: count() });
    const text = await groups.join(groups, { on: 'k' }).explainPartitions(4, { broadcastBytes: 0 });
    expect(text.match(/exchange 4/g)).toHaveLength(1);
  });

  test('a number of partitions that is none is refused', async () => {
    await expect(table(1).rows({ partitions: 0 })).rejects.toThrow(
      'partitions is a whole number from 1, not 0',
    );
    await expect(table(1).explainPartitions(1.5)).rejects.toThrow(RangeError);
  });
});
