import { checkOptions } from '../../engine/known-options.js';
import { TileArray } from '../array.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { blockShape, boundaries } from '../nodes/chunks.js';
import { makeNode, type TasksNode } from '../nodes/node.js';
import { rechunkNode } from '../nodes/rechunk.js';
import type { CholeskyParams } from '../ops/linalg/cholesky.js';
import { matmulScratchFor } from '../products/matmul-scratch.js';
import { type RealArray, type RealOf, squareOf } from './matrix.js';

/** Which factor `linalg.cholesky` gives. */
export interface CholeskyOptions {
  /** Whether to give the upper factor, U with a = Uᵀ·U, as Dask does unless told, instead of L with a = L·Lᵀ. */
  readonly upper?: boolean;
}

/**
 * The lower factor L of a symmetric, positive definite matrix: a = L·Lᵀ. Only the lower triangle is read. Block by block; the chunks of the rows are used for
 * columns too.
 *
 * @throws RangeError where it is no square matrix; Error where chunk sizes are unknown; TaskError where it is not positive definite
 * @example
 * await linalg.cholesky([[4, 2], [2, 5]]).compute(); // [[2. 0.] [1. 2.]]
 */
export function cholesky<A extends ArrayInput>(
  a: A,
  options: CholeskyOptions = {},
): TileArray<RealOf<DTypeOf<A>>> {
  checkOptions('cholesky', options, ['upper']);
  const factor = lowerFactor(squareOf('cholesky', a));
  return (options.upper ? factor.T : factor) as unknown as TileArray<RealOf<DTypeOf<A>>>;
}

function lowerFactor(x: RealArray): RealArray {
  const { dtype } = x;
  const [sizes] = x.chunks;
  const starts = boundaries(sizes);
  const chunks = [sizes, sizes];
  const matrix = rechunkNode(x.node, chunks);
  const node: TasksNode = makeNode<TasksNode>('cholesky', null, {
    kind: 'tasks',
    parts: [dtype],
    chunks,
    inputs: [{ node: matrix, part: 0 }],
    task: ([i, j], key, emit) => {
      const place = i < j ? 'above' : i > j ? 'below' : 'diagonal';
      const ks = place === 'above' ? [] : sizes.slice(0, j);
      const row = (at: number) => ks.map((_, k) => emit.keyOf(node, [at, k]));
      const inputs = {
        above: () => [],
        diagonal: () => [emit.keyOf(matrix, [i, j]), ...row(i)],
        below: () => [emit.keyOf(matrix, [i, j]), ...row(i), ...row(j), emit.keyOf(node, [j, j])],
      };
      const shape = blockShape(chunks, [i, j]);
      const [m, n] = shape;
      return {
        key,
        op: 'array/cholesky',
        inputs: inputs[place](),
        params: { place, start: starts[i], ks } satisfies CholeskyParams,
        out: [{ dtype, shape }],
        scratch: matmulScratchFor(dtype, { batch: 1, m, n, ks, transA: false, transB: true }),
      };
    },
  });
  return new TileArray(node) as RealArray;
}
