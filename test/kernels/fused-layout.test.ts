import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DType } from '../../src/kernels/dtype.js';
import { compileFused, scratchFor } from '../../src/kernels/fused.js';
import type { ExprNode, Fold, FusedSpec } from '../../src/kernels/spec.js';
import { contiguous, filled, input, listOf, type Operand, runFused } from './run-fused.js';

/** How an input lies: the order of its axes in memory, and its step along each (0 broadcasts, negative reverses). */
interface Lie {
  readonly order: readonly number[];
  readonly steps: readonly number[];
}

/** Small extents, with a long axis now and then, so that tiles are cut and tails remain. */
const shapes = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 4 }),
  fc.tuple(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 150 })).map((s) => [...s]),
  fc
    .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 40 }))
    .map((s) => [...s]),
  fc.tuple(fc.integer({ min: 1000, max: 5000 }), fc.integer({ min: 1, max: 5 })).map((s) => [...s]),
  fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1000, max: 6000 })).map((s) => [...s]),
  fc.tuple(fc.integer({ min: 15000, max: 40000 })).map((s) => [...s]),
);

const liesOf = (rank: number): fc.Arbitrary<Lie> =>
  fc.record({
    order: fc.shuffledSubarray([...Array(rank).keys()], { minLength: rank, maxLength: rank }),
    steps: fc.array(fc.constantFrom(1, 1, 1, 1, 2, -1, -2, 0), { minLength: rank, maxLength: rank }),
  });

const problems = (inputs: number) =>
  shapes.chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      lies: fc.array(fc.oneof(fc.constant(undefined), liesOf(shape.length)), {
        minLength: inputs,
        maxLength: inputs,
      }),
      seed: fc.nat(),
    }),
  );

/** An operand of a shape, whose values follow from a seed. */
function operand(shape: readonly number[], lie: Lie | undefined, dtype: DType, seed: number): Operand {
  const steps = lie?.steps ?? shape.map(() => 1);
  const order = lie?.order ?? shape.map((_, a) => a);
  const extents = shape.map((n, a) => (steps[a] === 0 ? 1 : Math.max(0, (n - 1) * Math.abs(steps[a]!) + 1)));
  const strides = shape.map(() => 0);
  let size = 1;
  for (const a of order.toReversed()) {
    strides[a] = steps[a]! * size;
    size *= extents[a]!;
  }
  const offset = shape.reduce(
    (at, n, a) => at + (strides[a]! < 0 ? -strides[a]! * Math.max(0, n - 1) : 0),
    0,
  );
  let state = seed + 1;
  const values = Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 16) % 200;
  });
  return { data: filled(dtype, dtype === 'bool' ? values.map((v) => v % 2) : values), strides, offset };
}

/** Calls `body` with every index, in C order. */
function everyIndex(shape: readonly number[], body: (index: readonly number[]) => void): void {
  const total = shape.reduce((n, m) => n * m, 1);
  const steps = contiguous(shape);
  for (let at = 0; at < total; at++) body(shape.map((n, a) => Math.floor(at / steps[a]!) % n));
}

const read = ({ data, strides, offset = 0 }: Operand, index: readonly number[]): number =>
  Number(data[index.reduce((at, i, a) => at + i * strides![a]!, offset)]);

