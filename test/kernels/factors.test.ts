import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';

type Reals = Float32Array | Float64Array;

/** The kernels with and without the machine's LAPACK, which is looked for once per module. */
async function kernels(blas: 'machine' | 'off') {
  vi.resetModules();
  if (blas === 'off') vi.stubEnv('TILEWORK_OPENBLAS', 'off');
  const { findBlas } = await import('../../src/kernels/blas.js');
  const lapack = await import('../../src/kernels/factors/index.js');
  findBlas();
  return { findBlas, lapack };
}

afterEach(() => vi.unstubAllEnvs());

type Product = (i: number, j: number) => number;
const times =
  (a: ArrayLike<number>, b: ArrayLike<number>, k: number, n: number): Product =>
  (i, j) => {
    let sum = 0;
    for (let l = 0; l < k; l++) sum += a[i * k + l] * b[l * n + j];
    return sum;
  };

/** Fails where an m×n matrix is not what `expected` says, to so many units of rounding of its largest element. */
function expectMatrix(
  got: Product,
  expected: Product,
  m: number,
  n: number,
  size: number,
  epsilon: number,
): void {
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      const off = Math.abs(got(i, j) - expected(i, j));
      if (!(off <= 60 * epsilon * size)) expect.fail(`(${i}, ${j}): ${got(i, j)}, not ${expected(i, j)}`);
    }
}

const reals = (
  Type: typeof Float32Array | typeof Float64Array,
  { length }: { length: number },
  element: (_: unknown, at: number) => number,
): Reals => new Type(Array.from({ length }, element));

const delta: Product = (i, j) => (i === j ? 1 : 0);
const transposed = (a: Reals, m: number, n: number) =>
  Float64Array.from({ length: m * n }, (_, at) => a[(at % m) * n + Math.floor(at / m)]);
const largest = (a: Reals) => Math.max(1e-300, ...[...a].map(Math.abs));

const matrices = fc
  .record({ m: fc.integer({ min: 1, max: 9 }), n: fc.integer({ min: 1, max: 9 }), single: fc.boolean() })
  .chain(({ m, n, single }) =>
    fc
      .array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -1e3, max: 1e3, noNaN: true })), {
        minLength: m * n,
        maxLength: m * n,
      })
      // OpenBLAS divides by pivots as it multiplies by what 1 divided by them is, which is infinite of some.
      .map((values) => values.map((x) => (Math.abs(x) < 1e-30 ? 0 : x)))
      .map((values) => ({ m, n, values, Type: single ? Float32Array : Float64Array })),
  );

