import type { Op } from '../../../engine/op.js';
import { cholesky as factor, type Reals, solveTriangle } from '../../../kernels/factors/index.js';
import { matmul } from '../../../kernels/matmul/index.js';
import { blockOf } from '../gather.js';

export interface CholeskyParams {
  /** Where the block lies: above the diagonal all is zero. */
  readonly place: 'above' | 'diagonal' | 'below';
  /** The row of the matrix where the block begins. */
  readonly start: number;
  /** How many columns the blocks of L to the left have. */
  readonly ks: readonly number[];
}

/**
 * A block of L: what is left of the block of the matrix (the first input) without the products of L's blocks to its left with those to the left of the diagonal
 * block in its column, factored, or divided by that diagonal block (the last input).
 */
export const cholesky: Op<CholeskyParams, unknown> = ({ key, inputs, params, out, memory, scratch }) => {
  const { place, ks } = params;
  const block = out[0].data as Reals;
  block.fill(0);
  if (place === 'above') return;
  const [m, n] = out[0].shape;
  const given = blockOf(inputs[0], key).data as Reals;
  ks.forEach((k, i) => {
    const left = blockOf(inputs[1 + i], key).data;
    const right = place === 'diagonal' ? left : blockOf(inputs[1 + ks.length + i], key).data;
    matmul(memory, {
      dtype: out[0].dtype,
      m,
      n,
      k,
      a: { address: left.byteOffset, rowStride: k, colStride: 1 },
      b: { address: right.byteOffset, rowStride: 1, colStride: k },
      c: { address: block.byteOffset },
      accumulate: i > 0,
      scratch: { address: scratch.byteOffset, bytes: scratch.length },
    });
  });
  for (let i = 0; i < block.length; i++) block[i] = given[i] - block[i];
  if (place === 'below') {
    const data = blockOf(inputs[inputs.length - 1], key).data as Reals;
    solveTriangle({ data, leading: n, lower: true, unit: false, transposed: true, right: true }, m, n, block);
  } else if (!factor(n, block))
    throw new RangeError(
      `cholesky: the matrix is not positive definite: its first ${params.start + n} rows and columns are not; solve and lu take any square matrix`,
    );
};
