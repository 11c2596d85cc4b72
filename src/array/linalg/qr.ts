import type { TileArray } from '../array.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { concatenate } from '../joining/concatenate.js';
import { inOneBlock } from '../mapping/lanes.js';
import { largest } from '../nodes/chunks.js';
import { matmul } from '../products/matmul.js';
import { matrixOf, type RealArray, type RealOf } from './matrix.js';
import { tallQr } from './tall.js';

type Real<A extends ArrayInput> = TileArray<RealOf<DTypeOf<A>>>;

/**
 * Q and R of an m×n matrix: Q is m×k with k = min(m, n) columns of length 1 at right angles, R is k×n with zeros below its diagonal, on which nothing is negative, and Q·R is the matrix: so they
 * do not depend on chunks.
 *
 * Of a tall matrix all columns come into one block, whose rows are cut so that blocks get no larger; they are factored one by one, then their R's as a tree. Of a
 * wide one all rows come into one block, and as many columns as there are rows are factored together. So k×k elements must fit into a block.
 *
 * @throws RangeError where it is no matrix; Error where chunk sizes are unknown
 * @example
 * const [q, r] = linalg.qr([[3, 1], [4, 2], [0, 2]]);
 * await matmul(q, r).round(12).compute(); // [[3. 1.] [4. 2.] [0. 2.]]
 * await r.round(6).compute(); // [[5. 2.2 ] [0. 2.039608]]
 */
export function qr<A extends ArrayInput>(a: A): readonly [q: Real<A>, r: Real<A>] {
  const x = matrixOf('qr', a);
  const [m, n] = x.shape;
  return (m >= n ? tallQr(tall('qr', x)) : wideQr(x)) as unknown as readonly [Real<A>, Real<A>];
}

/** The matrix with all columns in one block, and at least as many rows in all but the last. */
export function tall(label: string, x: RealArray): RealArray {
  const n = x.shape[1];
  const cut = inOneBlock(label, x, 1) as unknown as RealArray;
  const [rows] = cut.chunks;
  if (rows.length === 1 || rows.every((size) => size >= n)) return cut;
  return x.rechunk([Math.max(n, largest(rows)), -1]) as unknown as RealArray;
}

function wideQr(x: RealArray): readonly [RealArray, RealArray] {
  const m = x.shape[0];
  const rows = inOneBlock('qr', x, 0);
  const first = rows.slice(':', `:${m}`) as RealArray;
  const [q, r] = tallQr(first.rechunk(-1));
  const others = matmul(q.T, rows.slice(':', `${m}:`)) as unknown as RealArray;
  return [q, concatenate([r, others], 1) as unknown as RealArray];
}
