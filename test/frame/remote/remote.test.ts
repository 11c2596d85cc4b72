/**
 * Files on other machines and databases of other kinds, by DuckDB's extensions: a server of files on loopback, moto in the place of S3, a file that
 * Python's sqlite3 wrote.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LocalEngine } from '../../../src/engine/index.js';
import { s3Secret } from '../../../src/frame/files/remote.js';
import { col, fromRows, readCsv, readDatabase, readJson, readParquet } from '../../../src/frame/index.js';
import { serveFiles } from '../../support/file-server.js';
import { motoPython, startMoto } from '../../support/moto.js';
import { runScript } from '../../support/scripts.js';

const extensions = runScript('remote files', 'duckdb-extensions.mjs');
const python = motoPython();

const ROWS = Array.from({ length: 50_000 }, (_, x) => ({ x, y: `row ${x % 7}`, z: x / 3 }));
const directory = mkdtempSync(join(tmpdir(), 'tilework-remote-'));
const at = (name: string): string => join(directory, name);
let engine: LocalEngine;

beforeAll(async () => {
  if (extensions !== undefined) process.env.TILEWORK_DUCKDB_EXTENSIONS = extensions;
  engine = new LocalEngine({ threads: 2 });
  await fromRows(ROWS).toParquet(at('rows.parquet'), { rowGroupRows: 5000, engine });
  await fromRows(ROWS).toCsv(at('rows.csv'), { engine });
  await fromRows(ROWS.slice(0, 10)).toJson(at('rows.json'), { engine });
}, 120_000);

afterAll(async () => {
  await engine.dispose();
  rmSync(directory, { recursive: true });
});

describe.skipIf(extensions === undefined)('files of a web server', () => {
  let server: Awaited<ReturnType<typeof serveFiles>>;
  beforeAll(async () => {
    server = await serveFiles(directory);
  });
  afterAll(() => server.stop());

  test('are read, of Parquet only what is needed', async () => {
    const frame = await readParquet<{ x: 'int64'; y: 'string'; z: 'float64' }>(`${server.url}/rows.parquet`, {
      engine,
    });
    expect(frame.columns).toEqual(['x', 'y', 'z']);
    const before = server.sent();
    const rows = await frame.filter(col('x').ge(49_998)).select('x').rows({ engine });
    expect(rows).toEqual([{ x: 49_998 }, { x: 49_999 }]);
    expect(server.sent() - before).toBeLessThan(statSync(at('rows.parquet')).size / 3);
    expect(await frame.rows({ engine })).toEqual(ROWS);
    expect(await frame.sort('x').rows({ engine, partitions: 3 })).toEqual(ROWS);
  });

  test('are read as CSV and JSON too', async () => {
    const csv = await readCsv(`${server.url}/rows.csv`, { engine });
    expect(await csv.count({ engine })).toBe(50_000);
    const json = await readJson(`${server.url}/rows.json`, { engine });
    expect(await json.rows({ engine })).toEqual(ROWS.slice(0, 10));
  });

  test('that are not there are named', async () => {
    await expect(readParquet(`${server.url}/none.parquet`, { engine })).rejects.toThrow(
      `${server.url}/none.parquet`,
    );
    await expect(fromRows(ROWS).toParquet(`${server.url}/new.parquet`, { engine })).rejects.toThrow(
      /of other machines only s3:\/\/ is written/,
    );
  });
});

describe.skipIf(extensions === undefined || python === undefined)('objects of S3', () => {
  let moto: Awaited<ReturnType<typeof startMoto>>;
  const before = { ...process.env };
  beforeAll(async () => {
    moto = await startMoto(python!);
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: moto.endpoint,
      AWS_ACCESS_KEY_ID: "it's a test",
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_REGION: 'eu-central-1',
    });
    await fetch(`${moto.endpoint}/bucket`, {
      method: 'PUT',
      body: '<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>',
    });
  });
  afterAll(async () => {
    process.env = before;
    await moto.stop();
  });

  test('are written and read, by globs too', async () => {
    const frame = fromRows(ROWS);
    await frame.filter(col('x').lt(30_000)).toParquet('s3://bucket/part/a.parquet', { engine });
    await frame
      .filter(col('x').ge(30_000))
      .toParquet('s3://bucket/part/b.parquet', { engine, partitions: 2 });
    const read = await readParquet('s3://bucket/part/*.parquet', { engine });
    expect(await read.rows({ engine })).toEqual(ROWS);
    await frame.head(10).toCsv('s3://bucket/ten.csv', { engine });
    expect(await (await readCsv('s3://bucket/ten.csv', { engine })).rows({ engine })).toEqual(
      ROWS.slice(0, 10),
    );
  });

  test('are replaced only where that is asked for', async () => {
    const one = fromRows([{ x: 1 }]);
    await one.toParquet('s3://bucket/one.parquet', { engine });
    await expect(one.toParquet('s3://bucket/one.parquet', { engine })).rejects.toThrow(
      's3://bucket/one.parquet exists already; pass { overwrite: true } to replace it',
    );
    await fromRows([{ x: 2 }]).toParquet('s3://bucket/one.parquet', { engine, overwrite: true });
    const read = await readParquet('s3://bucket/one.parquet', { engine });
    expect(await read.rows({ engine })).toEqual([{ x: 2 }]);
  });

  test('are not there before all is', async () => {
    const wrong = fromRows([{ x: '1' }, { x: 'two' }]).select({ x: col('x').cast('int64') });
    await expect(wrong.toParquet('s3://bucket/wrong.parquet', { engine })).rejects.toThrow(/two/);
    await expect(readParquet('s3://bucket/wrong.parquet', { engine })).rejects.toThrow('wrong.parquet');
  });

  test('are as many as a directory would have files', async () => {
    await fromRows(ROWS).toParquet('s3://bucket/by', { engine, partitionBy: 'y' });
    const read = await readParquet('s3://bucket/by/*/*.parquet', { engine });
    const rows = await read.select('x', 'y', 'z').sort('x').rows({ engine });
    expect(rows).toEqual(ROWS);
  });

  test('of no bucket are an error that names them', async () => {
    await expect(readParquet('s3://none/x.parquet', { engine })).rejects.toThrow('s3://none/x.parquet');
    await expect(fromRows([{ x: 1 }]).toParquet('s3://none/x.parquet', { engine })).rejects.toThrow(
      's3://none/x.parquet',
    );
  });
});

