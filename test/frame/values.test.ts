/** Values on their way into frames and out of them. */
import { expect, it } from 'vitest';
import { col, fromColumns, fromRows, when } from '../../src/index.js';

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
