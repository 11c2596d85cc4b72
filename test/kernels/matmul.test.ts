import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DTYPES, type DType, itemsize, kindOf, viewOf } from '../../src/kernels/dtype.js';

const memory = new WebAssembly.Memory({ initial: 800, maximum: 65536, shared: true });
const SCRATCH = 64;
const DATA = 16 << 20;

/** The kernels with and without the machine's BLAS, which is looked for once per module. */
async function kernels(blas: 'machine' | 'off') {
  vi.resetModules();
  if (blas === 'off') vi.stubEnv('TILEWORK_OPENBLAS', 'off');
  const { findBlas } = await import('../../src/kernels/blas.js');
  const { matmul, matmulScratch } = await import('../../src/kernels/matmul/index.js');
  findBlas();
  return { findBlas, matmul, matmulScratch };
}

afterEach(() => vi.unstubAllEnvs());

type Kernels = Awaited<ReturnType<typeof kernels>>;

interface Shape {
  m: number;
  n: number;
  k: number;
  accumulate: boolean;
  /** How A and B lie in memory. */
  layouts: [Layout, Layout];
}

const LAYOUTS = ['plain', 'transposed', 'reversed', 'every other', 'one row'] as const;
type Layout = (typeof LAYOUTS)[number];

/** Strides of a rows×columns matrix, the elements it spans, and where its first lies in them. */
function placed(layout: Layout, rows: number, columns: number) {
  switch (layout) {
    case 'plain':
      return { rowStride: columns, colStride: 1, span: rows * columns, first: 0 };
    case 'transposed':
      return { rowStride: 1, colStride: rows, span: rows * columns, first: 0 };
    case 'reversed':
      return { rowStride: -columns, colStride: -1, span: rows * columns, first: rows * columns - 1 };
    case 'every other':
      return { rowStride: 2 * columns + 3, colStride: 2, span: rows * (2 * columns + 3), first: 0 };
    case 'one row':
      return { rowStride: 0, colStride: 1, span: columns, first: 0 };
  }
}

type Numbers = Record<number, number | bigint>;

/** Multiplies pseudorandom matrices of whole numbers by a kernel and by the definition of the product. */
function check({ matmul, matmulScratch }: Kernels, dtype: DType, shape: Shape, seed = 1): void {
  const { m, n, k, accumulate, layouts } = shape;
  const bytes = itemsize(dtype);
  const [pa, pb] = [placed(layouts[0], m, k), placed(layouts[1], k, n)];
  const a = DATA;
  const b = a + pa.span * bytes;
  const c = b + pb.span * bytes;
  const wall = 32;
  const [va, vb, vc] = [
    viewOf(dtype, memory.buffer, a, pa.span) as Numbers,
    viewOf(dtype, memory.buffer, b, pb.span) as Numbers,
    viewOf(dtype, memory.buffer, c, m * n + wall) as Numbers,
  ];
  const big = bytes === 8 && dtype !== 'float64';
  // Large enough to wrap around, small enough that sums of float products are exact.
  const limit = dtype === 'bool' ? 2 : dtype === 'float32' ? 40 : dtype === 'float64' ? 4001 : 2 ** 31;
  let state = seed;
  const next = (): number | bigint => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    // Booleans are mostly false, or every sum would be true.
    if (dtype === 'bool') return state % 97 < 3 ? 1 : 0;
    const x = Math.floor((state / 2 ** 32) * limit) - (kindOf(dtype) === 'uint' ? 0 : Math.floor(limit / 2));
    return big ? BigInt(x) * 0x100000007n : x;
  };
  for (let i = 0; i < pa.span; i++) va[i] = next();
  for (let i = 0; i < pb.span; i++) vb[i] = next();
  for (let i = 0; i < m * n + wall; i++) vc[i] = next();
  const before = viewOf(dtype, memory.buffer, c, m * n + wall).slice();

  matmul(memory, {
    dtype,
    m,
    n,
    k,
    a: { address: a + pa.first * bytes, rowStride: pa.rowStride, colStride: pa.colStride },
    b: { address: b + pb.first * bytes, rowStride: pb.rowStride, colStride: pb.colStride },
    c: { address: c },
    accumulate,
    scratch: { address: SCRATCH, bytes: matmulScratch(dtype, m, n, k) },
  });

  const known = before.slice() as Numbers & { [Symbol.iterator](): IterableIterator<number | bigint> };
  const element = (v: Numbers, p: typeof pa, i: number, j: number) =>
    v[p.first + i * p.rowStride + j * p.colStride]!;
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      const start = accumulate ? known[i * n + j]! : big ? 0n : 0;
      known[i * n + j] = sum(dtype, start, k, (p) => [element(va, pa, i, p), element(vb, pb, p, j)]);
    }
  const got = viewOf(dtype, memory.buffer, c, m * n + wall);
  const wrong = Array.from(got as ArrayLike<unknown>).findIndex((x, i) => !Object.is(x, known[i]));
  expect(wrong, `${dtype} ${JSON.stringify(shape)}: ${got[wrong]} instead of ${known[wrong]}`).toBe(-1);
}

function sum(
  dtype: DType,
  start: number | bigint,
  k: number,
  pair: (p: number) => [number | bigint, number | bigint],
): number | bigint {
  let total = start;
  for (let p = 0; p < k; p++) {
    const [x, y] = pair(p);
    if (typeof x === 'bigint') total = BigInt.asUintN(64, (total as bigint) + x * (y as bigint));
    else if (dtype === 'bool') total = (total as number) | (x & (y as number));
    // Whatever the integer type: its lower bits.
    else if (kindOf(dtype) !== 'float') total = ((total as number) + Math.imul(x, y as number)) | 0;
    else total = (total as number) + x * (y as number);
  }
  return total;
}

