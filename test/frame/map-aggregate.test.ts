import { expect, test } from 'vitest';
import { aggregate, col, count, FunctionError, fromColumns, fromRows } from '../../src/index.js';

/** Welford's partial results, joined as Chan, Golub and LeVeque do. */
const variance = aggregate({
  name: 'variance',
  takes: ['float64'],
  type: 'float64',
  chunk: (x) => {
    let [n, mean, squares] = [0, 0, 0];
    for (let row = 0; row < x.length; row++) {
      if (x.isNull(row)) continue;
      const delta = x.values[row]! - mean;
      mean += delta / ++n;
      squares += delta * (x.values[row]! - mean);
    }
    return { n, mean, squares };
  },
  combine: (parts) =>
    parts.reduce((a, b) => {
      const n = a.n + b.n;
      if (n === 0) return a;
      const delta = b.mean - a.mean;
      const squares = a.squares + b.squares + (delta * delta * a.n * b.n) / n;
      return { n, mean: a.mean + (delta * b.n) / n, squares };
    }),
  finalise: ({ n, squares }) => (n > 1 ? squares / (n - 1) : null),
});

const mean = aggregate({
  takes: ['float64', 'float64'],
  type: 'float64',
  chunk: (x, weight) => {
    let [sum, all] = [0, 0];
    for (let row = 0; row < x.length; row++) {
      sum += x.values[row]! * weight.values[row]!;
      all += weight.values[row]!;
    }
    return { sum, all };
  },
  combine: (parts) => ({
    sum: parts.reduce((sum, part) => sum + part.sum, 0),
    all: parts.reduce((all, part) => all + part.all, 0),
  }),
  finalise: ({ sum, all }) => sum / all,
});

const ROWS = 200_000;
const frame = fromColumns({
  x: Float64Array.from({ length: ROWS }, (_, i) => Math.sin(i) * 100 + (i % 7)),
  few: Int32Array.from({ length: ROWS }, (_, i) => (i * i) % 3),
  many: Int32Array.from({ length: ROWS }, (_, i) => (i * 7919) % 5003),
});

test.each([[['few']], [['many']], [['few', 'many']], [[]]])(
  'agrees with the built-in ones by %j',
  async (keys) => {
    const rows = await frame
      .groupBy(...(keys as ('few' | 'many')[]))
      .agg({
        mine: variance('x'),
        theirs: col('x').var(),
        n: count(),
        average: col('x').mean(),
        own: mean('x', 1),
      })
      .rows();
    expect(rows.length).toBe(
      await frame
        .select(...(keys as ('few' | 'many')[]), { one: col('x').mul(0) })
        .distinct()
        .count(),
    );
    for (const { mine, theirs, average, own } of rows as Readonly<Record<string, number | null>>[]) {
      if (theirs === null) expect(mine).toBe(null);
      else expect(mine! / theirs!).toBeCloseTo(1, 10);
      expect(own! - average!).toBeCloseTo(0, 9);
    }
  },
);

test('is part of expressions, and null is a key like others', async () => {
  const small = fromRows([
    { g: null, x: 1 },
    { g: 'a', x: 1 },
    { g: null, x: 3 },
    { g: 'a', x: null },
  ]);
  const rows = await small
    .groupBy('g')
    .agg({ twice: variance(col('x').add(1)).mul(2), sum: col('x').sum() })
    .sort('g')
    .rows();
  expect(rows).toEqual([
    { g: 'a', twice: null, sum: 1 },
    { g: null, twice: 4, sum: 4 },
  ]);
  expect(
    await small
      .groupBy('g')
      .agg({ v: variance('x') })
      .schema(),
  ).toEqual({ g: 'string', v: 'float64' });
});

test('and functions over rows stand in plans cut into partitions', async () => {
  const plan = frame
    .apply(({ x }) => Number(x) > 0, { schema: { plus: 'bool' }, keep: true })
    .groupBy('plus', 'few')
    .agg({ mine: variance('x'), n: count() })
    .sort('plus', 'few');
  const whole = await plan.rows();
  expect(await plan.rows({ partitions: 4 })).toEqual(whole);
  const later = frame
    .groupBy('few')
    .agg({ m: col('x').mean() })
    .apply((row) => Math.round(row.m!), { schema: { m: 'int32' } });
  expect((await later.sort('m').rows({ partitions: 3 })).length).toBe(2);
});

test('of no rows', async () => {
  const none = frame.filter(col('x').gt(1e6));
  expect(await none.agg({ v: variance('x'), n: count() }).rows()).toEqual([{ v: null, n: 0 }]);
  expect(await none.agg({ v: variance('x') }).rows()).toEqual([{ v: null }]);
  expect(
    await none
      .groupBy('few')
      .agg({ v: variance('x') })
      .rows(),
  ).toEqual([]);
});

test('joins partial results in the order of rows', async () => {
  const text = aggregate({
    takes: ['int64'],
    type: 'string',
    chunk: (x) => ({ first: x.get(0), last: x.get(x.length - 1), ordered: true }),
    combine: (parts) => ({
      first: parts[0]!.first,
      last: parts.at(-1)!.last,
      ordered: parts.every((part, i) => part.ordered && (i === 0 || parts[i - 1]!.last! < part.first!)),
    }),
    finalise: ({ first, last, ordered }) => `${first} ${last} ${ordered}`,
  });
  const numbered = fromColumns({ x: BigInt64Array.from({ length: 2_000_000 }, (_, i) => BigInt(i)) });
  expect(await numbered.agg({ text: text('x') }).rows()).toEqual([{ text: '0 1999999 true' }]);
});

test('tells what went wrong, and where', async () => {
  // @ts-expect-error it takes one column
  expect(() => variance('x', 'x')).toThrow(/variance takes 1 columns, not 2/);
  const bad = aggregate({
    name: 'bad',
    takes: ['float64'],
    type: 'int32',
    chunk: () => 'text',
    combine: (p) => p[0]!,
  });
  await expect(
    frame
      .groupBy('few')
      .agg({ v: bad('x') })
      .rows(),
  ).rejects.toThrow(/bad: column .*"text" is no int32/);
  const thrown = aggregate({
    name: 'thrown',
    takes: ['float64'],
    type: 'int32',
    chunk: () => {
      throw new Error('not these');
    },
    combine: (p: readonly number[]) => p[0]!,
  });
  const error = await frame
    .agg({ v: thrown('x') })
    .rows()
    .catch((e: unknown) => e);
  expect(error).toBeInstanceOf(FunctionError);
  expect((error as Error).message).toMatch(
    /thrown: chunk: the function threw in rows \d+ to \d+: Error: not these/,
  );
});
