/** Values on their way into frames and out of them. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  col,
  desc,
  FrameError,
  fromColumns,
  fromRows,
  LocalEngine,
  lit,
  readParquet,
  sql,
  useEngine,
  when,
} from '../../src/index.js';

let engine: LocalEngine;
let folder: string;
beforeAll(() => {
  engine = new LocalEngine({ threads: 2 });
  useEngine(engine);
  folder = mkdtempSync(join(tmpdir(), 'tilework-values-'));
});
afterAll(async () => {
  useEngine(undefined);
  await engine.dispose();
  rmSync(folder, { recursive: true });
});

it('columns of nothing but nulls go in and out, inside of others too', async () => {
  const rows = [
    { a: 1, nothing: null, list: [null], struct: { x: null } },
    { a: 2, nothing: null, list: [], struct: { x: null } },
  ];
  const frame = fromRows(rows);
  // DuckDB gives such columns the type of an integer at last.
  expect(await frame.select('nothing').schema()).toEqual({ nothing: 'int32' });
  expect(await frame.rows()).toEqual(rows);
  expect(await fromColumns({ x: [null, undefined] }).rows()).toEqual([{ x: null }, { x: null }]);
  const filled = frame.select({ x: col('nothing').cast('string').fillNull('none') });
  expect(await filled.rows()).toEqual([{ x: 'none' }, { x: 'none' }]);
});

it('names that differ in the case of letters beyond A to Z are columns of their own', async () => {
  const frame = fromRows([
    { ä: 1, Ä: 7 },
    { ä: 2, Ä: 3 },
  ]);
  expect(
    await frame
      .sort('Ä')
      .groupBy('Ä')
      .agg({ n: col('ä').sum() })
      .sort('Ä')
      .rows(),
  ).toEqual([
    { Ä: 3, n: 2 },
    { Ä: 7, n: 1 },
  ]);
});

it('a choice between texts can be cast to an integer', async () => {
  const choice = when(col('c'), '12').otherwise('7');
  const frame = fromRows([{ c: true }, { c: false }]);
  expect(await frame.select({ r: choice.cast('int32') }).rows()).toEqual([{ r: 12 }, { r: 7 }]);
  const nested = when(col('c').not(), choice).end().cast('int64');
  expect(await frame.select({ r: nested }).rows()).toEqual([{ r: null }, { r: 7 }]);
});

describe('spans of time from functions', () => {
  const frame = fromRows([
    { g: 1, n: 1 },
    { g: 1, n: null },
    { g: 2, n: 40 },
  ]);
  const month = { months: 1, days: 0, microseconds: 0 };

  it('of rows, of batches and of groups', async () => {
    const rows = frame.apply(
      ({ n }) => (n === null ? null : { months: Number(n), days: 2, microseconds: -5 }),
      {
        schema: { span: 'interval' },
      },
    );
    const expected = [1, null, 40].map((months) => months && { months, days: 2, microseconds: -5 });
    expect((await rows.rows()).map(({ span }) => span)).toEqual(expected);
    expect((await rows.rows({ partitions: 2 })).map(({ span }) => span)).toEqual(expected);
    const through = rows.apply(({ span }) => span, { schema: { same: 'interval' } });
    expect((await through.rows()).map(({ same }) => same)).toEqual(expected);
    const groups = frame
      .groupBy('g')
      .apply(() => ({ span: [{ months: 1, days: 0, microseconds: 0 }] }), { schema: { span: 'interval' } });
    expect(await groups.rows()).toEqual([
      { g: 1, span: month },
      { g: 2, span: month },
    ]);
  });

  it('what is none is refused, and those inside of others are', async () => {
    const half = frame.apply(() => ({ months: 0.5, days: 0, microseconds: 0 }), {
      schema: { s: 'interval' },
    });
    await expect(half.rows()).rejects.toThrow(/column "s", row 0: .* is no interval/);
    const list = { schema: { s: { list: 'interval' } } } as const;
    expect(() => frame.apply(() => [month], list)).toThrow(/no intervals inside of lists/);
  });
});

it('a stable sort keeps the order of equal rows, of many too', async () => {
  const rows = Array.from({ length: 30_000 }, (_, i) => ({ key: (i * 7919) % 5, i }));
  const sorted = [...rows].sort((a, b) => b.key - a.key);
  for (const options of [{}, { partitions: 3 }])
    expect(await fromRows(rows).sort(desc('key'), { stable: true }).rows(options)).toEqual(sorted);
});

describe('decimals', () => {
  const texts = [
    '12345678901234567890123456.7890123456',
    '-0.0000000001',
    '1.5000000000',
    '99999.9999999999',
    '-99999999999999999999999999.9999999999',
  ];
  const cast = (type: string) => (text: string | null) =>
    text === null ? `CAST(NULL AS ${type})` : `CAST('${text}' AS ${type})`;
  const frameOf = (values: readonly (string | null)[], type: string) =>
    sql<{ d: 'decimal' }>(`SELECT unnest([${values.map(cast(type)).join(', ')}]) AS d`);

  it('are the nearest numbers, or text with all digits', async () => {
    const frame = await frameOf([...texts, null], 'DECIMAL(38, 10)');
    const expected = [...texts.map(Number), null];
    expect(await frame.schema()).toEqual({ d: 'decimal' });
    for (const options of [{}, { partitions: 2 }]) {
      expect((await frame.rows(options)).map(({ d }) => d)).toEqual(expected);
      const exact = await frame.rows({ ...options, decimal: 'string' });
      expect(exact.map(({ d }) => d)).toEqual([...texts, null]);
    }
    const short = await frameOf(['1.25', '-0.5', '0', null], 'DECIMAL(9, 2)');
    const read = await short.rows({ decimal: 'string' });
    expect(read.map(({ d }) => d)).toEqual(['1.25', '-0.50', '0.00', null]);
    const lists = frame.agg({ all: col('d').toList() });
    expect((await lists.rows())[0]!.all).toEqual(expected);
    expect(await frame.toText()).toContain('12345678901234567890123456.7');
  });

  it('are decimals in Arrow', async () => {
    for (const [type, scale] of [
      ['DECIMAL(4, 2)', 2],
      ['DECIMAL(9, 4)', 4],
      ['DECIMAL(15, 5)', 5],
      ['DECIMAL(18, 6)', 6],
      ['DECIMAL(38, 10)', 10],
    ] as const) {
      const values = ['1.25', '-12.5', '0', '99.99'];
      const table = await (await frameOf([...values, null], type)).compute();
      const { type: field, data } = table.getChild('d')!;
      expect(String(field)).toBe(`Decimal[${type.slice(8, -1).replace(/, /, 'e+')}]`);
      const words = data[0]!.values as Uint32Array;
      const halves = new BigInt64Array(words.buffer, words.byteOffset, words.length / 2);
      const digits = values.map(
        (value) => BigInt(Math.round(Number(value) * 100)) * 10n ** BigInt(scale - 2),
      );
      expect(values.map((_, i) => halves[i * 2])).toEqual(digits);
      expect(values.map((_, i) => halves[i * 2 + 1])).toEqual(digits.map((d) => (d < 0n ? -1n : 0n)));
      expect(table.getChild('d')!.get(4)).toBeNull();
    }
    const large = await (await frameOf(texts.slice(0, 1), 'DECIMAL(38, 10)')).compute();
    const words = large.getChild('d')!.get(0) as Uint32Array;
    const value = words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n);
    expect(String(value)).toBe(texts[0]!.replace('.', ''));
  });

  it('of the program keep the digits of texts and bigints', async () => {
    const values = ['12345678901234567890.123456', 7n, 0.1, '-2.5', null];
    const frame = fromColumns({ d: values }, { schema: { d: 'decimal' } });
    expect((await frame.rows()).map(({ d }) => d)).toEqual([Number(values[0]), 7, 0.1, -2.5, null]);
    const sum = frame.agg({ s: col('d').sum() });
    expect(await sum.rows({ decimal: 'string' })).toEqual([{ s: '12345678901234567894.723456' }]);
    for (const wrong of ['1e5', 'x', Number.NaN])
      expect(() => fromColumns({ d: [wrong] }, { schema: { d: 'decimal' } })).toThrow(/is no decimal/);
  });
});

describe('sums of integers', () => {
  const large = 2n ** 62n;
  const frame = fromColumns(
    { g: [1, 1, 2], x: [large, large, -large] },
    { schema: { g: 'int64', x: 'int64' } },
  );

  it('are int64, in files and further expressions too', async () => {
    const sums = frame.agg({ s: col('x').sum() });
    expect(await sums.schema()).toEqual({ s: 'int64' });
    expect(await sums.rows()).toEqual([{ s: large }]);
    const { columns } = await sums.toColumns();
    expect(columns[0]!.values).toBeInstanceOf(BigInt64Array);
    const path = join(folder, 'sums.parquet');
    for (const options of [{}, { partitions: 2 }]) {
      await sums.toParquet(path, { overwrite: true, ...options });
      const f = await readParquet(path);
      const stored = await sql('SELECT * FROM f', { f });
      expect(await stored.schema()).toEqual({ s: 'int64' });
      expect(await stored.rows()).toEqual([{ s: large }]);
    }
  });

  it('that do not fit are an error, wherever they go', async () => {
    const sums = frame.groupBy('g').agg({ s: col('x').sum() });
    for (const options of [{}, { partitions: 2 }]) {
      await expect(sums.rows(options)).rejects.toThrow(/"s".*too large for int64|out of range|overflow/i);
      const path = join(folder, 'none.parquet');
      await expect(sums.toParquet(path, options)).rejects.toThrow(FrameError);
      expect(existsSync(path)).toBe(false);
    }
    expect(await sums.cast({ s: 'float64' }).sort('g').rows()).toEqual([
      { g: 1, s: 2 ** 63 },
      { g: 2, s: -(2 ** 62) },
    ]);
  });
});

it('statistics of text alone are a row each, as beside numbers', async () => {
  const frame = fromRows([{ text: 'b' }, { text: 'a' }, { text: null }]);
  expect(await (await frame.describe()).rows()).toEqual(
    Object.entries({
      count: '2',
      nulls: '1',
      mean: null,
      std: null,
      min: 'a',
      '25%': null,
      '50%': null,
      '75%': null,
      max: 'b',
    }).map(([statistic, text]) => ({ statistic, text })),
  );
});

it('maps of JavaScript are maps, of one type for all rows', async () => {
  const rows = [{ m: new Map([['x', 1]]) }, { m: null }, { m: new Map() }, { m: new Map([['y', 1.5]]) }];
  const frame = fromRows<{ m: Map<string, number> | null }>(rows);
  expect(await frame.schema()).toEqual({ m: { map: ['string', 'float64'] } });
  expect(await frame.rows()).toEqual(rows);
});

it('identifiers, and times in lists, are given as texts', async () => {
  const rows = [{ id: '550e8400-e29b-41d4-a716-446655440000', at: ['10:00:00'] }];
  const frame = fromRows(rows, { schema: { id: 'uuid', at: { list: 'time' } } });
  expect(await frame.rows()).toEqual(rows);
  const text = "SELECT id = '550e8400-e29b-41d4-a716-446655440000'::UUID AS same FROM frame";
  const same = await sql(text, { frame });
  expect(await same.rows()).toEqual([{ same: true }]);
});

it('names that all objects have from their prototype are columns and fields like others', async () => {
  const frame = fromRows<object>([
    { constructor: 'Ferrari', car: { constructor: 'x', n: 1 } },
    { car: { n: 2 } },
  ]);
  expect(await frame.rows()).toEqual([
    { constructor: 'Ferrari', car: { constructor: 'x', n: 1 } },
    { constructor: null, car: { constructor: null, n: 2 } },
  ]);
});

it('lists are longer than what functions can be called with', async () => {
  const many = Array.from({ length: 150_000 }, (_, i) => 2 * i);
  const frame = fromRows([{ x: 7 }, { x: 8 }, { x: 1e6 }, { x: null }]);
  expect(await frame.select({ r: col('x').isIn(many) }).rows()).toEqual([
    { r: false },
    { r: true },
    { r: false },
    { r: null },
  ]);
  expect(
    await frame
      .head(1)
      .select({ r: lit(many).list.length() })
      .rows(),
  ).toEqual([{ r: 150_000 }]);
});