const plain = { accumulate: false, layouts: ['plain', 'plain'] as [Layout, Layout] };

for (const blas of ['machine', 'off'] as const)
  describe(`matmul with BLAS: ${blas}`, () => {
    const dtypes = blas === 'off' ? DTYPES : (['float32', 'float64'] as const);

    it.each(dtypes)('is the definition for any shape and strides: %s', async (dtype) => {
      const own = await kernels(blas);
      const extent = fc.integer({ min: 1, max: 40 });
      const layout = fc.constantFrom(...LAYOUTS);
      const shape: fc.Arbitrary<Shape> = fc.record({
        m: extent,
        n: extent,
        k: extent,
        accumulate: fc.boolean(),
        layouts: fc.tuple(layout, layout),
      });
      fc.assert(
        fc.property(shape, fc.integer(), (s, seed) => check(own, dtype, s, seed)),
        { numRuns: 60 },
      );
    });

    it.each(dtypes)('is the definition across the edges of its blocks: %s', async (dtype) => {
      const own = await kernels(blas);
      for (const [m, n, k] of [
        [130, 37, 515],
        [5, 1030, 258],
        [257, 9, 1],
        [4, 32, 1024],
      ] as const)
        for (const accumulate of [false, true])
          check(own, dtype, { ...plain, m, n, k, accumulate, layouts: ['plain', 'transposed'] });
    });

    it.each(dtypes)('multiplies with vectors: %s', async (dtype) => {
      const own = await kernels(blas);
      for (const [m, n, k] of [
        [1, 333, 70],
        [333, 1, 70],
        [1, 1, 1001],
        [7, 1, 1],
        [1, 129, 3],
      ] as const)
        for (const layout of LAYOUTS)
          for (const accumulate of [false, true])
            check(own, dtype, { m, n, k, accumulate, layouts: [layout, layout] });
    });

    it('gives zeros, or what was there, when there is nothing to sum', async () => {
      const own = await kernels(blas);
      for (const dtype of DTYPES) {
        check(own, dtype, { ...plain, m: 3, n: 4, k: 0 });
        check(own, dtype, { ...plain, m: 3, n: 4, k: 0, accumulate: true });
        check(own, dtype, { ...plain, m: 0, n: 4, k: 2 });
      }
    });

    it('says when the scratch memory is too small', async () => {
      const { matmul } = await kernels(blas);
      const operand = { address: DATA, rowStride: 2, colStride: 1 };
      const call = {
        dtype: 'float64',
        m: 2,
        n: 2,
        k: 2,
        a: operand,
        b: operand,
        c: { address: DATA },
      } as const;
      expect(() =>
        matmul(memory, { ...call, accumulate: false, scratch: { address: 64, bytes: 0 } }),
      ).toThrow(/2×2 and 2×2 float64: scratch of 0 bytes/);
    });

    it('multiplies above 2 GiB', async () => {
      const { matmul, matmulScratch } = await kernels(blas);
      const large = new WebAssembly.Memory({ initial: 65536, maximum: 65536, shared: true });
      const n = 33;
      const c = 2 ** 32 - 8 * n * n;
      const [a, b, scratch] = [c - 8 * n * n, 2 ** 31 - 8 * n, 3 * 2 ** 30];
      new Float64Array(large.buffer, a, n * n).fill(2);
      new Float64Array(large.buffer, b, n * n).fill(3);
      for (const dtype of ['float64', 'int64'] as const) {
        if (dtype === 'int64') {
          new BigInt64Array(large.buffer, a, n * n).fill(2n);
          new BigInt64Array(large.buffer, b, n * n).fill(3n);
        }
        matmul(large, {
          dtype,
          m: n,
          n,
          k: n,
          a: { address: a, rowStride: n, colStride: 1 },
          b: { address: b, rowStride: n, colStride: 1 },
          c: { address: c },
          accumulate: false,
          scratch: { address: scratch, bytes: matmulScratch(dtype, n, n, n) },
        });
        const out = viewOf(dtype, large.buffer, c, n * n) as ArrayLike<number | bigint>;
        expect(Array.from(out).every((x) => Number(x) === 6 * n)).toBe(true);
      }
    });
  });

describe('matmul of fractions', () => {
  it('agrees with BLAS to rounding', async (context) => {
    const machine = await kernels('machine');
    if (machine.findBlas() === undefined) return context.skip();
    const [m, n, k] = [70, 50, 900];
    const product = ({ matmul, matmulScratch }: Kernels, dtype: 'float32' | 'float64') => {
      const fill = (address: number, count: number) => {
        const view = viewOf(dtype, memory.buffer, address, count);
        for (let i = 0; i < count; i++) view[i] = Math.sin(i * 1.7 + 1);
        return address;
      };
      const c = DATA + (8 << 20);
      matmul(memory, {
        dtype,
        m,
        n,
        k,
        a: { address: fill(DATA, m * k), rowStride: k, colStride: 1 },
        b: { address: fill(DATA + (4 << 20), k * n), rowStride: n, colStride: 1 },
        c: { address: c },
        accumulate: false,
        scratch: { address: SCRATCH, bytes: matmulScratch(dtype, m, n, k) },
      });
      return viewOf(dtype, memory.buffer, c, m * n).slice();
    };
    const builtin = await kernels('off');
    for (const [dtype, epsilon] of [
      ['float64', 2 ** -52],
      ['float32', 2 ** -23],
    ] as const) {
      const [x, y] = [product(machine, dtype), product(builtin, dtype)];
      // The elements are at most 1, so k roundings of at most k bound the difference; it is far below.
      const worst = Math.max(...x.map((value, i) => Math.abs(value - y[i]!)));
      expect(worst).toBeLessThan(k * epsilon);
    }
  });
});
