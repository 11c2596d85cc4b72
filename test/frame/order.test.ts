/** What DuckDB, left to itself, would give other rows of where a join reads it. */
import { describe, expect, test } from 'vitest';
import { guarded } from '../../src/frame/sql/order.js';
import { type AnyFrame, col, concat, fromRows, rowNumber } from '../../src/index.js';

const rows = (...xs: number[]) => fromRows(xs.map((x) => ({ x })));
const a = rows(1, 2);
const b = rows(3, 4, 5, 6, 7);
const c = rows(11, 12);
const all = concat([a, concat([b, c])]);
const numbered = all.withColumns({ r: rowNumber() });
const key = { on: 'x' } as const;

const sorted = (frame: AnyFrame): number => guarded(frame.plan, []).sorted.size;

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

describe('a join takes what was counted before it', () => {
  // DuckDB asks for what the right side's keys tell before it counts: of these rows the last alone may match.
  const left = fromRows([-1, -4, -3, -5, 3, -1, -2, 0].map((x, m) => ({ x, m })));
  const right = rows(-3, 0, 1, 2, -1).filter(col('x').ge(0));

  test.each([
    ['first rows', left.head(4), []],
    ['first rows, filtered', left.head(4).filter(col('x').ge(0)), []],
    ['the rest', left.slice(5), [0]],
    ['first rows of a sort', left.sort('m').head(1), []],
    ['first rows of a union', concat([left.head(4), left.head(2)]), []],
    [
      'first rows of a join',
      left
        .join(left, { on: 'm' })
        .select({ x: col('x') })
        .sort('x')
        .head(4),
      [],
    ],
  ])('%s', async (_, frame: AnyFrame, expected: number[]) => {
    const joined = (frame as typeof left).join(right, key);
    expect((await joined.rows()).map(({ x }) => x)).toEqual(expected);
    expect((await (frame as typeof left).join(right, { ...key, how: 'semi' }).rows()).length).toBe(
      expected.length,
    );
  });

  test('a sample', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const some = left.sample(0.5, { seed });
      const matching = (await some.rows()).filter(({ x }) => x === 0);
      expect((await some.join(right, key).rows()).length).toBe(matching.length);
    }
  });
});
