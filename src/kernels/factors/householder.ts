/** Householder's QR, as LAPACK's geqr2 and org2r do it (Golub and Van Loan, Matrix Computations, 5.2), on matrices in rows. */
import type { Reals } from '../lapack.js';

/** Leaves R on and above the diagonal of an m×n matrix, and below it the vectors of the reflections 1 − tau·v·vᵀ, whose first element is 1. */
export function householder(m: number, n: number, a: Reals, tau: Reals): void {
  const row = new Float64Array(n);
  for (let j = 0; j < tau.length; j++) {
    let scale = 0;
    for (let i = j + 1; i < m; i++) scale = Math.max(scale, Math.abs(a[i * n + j]));
    if (scale === 0) {
      tau[j] = 0;
      continue;
    }
    scale = Math.max(scale, Math.abs(a[j * n + j]));
    const first = a[j * n + j] / scale;
    let squares = 0;
    for (let i = j; i < m; i++) squares += (a[i * n + j] / scale) ** 2;
    const beta = first > 0 ? -Math.sqrt(squares) : Math.sqrt(squares);
    tau[j] = (beta - first) / beta;
    for (let i = j + 1; i < m; i++) a[i * n + j] = a[i * n + j] / scale / (first - beta);
    a[j * n + j] = beta * scale;
    reflect(m, n, a, j, j + 1, n, tau[j], row);
  }
}

/** Makes the first k columns of Q of what `householder` left in the first k columns of a matrix of `n` columns. */
export function reflected(m: number, k: number, n: number, a: Reals, tau: Reals): void {
  const row = new Float64Array(n);
  for (let j = k - 1; j >= 0; j--) {
    a.fill(0, j * n + j + 1, j * n + k);
    reflect(m, n, a, j, j + 1, k, tau[j], row);
    for (let i = 0; i < j; i++) a[i * n + j] = 0;
    a[j * n + j] = 1 - tau[j];
    for (let i = j + 1; i < m; i++) a[i * n + j] *= -tau[j];
  }
}

/** Applies the reflection in column j to the columns from `from` to `to`, rows j and below. */
function reflect(
  m: number,
  n: number,
  a: Reals,
  j: number,
  from: number,
  to: number,
  tau: number,
  row: Float64Array,
): void {
  if (tau === 0) return;
  for (let c = from; c < to; c++) row[c] = a[j * n + c];
  for (let i = j + 1; i < m; i++) {
    const v = a[i * n + j];
    for (let c = from, at = i * n + from; c < to; c++, at++) row[c] += v * a[at];
  }
  for (let c = from; c < to; c++) a[j * n + c] -= tau * row[c];
  for (let i = j + 1; i < m; i++) {
    const v = tau * a[i * n + j];
    for (let c = from, at = i * n + from; c < to; c++, at++) a[at] -= v * row[c];
  }
}
