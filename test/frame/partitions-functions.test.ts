import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  aggregate,
  col,
  count,
  type DataFrame,
  desc,
  FunctionError,
  fromRows,
} from '../../src/frame/index.js';
import { LocalEngine, useEngine } from '../../src/index.js';
import { listing } from '../support/files.js';
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

/** Keys with nulls, one of them of half of all rows; times of both kinds and decimals, which files of threads hold as others. */
function table(rows: number): DataFrame {
  const random = numbers(5);
  return untyped(
    fromRows(
      Array.from({ length: rows }, (_, id) => {
        const draw = random.next().value >>> 8;
        return {
          id,
          k: draw % 11 === 0 ? null : draw % 2 === 0 ? 'much' : `k${draw % 17}`,
          x: draw % 13 === 0 ? null : (draw % 10_007) / 16,
          at: draw % 5 === 0 ? null : new Date(Date.UTC(2020, 0, 1) + draw * 1000),
        };
      }),
      { schema: { id: 'int64', k: 'string', x: 'float64', at: 'timestamptz' } },
    ),
  );
}

const number = { schema: { index: 'int64' } } as const;
const spread = (f: DataFrame): DataFrame =>
  untyped(
    f.groupBy('k').apply(
      ({ rows, columns: { id, at } }) => ({
        first: [Number(id!.get(0))],
        last: [Number(id!.get(rows - 1))],
        at: [at!.get(0) as Date | null],
        n: [rows],
      }),
      { schema: { first: 'int64', last: 'int64', at: 'timestamptz', n: 'int64' } },
    ),
  );
/** The values of a group in the order of rows: what is joined in another order shows. */
const trail = aggregate({
  name: 'trail',
  takes: ['int64'],
  type: 'string',
  chunk: (x) => [...x].map(String),
  combine: (parts) => parts.flat(),
  finalise: (ids) => ids.join(' '),
});

const CASES: readonly (readonly [name: string, frame: (f: DataFrame) => Frame, order?: Ordering])[] = [
  ['rows, told their numbers', (f) => f.apply((_row, index) => index, number)],
  [
    'rows, beside what they keep',
    (f) => f.apply((row) => row.x === null, { schema: { none: 'bool' }, keep: true }),
  ],
  [
    'batches, told the number of their first row',
    (f) =>
      f.mapPartitions(
        ({ rows, firstRow }) => ({ index: Array.from({ length: rows }, (_, i) => firstRow + i) }),
        number,
      ),
  ],
  ['rows behind a filter', (f) => f.filter(col('x').gt(100)).apply((_row, index) => index, number)],
  ['rows of a sort', (f) => f.sort(desc('id')).apply((row, i) => Number(row.id) + i, number)],
  [
    'rows behind a window, whose places are kept apart',
    (f) =>
      f
        .withColumns({ p: col('id').shift(1, { partitionBy: 'k' }) })
        .apply((row, i) => Number(row.p ?? -1) * 1000 + i, number),
  ],
  ['a limit of rows', (f) => f.apply((_row, index) => index, number).limit(7, 40)],
  ['a function of a function', (f) => f.apply((_row, i) => i, number).apply((row) => -row.index!, number)],
  ['groups, in the order of their keys', spread],
  [
    'groups behind a window',
    (f) => spread(untyped(f.withColumns({ p: col('id').shift(1, { partitionBy: 'x' }) }))),
  ],
  [
    'groups by an expression',
    (f) =>
      f.groupBy({ odd: col('id').mod(2) }).apply(({ rows }) => ({ n: [rows] }), { schema: { n: 'int64' } }),
  ],
  [
    'groups of groups',
    (f) =>
      spread(f)
        .groupBy('k')
        .agg({ n: col('n').sum() }),
    'any',
  ],
  ['aggregates of groups', (f) => f.groupBy('k').agg({ ids: trail('id') }), 'any'],
  [
    'aggregates of groups beside others',
    (f) =>
      f.groupBy('k').agg({
        ids: trail('id'),
        n: count(),
        m: col('x').mean(),
        f: col('id').first(),
        l: col('x').median(),
      }),
    'any',
  ],
  ['aggregates of all', (f) => f.agg({ ids: trail('id') })],
  ['aggregates of all beside others', (f) => f.agg({ ids: trail('id'), n: count(), m: col('x').mean() })],
  [
    'aggregates behind a window',
    (f) => f.withColumns({ p: col('id').shift(1, { partitionBy: 'k' }) }).agg({ ids: trail('p') }),
  ],
  [
    'aggregates in expressions',
    (f) => f.groupBy('k').agg({ ids: trail('id').str.length().add(count()) }),
    'any',
  ],
  [
    'aggregates of groups that are together',
    (f) =>
      f
        .distinct('k', 'x')
        .groupBy('k')
        .agg({ ids: trail('id') }),
    'any',
  ],
  [
    'a join of functions',
    (f) =>
      f
        .apply((row) => row.x as number | null, { schema: { y: 'float64' }, keep: true })
        .join(spread(f), { on: 'k' }),
    'any',
  ],
];

describe.each(partitionsOf(3, 20))('functions in %i partitions', (partitions) => {
  test.each(CASES.map(([name, frame, order = 'rows']) => ({ name, frame, order })))(
    '$name',
    async ({ frame, order }) => {
      for (const rows of partitions === 3 ? [table(300), table(0)] : [table(90)])
        await expectSame(frame(rows), partitions, order, { engine, broadcastBytes: 0 });
    },
    30_000,
  );
});

test('each partition goes to the threads by itself, and groups go where they are together', async () => {
  const rows = await table(100)
    .apply((_row, index) => index, number)
    .explainPartitions(4);
  expect(rows).toContain('2: 4 tasks from 1\n  map rows');
  expect(rows).toMatch(/result: 4 partitions from 2\n/);
  const groups = await spread(table(100)).explainPartitions(4);
  expect(groups).toContain('exchange 4 ranges by k');
  expect(groups).toContain('write for functions by k');
  const own = await table(100)
    .groupBy('k')
    .agg({ ids: trail('id') })
    .explainPartitions(4);
  expect(own).toContain('exchange 4 parts by');
  expect(own).toContain('4 tasks from 2\n  aggregates trail by k');
  expect(
    await table(100)
      .agg({ ids: trail('id') })
      .explainPartitions(20),
  ).toContain('2 tasks from 2\n  merged partial');
});

test('written in partitions, and as an array', async () => {
  const frame = table(200).apply((row, i) => Number(row.id) + i, number);
  expect(await frame.toArray('index', { partitions: 3 }).then((array) => array.sum().compute())).toBe(
    await frame.toArray('index').then((array) => array.sum().compute()),
  );
});

test('what a function throws is told with the row of the frame, and no files are left', async () => {
  const frame = table(300).apply(
    (row) => {
      if (Number(row.id) === 250) throw new RangeError('too far');
      return 0;
    },
    { schema: { v: 'int64' } },
  );
  const error = await frame.rows({ partitions: 4 }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FunctionError);
  expect(error).toMatchObject({ row: 250, cause: expect.objectContaining({ message: 'too far' }) });
  expect(listing(engine.settings.spillDirectory).filter((name) => /exchange-|map-/.test(name))).toEqual([]);
});
