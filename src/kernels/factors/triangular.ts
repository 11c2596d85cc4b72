import type { Reals } from '../lapack.js';

/** A triangle of a matrix in rows; what lies on its other side is not read. */
export interface Triangle {
  readonly data: Reals;
  /** Elements from one row to the next. */
  readonly leading: number;
  readonly lower: boolean;
  /** Whether ones stand on the diagonal, whatever lies there. */
  readonly unit: boolean;
  readonly transposed: boolean;
  readonly right: boolean;
}

/** Overwrites an m×n matrix X with T⁻¹·X or X·T⁻¹, by substitution. */
export function solveInPlace(triangle: Triangle, m: number, n: number, x: Reals): void {
  const { data, leading, unit, transposed, right } = triangle;
  const size = right ? n : m;
  const element = transposed
    ? (i: number, j: number) => data[j * leading + i]
    : (i: number, j: number) => data[i * leading + j];
  // Unknown i of X·T = B stands in column i of T: it is solved as the transposed equations are.
  const forward = (triangle.lower !== transposed) !== right;
  for (let step = 0; step < size; step++) {
    const i = forward ? step : size - 1 - step;
    const [from, to] = forward ? [0, i] : [i + 1, size];
    for (let j = from; j < to; j++) {
      const factor = right ? element(j, i) : element(i, j);
      if (factor === 0) continue;
      if (right) for (let row = 0; row < m; row++) x[row * n + i] -= factor * x[row * n + j];
      else for (let c = 0; c < n; c++) x[i * n + c] -= factor * x[j * n + c];
    }
    if (unit) continue;
    const diagonal = element(i, i);
    if (right) for (let row = 0; row < m; row++) x[row * n + i] /= diagonal;
    else for (let c = 0; c < n; c++) x[i * n + c] /= diagonal;
  }
}
