import { describe, expect, test } from 'vitest';
import {
  arange,
  array,
  col,
  compute,
  FrameError,
  fromArray,
  fromColumns,
  fromFunction,
  fromRows,
  type NDArray,
  ones,
} from '../../src/index.js';

describe('a frame of an array', () => {
  test('has a column for each of its columns', async () => {
    const x = arange(0, 12, 1, { chunks: [12] })
      .reshape([4, 3])
      .rechunk([3, 2]);
    const frame = fromArray(x, ['a', 'b', 'c']);
    expect(await frame.rows()).toEqual([0, 3, 6, 9].map((n) => ({ a: n, b: n + 1, c: n + 2 })));
    expect(await frame.filter(col('a').gt(3)).select('b').rows()).toEqual([{ b: 7 }, { b: 10 }]);
    expect(fromArray(x).columns).toEqual(['column_0', 'column_1', 'column_2']);
    expect(frame.explain({ optimized: true })).toBe('scan array (4 × 3) [a, b, c]');
  });

  test.each([
    'bool',
    'int8',
    'int16',
    'int32',
    'int64',
    'uint8',
    'uint16',
    'uint32',
    'uint64',
    'float32',
    'float64',
  ] as const)('of %s has that type', async (dtype) => {
    const frame = fromArray(array([0, 1, 1]).astype(dtype), 'v');
    expect(await frame.schema()).toEqual({ v: dtype });
    const expected = dtype === 'bool' ? [false, true, true] : [0, 1, 1];
    expect((await frame.rows()).map(({ v }) => v)).toEqual(expected);
  });

  test('keeps the order of rows of many blocks', async () => {
    const x = fromFunction((i, j) => i * 10 + j, [50_000, 2], { chunks: [1024, 1] });
    const { columns } = await fromArray(x, ['a', 'b']).toColumns();
    expect((columns[0]!.values as Float64Array).every((value, i) => value === i * 10)).toBe(true);
    expect((columns[1]!.values as Float64Array).every((value, i) => value === i * 10 + 1)).toBe(true);
  });

  test('of the wrong shape, or number of names', () => {
    expect(() => fromArray(ones([2, 2, 2]))).toThrow(
      /shape \[2, 2, 2\] has 3 axes, where a frame has rows and columns/,
    );
    expect(() => fromArray(ones([2, 2]), ['a'])).toThrow(/has 2 columns, and 1 names were given/);
    expect(() => fromArray(ones([2, 2]), ['a', 'a'])).toThrow(/two columns would be called "a"/);
  });

  test('of no rows', async () => {
    expect(await fromArray(ones([0, 2]), ['a', 'b']).rows()).toEqual([]);
  });
});

describe('an array of a frame', () => {
  test('has the type that holds all columns', async () => {
    const frame = fromColumns({
      a: Int16Array.of(1, 2, 3),
      b: Int32Array.of(4, 5, 6),
      c: Float64Array.of(0.5, 1.5, 2.5),
    });
    const whole = await frame.toArray(['a', 'b']);
    expect([whole.dtype, whole.shape]).toEqual(['int32', [3, 2]]);
    expect(((await whole.compute()) as NDArray).tolist()).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
    const all = await frame.toArray();
    expect([all.dtype, all.shape]).toEqual(['float64', [3, 3]]);
    const one = await frame.toArray('c');
    expect([one.dtype, one.shape, await one.sum().compute()]).toEqual(['float64', [3], 4.5]);
  });

  test('has known blocks, read when they are needed, that give back what was put in', async () => {
    const x = fromFunction((i, j) => Math.sin(i * 3 + j), [100_000, 3], { chunks: [9_000, 3] });
    const back = await fromArray(x).toArray(undefined, { chunkRows: 20_000 });
    expect(back.isKnown).toBe(true);
    expect(back.numBlocks[0]).toBeGreaterThan(3);
    const [worst, sum] = await compute([back.subtract(x).abs().max(), back.slice('50000:', 1).sum()]);
    expect(worst).toBe(0);
    expect(sum).toBeCloseTo((await x.slice('50000:', 1).sum().compute()) as number, 9);
  });

  test('of no rows', async () => {
    const none = await fromColumns({ a: Float64Array.of(1) })
      .filter(col('a').gt(1))
      .toArray();
    expect(none.shape).toEqual([0, 1]);
  });

  test('of columns that are not of numbers, or null', async () => {
    const frame = fromRows([
      { s: 'x', d: new Date(0), n: 1 },
      { s: 'y', d: new Date(0), n: null },
    ]);
    await expect(frame.toArray()).rejects.toThrow(
      /column "s" is of type string, and an array is of numbers; cast it before/,
    );
    await expect(frame.toArray(['d'])).rejects.toThrow(/col\("d"\)\.dt\.epoch\(\)/);
    const error = await frame.toArray('n').catch((e: unknown) => e);
    expect(error).toBeInstanceOf(FrameError);
    expect((error as Error).message).toBe(
      'toArray: column "n" is null in row 1, and an array has no nulls; use dropNulls("n"), or fillNull({ "n": NaN })',
    );
    await expect(frame.toArray('m' as never)).rejects.toThrow(/toArray: there is no column "m"/);
    expect(await (await frame.fillNull({ n: 0 }).toArray('n')).sum().compute()).toBe(1);
  });
});
