/** What frames are not made of: the call says what it takes. */
import { describe, expect, it } from 'vitest';
import * as tw from '../../../src/index.js';
import { col, fromColumns, fromRows } from '../../../src/index.js';
import { frame, wrong } from './frame.js';

describe('what frames are not made of', () => {
  it.each<[string, () => unknown, string]>([
    [
      'an integer that a type has not',
      () => fromColumns({ x: [300] }, { schema: { x: 'int8' } }),
      'column "x", row 0: 300 is out of the range of int8',
    ],
    [
      'text put under numbers',
      () => tw.concat([frame.select('x'), frame.select({ x: col('text') })]),
      'concat: column "x" is int64 in frame 0, and string in frame 1; convert one of them before, by cast({ … })',
    ],
    [
      'frames put together by axis',
      () => tw.concat([frame], wrong({ axis: 1 })),
      'concat: there is no option "axis"',
    ],
    [
      'columns as rows',
      () => fromRows(wrong({ x: [1] })),
      'fromRows takes a list of objects, not an object; fromColumns takes columns by name',
    ],
    [
      'rows as columns',
      () => fromColumns(wrong([{ x: 1 }])),
      'fromColumns takes arrays by name, { x: [1, 2] }, not an array',
    ],
    [
      'rows that are lists',
      () => fromRows([{ x: 1 }, wrong([1, 2])]),
      'fromRows: a row is an object, { x: 1 }, and row 1 is an array',
    ],
    [
      'no row and no schema',
      () => fromRows([]),
      "fromRows: there is no column; say which there are by schema: { x: 'int64' }",
    ],
    ['a column that is a number', () => fromColumns({ x: wrong(1) }), 'fromColumns: "x" is an array, not 1'],
  ])('%s', (_, call, message) => expect(call).toThrow(message));
});
