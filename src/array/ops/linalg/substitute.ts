import type { Op } from '../../../engine/op.js';
import { itemsize } from '../../../kernels/dtype.js';
import { type Reals, solveTriangle } from '../../../kernels/factors/index.js';
import { matmul } from '../../../kernels/matmul/index.js';
import { blockOf } from '../gather.js';

export interface SubstituteParams {
  /** Rows of X that the panel's triangle finds. */
  readonly start: number;
  readonly lower: boolean;
  /** Whether ones stand on the diagonal, whatever lies there. */
  readonly unit: boolean;
  /** Whether the panel's order of rows is to be applied first. */
  readonly ordered: boolean;
}

export interface SubstituteCommon {
  readonly label: string;
}

/**
 * One step of solving T·X = B by panels: with some columns of T, the rows of X that belong to them are found, and what they make of the other equations
 * is taken off the rows below (above, of an upper triangle). Inputs: all rows as the step before has left them, and the panel. Asks for room for the rows found, and for
 * the product's own.
 */
export const substitute: Op<SubstituteParams, SubstituteCommon> = (ctx) => {
  const { key, inputs, params, common, out, memory, scratch } = ctx;
  const { start, lower, unit } = params;
  const rows = out[0].data as Reals;
  const [m, n] = out[0].shape;
  const given = blockOf(inputs[0], key).data as Reals;
  const panel = blockOf(inputs[1], key);
  const size = panel.shape[1];
  const triangle = (panel.data as Reals).subarray(start * size, (start + size) * size);
  if (params.ordered) inOrder(given, blockOf(inputs[1], key, 1).data as Int32Array, n, rows);
  else rows.set(given);
  if (!unit) requireRegular(triangle, size, start, common.label);
  const found = rows.subarray(start * n, (start + size) * n);
  solveTriangle(
    { data: triangle, leading: size, lower, unit, transposed: false, right: false },
    size,
    n,
    found,
  );

  const [from, to] = lower ? [start + size, m] : [0, start];
  if (to <= from || n === 0 || size === 0) return;
  const { dtype } = out[0];
  const bytes = itemsize(dtype);
  const Numbers = found.constructor as new (buffer: ArrayBufferLike, at: number, length: number) => Reals;
  const taken = new Numbers(scratch.buffer, scratch.byteOffset, found.length);
  found.forEach((x, i) => {
    taken[i] = -x;
  });
  const used = Math.ceil(taken.byteLength / 64) * 64;
  matmul(memory, {
    dtype,
    m: to - from,
    n,
    k: size,
    a: { address: panel.data.byteOffset + from * size * bytes, rowStride: size, colStride: 1 },
    b: { address: taken.byteOffset, rowStride: n, colStride: 1 },
    c: { address: rows.byteOffset + from * n * bytes },
    accumulate: true,
    scratch: { address: scratch.byteOffset + used, bytes: scratch.length - used },
  });
};

function inOrder(rows: Reals, order: Int32Array, n: number, out: Reals): void {
  for (let i = 0; i < order.length; i++) {
    const row = order[i] * n;
    out.set(rows.subarray(row, row + n), i * n);
  }
}

function requireRegular(triangle: Reals, size: number, start: number, label: string): void {
  for (let i = 0; i < size; i++)
    if (triangle[i * size + i] === 0)
      throw new RangeError(
        `${label}: the matrix is singular: nothing is left of column ${start + i} without those before it; lstsq finds what comes nearest to a solution`,
      );
}
