import type { DType } from '../dtype.js';

/** A matrix in memory: where its element [0, 0] lies, and its strides in elements, of any sign, or 0. */
export interface MatrixOperand {
  /** Bytes from the start of the memory. */
  readonly address: number;
  readonly rowStride: number;
  readonly colStride: number;
}

/** C = A·B, or C += A·B. A is m×k, B is k×n, C is m×n in C order; all have elements of one dtype. */
export interface MatmulCall {
  readonly dtype: DType;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: MatrixOperand;
  readonly b: MatrixOperand;
  readonly c: { readonly address: number };
  readonly accumulate: boolean;
  /** 64-byte aligned, of at least `matmulScratch` bytes. */
  readonly scratch: { readonly address: number; readonly bytes: number };
}

/** A matrix rows×depth times a vector. */
export interface ThinProduct {
  readonly rows: number;
  readonly depth: number;
  readonly matrix: MatrixOperand;
  readonly x: { readonly address: number; readonly stride: number };
}

/** The product as one of a matrix and a vector, if A or B is a vector. */
export function thinProduct({ m, n, k, a, b }: MatmulCall): ThinProduct | undefined {
  if (n === 1) return { rows: m, depth: k, matrix: a, x: { address: b.address, stride: b.rowStride } };
  if (m !== 1) return undefined;
  const matrix = { address: b.address, rowStride: b.colStride, colStride: b.rowStride };
  return { rows: n, depth: k, matrix, x: { address: a.address, stride: a.colStride } };
}
