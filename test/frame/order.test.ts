/** Rows of unions come in their order also where DuckDB, left to itself, would compute a union's inputs at the same time. */
import { describe, expect, test } from 'vitest';
import { unionsToSort } from '../../src/frame/sql/order.js';
import { type AnyFrame, col, concat, fromRows, rowNumber } from '../../src/index.js';

const rows = (...xs: number[]) => fromRows(xs.map((x) => ({ x })));
const a = rows(1, 2);
const b = rows(3, 4, 5, 6, 7);
const c = rows(11, 12);
const all = concat([a, concat([b, c])]);
const numbered = all.withColumns({ r: rowNumber() });
const key = { on: 'x' } as const;

const sorted = (frame: AnyFrame): number => unionsToSort(frame.plan, []).size;

describe('rows of unions are in order', () => {
  // Seen before these were sorted: up to 4 answers in 100 rounds, or the end of the process.
  test.each([
    ['first rows in a join', all.head(3).join(all, key).sort('x'), [1, 2, 3]],
    ['rows past the first in a join', all.slice(1).join(all, key).sort('x'), [2, 3, 4, 5, 6, 7, 11, 12]],
    ['first rows in a union', concat([all.head(3), all.slice(1, 2)]).sort('x'), [1, 2, 2, 3]],
    [
      'numbers in a join',
      numbered
        .join(all, key)
        .select({ x: col('r') })
        .sort('x'),
      [1, 2, 3, 4, 5, 6, 7, 8, 9],
    ],
    [
      'how many are numbered, of a join in a join',
      all
        .join(numbered, key)
        .withColumns({ n: rowNumber() })
        .join(all, key)
        .select({ x: col('n') })
        .sort('x'),
      [1, 2, 3, 4, 5, 6, 7, 8, 9],
    ],
  ])('%s', async (_, frame: AnyFrame, expected: number[]) => {
    for (let round = 0; round < 20; round++) expect((await frame.rows()).map(({ x }) => x)).toEqual(expected);
  });

  test('they are sorted only where they would not be', () => {
    expect(sorted(all.withColumns({ y: col('x') }))).toBe(0);
    expect(sorted(concat([all.filter(col('x').gt(1)), c]).head(3))).toBe(0);
    expect(sorted(numbered.groupBy('x').agg({ r: col('r').first() }))).toBe(0);
    expect(sorted(all.join(c, key).head(3))).toBe(0);
    expect(
      sorted(
        all
          .groupBy('x')
          .agg({ n: col('x').count() })
          .head(2)
          .join(c, key),
      ),
    ).toBe(0);
    expect(sorted(all.head(3).join(c, key))).toBe(2);
    expect(sorted(concat([all.join(c, key).head(3), c]))).toBe(2);
  });
});
