import type { TypedArray } from '../dtype.js';
import { sortLane } from './sort.js';

/** Where a share of elements ends, by the parameters α and β of Hyndman and Fan, Sample Quantiles in Statistical Packages (1996). */
const CONTINUOUS = {
  interpolated_inverted_cdf: [0, 1],
  hazen: [1 / 2, 1 / 2],
  weibull: [0, 0],
  median_unbiased: [1 / 3, 1 / 3],
  normal_unbiased: [3 / 8, 3 / 8],
} as const;

type Continuous = keyof typeof CONTINUOUS;

/** Which elements a quantile is made of, and how; the names are NumPy's. */
export type QuantileMethod =
  | 'linear'
  | 'lower'
  | 'higher'
  | 'nearest'
  | 'midpoint'
  | 'inverted_cdf'
  | 'averaged_inverted_cdf'
  | 'closest_observation'
  | Continuous;

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
  sortLane(from);
  let count = from.length;
  if (work.isFloat) while (count > 0 && Number.isNaN(from[count - 1])) count--;
  if (count === 0 || (count < from.length && !work.skipNan)) {
    to.fill(Number.NaN);
    return;
  }
  for (let i = 0; i < work.at.length; i++) to[i] = quantile(from, count, work.at[i], work);
}

function quantile(sorted: TypedArray, count: number, q: number, { method }: QuantileWork): number {
  const place = placeOf(method, count, q);
  const below = Math.floor(place);
  const part = place - below;
  const at = (i: number) => Number(sorted[Math.min(count - 1, Math.max(0, i))]);
  const [a, b] = [at(below), at(below + 1)];
  switch (method) {
    case 'lower':
      return a;
    case 'inverted_cdf':
    case 'higher':
      return part === 0 ? a : b;
    case 'nearest':
      // Halves go to the even place, as NumPy's do.
      return part < 0.5 || (part === 0.5 && below % 2 === 0) ? a : b;
    case 'closest_observation':
      // The even one of two as close, counted from 1.
      return part === 0 && Math.abs(below % 2) === 1 ? a : b;
    case 'midpoint':
      return part === 0 ? a : a + (b - a) * 0.5;
    case 'mean':
      return part === 0 ? a : (a + b) / 2;
    case 'averaged_inverted_cdf':
      return between(a, b, part === 0 ? 0.5 : 1);
    default:
      return between(a, b, part);
  }
}

/** Where the quantile lies among the elements, counted from 0; it may be before the first or behind the last. */
function placeOf(method: QuantileWork['method'], count: number, q: number): number {
  switch (method) {
    case 'inverted_cdf':
    case 'averaged_inverted_cdf':
      return count * q - 1;
    case 'closest_observation':
      return count * q - 1 - 0.5;
    case 'interpolated_inverted_cdf':
    case 'hazen':
    case 'weibull':
    case 'median_unbiased':
    case 'normal_unbiased': {
      const [alpha, beta] = CONTINUOUS[method];
      return count * q + (alpha + q * (1 - alpha - beta)) - 1;
    }
    default:
      return q * (count - 1);
  }
}

function between(a: number, b: number, part: number): number {
  if (part === 0 || a === b) return a;
  // From the nearer end, so that the result is exact at both.
  return part < 0.5 ? a + (b - a) * part : b - (b - a) * (1 - part);
}
