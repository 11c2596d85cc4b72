/** Files as pyarrow, pandas and Polars write them (test/truth/frame_io.py), read by us. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as tw from '../../src/index.js';
import { limitLeaving } from '../support/memory.js';

const DATA = join(import.meta.dirname, '../data/frame');

interface Truth {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}
const truth = JSON.parse(readFileSync(join(DATA, 'truth.json'), 'utf8')) as Readonly<Record<string, Truth>>;
const namesOf = (folder: string): string[] => Object.keys(truth).filter((name) => name.startsWith(folder));

let engine: tw.LocalEngine;
beforeAll(() => {
  engine = new tw.LocalEngine({ threads: 2, memoryLimit: limitLeaving(0.7e9) });
});
afterAll(() => engine.dispose());

/** What a frame holds, as truth.json says it. */
async function told(frame: tw.DataFrame): Promise<Truth> {
  const { rows, columns } = await frame.toColumns({ engine });
  const read = await frame.rows({ engine });
  return {
    columns: columns.map(({ name }) => name),
    rows: Array.from({ length: rows }, (_, row) =>
      columns.map(({ name, type, values, valid }) => {
        if (valid?.[row] === 0) return null;
        // Typed columns have instants to the microsecond.
        if (type === 'timestamp' || type === 'timestamptz') return { micros: String(values[row]) };
        if (type === 'date') return { days: values[row] };
        return say(read[row]![name], type);
      }),
    ),
  };
}

function say(value: unknown, type: tw.ColumnType): unknown {
  if (value === null) return null;
  if (typeof value === 'bigint') return { int: String(value) };
  if (value instanceof Uint8Array) return { hex: Buffer.from(value).toString('hex') };
  if (value instanceof Date) return { micros: String(BigInt(value.getTime()) * 1000n) };
  if (value instanceof Map) return { map: [...value] };
  if (typeof value === 'number' && !Number.isFinite(value)) return { float: String(value) };
  if (typeof type !== 'string' && 'list' in type)
    return (value as readonly unknown[]).map((item) => say(item, type.list));
  if (typeof type !== 'string' && 'struct' in type)
    return Object.fromEntries(
      Object.entries(value as object).map(([name, item]) => [name, say(item, type.struct[name]!)]),
    );
  return value;
}

/** Truth as we have it: decimals are the nearest numbers. */
const ofOurs = ({ columns, rows }: Truth): Truth => ({
  columns,
  rows: rows.map((row) =>
    row.map((value) =>
      value !== null && typeof value === 'object' && 'decimal' in value ? Number(value.decimal) : value,
    ),
  ),
});

describe('Parquet', () => {
  test.each(namesOf('parquet/'))('%s', async (name) => {
    const frame = await tw.readParquet(join(DATA, name), { engine });
    expect(await told(frame)).toEqual(ofOurs(truth[name]!));
  });

  test('decimals of more digits than can be read', async () => {
    await expect(tw.readParquet(join(DATA, 'parquet/decimal256.parquet'), { engine })).rejects.toThrow(
      /decimal256\.parquet: column "wide" has decimals of 50 digits, and 38 are the most that can be read/,
    );
  });

  test('types', async () => {
    const schema = await (await tw.readParquet(join(DATA, 'parquet/zstd.parquet'), { engine })).schema({
      engine,
    });
    expect(schema).toEqual(TYPES);
  });
});

describe('Arrow IPC', () => {
  test.each(namesOf('arrow/'))('%s', async (name) => {
    const frame = await tw.readArrow(join(DATA, name), { engine });
    expect(await told(frame)).toEqual(ofOurs(truth[name]!));
  });

  test('types', async () => {
    const schema = await (await tw.readArrow(join(DATA, 'arrow/zstd.feather'), { engine })).schema({
      engine,
    });
    expect(schema).toEqual({ ...TYPES, decimal: 'float64', decimal38: 'float64' });
  });
});

describe('JSON', () => {
  test.each(namesOf('json/'))('%s', async (name) => {
    expect(await told(await tw.readJson(join(DATA, name), { engine }))).toEqual(truth[name]);
  });

  test.each(['times', 'pandas'])('types of times: %s', async (name) => {
    const schema = await (await tw.readJson(join(DATA, `json/${name}.jsonl`), { engine })).schema({ engine });
    expect(schema).toMatchObject({ instant: 'timestamptz', wall: 'timestamp', american: 'string' });
  });

  test('dates in a format that is said', async () => {
    const path = join(DATA, 'json/times.jsonl');
    const frame = await tw.readJson(path, { engine, dateFormat: '%m-%d-%Y' });
    const days = ['2024-12-31', '2025-01-02', null, '2025-03-04'].map((day) => day && new Date(day));
    const rows = await frame.select('american').rows({ engine });
    expect(rows.map(({ american }) => american)).toEqual(days);
  });
});

describe('CSV', () => {
  const options: Readonly<Record<string, tw.CsvOptions>> = {
    'csv/semicolons.csv': { decimal: ',' },
    'csv/utf-16.csv': { encoding: 'utf-16' },
    'csv/latin-1.csv': { encoding: 'latin-1' },
    'csv/na.csv': { nullText: 'NA' },
    'csv/german.csv': { dateFormat: '%d.%m.%Y' },
  };
  /** pandas writes an empty text as it writes null. */
  const sameAsNull = (name: string): boolean => !/polars|pyarrow|na\.csv/.test(name);

  test.each(namesOf('csv/'))('%s', async (name) => {
    const frame = await tw.readCsv(join(DATA, name), { engine, ...options[name] });
    const { columns, rows } = truth[name]!;
    const expected = sameAsNull(name) ? rows.map((row) => row.map((v) => (v === '' ? null : v))) : rows;
    expect(await told(frame)).toEqual({ columns, rows: expected });
  });
});

const TYPES: tw.Schema = {
  bool: 'bool',
  int8: 'int8',
  int16: 'int16',
  int32: 'int32',
  int64: 'int64',
  uint8: 'uint8',
  uint16: 'uint16',
  uint32: 'uint32',
  uint64: 'uint64',
  float32: 'float32',
  float64: 'float64',
  string: 'string',
  binary: 'binary',
  date: 'date',
  time: 'time',
  ts_s: 'timestamp',
  ts_ms: 'timestamp',
  ts_us: 'timestamp',
  ts_ns: 'timestamp',
  ts_utc: 'timestamptz',
  ts_berlin: 'timestamptz',
  decimal: 'decimal',
  decimal38: 'decimal',
  list: { list: 'int64' },
  texts: { list: 'string' },
  struct: { struct: { x: 'int32', y: 'string' } },
  nested: { list: { struct: { at: 'timestamp', n: { list: 'float64' } } } },
  map: { map: ['string', 'int32'] },
  category: 'string',
  nothing: 'int32',
};
