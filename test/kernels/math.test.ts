import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ElementFn, FusedSpec } from '../../src/kernels/spec.js';
import { functionSpec, input, runFused, ulpsApart } from './run-fused.js';

const apply = (fn: ElementFn, ...args: Float64Array[]): Float64Array =>
  runFused(
    functionSpec(
      fn,
      args.map(() => 'float64' as const),
      'float64',
    ),
    [args[0]!.length],
    args.map((data) => ({ data })),
  )[0] as Float64Array;

/** JavaScript's own functions, an implementation independent of ours; its errors are below 1 ulp, those of pow, tan and tanh below 2. */
const UNARY: [ElementFn, (x: number) => number, low: number, high: number, ulps: number][] = [
  ['exp', Math.exp, -750, 715, 2],
  ['exp', Math.exp, -1, 1, 2],
  ['exp2', (x) => 2 ** x, -1080, 1030, 2],
  ['expm1', Math.expm1, -2, 2, 2],
  ['expm1', Math.expm1, -50, 715, 2],
  ['log', Math.log, 0, 4, 2],
  ['log', Math.log, 0, 1e300, 2],
  ['log2', Math.log2, 0, 4, 3],
  ['log10', Math.log10, 0, 4, 3],
  ['log1p', Math.log1p, -1, 4, 2],
  ['log1p', Math.log1p, -1e-5, 1e-5, 2],
  ['sin', Math.sin, -10, 10, 2],
  ['sin', Math.sin, -2e6, 2e6, 2],
  ['cos', Math.cos, -10, 10, 2],
  ['cos', Math.cos, -2e6, 2e6, 2],
  ['tan', Math.tan, -10, 10, 3],
  ['tanh', Math.tanh, -3, 3, 3],
  ['tanh', Math.tanh, -25, 25, 3],
];

describe('functions of one double agree with an independent implementation', () => {
  it.each(UNARY)('%s %o from %d to %d', (fn, reference, low, high, ulps) => {
    const values = fc.array(fc.double({ min: low, max: high, noNaN: true }), { minLength: 1, maxLength: 40 });
    const even = Float64Array.from({ length: 20_001 }, (_, k) => low + ((high - low) * k) / 20_000);
    const check = (x: Float64Array) => {
      apply(fn, x).forEach((y, k) => {
        const want = reference(x[k]!);
        if (!(ulpsApart(y, want, 'float64') <= ulps)) expect(`${fn}(${x[k]}) = ${y}`).toBe(`${want}`);
      });
    };
    check(even);
    fc.assert(
      fc.property(values, (x) => check(Float64Array.from(x))),
      { numRuns: 100 },
    );
  });
});

it('powers agree with an independent implementation', () => {
  const base = fc.oneof(fc.double({ min: 0, noNaN: true }), fc.double({ min: 0.5, max: 2, noNaN: true }));
  const pairs = fc.array(fc.tuple(base, fc.double({ min: -1000, max: 1000, noNaN: true })), {
    minLength: 1,
    maxLength: 50,
  });
  fc.assert(
    fc.property(pairs, (list) => {
      const x = Float64Array.from(list, ([b]) => b);
      const y = Float64Array.from(list, ([, e]) => e);
      apply('power', x, y).forEach((z, k) => {
        if (!(ulpsApart(z, x[k]! ** y[k]!, 'float64') <= 3))
          expect(`${x[k]} ** ${y[k]} = ${z}`).toBe(`${x[k]! ** y[k]!}`);
      });
    }),
  );
});

it('fmod is exact', () => {
  const any = fc.double({ noNaN: false });
  const near = fc.double({ min: -1000, max: 1000, noNaN: true });
  const pairs = fc.array(fc.oneof(fc.tuple(any, any), fc.tuple(near, near)), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(pairs, (list) => {
      const x = Float64Array.from(list, ([a]) => a);
      const y = Float64Array.from(list, ([, b]) => b);
      expect([...apply('fmod', x, y)]).toEqual(list.map(([a, b]) => a % b));
    }),
    { numRuns: 300 },
  );
});

describe('sine and cosine', () => {
  it('are accurate next to multiples of π/2', () => {
    // the double nearest to n·π/2 is off by what these must return
    const x = Float64Array.of(Math.PI / 2, Math.PI, 2 * Math.PI, 11 * (Math.PI / 2), 1e6);
    expect(apply('cos', x)[0]).toBe(6.123233995736766e-17);
    expect(apply('sin', x)[1]).toBe(1.2246467991473532e-16);
    expect(apply('sin', x)[2]).toBe(-2.4492935982947064e-16);
  });

  it('keep the sign of zero', () => {
    expect([...apply('sin', Float64Array.of(0, -0))]).toEqual([0, -0]);
    expect([...apply('tan', Float64Array.of(0, -0))]).toEqual([0, -0]);
  });

  it('of one node give, together, what each gives alone', () => {
    const x = Float64Array.from({ length: 1003 }, (_, k) => (k - 500) * 3.7);
    const spec: FusedSpec = {
      inputs: ['float64'],
      nodes: [
        input(0, 'float64'),
        { op: 'sin', args: [0], dtype: 'float64' },
        { op: 'cos', args: [0], dtype: 'float64' },
      ],
      rank: 1,
      outputs: [
        { kind: 'map', node: 1, dtype: 'float64' },
        { kind: 'map', node: 2, dtype: 'float64' },
      ],
    };
    const [sin, cos] = runFused(spec, [x.length], [{ data: x }]);
    expect(sin).toEqual(apply('sin', x));
    expect(cos).toEqual(apply('cos', x));
    sin!.forEach((s, k) => {
      expect((s as number) ** 2 + (cos![k] as number) ** 2).toBeCloseTo(1, 14);
    });
  });
});

it('a value does not depend on its neighbours', () => {
  // rare arguments leave the vector's path; the usual one beside them must not
  const rare = [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e300, 5e-324];
  for (const fn of ['exp', 'log', 'log2', 'log10', 'log1p', 'sin', 'cos', 'expm1', 'tanh', 'exp2'] as const) {
    const alone = apply(fn, Float64Array.of(0.7311, 0.7311))[0];
    for (const r of rare) {
      const beside = apply(fn, Float64Array.of(...[0.7311, r, r, 0.7311], ...new Float64Array(4)));
      expect([beside[0], beside[3]]).toEqual([alone, alone]);
    }
  }
});
