/** Row groups of files of DuckDB's as files of their own. */
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Database } from '../../src/frame/duck/database.js';
import { joinSlices, readSliced, type Segment, sliceOf } from '../../src/frame/parquet/slices.js';
import { LocalEngine } from '../../src/index.js';
import { folders } from '../support/files.js';
import { limitLeaving } from '../support/memory.js';

const folder = folders();

const PARTS = 50;
const engine = new LocalEngine({ threads: 1, memoryLimit: limitLeaving(0.7e9, 1) });
const database = Database.of(engine);
afterAll(() => engine.dispose());

const COLUMNS: Readonly<Record<string, string>> = {
  i: 'i',
  texts: "'text ' || i % 7",
  missing: 'CASE WHEN i % 3 = 0 THEN NULL ELSE i * 1.5 END',
  flag: 'i % 2 = 0',
  exact: '(i / 100)::DECIMAL(20, 3)',
  lists: 'CASE WHEN i % 5 = 0 THEN NULL ELSE range(i % 4) END',
  nested: "{ 'a': (i % 100)::SMALLINT, 'b': [i::VARCHAR, NULL] }",
  maps: "MAP { 'k' || i % 3: i }",
  times: "TIMESTAMP '2024-01-01' + INTERVAL (i) SECOND",
};
const ITEMS = Object.entries(COLUMNS)
  .map(([name, sql]) => `${sql} AS ${name}`)
  .join(', ');

/** A file of rows that are sorted by their parts: those from a number on, of which the part is `part`. */
async function packed(
  path: string,
  from: number,
  rows: number,
  part: string,
  items = ITEMS,
): Promise<string> {
  const sql = `SELECT ${items}, CAST(${part} AS INTEGER) AS part FROM range(${from}, ${from + rows}) AS r(i) ORDER BY part`;
  await database.execute({
    sql: `COPY (${sql}) TO '${path}' (FORMAT parquet, COMPRESSION uncompressed, ROW_GROUP_SIZE 2048, WRITE_BLOOM_FILTER false)`,
    values: [],
  });
  return path;
}

async function bytesOf(segments: readonly Segment[]): Promise<Buffer> {
  const all = segments.map(async (segment) =>
    segment instanceof Uint8Array
      ? segment
      : (await readFile(segment.path)).subarray(segment.from, segment.from + segment.bytes),
  );
  return Buffer.concat(await Promise.all(all));
}

async function rowsOf(sql: string): Promise<unknown[]> {
  const rows: unknown[] = [];
  for await (const batch of database.batches({
    sql: `SELECT to_json(t)::VARCHAR AS row FROM (${sql}) AS t`,
    values: [],
  }))
    rows.push(...(batch.columns[0]!.values as unknown as unknown[]).slice(0, batch.rows));
  return rows;
}

test('every part is put together of several files with all its rows, once, and types as they were', async () => {
  const directory = folder();
  const paths = [
    await packed(join(directory, 'a.parquet'), 0, 30_000, `hash(i) % ${PARTS}`),
    // Rows of few parts only, …
    await packed(join(directory, 'b.parquet'), 30_000, 9_000, 'i % 3'),
    // … and none.
    await packed(join(directory, 'c.parquet'), 0, 0, '0'),
  ];
  const files = paths.map((path) => readSliced(path, 'part', PARTS));
  const all = `read_parquet(['${paths.join("', '")}'])`;
  let count = 0;
  for (const part of [0, 1, 2, 17, PARTS - 1]) {
    const joined = joinSlices(files.map((file) => sliceOf(file, part)));
    expect(joined).toHaveLength(1);
    const path = join(directory, `part-${part}.parquet`);
    writeFileSync(path, await bytesOf(joined[0]!));
    const expected = await rowsOf(`SELECT * FROM ${all} WHERE part = ${part} ORDER BY i`);
    count += expected.length;
    expect(await rowsOf(`SELECT * FROM '${path}' WHERE part = ${part} ORDER BY i`)).toEqual(expected);
    const [[read], [wrote]] = [
      await rowsOf(`SELECT count(*) AS n FROM '${path}'`),
      await rowsOf(
        `SELECT sum(num_values) AS n FROM parquet_metadata('${paths[0]}') WHERE path_in_schema = 'part'`,
      ),
    ];
    // Little more than the part was taken.
    expect(rowCount(read)).toBeLessThan(rowCount(wrote) / 3);
  }
  expect(count).toBeGreaterThan(9_000 + (5 * 30_000) / PARTS / 2);
});

const rowCount = (row: unknown): number => (JSON.parse(row as string) as { n: number }).n;

test('files of other columns are not put together with them, and of a part without rows there is no file', async () => {
  const directory = folder();
  const a = readSliced(await packed(join(directory, 'a.parquet'), 0, 100, '4'), 'part', PARTS);
  const b = readSliced(await packed(join(directory, 'b.parquet'), 0, 100, '4', 'i AS i'), 'part', PARTS);
  expect(joinSlices([a, b].map((file) => sliceOf(file, 4)))).toHaveLength(2);
  expect(joinSlices([a, b].map((file) => sliceOf(file, 3)))).toEqual([]);
  expect(() => readSliced(a.path, 'texts', PARTS)).toThrow(/a\.parquet does not say which parts/);
});
