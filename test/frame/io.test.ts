/** Writing and reading again, tables of databases, and results. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as tw from '../../src/index.js';
import { limitLeaving } from '../support/memory.js';

let engine: tw.LocalEngine;
let home: string;
beforeAll(() => {
  engine = new tw.LocalEngine({ threads: 2, memoryLimit: limitLeaving(0.7e9) });
  home = mkdtempSync(join(tmpdir(), 'tilework-io-'));
});
afterAll(async () => {
  await engine.dispose();
  rmSync(home, { recursive: true, force: true });
});

const rows = [
  { i: 1, big: 2n ** 60n, f: 0.1, s: 'ä,"\n', e: '', b: true, t: new Date(-1), l: [1, null], st: { a: 'x' } },
  { i: null, big: null, f: null, s: null, e: null, b: null, t: null, l: null, st: null },
];
const frame = () => tw.fromRows<object>(rows) as tw.DataFrame;
const many = () =>
  tw.fromColumns({
    i: Int32Array.from({ length: 400_000 }, (_, i) => i),
    k: Int8Array.from({ length: 400_000 }, (_, i) => i % 3),
  });

describe('what is written is read again', () => {
  test.each(['snappy', 'zstd', 'gzip', 'lz4', 'none'] as const)('Parquet, %s', async (compression) => {
    const path = join(home, `${compression}.parquet`);
    await frame().toParquet(path, { engine, compression });
    expect(await (await tw.readParquet(path, { engine })).rows({ engine })).toEqual(rows);
  });

  test('JSON without objects is told with its file', async () => {
    const path = join(home, 'array.jsonl');
    writeFileSync(path, '[{"x":1}]');
    await expect(tw.readJson(path, { engine })).rejects.toThrow(
      /array\.jsonl is empty, or holds what is no object.* format: 'array'/,
    );
    expect(await (await tw.readJson(path, { engine, format: 'array' })).rows({ engine })).toEqual([{ x: 1 }]);
  });

  test('keys of JSON that SQL takes for one are refused, and read as a schema says', async () => {
    const [one, two, inner] = ['one', 'two', 'inner'].map((name) => join(home, `case-${name}.jsonl`));
    writeFileSync(one!, '{"a":1,"A":2,"A_2":3}\n');
    writeFileSync(two!, '{"a":1,"b":0}\n{"A":2}\n');
    writeFileSync(inner!, '{"x":[{"s":{"a":1}}]}\n{"x":[{"s":{"A":2}}]}\n');
    for (const paths of [one!, two!, [two!, one!]])
      await expect(tw.readJson(paths, { engine })).rejects.toThrow(
        /^readJson: in .*case-\S+.* the keys "a" and "A" differ only in the case of letters, .* say by schema which columns to read$/,
      );
    await expect(tw.readJson(two!, { engine, sampleRows: -1 })).rejects.toThrow('the keys "a" and "A"');
    await expect(tw.readJson(inner!, { engine })).rejects.toThrow(
      /the keys "a" and "A" of objects in "x\.s" differ only .* which columns to read, "x" as 'string'$/,
    );
    const upper = await tw.readJson(one!, { engine, schema: { A: 'int64' } });
    expect(await upper.rows({ engine })).toEqual([{ A: 2 }]);
    const text = await tw.readJson(inner!, { engine, schema: { x: 'string' } });
    expect(await text.rows({ engine })).toEqual([{ x: '[{"s":{"a":1}}]' }, { x: '[{"s":{"A":2}}]' }]);
    const both = { a: 'int64', A: 'int64' } as const;
    await expect(tw.readJson(one!, { engine, schema: both })).rejects.toThrow(
      'readJson: schema: the columns "a" and "A" would differ only',
    );
    // Such names are no others where there is none that they could have been.
    writeFileSync(one!, '{"a":1,"A_1":2,"b_1":3}\n');
    expect(await (await tw.readJson(one!, { engine })).rows({ engine })).toEqual([{ a: 1, A_1: 2, b_1: 3 }]);
  });

  test('rows of CSV that are longer than most, and lines that end in different ways', async () => {
    const [long, mixed] = ['long', 'mixed'].map((name) => join(home, `${name}.csv`));
    const text = 'x'.repeat(3_000_000);
    writeFileSync(long!, `a,b\n1,${text}\n2,y\n`);
    await expect(tw.readCsv(long!, { engine })).rejects.toThrow(
      /long\.csv, line 2: a row has more than 2000000 bytes; say how many there may be by rowBytes/,
    );
    const frame = await tw.readCsv(long!, { engine, rowBytes: 4_000_000 });
    expect(await frame.rows({ engine })).toEqual([
      { a: 1, b: text },
      { a: 2, b: 'y' },
    ]);
    await expect(tw.readCsv(long!, { engine, rowBytes: 0 })).rejects.toThrow(
      'readCsv: rowBytes is a whole number from 1, not 0',
    );
    writeFileSync(mixed!, 'a,b\r\n1,2\n3,4\r\n');
    await expect(tw.readCsv(mixed!, { engine })).rejects.toThrow(/mixed\.csv: lines end in different ways/);
  });

  test.each([
    ['1,234;x', '-1,000,000.5;y', { thousands: ',' }],
    ['1.234;x', '-1.000.000,5;y', { thousands: '.', decimal: ',' }],
    ['1 234;x', '-1 000 000.5;y', { thousands: ' ' }],
  ] as const)('numbers with marks between thousands: %s', async (first, second, options) => {
    const path = join(home, `thousands${options.thousands.charCodeAt(0)}.csv`);
    writeFileSync(path, `n;s\n${first}\n${second}\n`);
    const expected = [
      { n: 1234, s: 'x' },
      { n: -1000000.5, s: 'y' },
    ];
    for (const more of [{}, { schema: { n: 'float64', s: 'string' } }] as const) {
      const frame = await tw.readCsv(path, { engine, ...options, ...more });
      expect(await frame.schema({ engine })).toEqual({ n: 'float64', s: 'string' });
      expect(await frame.rows({ engine })).toEqual(expected);
    }
    await expect(
      tw.readCsv(path, { engine, types: { n: 'float64' } }).then((frame) => frame.rows({ engine })),
    ).rejects.toThrow();
  });

  test('numbers that JSON has not are null', async () => {
    const path = join(home, 'numbers.jsonl');
    const { NaN: nan, POSITIVE_INFINITY: infinite } = Number;
    const odd = [
      {
        x: nan,
        list: [1.5, infinite, null],
        struct: { y: -infinite, z: 'a', w: { v: nan } },
        deep: [{ y: [nan, 1], z: 'b' }, null, { y: null, z: null }, { y: [], z: "it's" }],
        lists: [[infinite], null, [2.5]],
      },
      { x: 2.5, list: null, struct: null, deep: null, lists: [] },
    ];
    const numbers = tw.fromRows<object>(odd);
    await numbers.toJson(path, { engine });
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    // As JSON.stringify writes them.
    expect(lines.map((line) => JSON.parse(line))).toEqual(JSON.parse(JSON.stringify(odd)));
  });

  test.each(['rows.jsonl', 'rows.jsonl.gz', 'rows.json'])('%s', async (name) => {
    const path = join(home, name);
    await frame().toJson(path, { engine, format: name === 'rows.json' ? 'array' : 'lines' });
    expect(await (await tw.readJson(path, { engine })).rows({ engine })).toEqual(rows);
  });

  test.each(['rows.csv', 'rows.csv.gz', 'rows.csv.zst'])('%s', async (name) => {
    const path = join(home, name);
    const flat = frame().drop('l', 'st');
    await flat.toCsv(path, { engine });
    const again = await tw.readCsv(path, { engine });
    expect(await again.rows({ engine })).toEqual(rows.map(({ l: _, st: __, ...row }) => row));
  });

  test.each(['file', 'stream'] as const)('Arrow %s', async (format) => {
    const path = join(home, `${format}.arrow`);
    await frame().toArrow(path, { engine, format });
    expect(await (await tw.readArrow(path, { engine })).rows({ engine })).toEqual(rows);
  });

  test('files of a size, in the order of rows', async () => {
    const path = join(home, 'parts');
    await many().toParquet(path, { engine, fileSize: 300_000, rowGroupRows: 20_000 });
    const names = readdirSync(path);
    expect(names.length).toBeGreaterThan(2);
    expect(names[0]).toBe('part-00000.parquet');
    const { columns } = await (await tw.readParquet(path, { engine })).toColumns({ engine });
    const { values } = columns[0]!;
    expect(values).toHaveLength(400_000);
    expect((values as Int32Array).every((value, i) => value === i)).toBe(true);
  });

  test('folders by value; replacing them removes those of before', async () => {
    const path = join(home, 'folders');
    await many().toParquet(path, { engine, partitionBy: 'k' });
    expect(readdirSync(path).sort()).toEqual(['k=0', 'k=1', 'k=2']);
    const again = await tw.readParquet(path, { engine });
    expect(await again.filter(tw.col('k').eq(1)).count({ engine })).toBe(133_333);
    // Without rows there is no folder, and the columns are there all the same.
    for (const partitions of [undefined, 2]) {
      const nothing = {
        engine,
        partitionBy: 'k',
        overwrite: true,
        ...(partitions && { partitions }),
      } as const;
      const none = join(home, `none${partitions ?? ''}`);
      await many().filter(tw.col('k').eq(77)).toParquet(none, nothing);
      const empty = await tw.readParquet(none, { engine });
      const { k, ...others } = await many().schema({ engine });
      expect(await empty.schema({ engine })).toEqual({ ...others, k });
      expect(empty.columns.at(-1)).toBe('k');
      expect(await empty.rows({ engine })).toEqual([]);
      await many().toParquet(none, nothing);
      expect(await (await tw.readParquet(none, { engine })).count({ engine })).toBe(
        await many().count({ engine }),
      );
    }
    await many().filter(tw.col('k').eq(2)).toParquet(path, { engine, partitionBy: 'k', overwrite: true });
    expect(readdirSync(path)).toEqual(['k=2']);
  });

  test('a frame may replace the file that it reads', async () => {
    const path = join(home, 'self.parquet');
    await tw.fromRows([{ x: 1 }, { x: 2 }]).toParquet(path, { engine });
    const self = await tw.readParquet(path, { engine });
    await self.filter(tw.col('x').gt(1)).toParquet(path, { engine, overwrite: true });
    expect(await (await tw.readParquet(path, { engine })).rows({ engine })).toEqual([{ x: 2 }]);
  });
});

test('a table of a DuckDB file', async () => {
  const path = join(home, "it's a.duckdb");
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run(
    "CREATE TABLE people AS SELECT 1 AS id, 'Ada' AS name; CREATE SCHEMA s; CREATE TABLE s.t AS SELECT 2 AS x; CREATE TABLE many AS SELECT i FROM range(5000) r(i); DELETE FROM many WHERE i % 3 = 0; CREATE VIEW few AS SELECT i FROM many WHERE i < 4",
  );
  connection.closeSync();
  instance.closeSync();
  const people = await tw.readDatabase(path, { engine, table: 'people' });
  expect(await people.rows({ engine })).toEqual([{ id: 1, name: 'Ada' }]);
  expect(await (await tw.readDatabase(path, { engine, table: 's.t' })).rows({ engine })).toEqual([{ x: 2 }]);
  await expect(tw.readDatabase(path, { engine, table: 'peple' })).rejects.toThrow('did you mean "people"?');
  // In partitions by the ids of rows; a view has none.
  const many = await tw.readDatabase<{ i: 'int64' }>(path, { engine, table: 'many' });
  const left = Array.from({ length: 5000 }, (_, i) => ({ i })).filter(({ i }) => i % 3 !== 0);
  expect(await many.rows({ engine, partitions: 3 })).toEqual(left);
  expect(await many.explainPartitions(3, { engine })).toContain('result: 3 partitions');
  const few = await tw.readDatabase(path, { engine, table: 'few' });
  expect(await few.rows({ engine, partitions: 3 })).toEqual([{ i: 1 }, { i: 2 }]);
});

describe('results', () => {
  test('integers of 64 bits', async () => {
    const ints = tw.fromColumns({ n: BigInt64Array.of(-(2n ** 63n), -1n, 2n ** 53n - 1n, 2n ** 53n + 1n) });
    const as = async (int64: 'auto' | 'bigint' | 'number') =>
      (await ints.rows({ engine, int64 })).map((row) => row.n);
    expect(await as('auto')).toEqual([-(2n ** 63n), -1, 2 ** 53 - 1, 2n ** 53n + 1n]);
    expect(await as('bigint')).toEqual([-(2n ** 63n), -1n, 2n ** 53n - 1n, 2n ** 53n + 1n]);
    expect(await as('number')).toEqual([-(2 ** 63), -1, 2 ** 53 - 1, 2 ** 53]);
  });

  test('a column may have any name', async () => {
    const odd = tw.fromColumns({ 'a"b': [1], ['__proto__']: [2], '`x` \\ y': [3] });
    const [row] = await odd.rows({ engine });
    expect(Object.entries(row!)).toEqual([
      ['a"b', 1],
      ['__proto__', 2],
      ['`x` \\ y', 3],
    ]);
  });

  test('Arrow record batches', async () => {
    let count = 0;
    for await (const batch of many().arrowBatches({ engine })) count += batch.numRows;
    expect(count).toBe(400_000);
  });

  test('rows one after another, of which the rest need not be computed', async () => {
    const seen: unknown[] = [];
    for await (const { i } of many()) {
      seen.push(i);
      if (seen.length === 3) break;
    }
    expect(seen).toEqual([0, 1, 2]);
  });

  test('tables for people: wide characters take two cells, HTML is escaped', async () => {
    const table = tw.fromRows([
      { s: '日本', n: 1 },
      { s: '<b>&', n: 22 },
    ]);
    expect(await table.toText(10, { engine })).toBe(
      ['s        n', 'string  int64', '──────  ─────', '日本        1', '<b>&       22']
        .join('\n')
        .replace('s        n', 's           n'),
    );
    expect(await table.toHtml(10, { engine })).toContain('&#60;b&#62;&#38;');
  });
});
