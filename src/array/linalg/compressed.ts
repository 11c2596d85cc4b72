import { checkOptions } from '../../engine/known-options.js';
import type { ArrayInput } from '../input.js';
import { matmul } from '../products/matmul.js';
import { defaultRng } from '../random/index.js';
import { matrixOf, type RealArray } from './matrix.js';
import { qr } from './qr.js';
import { anySvd, type Svd, signed } from './svd.js';

/** How near `linalg.svdCompressed` comes. */
export interface CompressedOptions {
  /** Seed of the random directions; default: another in each call. */
  readonly seed?: number;
  /** How often the matrix and its transpose are multiplied once more, where its singular values fall off slowly. Default: 0. */
  readonly powerIterations?: number;
  /** Directions beside the k wanted. Default: 10, and at least 20 altogether. */
  readonly oversamples?: number;
}

/**
 * The `k` largest singular values of a matrix, about, with their columns of u and rows of vt: the matrix is multiplied with random directions, and what it leaves of those is
 * factored (Halko, Martinsson and Tropp, Finding structure with randomness, 2011). Chunks may be cut along both axes. It is much less work than `svd` where k is
 * small, and exact where the rank is at most k.
 *
 * @throws RangeError where it is no matrix, or k is not between 1 and its smaller extent; Error where chunk sizes are unknown
 * @example
 * const low = outer([1, 2, 3], [1, 1, 1, 1]);
 * const [u, s, vt] = linalg.svdCompressed(low, 1, { seed: 1 });
 * await s.round(6).compute(); // [7.483315]
 * await matmul(u.multiply(s), vt).round(6).compute(); // [[1. 1. 1. 1.] [2. 2. 2. 2.] [3. 3. 3. 3.]]
 */
export function svdCompressed<A extends ArrayInput>(
  a: A,
  k: number,
  options: CompressedOptions = {},
): Svd<A> {
  checkOptions('svdCompressed', options, ['seed', 'powerIterations', 'oversamples']);
  const x = matrixOf('svdCompressed', a);
  const [m, n] = x.shape;
  const { seed, powerIterations = 0, oversamples = 10 } = options;
  if (!Number.isInteger(k) || k < 1 || k > Math.min(m, n))
    throw new RangeError(`svdCompressed: k is 1 to ${Math.min(m, n)} of shape [${m}, ${n}], not ${k}`);
  for (const [name, count] of Object.entries({ powerIterations, oversamples }))
    if (!Number.isInteger(count) || count < 0)
      throw new RangeError(`svdCompressed: ${name} is a whole number of 0 or more, not ${count}`);
  const directions = Math.min(Math.max(20, k + oversamples), m, n);
  const random = defaultRng(seed).standardNormal([n, directions], { chunks: [x.chunks[1], -1] });
  let [basis] = qr(product(x, random.astype(x.dtype)));
  for (let i = 0; i < powerIterations; i++) {
    const [rows] = qr(product(x.T, basis));
    [basis] = qr(product(x, rows));
  }
  const [u, s, vt] = anySvd('svdCompressed', product(basis.T, x));
  const first = `:${k}`;
  return signed([
    product(basis, u).slice(':', first) as RealArray,
    s.slice(first) as RealArray,
    vt.slice(first) as RealArray,
  ]) as unknown as Svd<A>;
}

const product = (a: ArrayInput, b: ArrayInput): RealArray => matmul(a, b) as unknown as RealArray;
