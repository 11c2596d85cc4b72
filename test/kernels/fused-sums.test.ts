import { describe, expect, it } from 'vitest';
import type { DType, TypedArray } from '../../src/kernels/dtype.js';
import type { Fold, FusedSpec } from '../../src/kernels/spec.js';
import { input, runFused } from './run-fused.js';

/** Reproducible numbers in (0, 1), of full precision. */
function uniforms(count: number, seed: number): number[] {
  let state = BigInt(seed);
  return Array.from({ length: count }, () => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    return (Number(state >> 11n) + 0.5) / 2 ** 53;
  });
}

/** The exact sum of doubles, as an integer multiple of 2^-1074 … rounded once. */
function exactSum(values: Iterable<number>): number {
  const UNIT = 1100;
  let total = 0n;
  for (const value of values) {
    const bits = new BigUint64Array(new Float64Array([value]).buffer)[0]!;
    const exponent = Number((bits >> 52n) & 0x7ffn);
    const mantissa = (bits & (2n ** 52n - 1n)) | (exponent > 0 ? 2n ** 52n : 0n);
    const scaled = mantissa << BigInt(Math.max(1, exponent) - 1075 + UNIT);
    total += bits >> 63n ? -scaled : scaled;
  }
  return ratio(total, 2n ** BigInt(UNIT));
}

/** a / b to double precision. */
function ratio(a: bigint, b: bigint): number {
  const sign = a < 0n ? -1 : 1;
  const size = a < 0n ? -a : a;
  const shift = size.toString(2).length - b.toString(2).length - 60;
  const quotient = shift > 0 ? size / (b << BigInt(shift)) : (size << BigInt(-shift)) / b;
  return sign * Number(quotient) * 2 ** shift;
}

function fold(
  kind: Fold['fold'],
  data: TypedArray,
  dtype: DType,
  shape: readonly number[],
  reduce: readonly number[],
): TypedArray[] {
  const spec: FusedSpec = {
    inputs: [dtype],
    nodes: [input(0, dtype)],
    rank: shape.length,
    reduce,
    outputs: [{ kind: 'fold', fold: kind, node: 0, dtype } as Fold],
  };
  return runFused(spec, shape, [{ data }]);
}

/** Error in units of 2^-53 of the sum of magnitudes: what backward error analysis bounds. */
const relative = (got: number, want: number, values: Iterable<number>): number => {
  let size = 0;
  for (const v of values) size += Math.abs(v);
  return Math.abs(got - want) / size / 2 ** -53;
};

describe('sums', () => {
  const n = 200_003;
  const positive = Float64Array.from(uniforms(n, 1));
  const mixed = Float64Array.from(uniforms(n, 2), (u, k) => (u - 0.5) * 10 ** (k % 12));

  it.each([
    ['of one sign', positive],
    ['of mixed signs and sizes', mixed],
  ])('%s are nearly exact along rows', (_, values) => {
    const got = fold('sum', values, 'float64', [n], [0])[0]![0] as number;
    expect(relative(got, exactSum(values), values)).toBeLessThan(4);
  });

  it('are nearly exact down columns, where adding row by row is not', () => {
    const [rows, columns] = [40_000, 5];
    const values = positive.subarray(0, rows * columns);
    const got = fold('sum', values, 'float64', [rows, columns], [0])[0]!;
    for (let c = 0; c < columns; c++) {
      const column = Array.from({ length: rows }, (_, r) => values[r * columns + c]!);
      expect(relative(got[c] as number, exactSum(column), column)).toBeLessThan(4);
    }
  });

  it('are nearly exact down wide columns', () => {
    const [rows, columns] = [800, 250];
    const values = positive.subarray(0, rows * columns);
    const got = fold('sum', values, 'float64', [rows, columns], [0])[0]!;
    for (const c of [0, 7, 248, 249]) {
      const column = Array.from({ length: rows }, (_, r) => values[r * columns + c]!);
      expect(relative(got[c] as number, exactSum(column), column)).toBeLessThan(4);
    }
  });

  it('of float32 round once', () => {
    const values = Float32Array.from(positive);
    expect(fold('sum', values, 'float32', [n], [0])[0]![0]).toBe(Math.fround(exactSum(values)));
  });

  it('keep infinities and NaN', () => {
    const { POSITIVE_INFINITY: inf, NaN: nan } = Number;
    const sum = (...values: number[]) =>
      fold(
        'sum',
        Float64Array.from([...values, ...positive.subarray(0, 600)]),
        'float64',
        [values.length + 600],
        [0],
      )[0]![0];
    expect(sum(inf)).toBe(inf);
    expect(sum(-inf, 1)).toBe(-inf);
    expect(sum(inf, -inf)).toBe(nan);
    expect(sum(nan, inf)).toBe(nan);
  });
});

