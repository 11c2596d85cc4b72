import type { Reals } from '../lapack.js';

/** Gauss's elimination of an m×n matrix (m ≥ n) with the largest element of each column as its pivot; `order` is permuted as the rows are. */
export function eliminate(m: number, n: number, a: Reals, order: Int32Array): void {
  for (let j = 0; j < Math.min(m, n); j++) {
    let pivot = j;
    for (let i = j + 1; i < m; i++) if (Math.abs(a[i * n + j]) > Math.abs(a[pivot * n + j])) pivot = i;
    if (a[pivot * n + j] === 0) continue;
    if (pivot !== j) {
      const row = a.slice(j * n, (j + 1) * n);
      a.copyWithin(j * n, pivot * n, (pivot + 1) * n);
      a.set(row, pivot * n);
      [order[j], order[pivot]] = [order[pivot], order[j]];
    }
    for (let i = j + 1; i < m; i++) {
      a[i * n + j] /= a[j * n + j];
      const factor = a[i * n + j];
      for (let c = j + 1; c < n; c++) a[i * n + c] -= factor * a[j * n + c];
    }
  }
}
