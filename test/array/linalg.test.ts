/** Factors of matrices in blocks: what NumPy's answers do not show. */
import { afterAll, describe, expect, it } from 'vitest';
import * as tw from '../../src/index.js';

const { linalg } = tw;
const MIB = 2 ** 20;
const engine = new tw.LocalEngine({ threads: 2 });
afterAll(() => engine.dispose());

const rng = tw.random.defaultRng(7);
const largest = (x: tw.TileArray) => tw.max(tw.abs(x));
const off = (a: tw.TileArray, b: tw.TileArray) => largest(a.subtract(b) as tw.TileArray);
const identity = (n: number) => tw.identity(n) as tw.TileArray;
const messageOf = async (x: tw.TileArray): Promise<string> =>
  x.compute({ engine }).then(
    (value) => `it gives ${String(value)}`,
    ({ name, cause }: { name: string; cause?: Error }) => `${name}: ${cause?.message}`,
  );

describe('matrices in blocks', () => {
  it('are what their factors make', async () => {
    const square = rng.normal(0, 1, [60, 60], { chunks: [17, 13] });
    const right = rng.normal(0, 1, [60, 9], { chunks: [7, 4] });
    const [p, l, u] = linalg.lu(square);
    const positive = square.matmul(square.T).add(identity(60));
    const lower = linalg.cholesky(positive);
    const halves = [tw.tril(square), tw.triu(square)].map((x) => x.add(identity(60).multiply(20)));
    const errors: { [what: string]: tw.TileArray } = {
      lu: off(p.matmul(l).matmul(u), square),
      pivots: tw.maximum(largest(l).subtract(1), 0),
      cholesky: off(lower.matmul(lower.T), positive),
      solve: off(square.matmul(linalg.solve(square, right)), right),
      inverse: off(square.matmul(linalg.inv(square)), identity(60)),
      positive: off(positive.matmul(linalg.solve(positive, right, { assumeA: 'pos' })), right),
      below: off(halves[0].matmul(linalg.solveTriangular(halves[0], right, { lower: true })), right),
      above: off(halves[1].matmul(linalg.solveTriangular(halves[1], right)), right),
    };
    for (const [m, n, chunks] of [
      [700, 5, [20, 3]],
      [90, 8, [3, 3]],
      [7, 100, [3, 11]],
      [40, 40, [10, 15]],
    ] as const) {
      const x = rng.normal(0, 1, [m, n], { chunks });
      const b = rng.normal(0, 1, [m, 2], { chunks: [9, 1] });
      const [q, r] = linalg.qr(x);
      const [v, s, wt] = linalg.svd(x);
      const [c, t, dt] = linalg.svdCompressed(x, Math.min(m, n), { seed: 3, powerIterations: 1 });
      const [found, , rank] = linalg.lstsq(x, b);
      Object.assign(errors, {
        [`qr ${m}×${n}`]: off(q.matmul(r), x),
        [`angles ${m}×${n}`]: off(q.T.matmul(q), identity(Math.min(m, n))),
        [`svd ${m}×${n}`]: off(v.multiply(s).matmul(wt), x),
        [`compressed ${m}×${n}`]:
          n > 20 && m > 20 ? tw.abs(s.slice(0).subtract(t.slice(0))) : off(c.multiply(t).matmul(dt), x),
        [`least squares ${m}×${n}`]: largest(x.T.matmul(b.subtract(x.matmul(found)))),
        [`rank ${m}×${n}`]: rank.subtract(Math.min(m, n)),
      });
    }
    const values = await tw.compute(errors, { engine });
    for (const [what, error] of Object.entries(values)) expect(Number(error), what).toBeLessThan(1e-8);
  });

  it('are refused, by name, where they have no such factors', async () => {
    const singular = tw.ones([6, 6], { chunks: [6, 2] });
    expect(await messageOf(linalg.solve(singular, tw.ones(6)))).toMatch(
      /^TaskError: solve: .*singular.*column 4.*lstsq/,
    );
    expect(await messageOf(linalg.inv(singular))).toMatch(/^TaskError: inv: .*singular/);
    const zeros = tw.zeros([4, 4], { chunks: 2 });
    expect(await messageOf(linalg.cholesky(zeros))).toMatch(
      /^TaskError: cholesky: .*not positive definite.*first 2 rows/,
    );
    expect(await messageOf(linalg.svd([[Number.NaN, 1]])[1])).toMatch(/^TaskError: svd: .*NaN or infinite/);
  });
});

it('factors a tall matrix of eight times the memory that blocks have', async () => {
  await using small = new tw.LocalEngine({
    threads: 2,
    memoryLimit: 1.07 * process.memoryUsage.rss() + 120 * MIB,
  });
  const { budget } = small.stats().memory;
  const columns = 16;
  const x = rng.random([Math.ceil((8 * budget) / (8 * columns)), columns], { chunks: [MIB / 128, -1] });
  expect(x.nbytes).toBeGreaterThanOrEqual(8 * budget);
  const [q, r] = linalg.qr(x);
  const [angles, below] = await tw.compute([off(q.T.matmul(q), identity(columns)), largest(tw.tril(r, -1))], {
    engine: small,
  });
  expect(Number(angles)).toBeLessThan(1e-12);
  expect(Number(below)).toBe(0);
});
