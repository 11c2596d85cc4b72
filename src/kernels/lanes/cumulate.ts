import type { TypedArray } from '../dtype.js';

type Numbers = Exclude<TypedArray, BigInt64Array | BigUint64Array>;

/**
 * Sums or products of the elements up to each, along lanes of `extent` elements that lie `inner` apart, `inner` lanes side by side. Elements are gone through as they lie
 * in memory. float32 is added up in float64.
 */
export function cumulate(
  kind: 'cumsum' | 'cumprod',
  from: TypedArray,
  to: TypedArray,
  extent: number,
  inner: number,
): void {
  const isLarge = to instanceof BigInt64Array || to instanceof BigUint64Array;
  for (let first = 0; first < from.length; first += extent * inner) {
    const end = first + extent * inner;
    if (isLarge) cumulateLarge(kind, from as BigInt64Array, to as BigInt64Array, first, end, inner);
    else if (inner === 1) cumulateLane(kind, from as Numbers, to as Numbers, first, end);
    else cumulateLanes(kind, from as Numbers, to as Numbers, first, end, inner);
  }
}

function cumulateLane(kind: string, from: Numbers, to: Numbers, first: number, end: number): void {
  if (kind === 'cumsum')
    for (let i = first, total = 0; i < end; i++) {
      total += from[i];
      to[i] = total;
    }
  else
    for (let i = first, total = 1; i < end; i++) {
      total *= from[i];
      to[i] = total;
    }
}

function cumulateLanes(
  kind: string,
  from: Numbers,
  to: Numbers,
  first: number,
  end: number,
  inner: number,
): void {
  const totals = new Float64Array(inner).fill(kind === 'cumsum' ? 0 : 1);
  for (let row = first; row < end; row += inner)
    if (kind === 'cumsum')
      for (let k = 0; k < inner; k++) {
        totals[k] += from[row + k];
        to[row + k] = totals[k];
      }
    else
      for (let k = 0; k < inner; k++) {
        totals[k] *= from[row + k];
        to[row + k] = totals[k];
      }
}

/** What is stored is wrapped around as the dtype is, and goes on so. */
function cumulateLarge(
  kind: string,
  from: BigInt64Array,
  to: BigInt64Array,
  first: number,
  end: number,
  inner: number,
): void {
  for (let i = first; i < Math.min(end, first + inner); i++) to[i] = from[i];
  if (kind === 'cumsum') for (let i = first + inner; i < end; i++) to[i] = to[i - inner] + from[i];
  else for (let i = first + inner; i < end; i++) to[i] = to[i - inner] * from[i];
}
