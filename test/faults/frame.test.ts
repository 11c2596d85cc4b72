/** What a frame says of bad files, failing casts, full disks and interruptions: clear errors, and nothing that looks whole. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as tw from '../../src/index.js';
import { folders } from '../support/files.js';
import { cannot, withDisk } from './disk.js';
import { programs } from './programs.js';

const folder = folders();
const { run, start } = programs();

const FLIGHTS = join(import.meta.dirname, '../../node_modules/vega-datasets/data/flights-3m.parquet');

let engine: tw.LocalEngine;
beforeAll(() => {
  engine = new tw.LocalEngine({ threads: 2, memoryLimit: '1GB', spillDirectory: folder() });
});
afterAll(() => engine.dispose());

const failure = async (work: () => Promise<unknown>): Promise<tw.FileError> => {
  const value = await work().then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
  if ('result' in value) throw new Error(`it resolved with ${JSON.stringify(value.result)}`);
  return value.error as tw.FileError;
};
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder(), name);
  writeFileSync(path, content);
  return path;
};
const parquet = async (rows: readonly object[]): Promise<string> => {
  const path = join(folder(), `${rows.length}.parquet`);
  await tw.fromRows(rows).toParquet(path, { engine });
  return path;
};
const small = () =>
  tw.fromRows([
    { x: 1, y: 'a' },
    { x: 2, y: 'b' },
  ]);

describe('malformed CSV', () => {
  const csv = async (text: string | Uint8Array, options: tw.CsvOptions = {}): Promise<tw.FileError> => {
    const path = file('data.csv', text);
    const error = await failure(async () =>
      (await tw.readCsv(path, { engine, ...options })).rows({ engine }),
    );
    expect(error).toBeInstanceOf(tw.FileError);
    expect(error.path).toBe(path);
    expect(error.message).toContain(path);
    expect(error.message).not.toContain('\n');
    return error;
  };

  test('a value that does not fit: file, line, column and the ways out', async () => {
    const error = await csv('x,y\n1,a\nfoo,b\n', { types: { x: 'int64' } });
    expect(error).toMatchObject({ line: 3, column: 'x' });
    expect(error.message).toMatch(
      /, line 3, column "x": "foo" is no int64; read it as another type by types: \{ "x": 'string' \}.* nullText .* onBadRows: 'skip'$/,
    );
  });

  test('a value that does not fit, far behind the rows that types were found from', async () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => `${i},a`);
    const error = await csv(`x,y\n${rows.join('\n')}\nfoo,b\n`);
    expect(error).toMatchObject({ line: 30_002, column: 'x' });
  });

  test.each([
    ['too many values', 'x,y\n1,a\n2,b,c\n', 3, /3 values where there are 2 columns; .*onBadRows: 'skip'/],
    ['too few values', 'x,y\n1,a\n2\n', 3, /1 value where there are 2 columns; .*fillShortRows: true/],
    ['a quote that is not closed', 'x,y\n1,a\n2,"b\n3,c\n', 3, /a quote is opened and not closed.*quote/],
    ['text behind a quote', 'x,y\n1,"a"b\n', 2, /a quote is opened and not closed as it should be/],
    ['another encoding', Buffer.from('x,y\n1,caf\xe9\n', 'latin1'), 2, /it is not UTF-8; .*'latin-1'/],
  ])('%s', async (_, text, line, message) => {
    const error = await csv(text);
    expect(error.line).toBe(line);
    expect(error.message).toMatch(message);
  });

  test('an empty file', async () =>
    expect((await csv('')).message).toMatch(/is empty: it has not even a header/));

  test('a gzip file that is none', async () => {
    const path = file('data.csv.gz', 'x,y\n1,a\n');
    expect((await failure(() => tw.readCsv(path, { engine }))).message).toMatch(/no gzip file/);
  });

  test('a gzip file that is cut short', async () => {
    const lines = Array.from({ length: 50_000 }, (_, i) => `${i},${(i * 7919) % 10_007}`);
    const whole = gzipSync(`x,y\n${lines.join('\n')}\n`);
    const path = file('data.csv.gz', whole.subarray(0, whole.length / 2));
    const error = await failure(async () => (await tw.readCsv(path, { engine })).count({ engine }));
    expect(error.message).toContain(path);
  });

  test('bad rows are left out and listed, where that is asked for', async () => {
    const path = file('data.csv', 'x,y\n1,a\nfoo,b\n3,c,d\n4,e\n');
    const options = { engine, types: { x: 'int64' }, onBadRows: 'skip' } as const;
    const rows = await (await tw.readCsv(path, options)).rows({ engine });
    expect(rows).toEqual([
      { x: 1, y: 'a' },
      { x: 4, y: 'e' },
    ]);
    const bad = await tw.csvBadRows(path, options);
    expect(bad.map(({ line, column, text }) => ({ line, column, text }))).toEqual([
      { line: 3, column: 'x', text: 'foo,b' },
      { line: 4, column: null, text: '3,c,d' },
    ]);
  });
});

describe('malformed JSON', () => {
  test('a line that is none: file and line', async () => {
    const path = file('data.jsonl', '{"a":1}\n{"a" 2}\n{"a":3}\n');
    const error = await failure(async () => (await tw.readJson(path, { engine })).rows({ engine }));
    expect(error).toMatchObject({ name: 'FileError', path, line: 2 });
  });

  test('a value that does not fit', async () => {
    const path = file('data.jsonl', '{"a":1}\n{"a":"x"}\n');
    const error = await failure(async () =>
      (await tw.readJson(path, { engine, schema: { a: 'int64' } })).rows({ engine }),
    );
    expect(error).toMatchObject({ name: 'FileError', path, line: 2 });
    expect(error.message).toContain('"x"');
  });
});

describe('Parquet and Arrow files that are none, or cut short', () => {
  test.each([0.001, 0.5, 0.999])('Parquet, %d of it', async (share) => {
    const path = join(folder(), 'whole.parquet');
    const rows = Array.from({ length: 5000 }, (_, i) => ({ i, text: `text ${i}` }));
    await tw.fromRows(rows).toParquet(path, { engine });
    const whole = readFileSync(path);
    const cut = file('cut.parquet', whole.subarray(0, Math.floor(whole.length * share)));
    const error = await failure(() => tw.readParquet(cut, { engine }));
    expect(error).toMatchObject({ name: 'FileError', path: cut });
    expect(error.message).toMatch(/is no Parquet file, or was cut short/);
  });

  test('a page that cannot be unpacked', async () => {
    const path = join(folder(), 'whole.parquet');
    const rows = Array.from({ length: 20_000 }, (_, i) => ({ text: `text ${(i * 7919) % 4001}` }));
    await tw.fromRows(rows).toParquet(path, { engine, compression: 'gzip' });
    const bytes = readFileSync(path);
    bytes.fill(0x5a, 20, 400);
    writeFileSync(path, bytes);
    const frame = await tw.readParquet(path, { engine });
    expect(await failure(() => frame.rows({ engine }))).toBeInstanceOf(tw.FrameError);
  });

  test.each(['text', 'empty'])('%s', async (what) => {
    const path = file('data.parquet', what === 'text' ? 'I am no Parquet file, but I am long enough' : '');
    expect((await failure(() => tw.readParquet(path, { engine }))).message).toContain(path);
    const arrow = file('data.arrow', what === 'text' ? 'I am no Arrow file, but I am long enough' : '');
    expect((await failure(() => tw.readArrow(arrow, { engine }))).message).toMatch(
      /is no Arrow IPC file or stream, or was cut short/,
    );
  });

  test('Arrow, half of it; nothing is left', async () => {
    const path = join(folder(), 'whole.arrow');
    await small().toArrow(path, { engine });
    const whole = readFileSync(path);
    const cut = file('cut.arrow', whole.subarray(0, whole.length / 2));
    expect((await failure(() => tw.readArrow(cut, { engine }))).message).toContain(cut);
  });
});

describe('files that do not go together', () => {
  test('Parquet: file and column, and the remedy', async () => {
    const first = await parquet([{ x: 1, y: 'a' }]);
    const type = await parquet([{ x: 1.5, y: 'a' }]);
    const missing = await parquet([{ x: 1 }]);
    const more = await parquet([{ x: 1, y: 'a', z: 1 }]);
    for (const [other, column, what] of [
      [type, 'x', `column "x" is DOUBLE, in ${first} it is BIGINT`],
      [missing, 'y', `there is no column "y", which ${first} has`],
      [more, 'z', `there is a column "z", which ${first} has not`],
    ] as const) {
      const error = await failure(() => tw.readParquet([first, other], { engine }));
      expect(error).toMatchObject({ name: 'FileError', path: other, column });
      expect(error.message).toBe(
        `${other}: ${what}; pass unionByName: true to put such files together, or read them as frames of their own`,
      );
    }
    const frame = await tw.readParquet([first, type, missing, more], { engine, unionByName: true });
    const rows = [
      { x: 1, y: 'a', z: null },
      { x: 1.5, y: 'a', z: null },
      { x: 1, y: null, z: null },
      { x: 1, y: 'a', z: 1 },
    ];
    expect(await frame.rows({ engine })).toEqual(rows);
    // In partitions each file is read apart, also by who asks for a column that it has not.
    for (const partitions of [2, 4]) {
      expect(await frame.rows({ engine, partitions })).toEqual(rows);
      const z = frame.select('z').rows({ engine, partitions });
      expect(await z).toEqual(rows.map(({ z }) => ({ z })));
      const [graph] = (await frame.explainPartitions(partitions, { engine })).split('because:');
      expect(graph!.match(/scan/g)).toHaveLength(partitions);
    }
    expect(await frame.filter(tw.col('z').isNull()).count({ engine, partitions: 3 })).toBe(3);
  });

  test('CSV: file and column, and the remedy', async () => {
    const first = file('1.csv', 'x,y\n1,a\n');
    const second = file('2.csv', 'y,z\nb,2024-01-01\n');
    const error = await failure(() => tw.readCsv([first, second], { engine }));
    expect(error).toMatchObject({ name: 'FileError', path: second, column: 'x' });
    const frame = await tw.readCsv([first, second], { engine, unionByName: true });
    expect(await frame.rows({ engine })).toEqual([
      { x: 1, y: 'a', z: null },
      { x: null, y: 'b', z: new Date('2024-01-01') },
    ]);
  });

  test('a file that has changed since the frame was made', async () => {
    const path = file('data.csv', 'x\n1\n');
    const frame = await tw.readCsv(path, { engine });
    writeFileSync(path, 'x\n1\n2\n');
    expect((await failure(() => frame.rows({ engine }))).message).toMatch(
      /has changed since the frame was made.*make the frame again/,
    );
    const again = await tw.readCsv(path, { engine });
    utimesSync(path, 1, 1);
    expect((await failure(() => again.count({ engine }))).message).toContain(path);
  });
});

describe('what cannot be computed', () => {
  test.each([
    [
      'a number too large for its type',
      'number',
      'a value cannot be converted: column "n": 300 is no int8; cast(type, { strict: false }) makes null of such values',
    ],
    [
      'overflow',
      'overflow',
      "Overflow in multiplication of INT64 (4611686018427387904 * 4)! Cast to 'float64' or 'decimal' before.",
    ],
    [
      'text that is no date',
      'date',
      'a value cannot be converted: Could not parse string "soon" according to format specifier "%Y"; say another format, or leave such rows out before, by str.matches',
    ],
  ] as const)('%s', async (_what, name, message) => {
    const frame = tw.fromRows([{ n: 300n, big: 2n ** 62n, s: 'soon' }]);
    const wrong = {
      number: frame.select({ r: tw.col('n').cast('int8') }),
      overflow: frame.select({ r: tw.col('big').mul(4) }),
      date: frame.select({ r: tw.col('s').str.toDate('%Y') }),
    }[name];
    for (const how of [{}, { partitions: 2 }])
      expect((await failure(() => wrong.rows({ engine, ...how }))).message).toBe(message);
  });
  test('a Parquet file that is damaged inside', async () => {
    const path = await parquet(Array.from({ length: 5000 }, (_, i) => ({ x: i, y: `text ${i}` })));
    writeFileSync(path, readFileSync(path).fill(90, 100, 3000));
    const frame = await tw.readParquet(path, { engine });
    for (const how of [{}, { partitions: 2 }]) {
      const error = await failure(() => frame.select('x').rows({ engine, ...how }));
      expect(error).toMatchObject({ name: 'FileError', path });
      expect(error.message).toMatch(/ is damaged: .*; get the whole file again$/);
    }
  });
});

describe('an error behind the first rows', () => {
  const late = () =>
    tw
      .fromColumns({ i: Int32Array.from({ length: 400_000 }, (_, i) => i) })
      .select({ text: tw.when(tw.col('i').eq(390_000), 'x').otherwise(tw.col('i').cast('string')) })
      .cast({ text: 'int32' });

  test('is an error, not the end of the rows', async () => {
    for (const work of [
      () => late().rows({ engine }),
      () => late().compute({ engine }),
      () => late().toColumns({ engine }),
      async () => {
        for await (const _ of late().batches({ engine }));
      },
    ])
      expect((await failure(work)).message).toContain('"x" is no int32');
  });

  test('an interruption behind the first rows is one', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const flights = await tw.readParquet(FLIGHTS, { engine });
    const long = flights.join(flights.limit(200).select({ again: tw.col('delay') }), { how: 'cross' });
    const take = async (): Promise<void> => {
      for await (const _ of long.batches({ engine, signal: controller.signal })) controller.abort(reason);
    };
    expect(await failure(take)).toBe(reason);
  });
});

describe('paths', () => {
  test('that do not exist, or match nothing', async () => {
    const nowhere = join(folder(), 'nowhere.parquet');
    type Read = (path: string | readonly string[], options: object) => Promise<tw.AnyFrame>;
    const readers: readonly Read[] = [tw.readParquet, tw.readCsv, tw.readJson, tw.readArrow];
    for (const read of readers) {
      expect((await failure(() => read(nowhere, { engine }))).message).toContain(
        `there is no file ${nowhere}`,
      );
      const pattern = join(folder(), '*.parquet');
      expect((await failure(() => read(pattern, { engine }))).message).toContain(
        `no file matches ${pattern}`,
      );
      expect((await failure(() => read([], { engine }))).message).toContain('no path was given');
    }
  });

  test('that may not be read', async () => {
    const path = file('data.csv', 'x\n1\n');
    chmodSync(path, 0);
    // Root may read whatever it likes.
    if (process.getuid?.() === 0) return;
    expect((await failure(() => tw.readCsv(path, { engine }))).message).toMatch(/permission denied/);
  });

  test('beyond this machine, without the extension: one line that says what to do', async () => {
    for (const path of ['s3://bucket/x.parquet', 'https://example.org/x.parquet']) {
      const error = await failure(() => tw.readParquet(path, { engine }));
      expect(error).toBeInstanceOf(tw.FrameError);
      expect(error.message).toMatch(
        /^readParquet: reading \S+ needs DuckDB's extension httpfs, which is not installed here: run INSTALL httpfs once with DuckDB v[\d.]+ .*$/,
      );
    }
  });

  test('of databases', async () => {
    const path = file('data.sqlite', '');
    for (const [where, type] of [
      [path, 'sqlite'],
      ['postgres://user@host/db', 'postgres'],
      ['mysql://user@host/db', 'mysql'],
    ] as const)
      expect((await failure(() => tw.readDatabase(where, { engine, table: 't' }))).message).toContain(
        `needs DuckDB's extension ${type}, which is not installed here: run INSTALL ${type} once`,
      );
    const text = file('data.duckdb', 'no database at all, whatever its name');
    const error = await failure(() => tw.readDatabase(text, { engine, table: 't' }));
    expect(error).toMatchObject({ name: 'FileError', path: text });
  });

  test('of targets that are in the way', async () => {
    const where = folder();
    const path = join(where, 'out.parquet');
    await small().toParquet(path, { engine });
    const before = readFileSync(path);
    expect((await failure(() => small().toParquet(path, { engine }))).message).toBe(
      `${path} exists; pass overwrite: true to replace it, or choose another path`,
    );
    const directory = join(where, 'folder');
    mkdirSync(directory);
    writeFileSync(join(directory, 'notes.txt'), 'mine');
    for (const write of [
      () => small().toParquet(directory, { engine, overwrite: true }),
      () => small().toParquet(directory, { engine, overwrite: true, partitionBy: 'y' }),
      () => small().toCsv(directory, { engine, overwrite: true }),
      () => small().toArrow(directory, { engine, overwrite: true }),
    ])
      expect((await failure(write)).message).toMatch(/exists and is something else; remove it yourself/);
    expect((await failure(() => small().toCsv(join(path, 'x.csv'), { engine }))).message).toMatch(
      /a part of the path is not a directory/,
    );
    expect(readFileSync(path)).toEqual(before);
    expect(readdirSync(where).sort()).toEqual(['folder', 'out.parquet']);
    expect(readdirSync(directory)).toEqual(['notes.txt']);
  });
});

describe('a cast that fails', () => {
  test('names the column, the value and the type', async () => {
    const frame = tw.fromRows([{ text: '12' }, { text: 'twelve' }]);
    const error = await failure(() => frame.cast({ text: 'int32' }).rows({ engine }));
    expect(error).toBeInstanceOf(tw.FrameError);
    expect(error.message).toBe(
      'a value cannot be converted: column "text": "twelve" is no int32; cast(type, { strict: false }) makes null of such values',
    );
  });

  test('leaves nothing of what it was written to, and what was there', async () => {
    const where = folder();
    const path = join(where, 'out.parquet');
    await small().toParquet(path, { engine });
    const before = readFileSync(path);
    const bad = small().cast({ y: 'int64' });
    for (const write of [
      () => bad.toParquet(path, { engine, overwrite: true }),
      () => bad.toParquet(join(where, 'parts'), { engine, fileSize: '1MB' }),
      () => bad.toCsv(join(where, 'out.csv'), { engine }),
      () => bad.toJson(join(where, 'out.jsonl'), { engine }),
      () => bad.toArrow(join(where, 'out.arrow'), { engine }),
    ])
      expect((await failure(write)).message).toContain('"a" is no int64');
    expect(readFileSync(path)).toEqual(before);
    expect(readdirSync(where)).toEqual(['out.parquet']);
  });
});

// Where a small disk cannot be made (no Linux, or a container that forbids it) there is none to fill.
describe.skipIf(cannot !== '')('a disk that is full', () => {
  const filled = async (what: string) => {
    const disk = folder();
    const { code, lines, stderr } = await run('frame-full-disk', [what, disk, FLIGHTS], {
      under: withDisk(disk),
    });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    return { ...(lines[0] as Report), disk };
  };
  interface Report {
    readonly error?: { name: string; message: string; path?: string; directory?: string };
    readonly left: string[];
    readonly after: number;
    readonly end: string[];
  }

  test('of spilled data', async () => {
    const { error, after, end } = await filled('spill');
    expect(error?.name).toBe('SpillError');
    expect(error?.message).toMatch(/the disk for spilled data is full.*spillDirectory/);
    expect(after).toBe(3_000_000);
    expect(end.filter((name) => /\.tmp$/.test(name))).toEqual([]);
  });

  test.each([
    ['parquet', 'out.parquet'],
    ['parts', 'out'],
    ['partitions', 'out'],
    ['csv', 'out.csv'],
    ['json', 'out.jsonl'],
    ['arrow', 'out.arrow'],
  ])('of what is written (%s): the error names it, nothing is left', async (what, name) => {
    const { disk, error, left, after } = await filled(what);
    expect(error).toMatchObject({ name: 'FileError', path: join(disk, name) });
    expect(error?.message).toBe(
      `cannot write ${join(disk, name)}: the disk is full; free some space or choose another directory (ENOSPC)`,
    );
    expect(left).toEqual([]);
    expect(after).toBe(3_000_000);
  });
});

describe('a write that is interrupted', () => {
  test.each(['parquet', 'partitions', 'csv', 'arrow'] as const)('%s, by an AbortSignal', async (what) => {
    const where = folder();
    const path = join(where, 'out');
    const flights = await tw.readParquet(FLIGHTS, { engine });
    const long = flights.join(flights.limit(200).select({ again: tw.col('delay') }), { how: 'cross' });
    const controller = new AbortController();
    const reason = new Error('enough');
    setTimeout(() => controller.abort(reason), 300);
    const options = { engine, signal: controller.signal };
    const write = {
      parquet: () => long.toParquet(path, options),
      partitions: () => long.toParquet(path, { ...options, partitionBy: 'origin' }),
      csv: () => long.toCsv(path, options),
      arrow: () => long.toArrow(path, options),
    }[what];
    await expect(write()).rejects.toBe(reason);
    expect(readdirSync(where)).toEqual([]);
  });

  const interrupted = async (what: string, signal: NodeJS.Signals): Promise<string> => {
    const where = folder();
    const program = start('frame-interrupted', [what, join(where, 'out'), FLIGHTS]);
    expect(await program.next()).toBe('middle');
    program.child.kill(signal);
    const { signal: by, lines } = await program.ended;
    expect(by).toBe(signal);
    expect(lines).not.toContain('finished');
    return where;
  };

  test.each(['parquet', 'partitions', 'csv', 'arrow'])('%s, by SIGINT: nothing is left', async (what) => {
    expect(readdirSync(await interrupted(what, 'SIGINT'))).toEqual([]);
  });

  test.each(['parquet', 'partitions'])('%s, by SIGKILL: nothing that a reader takes', async (what) => {
    const where = await interrupted(what, 'SIGKILL');
    expect(existsSync(join(where, 'out'))).toBe(false);
    expect(readdirSync(where)).toEqual([expect.stringMatching(/^out\.partial-.*[0-9a-f]{8}$/)]);
    expect((await failure(() => tw.readParquet(where, { engine }))).message).toContain('no file matches');
    await small().toParquet(join(where, 'out'), { engine, partitionBy: 'y' });
    expect(await (await tw.readParquet(where, { engine })).count({ engine })).toBe(2);
  });
});
