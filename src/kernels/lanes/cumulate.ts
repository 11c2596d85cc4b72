import type { TypedArray } from '../dtype.js';

/** Sums or products of the elements up to each. float32 is added up in float64. */
export function cumulate(kind: 'cumsum' | 'cumprod', from: TypedArray, to: TypedArray): void {
  if (to instanceof BigInt64Array || to instanceof BigUint64Array) {
    const numbers = from as BigInt64Array;
    let total = kind === 'cumsum' ? 0n : 1n;
    for (let i = 0; i < numbers.length; i++) {
      total = kind === 'cumsum' ? total + numbers[i] : total * numbers[i];
      to[i] = total;
      // Wrapped around as the element was, so that it does not grow.
      total = to[i];
    }
    return;
  }
  const numbers = from as Float64Array;
  if (kind === 'cumsum')
    for (let i = 0, total = 0; i < numbers.length; i++) {
      total += numbers[i];
      to[i] = total;
    }
  else
    for (let i = 0, total = 1; i < numbers.length; i++) {
      total *= numbers[i];
      to[i] = total;
    }
}
