import { type BlasOperand, findBlas } from '../blas.js';
import { type DType, itemsize, viewOf } from '../dtype.js';
import type { WasmMemory } from '../wasm-memory.js';
import { blockedMatmul, blockedScratch } from './blocked.js';
import { type MatmulCall, type MatrixOperand, thinProduct } from './product.js';

export type { MatmulCall, MatrixOperand } from './product.js';

/** Bytes of scratch memory for a product, on every machine. */
export const matmulScratch = (dtype: DType, m: number, n: number, k: number): number =>
  m > 0 && n > 0 && k > 0 ? blockedScratch(dtype, m, n, k) : 0;

/**
 * Multiplies matrices as NumPy's `matmul` does for one dtype: integers wrap around, booleans give whether any pair of
 * elements is true twice. Floats go to the machine's BLAS where there is one. Throws a RangeError when the scratch memory
 * is too small.
 */
export function matmul(memory: WasmMemory, call: MatmulCall): void {
  const { dtype, m, n, k, c, accumulate, scratch } = call;
  if (m === 0 || n === 0) return;
  if (k === 0) {
    const bytes = m * n * itemsize(dtype);
    if (!accumulate) new Uint8Array(memory.buffer, c.address, bytes).fill(0);
    return;
  }
  const needed = matmulScratch(dtype, m, n, k);
  if (scratch.bytes < needed)
    throw new RangeError(
      `matmul of ${m}×${k} and ${k}×${n} ${dtype}: scratch of ${scratch.bytes} bytes, ${needed} needed`,
    );
  if (!blasMatmul(memory, call)) blockedMatmul(memory, call);
}

/** Whether BLAS could do it. */
function blasMatmul(memory: WasmMemory, call: MatmulCall): boolean {
  const { dtype, m, n, k, a, b, c, accumulate } = call;
  if (dtype !== 'float64' && dtype !== 'float32') return false;
  const blas = findBlas();
  if (blas === undefined) return false;
  const out = viewOf(dtype, memory.buffer, c.address, m * n);
  const beta = accumulate ? 1 : 0;
  const thin = thinProduct(call);
  if (thin !== undefined) {
    const { rows, depth, x } = thin;
    const matrix = blasOperand(memory, dtype, thin.matrix, rows, depth);
    const stride = depth === 1 ? 1 : x.stride;
    if (matrix === undefined || stride < 1) return false;
    const data = viewOf(dtype, memory.buffer, x.address, (depth - 1) * stride + 1);
    blas.gemv[dtype](rows, depth, matrix, { data, stride }, beta, out);
    return true;
  }
  const left = blasOperand(memory, dtype, a, m, k);
  const right = blasOperand(memory, dtype, b, k, n);
  if (left === undefined || right === undefined) return false;
  blas.gemm[dtype](m, n, k, left, right, beta, out);
  return true;
}

/** A rows×columns matrix as BLAS wants it; undefined if neither its rows nor its columns lie in one piece. */
function blasOperand(
  memory: WasmMemory,
  dtype: 'float32' | 'float64',
  { address, rowStride, colStride }: MatrixOperand,
  rows: number,
  columns: number,
): BlasOperand | undefined {
  // The stride along an axis of one element never counts, but BLAS checks it.
  const plain = colStride === 1 || columns === 1;
  const leading = plain ? rowStride : colStride;
  const [lines, line] = plain ? [rows, columns] : [columns, rows];
  const least = Math.max(1, line);
  if (!plain && rowStride !== 1 && rows !== 1) return undefined;
  if (lines > 1 && leading < least) return undefined;
  const data = viewOf(dtype, memory.buffer, address, lines > 1 ? (lines - 1) * leading + line : line);
  return { data, transposed: !plain, leading: lines > 1 ? leading : least };
}
