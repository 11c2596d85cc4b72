/** Directories of files, each of which is written where its partition is computed. */
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { col, type DataFrame, fromColumns, readCsv, readJson, readParquet } from '../../src/frame/index.js';
import { partialName, removeAbandonedPartials } from '../../src/io/partial.js';
import { listing } from '../support/files.js';
import { elsewhereOf, folder, untyped } from './partitions/compare.js';

const ROWS = 30_000;
const KEYS = ['plain', 'a b', 'ü/x=1', null];
const frame = untyped(
  fromColumns(
    {
      id: Int32Array.from({ length: ROWS }, (_, i) => i),
      key: Array.from({ length: ROWS }, (_, i) => KEYS[i % KEYS.length]!),
      text: Array.from({ length: ROWS }, (_, i) => (i % 9 === 0 ? null : `"${i}", and\nmore`)),
      x: Float64Array.from({ length: ROWS }, (_, i) => Math.sin(i)),
    },
    { schema: { id: 'int32', key: 'string', text: 'string', x: 'float64' } },
  ),
);
const PARTITIONS = 3;
const within = (options: object = {}) => ({ partitions: PARTITIONS, ...elsewhereOf(), ...options });
const directory = folder();
const at = (name: string): string => join(directory, name);
const partials = (): string[] => listing(directory).filter((name) => name.includes('.partial-'));

/** What was written, and what is read of it. */
type Written = readonly [
  name: string,
  write: (frame: DataFrame, path: string, options?: object) => Promise<void>,
  read: (path: string) => Promise<DataFrame>,
  end: string,
];
const types = { id: 'int32', key: 'string', text: 'string', x: 'float64' } as const;
const WRITTEN: readonly Written[] = [
  [
    'Parquet',
    (f, path, options) => f.toParquet(path, within({ filePerPartition: true, ...options })),
    async (path) => untyped(await readParquet(path)),
    '.parquet',
  ],
  [
    'CSV',
    (f, path, options) => f.toCsv(path, within({ filePerPartition: true, nullText: '∅', ...options })),
    async (path) => untyped(await readCsv(path, { schema: types, nullText: '∅' })),
    '.csv',
  ],
  [
    'packed CSV',
    (f, path, options) =>
      f.toCsv(path, within({ filePerPartition: true, compression: 'gzip', nullText: '∅', ...options })),
    async (path) => untyped(await readCsv(path, { schema: types, nullText: '∅' })),
    '.csv.gz',
  ],
  [
    'JSON lines',
    (f, path, options) => f.toJson(path, within({ filePerPartition: true, ...options })),
    async (path) => untyped(await readJson(path, { schema: types })),
    '.jsonl',
  ],
  [
    'packed JSON arrays',
    (f, path, options) =>
      f.toJson(path, within({ filePerPartition: true, format: 'array', compression: 'zstd', ...options })),
    async (path) => untyped(await readJson(path, { schema: types })),
    '.json.zst',
  ],
];

test.each(WRITTEN)(
  '%s: a file for each partition, in the order of the rows',
  async (name, write, read, end) => {
    await write(frame, at(name));
    expect(readdirSync(at(name)).sort()).toEqual([0, 1, 2].map((part) => `part-0000${part}${end}`));
    expect(await (await read(at(name))).rows()).toEqual(await frame.rows());
    expect(partials()).toEqual([]);
  },
);

test.each(WRITTEN)(
  '%s is replaced only where that is asked for, by what is whole',
  async (name, write, read) => {
    const path = at(`${name} again`);
    const few = untyped(frame.filter(col('id').lt(10)));
    await write(few, path);
    await expect(write(frame, path)).rejects.toThrow(`${path} exists; pass overwrite: true`);
    const bad = untyped(frame.withColumns({ x: col('text').cast('float64') }));
    await expect(write(bad, path, { overwrite: true })).rejects.toThrow('a value cannot be converted');
    expect(await (await read(path)).rows()).toEqual(await few.rows());
    await write(frame, path, { overwrite: true });
    expect(await (await read(path)).count()).toBe(ROWS);
    writeFileSync(join(path, 'mine.txt'), 'mine');
    await expect(write(few, path, { overwrite: true })).rejects.toThrow('is something else');
    expect(partials()).toEqual([]);
  },
);

test('Parquet: a folder for each value, in it a file of each partition', async () => {
  await frame.toParquet(at('by'), within({ partitionBy: 'key' }));
  const folders = readdirSync(at('by')).sort();
  expect(folders).toHaveLength(KEYS.length);
  for (const name of folders)
    expect(readdirSync(join(at('by'), name)).sort()).toEqual(
      [0, 1, 2].map((part) => `part-0000${part}-00000.parquet`),
    );
  const read = untyped(await readParquet(at('by')));
  expect(await read.select('id', 'key', 'text', 'x').sort('id').rows()).toEqual(await frame.rows());
});

test('Parquet: files of about a size, in the order of the rows', async () => {
  await frame.toParquet(at('sized'), within({ fileSize: '64KB', rowGroupRows: 2048 }));
  const names = readdirSync(at('sized')).sort();
  expect(names.length).toBeGreaterThan(2 * PARTITIONS);
  for (const name of names) {
    expect(name).toMatch(/^part-0000[012]-0000\d\.parquet$/);
    expect(statSync(join(at('sized'), name)).size).toBeLessThan(128_000);
  }
  expect(await (await readParquet(at('sized'))).rows()).toEqual(await frame.rows());
});

test('no rows are a file of no rows, and no folder', async () => {
  const none = untyped(frame.filter(col('id').lt(0)));
  await none.toParquet(at('none'), within({ filePerPartition: true }));
  expect(await (await readParquet(at('none'))).schema()).toEqual(await frame.schema());
  await none.toParquet(at('none by'), within({ partitionBy: 'key' }));
  expect(listing(at('none by'))).toEqual(['part-00000.parquet']);
  const { key, ...others } = await frame.schema();
  expect(await (await readParquet(at('none by'))).schema()).toEqual({ ...others, key });
  expect(await (await readParquet(at('none by'))).count()).toBe(0);
});

test('what a killed program left beside is removed by the next write', () => {
  const path = at('left');
  // A name of this machine's whose process is gone.
  const name = partialName(path).replace(`-${process.pid}-`, '-999999999-');
  mkdirSync(`${name}.attempts`);
  removeAbandonedPartials(path);
  expect(existsSync(`${name}.attempts`)).toBe(false);
});