test('credentials of the environment are quoted', () => {
  expect(s3Secret({})).toBeUndefined();
  expect(s3Secret({ AWS_ACCESS_KEY_ID: "a'b", AWS_SECRET_ACCESS_KEY: 'c' })).toBe(
    "CREATE OR REPLACE SECRET tilework_s3 (TYPE s3, KEY_ID 'a''b', SECRET 'c', REGION 'us-east-1')",
  );
  expect(s3Secret({ AWS_ENDPOINT_URL: 'https://s3.example.org:9000/', AWS_REGION: 'eu-west-1' })).toBe(
    "CREATE OR REPLACE SECRET tilework_s3 (TYPE s3, ENDPOINT 's3.example.org:9000', URL_STYLE 'path', USE_SSL 'true', REGION 'eu-west-1')",
  );
});

test.skipIf(extensions === undefined || python === undefined)('a table of SQLite', async () => {
  const program = `
import sqlite3, sys
c = sqlite3.connect(sys.argv[1])
c.execute("CREATE TABLE people (name TEXT, age INTEGER, height REAL)")
c.executemany("INSERT INTO people VALUES (?, ?, ?)", [("Ada", 36, 1.65), ("Zoë", None, 1.7), ("Bob", 9007199254740993, None)])
c.commit()`;
  execFileSync(python!, ['-c', program, at('people.sqlite')]);
  const people = await readDatabase(at('people.sqlite'), { table: 'people', engine });
  expect(await people.rows({ engine })).toEqual([
    { name: 'Ada', age: 36, height: 1.65 },
    { name: 'Zoë', age: null, height: 1.7 },
    { name: 'Bob', age: 9007199254740993n, height: null },
  ]);
  expect(await people.filter(col('age').gt(40)).count({ engine })).toBe(1);
  await expect(readDatabase(at('people.sqlite'), { table: 'poeple', engine })).rejects.toThrow(
    /did you mean "people"/,
  );
});
