/**
 * Factors of matrices in blocks: by the machine's LAPACK where there is one, else by code of ours. All matrices lie in rows; what is factored is
 * overwritten.
 */
import { findBlas } from '../blas.js';
import { type Lapack, type Reals, type Routines, withRoom } from '../lapack.js';
import { choleskyInPlace } from './cholesky.js';
import { householder, reflected } from './householder.js';
import { jacobi } from './jacobi.js';
import { eliminate } from './pivoting.js';
import { solveInPlace, type Triangle } from './triangular.js';

export type { Reals } from '../lapack.js';
export type { Triangle } from './triangular.js';

const native = (a: Reals): { lapack: Lapack; routines: Routines } | undefined => {
  const lapack = findBlas()?.lapack;
  return lapack && { lapack, routines: a instanceof Float64Array ? lapack.float64 : lapack.float32 };
};

const require0 = (routine: string, info: number): void => {
  if (info !== 0) throw new Error(`LAPACK's ${routine} refuses its argument ${-info}`);
};

/**
 * Q·R of an m×n matrix by Householder's reflections: Q has k = min(m, n) columns at right angles, R is k×n with zeros below its diagonal, on which nothing is negative. `q` may be
 * `a` itself where k = n.
 */
export function qr(m: number, n: number, a: Reals, q: Reals, r: Reals): void {
  const k = Math.min(m, n);
  const tau = a.slice(0, k);
  const found = native(a);
  // Rows of ours are their columns: their L·Q of the transpose is our Q·R, transposed.
  if (k === 0) tau.fill(0);
  else if (found)
    require0(
      'gelqf',
      withRoom(a, (work, length) => found.routines.gelqf(n, m, a, n, tau, work, length)),
    );
  else householder(m, n, a, tau);
  for (let i = 0; i < k; i++) {
    r.fill(0, i * n, i * n + i);
    r.set(a.subarray(i * n + i, (i + 1) * n), i * n + i);
  }
  if (k === 0) return;
  if (found)
    require0(
      'orglq',
      withRoom(a, (work, length) => found.routines.orglq(k, m, k, a, n, tau, work, length)),
    );
  else reflected(m, k, n, a, tau);
  if (q !== a) for (let i = 0; i < m; i++) q.set(a.subarray(i * n, i * n + k), i * k);
  for (let j = 0; j < k; j++) {
    if (r[j * n + j] >= 0) continue;
    for (let c = j; c < n; c++) r[j * n + c] = -r[j * n + c];
    for (let i = 0; i < m; i++) q[i * k + j] = -q[i * k + j];
  }
}

/** Singular values of an m×n matrix, descending, with k = min(m, n) columns in `u` and rows in `vt`. Says whether it found them: not where an element is NaN or infinite. */
export function svd(m: number, n: number, a: Reals, u: Reals, s: Reals, vt: Reals): boolean {
  const k = Math.min(m, n);
  if (k === 0) return true;
  if (!a.every(Number.isFinite)) return false;
  const found = native(a);
  if (!found) return jacobi(m, n, a, u, s, vt);
  const integers = found.lapack.integers(8 * k);
  const info = withRoom(a, (work, length) =>
    found.routines.gesdd('S', n, m, a, n, s, vt, n, u, k, work, length, integers),
  );
  if (info < 0) require0('gesdd', info);
  return info === 0;
}

/**
 * P·A = L·U of the rows of an m×n matrix (m ≥ n) from `start` on, with the largest element of a column as its pivot: the multipliers of L lie below the diagonal,
 * U on and above it. `order` tells for every row which one of the matrix has come there. The rows before `start` stay.
 */
export function lu(m: number, n: number, start: number, a: Reals, order: Int32Array): void {
  order.forEach((_, i) => {
    order[i] = i;
  });
  const rows = m - start;
  const own = a.subarray(start * n);
  const found = native(a);
  if (!found || rows === 0 || n === 0) {
    eliminate(rows, n, own, order.subarray(start));
    return;
  }
  const columns = transposed(rows, n, own);
  const pivots = found.lapack.integers(n);
  const info = found.routines.getrf(rows, n, columns, rows, pivots);
  if (info < 0) require0('getrf', info);
  own.set(transposed(n, rows, columns));
  pivots.forEach((pivot, i) => {
    const [here, there] = [start + i, start + Number(pivot) - 1];
    [order[here], order[there]] = [order[there], order[here]];
  });
}

/** Elements of an m×n matrix by columns, some rows and columns at a time. */
function transposed(m: number, n: number, a: Reals): Reals {
  const TILE = 32;
  const out = new (a.constructor as new (length: number) => Reals)(m * n);
  for (let top = 0; top < m; top += TILE)
    for (let left = 0; left < n; left += TILE)
      for (let i = top; i < Math.min(m, top + TILE); i++)
        for (let j = left; j < Math.min(n, left + TILE); j++) out[j * m + i] = a[i * n + j];
  return out;
}

/** L of a symmetric n×n matrix, L·Lᵀ, of which the triangle above the diagonal is not read, and filled with zeros. Says whether it is positive definite. */
export function cholesky(n: number, a: Reals): boolean {
  const found = native(a);
  // What is below the diagonal to us is above it to LAPACK.
  const done = found && n > 0 ? found.routines.potrf('U', n, a, n) === 0 : choleskyInPlace(n, a);
  for (let i = 0; i < n; i++) a.fill(0, i * n + i + 1, (i + 1) * n);
  return done && a.every((x) => !Number.isNaN(x));
}

const [ROW_MAJOR, PLAIN, TRANSPOSED, UPPER, LOWER, NON_UNIT, UNIT, LEFT, RIGHT] = [
  101, 111, 112, 121, 122, 131, 132, 141, 142,
];

/** Overwrites an m×n matrix X with T⁻¹·X, or with X·T⁻¹ where T stands on the right. */
export function solveTriangle(triangle: Triangle, m: number, n: number, x: Reals): void {
  const { lower, unit, transposed: turned, right, data, leading } = triangle;
  const found = native(x);
  if (!found || m === 0 || n === 0) {
    solveInPlace(triangle, m, n, x);
    return;
  }
  const how = [
    right ? RIGHT : LEFT,
    lower ? LOWER : UPPER,
    turned ? TRANSPOSED : PLAIN,
    unit ? UNIT : NON_UNIT,
  ];
  found.routines.trsm(ROW_MAJOR, ...how, m, n, 1, data, leading, x, n);
}