for (const kind of ['machine', 'off'] as const)
  describe(
    kind === 'machine' ? "the machine's LAPACK, where there is one" : 'factors of our own',
    async () => {
      const { findBlas, lapack } = await kernels(kind);

      it('is what is tested', (context) => {
        if (kind === 'off') expect(findBlas()).toBeUndefined();
        else if (findBlas() === undefined) return context.skip();
        else expect(findBlas()?.lapack).toBeDefined();
      });

      it('makes Q at right angles and R upper triangular', () => {
        fc.assert(
          fc.property(matrices, ({ m, n, values, Type }) => {
            const k = Math.min(m, n);
            const epsilon = Type === Float32Array ? 2 ** -23 : 2 ** -52;
            const given = new Type(values);
            const a = given.slice();
            const [q, r] = [k === n ? a : new Type(m * k), new Type(k * n)];
            lapack.qr(m, n, a, q, r);
            expectMatrix(times(q, r, k, n), (i, j) => given[i * n + j], m, n, largest(given), epsilon);
            expectMatrix(times(transposed(q, m, k), q, m, k), delta, k, k, 1, epsilon);
            for (let i = 0; i < k; i++) for (let j = 0; j < i; j++) expect(r[i * n + j]).toBe(0);
          }),
          { numRuns: 150 },
        );
      });

      it('makes singular values that descend, with directions at right angles', () => {
        fc.assert(
          fc.property(matrices, ({ m, n, values, Type }) => {
            const k = Math.min(m, n);
            const epsilon = Type === Float32Array ? 2 ** -23 : 2 ** -52;
            const given = new Type(values);
            const [u, s, vt] = [new Type(m * k), new Type(k), new Type(k * n)];
            expect(lapack.svd(m, n, given.slice(), u, s, vt)).toBe(true);
            const scaled = u.map((x, at) => x * s[at % k]);
            expectMatrix(times(scaled, vt, k, n), (i, j) => given[i * n + j], m, n, largest(given), epsilon);
            expectMatrix(times(transposed(u, m, k), u, m, k), delta, k, k, 1, epsilon);
            expectMatrix(times(vt, transposed(vt, k, n), n, k), delta, k, k, 1, epsilon);
            for (let i = 1; i < k; i++) expect(s[i]).toBeLessThanOrEqual(s[i - 1]);
            expect(s[k - 1]).toBeGreaterThanOrEqual(0);
          }),
          { numRuns: 150 },
        );
      });

      it('tells of elements that are no numbers', () => {
        const found = [Number.NaN, Number.POSITIVE_INFINITY].map((x) =>
          lapack.svd(
            2,
            1,
            Float64Array.of(1, x),
            new Float64Array(2),
            new Float64Array(1),
            new Float64Array(1),
          ),
        );
        expect(found).toEqual([false, false]);
      });

      it('makes L and U with the largest pivots, from a row on', () => {
        fc.assert(
          fc.property(matrices, fc.integer({ min: 0, max: 3 }), ({ m: p, n: o, values, Type }, start) => {
            const [m, n] = [Math.max(p, o), Math.min(p, o)];
            const epsilon = Type === Float32Array ? 2 ** -23 : 2 ** -52;
            const above = new Array<number>(start * n).fill(7);
            const given = new Type([...above, ...values]);
            const a = given.slice();
            const order = new Int32Array(start + m);
            lapack.lu(start + m, n, start, a, order);
            expect([...a.subarray(0, start * n)]).toEqual(above);
            expect([...order].sort((x, y) => x - y)).toEqual([...order.keys()]);
            const own = a.subarray(start * n);
            const lower = own.map((x, at) => {
              const [i, j] = [Math.floor(at / n), at % n];
              return i === j ? 1 : i > j ? x : 0;
            });
            for (const x of lower) expect(Math.abs(x)).toBeLessThanOrEqual(1 + epsilon);
            const upper = own.slice(0, n * n).map((x, at) => (Math.floor(at / n) <= at % n ? x : 0));
            const from: Product = (i, j) => given[order[start + i] * n + j];
            expectMatrix(times(lower, upper, n, n), from, m, n, 2 ** n * largest(given), epsilon);
          }),
          { numRuns: 150 },
        );
      });

      it('makes the root of a positive definite matrix, and tells of others', () => {
        fc.assert(
          fc.property(matrices, ({ m, n, values, Type }) => {
            const epsilon = Type === Float32Array ? 2 ** -23 : 2 ** -52;
            const x = new Type(values);
            const size = largest(x) ** 2 * n + 1;
            const square = times(x, transposed(x, m, n), n, m);
            const given = reals(Type, { length: m * m }, (_, at) => {
              const [i, j] = [Math.floor(at / m), at % m];
              return square(i, j) + (i === j ? size / 8 : 0);
            });
            const a = given.map((y, at) => (at % m > Math.floor(at / m) ? Number.NaN : y));
            expect(lapack.cholesky(m, a)).toBe(true);
            expectMatrix(
              times(a, transposed(a, m, m), m, m),
              (i, j) => given[i * m + j],
              m,
              m,
              size,
              epsilon,
            );
          }),
          { numRuns: 60 },
        );
        expect(lapack.cholesky(2, Float64Array.of(1, 2, 2, 1))).toBe(false);
        expect(lapack.cholesky(1, Float64Array.of(Number.NaN))).toBe(false);
      });

      it('solves with triangles of every kind', () => {
        const flags = fc.record({
          lower: fc.boolean(),
          unit: fc.boolean(),
          transposed: fc.boolean(),
          right: fc.boolean(),
        });
        fc.assert(
          fc.property(
            matrices,
            flags,
            fc.integer({ min: 0, max: 2 }),
            ({ m, n, values, Type }, how, more) => {
              const epsilon = Type === Float32Array ? 2 ** -23 : 2 ** -52;
              const size = how.right ? n : m;
              const leading = size + more;
              const inside = (i: number, j: number) => (how.lower ? i > j : i < j);
              const data = reals(Type, { length: size * leading }, (_, at) => {
                const [i, j] = [Math.floor(at / leading), at % leading];
                if (i === j) return how.unit ? Number.NaN : 2 + (i % 3);
                return inside(i, j) ? ((i * 7 + j * 5) % 9) / 9 - 0.5 : Number.NaN;
              });
              const full: Product = (i, j) =>
                i === j ? (how.unit ? 1 : data[i * leading + i]) : inside(i, j) ? data[i * leading + j] : 0;
              const triangle = Float64Array.from({ length: size * size }, (_, at) => {
                const [i, j] = [Math.floor(at / size), at % size];
                return how.transposed ? full(j, i) : full(i, j);
              });
              const b = new Type(values);
              const x = b.slice();
              lapack.solveTriangle({ ...how, data, leading }, m, n, x);
              const made = how.right ? times(x, triangle, n, n) : times(triangle, x, m, n);
              expectMatrix(made, (i, j) => b[i * n + j], m, n, largest(x) + largest(b), epsilon);
            },
          ),
          { numRuns: 150 },
        );
      });
    },
  );
