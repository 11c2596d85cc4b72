/** Values on their way into frames and out of them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { col, desc, fromColumns, fromRows, LocalEngine, useEngine, when } from '../../src/index.js';

let engine: LocalEngine;
beforeAll(() => {
  engine = new LocalEngine({ threads: 2 });
  useEngine(engine);
});
afterAll(async () => {
  useEngine(undefined);
  await engine.dispose();
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