describe('loops over operands that lie in any way', () => {
  const nodes: ExprNode[] = [
    input(0, 'float64'),
    input(1, 'int32'),
    { op: 'cast', args: [1], dtype: 'float64' },
    { op: 'less', args: [0, 2], dtype: 'bool' },
    { op: 'multiply', args: [0, 2], dtype: 'float64' },
    { op: 'subtract', args: [2, 0], dtype: 'float64' },
    { op: 'where', args: [3, 4, 5], dtype: 'float64' },
    input(2, 'uint8'),
    { op: 'add', args: [7, 7], dtype: 'uint8' },
  ];

  it('map as nested loops do', () => {
    fc.assert(
      fc.property(problems(3), ({ shape, lies, seed }) => {
        const spec: FusedSpec = {
          inputs: ['float64', 'int32', 'uint8'],
          nodes,
          rank: shape.length,
          outputs: [
            { kind: 'map', node: 6, dtype: 'float64' },
            { kind: 'map', node: 8, dtype: 'uint8' },
          ],
        };
        const operands = spec.inputs.map((dtype, k) => operand(shape, lies[k], dtype, seed + k));
        const want: number[][] = [[], []];
        everyIndex(shape, (index) => {
          const [a, b, c] = operands.map((o) => read(o, index)) as [number, number, number];
          want[0]!.push(a < b ? a * b : b - a);
          want[1]!.push((c + c) % 256);
        });
        expect(runFused(spec, shape, operands).map(listOf)).toEqual(want);
      }),
      { numRuns: 120 },
    );
  });

  it('map positions and parameters', () => {
    fc.assert(
      fc.property(problems(1), fc.integer({ min: -1000, max: 1000 }), ({ shape, lies, seed }, start) => {
        if (shape.length < 2) return;
        const spec: FusedSpec = {
          inputs: ['int64'],
          nodes: [
            input(0, 'int64'),
            { op: 'index', axis: 0, dtype: 'int64' },
            { op: 'index', axis: shape.length - 1, dtype: 'float64' },
            { op: 'param', param: 1, dtype: 'float64' },
            { op: 'param', param: 0, dtype: 'int64' },
            { op: 'multiply', args: [0, 1], dtype: 'int64' },
            { op: 'add', args: [5, 4], dtype: 'int64' },
            { op: 'multiply', args: [2, 3], dtype: 'float64' },
            { op: 'cast', args: [6], dtype: 'float64' },
            { op: 'add', args: [7, 8], dtype: 'float64' },
          ],
          rank: shape.length,
          outputs: [{ kind: 'map', node: 9, dtype: 'float64' }],
        };
        const x = operand(shape, lies[0], 'int64', seed);
        const want: number[] = [];
        everyIndex(shape, (index) => {
          want.push(read(x, index) * index[0]! + start + index.at(-1)! * 0.5);
        });
        expect(listOf(runFused(spec, shape, [x], [start, 0.5])[0]!)).toEqual(want);
      }),
      { numRuns: 60 },
    );
  });
});

describe('folds over any axes', () => {
  const reductions = problems(2).chain((problem) =>
    fc.record({
      problem: fc.constant(problem),
      axes: fc.subarray([...problem.shape.keys()], { minLength: Math.min(1, problem.shape.length) }),
    }),
  );
  const folds: Fold[] = [
    { kind: 'fold', fold: 'sum', node: 0, dtype: 'int64' },
    { kind: 'fold', fold: 'max', node: 1, dtype: 'float64' },
    { kind: 'fold', fold: 'argmin', node: 1, index: 2, dtype: 'float64' },
    { kind: 'fold', fold: 'all', node: 4, dtype: 'bool' },
    { kind: 'fold', fold: 'sum', node: 1, dtype: 'float64' },
    { kind: 'fold', fold: 'moments', node: 1, dtype: 'float64' },
  ];

  it('give what nested loops give', () => {
    fc.assert(
      fc.property(reductions, ({ problem: { shape, lies, seed }, axes }) => {
        if (axes.length === 0 || shape.includes(0)) return;
        const spec: FusedSpec = {
          inputs: ['int64', 'float64'],
          nodes: [
            input(0, 'int64'),
            input(1, 'float64'),
            { op: 'index', axis: axes[0]!, dtype: 'int64' },
            { op: 'const', value: 150, dtype: 'float64' },
            { op: 'less', args: [1, 3], dtype: 'bool' },
          ],
          rank: shape.length,
          reduce: axes,
          outputs: folds,
        };
        const operands = spec.inputs.map((dtype, k) => operand(shape, lies[k], dtype, seed + k));
        const groups = new Map<string, { a: number; b: number; at: number }[]>();
        everyIndex(shape, (index) => {
          const key = index.filter((_, a) => !axes.includes(a)).join();
          const [a, b] = operands.map((o) => read(o, index)) as [number, number];
          const group = groups.get(key) ?? [];
          groups.set(key, group);
          group.push({ a, b, at: index[axes[0]!]! });
        });
        const want = [...groups.values()].map((group) => {
          const [bs, n] = [group.map((g) => g.b), group.length];
          const least = bs.reduce((m, b) => Math.min(m, b));
          const sum = bs.reduce((s, b) => s + b, 0);
          return {
            exact: [
              BigInt(group.reduce((s, g) => s + g.a, 0)),
              bs.reduce((m, b) => Math.max(m, b)),
              least,
              BigInt(group.filter((g) => g.b === least).reduce((m, g) => Math.min(m, g.at), Infinity)),
              bs.every((b) => b < 150) ? 1 : 0,
              sum,
            ],
            mean: sum / n,
            squares: bs.reduce((s, b) => s + (b - sum / n) ** 2, 0),
          };
        });
        const got = runFused(spec, shape, operands);
        expect(want.map((_, k) => got.slice(0, 6).map((o) => o[k]))).toEqual(want.map((w) => w.exact));
        want.forEach(({ mean, squares }, k) => {
          expect(got[6]![k]).toBeCloseTo(mean, 9);
          expect(Math.abs((got[7]![k] as number) - squares)).toBeLessThanOrEqual(1e-12 * (1 + squares));
        });
      }),
      { numRuns: 120 },
    );
  });

  it('over nothing give the identities', () => {
    const spec: FusedSpec = {
      inputs: ['int64', 'float64'],
      nodes: [
        input(0, 'int64'),
        input(1, 'float64'),
        { op: 'index', axis: 1, dtype: 'int64' },
        { op: 'less', args: [1, 1], dtype: 'bool' },
      ],
      rank: 2,
      reduce: [1],
      outputs: [
        { kind: 'fold', fold: 'sum', node: 1, dtype: 'float64' },
        { kind: 'fold', fold: 'prod', node: 0, dtype: 'int64' },
        { kind: 'fold', fold: 'any', node: 3, dtype: 'bool' },
        { kind: 'fold', fold: 'all', node: 3, dtype: 'bool' },
      ],
    };
    const empty = [{ data: filled('int64', []) }, { data: filled('float64', []) }];
    expect(runFused(spec, [2, 0], empty).map(listOf)).toEqual([
      [0, 0],
      [1n, 1n],
      [0, 0],
      [1, 1],
    ]);
    expect(runFused(spec, [0, 3], empty).map(listOf)).toEqual([[], [], [], []]);
  });
});

