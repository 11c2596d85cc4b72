import type { TypedArray } from '../dtype.js';
import { isBefore } from './unique.js';

/** Before which element of an ascending list (NaN last) a value belongs: with `'left'` the first that is not before it, with `'right'` the first behind it. */
export function searchLane(sorted: TypedArray, value: number | bigint, side: 'left' | 'right'): number {
  const list = sorted as Float64Array;
  const wanted = value as number;
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const goesOn = side === 'left' ? isBefore(list[middle], wanted) : !isBefore(wanted, list[middle]);
    if (goesOn) low = middle + 1;
    else high = middle;
  }
  return low;
}
