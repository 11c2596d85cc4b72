import type { Reals } from '../lapack.js';

/** Puts L into the lower triangle of a symmetric n×n matrix, row by row. Says whether it is positive definite. */
export function choleskyInPlace(n: number, a: Reals): boolean {
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j];
      for (let k = 0; k < j; k++) sum -= a[i * n + k] * a[j * n + k];
      if (i === j && !(sum > 0)) return false;
      a[i * n + j] = i === j ? Math.sqrt(sum) : sum / a[j * n + j];
    }
  return true;
}
