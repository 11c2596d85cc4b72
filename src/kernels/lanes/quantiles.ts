import type { TypedArray } from '../dtype.js';

/** What lies between two elements. */
export type QuantileMethod = 'linear' | 'lower' | 'higher' | 'nearest' | 'midpoint';

export interface QuantileWork {
  /** Between 0 and 1. */
  readonly at: readonly number[];
  /** `'mean'`: of both, as medians have it. */
  readonly method: QuantileMethod | 'mean';
  /** Whether NaN is left out; else it makes all results NaN. */
  readonly skipNan: boolean;
  readonly isFloat: boolean;
}

/** Quantiles of a lane, which is sorted on the way. */
export function quantiles(from: TypedArray, to: Float64Array, work: QuantileWork): void {
  from.sort();
  let count = from.length;
  if (work.isFloat) while (count > 0 && Number.isNaN(from[count - 1])) count--;
  if (count === 0 || (count < from.length && !work.skipNan)) {
    to.fill(Number.NaN);
    return;
  }
  work.at.forEach((q, i) => {
    to[i] = quantile(from, count, q, work);
  });
}

function quantile(sorted: TypedArray, count: number, q: number, { method }: QuantileWork): number {
  const place = q * (count - 1);
  const below = Math.floor(place);
  const above = Math.min(count - 1, below + 1);
  const [a, b] = [Number(sorted[below]), Number(sorted[above])];
  switch (method) {
    case 'lower':
      return a;
    case 'higher':
      return place === below ? a : b;
    case 'nearest': {
      // Halves go to the even place, as NumPy's do.
      const part = place - below;
      return part < 0.5 || (part === 0.5 && below % 2 === 0) ? a : b;
    }
    case 'midpoint':
      return place === below ? a : a + (b - a) * 0.5;
    case 'mean':
      return place === below ? a : (a + b) / 2;
    case 'linear': {
      const part = place - below;
      if (part === 0 || a === b) return a;
      // From the nearer end, so that the result is exact at both.
      return part < 0.5 ? a + (b - a) * part : b - (b - a) * (1 - part);
    }
  }
}
