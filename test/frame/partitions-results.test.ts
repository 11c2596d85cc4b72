import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  col,
  concat,
  count,
  type DataFrame,
  desc,
  fromColumns,
  readArrow,
  readJson,
  sql,
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
const directory = folder();
beforeAll(() => {
  engine = new LocalEngine({ threads: 2, spillDirectory: folder() });
  useEngine(engine);
});
afterAll(async () => {
  useEngine(undefined);
  await engine.dispose();
});

function table(rows: number, seed = 3): DataFrame {
  const random = numbers(seed);
  const draws = Array.from({ length: rows }, () => random.next().value >>> 8);
  return untyped(
    fromColumns(
      {
        id: draws.map((_, i) => i),
        k: draws.map((draw) => (draw % 11 === 0 ? null : `k${draw % 17}, "quoted"\nand more`)),
        x: draws.map((draw) => (draw % 7 === 0 ? null : (draw % 1000) / 8)),
        t: draws.map((draw) => new Date(Date.UTC(2020, 0, 1) + draw * 1000)),
      },
      { schema: { id: 'int64', k: 'string', x: 'float64', t: 'timestamp' } },
    ),
  );
}
const narrow = (f: DataFrame): DataFrame =>
  untyped(f.select({ id: col('id').cast('int32'), x: col('x').cast('float32') }));

type Case = readonly [name: string, frame: (f: DataFrame) => Frame | Promise<Frame>, order?: Ordering];
const CASES: readonly Case[] = [
  ['concat keeps the order of rows', (f) => concat([f, f.filter(col('id').gt(100)), f.limit(3)])],
  ['concat of other types', (f) => concat([f.select('id', 'x'), narrow(f)])],
  [
    'concat, then groups',
    (f) =>
      untyped(concat([f, f.limit(50)]))
        .groupBy('k')
        .agg({ n: count(), s: col('id').sum() }),
    'any',
  ],
  ['concat, then sort', (f) => untyped(concat([f.select('id', 'x'), narrow(f)])).sort('x', desc('id'))],
  [
    'concat of groups',
    (f) => concat([f.groupBy('k').agg({ n: count() }), f.select('k', { n: col('id') }).limit(2)]),
    'any',
  ],
  ['concat with what is sorted', (f) => concat([f.sort(desc('id')), f])],
  ['concat of other columns', (f) => concat([f.select('id', 'x'), f.select('id', 'k')], { how: 'diagonal' })],
  ['concat side by side', (f) => concat([f.select('id'), f.select({ y: col('x') })], { how: 'horizontal' })],
  ['SQL', (f) => sql('SELECT k, count(*) AS n FROM f WHERE x > 20 GROUP BY k', { f }), 'any'],
  [
    'SQL of several',
    (f) =>
      sql('SELECT f.id, g.n FROM f JOIN g USING (k) ORDER BY f.id', {
        f,
        g: f.groupBy('k').agg({ n: count() }),
      }),
  ],
  [
    'SQL, then a window',
    async (f) =>
      (await sql('SELECT * FROM f WHERE id % 2 = 0', { f })).withColumns({ c: col('id').cumSum() }),
  ],
  ['SQL of a sort', async (f) => (await sql('SELECT id FROM f', { f: f.sort(desc('id')) })).limit(7)],
];

describe.each(partitionsOf(3, 8))('in %i partitions', (partitions) => {
  test.each(CASES.map(([name, frame, order = 'rows']) => ({ name, frame, order })))(
    '$name',
    async ({ frame, order }) => {
      for (const rows of [table(300), table(0)])
        await expectSame(await frame(rows), partitions, order, { engine });
    },
  );

  const written: readonly (readonly [
    name: string,
    end: string,
    write: (f: DataFrame, path: string, options: object) => Promise<void>,
  ])[] = [
    ['CSV', '.csv', (f, path, options) => f.toCsv(path, options)],
    ['JSON lines', '.jsonl', (f, path, options) => f.toJson(path, options)],
    ['a JSON array', '.json', (f, path, options) => f.toJson(path, { format: 'array', ...options })],
    ['packed CSV', '.csv.gz', (f, path, options) => f.toCsv(path, options)],
  ];
  test.each(written)('%s has the same bytes', async (_, end, write) => {
    for (const frame of [table(500).sort('x', 'id'), table(500).filter(col('x').gt(50)), table(0)]) {
      const [one, many] = ['one', 'many'].map((name) => join(directory, `${name}${end}`));
      await write(untyped(frame), one!, { overwrite: true });
      await write(untyped(frame), many!, { overwrite: true, partitions });
      expect(readFileSync(many!).equals(readFileSync(one!))).toBe(true);
    }
  });

  test.each(['file', 'stream'] as const)('an Arrow %s has the same rows', async (format) => {
    for (const frame of [table(500).sort('x', 'id'), table(0)]) {
      const path = join(directory, 'many.arrow');
      await frame.toArrow(path, { format, overwrite: true, partitions });
      const read = await readArrow(path);
      expect(await read.rows()).toEqual(await frame.rows());
      expect(await read.schema()).toEqual(await frame.schema());
    }
  });

  test('what cannot be computed leaves no file', async () => {
    const none = folder();
    const bad = table(300).select({ n: col('k').cast('int64') });
    const writes: readonly (() => Promise<void>)[] = [
      () => bad.toCsv(join(none, 'a.csv'), { partitions }),
      () => bad.toJson(join(none, 'a.json'), { partitions }),
      () => bad.toArrow(join(none, 'a.arrow'), { partitions }),
      () => bad.toParquet(join(none, 'a'), { partitions, filePerPartition: true }),
    ];
    for (const write of writes) await expect(write()).rejects.toThrow('a value cannot be converted');
    expect(listing(none)).toEqual([]);
    expect(listing(engine.settings.spillDirectory).filter((name) => name.includes('exchange-'))).toEqual([]);
  });
});

test('JSON of partitions is read back', async () => {
  const path = join(directory, 'rows.jsonl');
  await table(200).select('id', 'k', 'x').toJson(path, { partitions: 4 });
  expect(await (await readJson(path)).rows()).toEqual(await table(200).select('id', 'k', 'x').rows());
});
