import type { DType } from '../dtype.js';
import type { WasmMemory } from '../wasm-memory.js';
import { FORMATS, type Format, tileColumns } from './formats.js';
import { matmulKernels } from './module.js';
import type { MatmulCall } from './product.js';
import { thinProduct } from './product.js';

/**
 * The built-in product: K. Goto and R. van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008). Blocks of A
 * that fit in the second-level cache times panels of B of which one column of tiles fits in the first.
 */

/** Extents of the packed blocks, in elements: along k, rows of A, columns of B. */
const DEPTH = 256;
const ROWS = 128;
const COLUMNS = 1024;

const roundUp = (x: number, step: number): number => Math.ceil(x / step) * step;

interface Layout {
  readonly depth: number;
  readonly rows: number;
  readonly columns: number;
  /** Bytes from the start of the scratch memory to the packed block of B, and to a spare tile. */
  readonly b: number;
  readonly tile: number;
  readonly bytes: number;
}

function layout(format: Format, m: number, n: number, k: number): Layout {
  const { rows: high, packedBytes } = format;
  const wide = tileColumns(format);
  const depth = Math.min(k, DEPTH);
  const rows = Math.min(m, ROWS);
  const columns = Math.min(n, COLUMNS);
  const b = roundUp(roundUp(rows, high) * depth * packedBytes, 64);
  const tile = b + roundUp(roundUp(columns, wide) * depth * packedBytes, 64);
  return { depth, rows, columns, b, tile, bytes: tile + roundUp(high * wide * packedBytes, 64) };
}

export const blockedScratch = (dtype: DType, m: number, n: number, k: number): number =>
  layout(FORMATS[dtype], m, n, k).bytes;

/** C (+)= A·B, all extents at least 1. */
export function blockedMatmul(memory: WasmMemory, call: MatmulCall): void {
  if (thinMatmul(memory, call)) return;
  const { dtype, m, n, k, a, b, c, accumulate, scratch } = call;
  const format = FORMATS[dtype];
  const { bytes } = format;
  const { packA, packB, product } = matmulKernels(memory, format);
  const plan = layout(format, m, n, k);
  const packedB = scratch.address + plan.b;
  const tile = scratch.address + plan.tile;
  for (let j = 0; j < n; j += plan.columns) {
    const columns = Math.min(plan.columns, n - j);
    for (let p = 0; p < k; p += plan.depth) {
      const depth = Math.min(plan.depth, k - p);
      const fromB = b.address + bytes * (p * b.rowStride + j * b.colStride);
      packB(fromB, bytes * b.colStride, bytes * b.rowStride, columns, depth, packedB);
      for (let i = 0; i < m; i += plan.rows) {
        const rows = Math.min(plan.rows, m - i);
        const fromA = a.address + bytes * (i * a.rowStride + p * a.colStride);
        packA(fromA, bytes * a.rowStride, bytes * a.colStride, rows, depth, scratch.address);
        const to = c.address + bytes * (i * n + j);
        const add = accumulate || p > 0 ? 1 : 0;
        product(scratch.address, packedB, rows, columns, depth, to, bytes * n, add, tile);
      }
    }
  }
}

/** Multiplies with a vector; false if it is none, or its elements or the matrix's do not lie in one piece. */
function thinMatmul(memory: WasmMemory, call: MatmulCall): boolean {
  const thin = thinProduct(call);
  const format = FORMATS[call.dtype];
  const { bytes } = format;
  if (thin === undefined || bytes !== format.packedBytes) return false;
  const { rows, depth, matrix, x } = thin;
  const { dots, combination } = matmulKernels(memory, format);
  const add = call.accumulate ? 1 : 0;
  if (matrix.colStride === 1 && x.stride === 1) {
    const spare = call.scratch.address;
    dots(matrix.address, bytes * matrix.rowStride, rows, x.address, depth, call.c.address, add, spare);
  } else if (matrix.rowStride === 1) {
    const [columnBytes, xBytes] = [bytes * matrix.colStride, bytes * x.stride];
    combination(matrix.address, columnBytes, rows, x.address, xBytes, depth, call.c.address, add);
  } else return false;
  return true;
}
