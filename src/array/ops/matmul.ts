import type { Op, TaskContext } from '../../engine/op.js';
import { itemsize } from '../../kernels/dtype.js';
import { type MatrixOperand, matmul as multiply } from '../../kernels/matmul/index.js';
import { blockOf } from './gather.js';

/** Products to add up: of blocks A_1 … A_K, the first half of the inputs, with B_1 … B_K. */
export interface MatmulParams {
  /** So many matrices lie one after another in each block (1 but for stacks of matrices). */
  readonly batch: number;
  /** Extents of the result. */
  readonly m: number;
  readonly n: number;
  /** Extent along which each pair is summed. */
  readonly ks: readonly number[];
  /** Whether the blocks of A (B) hold the transposed matrices: k×m (n×k) elements in C order. */
  readonly transA: boolean;
  readonly transB: boolean;
}

/**
 * Fills a block with a sum of matrix products. All blocks have one dtype. Asks for the scratch memory of its largest
 * product: `matmulScratch`.
 */
export const matmul: Op<MatmulParams, unknown> = (ctx: TaskContext<MatmulParams, unknown>) => {
  const { key, inputs, params, out, memory } = ctx;
  const { batch, m, n, ks, transA, transB } = params;
  const { data, dtype } = out[0]!;
  if (ks.length === 0) new Uint8Array(data.buffer, data.byteOffset, data.byteLength).fill(0);
  const bytes = itemsize(dtype);
  const scratch = { address: ctx.scratch.byteOffset, bytes: ctx.scratch.length };
  ks.forEach((k, i) => {
    const a = blockOf(inputs[i]!, key).data;
    const b = blockOf(inputs[ks.length + i]!, key).data;
    for (let at = 0; at < batch; at++)
      multiply(memory, {
        dtype,
        m,
        n,
        k,
        a: matrix(a.byteOffset + at * m * k * bytes, m, k, transA),
        b: matrix(b.byteOffset + at * k * n * bytes, k, n, transB),
        c: { address: data.byteOffset + at * m * n * bytes },
        accumulate: i > 0,
        scratch,
      });
  });
};

/** A rows×columns matrix that lies in memory in C order, as it is or transposed. */
const matrix = (address: number, rows: number, columns: number, transposed: boolean): MatrixOperand =>
  transposed ? { address, rowStride: 1, colStride: rows } : { address, rowStride: columns, colStride: 1 };