describe('errors', () => {
  const spec: FusedSpec = {
    inputs: ['float64'],
    nodes: [input(0, 'float64'), { op: 'invert', args: [0], dtype: 'float64' }],
    rank: 1,
    outputs: [{ kind: 'map', node: 1, dtype: 'float64' }],
  };
  it('name the function and the dtype', () => {
    expect(() => runFused(spec, [3], [{ data: filled('float64', [1, 2, 3]) }])).toThrow(
      /invert is not defined for float64/,
    );
  });
  it('name the count that is wrong', () => {
    expect(() => runFused(spec, [3, 1], [{ data: filled('float64', [1, 2, 3]) }])).toThrow(
      /2 axes, its spec says 1/,
    );
  });
});

it('reaches the last bytes of four gibibytes', () => {
  const memory = new WebAssembly.Memory({ initial: 65536, maximum: 65536, shared: true });
  const end = 2 ** 32;
  const n = 1003;
  const spec: FusedSpec = {
    inputs: ['float64', 'float64'],
    nodes: [input(0, 'float64'), input(1, 'float64'), { op: 'subtract', args: [0, 1], dtype: 'float64' }],
    rank: 1,
    outputs: [{ kind: 'map', node: 2, dtype: 'float64' }],
  };
  const bytes = scratchFor(spec, [n]);
  const scratch = { address: 2 ** 31 + 64, bytes };
  const [a, b] = [end - 16 * n, 3 * 2 ** 30];
  const values = (address: number) => new Float64Array(memory.buffer, address, n);
  for (let k = 0; k < n; k++) {
    values(a)[k] = k * k;
    values(b)[k] = k;
  }
  compileFused(spec).run(memory, {
    shape: [n],
    inputs: [
      { address: a, strides: [1] },
      { address: b + 8 * (n - 1), strides: [-1] },
    ],
    params: [],
    outputs: [end - 8 * n],
    scratch,
  });
  expect([...values(end - 8 * n)]).toEqual(Array.from({ length: n }, (_, k) => k * k - (n - 1 - k)));
});