describe('moments', () => {
  /** Numbers whose mean is 10^8 times their deviation, and their exact moments. */
  const n = 100_000;
  const values = Float64Array.from(uniforms(n, 3), (u) => 1e8 + u);
  const mean = exactSum(values) / n;
  const squares = exactSum([...values].map((v) => (v - mean) ** 2));

  it.each([
    ['along rows', [n], [0]],
    ['down a column', [n, 1], [0]],
    ['over two axes', [100, 1000], [0, 1]],
  ])('survive a large mean %s', (_, shape, reduce) => {
    for (const kind of ['moments', 'nanmoments'] as const) {
      const [m, s] = fold(kind, values, 'float64', shape, reduce).slice(-2);
      expect(Math.abs((m![0] as number) - mean)).toBeLessThan(1e-7);
      expect((s![0] as number) / squares).toBeCloseTo(1, 9);
    }
  });

  it('survive a large mean down many columns', () => {
    const [m, s] = fold('moments', values, 'float64', [500, 200], [0]);
    for (const c of [0, 100, 199]) {
      const column = Array.from({ length: 500 }, (_, r) => values[r * 200 + c]!);
      const own = exactSum(column) / 500;
      expect(m![c]).toBeCloseTo(own, 6);
      expect((s![c] as number) / exactSum(column.map((v) => (v - own) ** 2))).toBeCloseTo(1, 9);
    }
  });

  it('survive a first element far from the others', () => {
    const far = Float64Array.from(values, (v, k) => (k === 0 ? 1e14 : v));
    const own = exactSum(far) / n;
    const want = exactSum([...far].map((v) => (v - own) ** 2));
    expect((fold('moments', far, 'float64', [n], [0])[1]![0] as number) / want).toBeCloseTo(1, 12);
  });

  it('of infinities have an infinite mean and no deviation', () => {
    const data = Float64Array.from({ length: 1000 }, (_, k) => (k === 500 ? Number.POSITIVE_INFINITY : k));
    const [m, s] = fold('moments', data, 'float64', [1000], [0]);
    expect([m![0], s![0]]).toEqual([Number.POSITIVE_INFINITY, Number.NaN]);
  });

  it('without NaN count what is left; nothing has a mean of 0', () => {
    const data = Float64Array.from({ length: 600 }, (_, k) => (k % 3 === 0 || k >= 300 ? Number.NaN : k % 2));
    const got = fold('nanmoments', data, 'float64', [2, 300], [1]);
    expect(got.slice(0, 2).map((o) => [...o])).toEqual([
      [200, 0],
      [0.5, 0],
    ]);
    expect(got[2]![0]).toBeCloseTo(50, 12);
    expect(got[2]![1]).toBe(0);
  });
});

describe('positions of extremes', () => {
  it('are those of the first, wherever it lies in vectors, blocks and tails', () => {
    const n = 3000;
    for (const at of [0, 1, 7, 8, 255, 256, 2047, 2991, 2999]) {
      const data = new Float64Array(n).fill(1);
      for (const k of [at, Math.min(n - 1, at + 1), n - 1]) data[k] = 5;
      const spec: FusedSpec = {
        inputs: ['float64'],
        nodes: [input(0, 'float64'), { op: 'index', axis: 0, dtype: 'int64' }],
        rank: 1,
        reduce: [0],
        outputs: [{ kind: 'fold', fold: 'argmax', node: 0, index: 1, dtype: 'float64' }],
      };
      expect(runFused(spec, [n], [{ data }]).map((o) => o[0])).toEqual([5, BigInt(at)]);
      data[Math.min(n - 1, at + 1)] = Number.NaN;
      const first = BigInt(Math.min(n - 1, at + 1));
      expect(runFused(spec, [n], [{ data }]).map((o) => o[0])).toEqual([Number.NaN, first]);
    }
  });
});
