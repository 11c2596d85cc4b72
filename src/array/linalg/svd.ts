import type { TileArray } from '../array.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { matmul } from '../products/matmul.js';
import { sum } from '../reductions/index.js';
import { multiply, where } from '../ufuncs/index.js';
import { matrixOf, type RealArray, type RealOf } from './matrix.js';
import { bytesOf, partArray, tasksNode } from './parts.js';
import { tall } from './qr.js';
import { tallQr } from './tall.js';

type Real<A extends ArrayInput> = TileArray<RealOf<DTypeOf<A>>>;
/** U, the singular values, and Vᵀ. */
export type Svd<A extends ArrayInput> = readonly [u: Real<A>, s: Real<A>, vt: Real<A>];
export type Triple = readonly [u: RealArray, s: RealArray, vt: RealArray];

/**
 * The singular values `s` of an m×n matrix, descending, with the k = min(m, n) columns of `u` and rows of `vt` that go with them: the matrix is u·diag(s)·vt.
 * Signs are such that no row of vt has a negative sum, as Dask's are.
 *
 * It goes by way of `qr`, with the chunks that needs; of a wide matrix the transpose is factored.
 *
 * @throws RangeError where it is no matrix; Error where chunk sizes are unknown; TaskError where elements are NaN or infinite
 * @example
 * const [u, s, vt] = linalg.svd([[3, 0], [0, -2], [0, 0]]);
 * await s.round(12).compute(); // [3. 2.]
 * await matmul(u.multiply(s), vt).round(12).compute(); // [[3. 0.] [0. -2.] [0. 0.]]
 */
export function svd<A extends ArrayInput>(a: A): Svd<A> {
  return signed(anySvd('svd', matrixOf('svd', a))) as unknown as Svd<A>;
}

/** With whatever signs. */
export function anySvd(label: string, x: RealArray): Triple {
  const [m, n] = x.shape;
  if (m < n) {
    const [u, s, vt] = anySvd(label, x.T as RealArray);
    return [vt.T as RealArray, s, u.T as RealArray];
  }
  const whole = tall(label, x);
  if (whole.chunks[0].length === 1) return blockSvd(label, whole);
  const [q, r] = tallQr(whole);
  const [u, s, vt] = blockSvd(label, r);
  return [matmul(q, u) as unknown as RealArray, s, vt];
}

/** Of a matrix in one block. */
function blockSvd(label: string, x: RealArray): Triple {
  const { dtype, node } = x;
  const [m, n] = x.shape;
  const k = Math.min(m, n);
  const out = [[m, k], [k], [k, n]].map((shape) => ({ dtype, shape }));
  const factors = tasksNode('svd', label, [1], [node], (_, key, emit) => ({
    key,
    op: 'array/svd',
    inputs: [emit.keyOf(node, [0, 0])],
    params: null,
    common: { label },
    out,
    scratch: bytesOf(dtype, m, n),
  }));
  const [u, s, vt] = out.map((meta, part) => partArray(factors, [0], part, meta));
  return [u, s, vt];
}

/** Columns of u and rows of vt with such signs that no row's sum is negative. */
export function signed([u, s, vt]: Triple): Triple {
  const sums = sum(vt, { axis: 1, keepdims: true });
  const signs = where(sums.less(0), -1, 1).astype(vt.dtype) as unknown as RealArray;
  return [
    multiply(u, signs.reshape([1, -1])) as unknown as RealArray,
    s,
    multiply(vt, signs) as unknown as RealArray,
  ];
}
