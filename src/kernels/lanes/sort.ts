import type { TypedArray } from '../dtype.js';

/** For a few elements the call of what sorts many takes longer than sorting them. */
const FEW = 24;

/** Sorted in place; NaN last. */
export function sortLane(lane: TypedArray): void {
  if (lane.length > FEW) lane.sort();
  else insertInOrder(lane as Float64Array);
}

function insertInOrder(lane: Float64Array): void {
  for (let i = 1; i < lane.length; i++) {
    const value = lane[i];
    let at = i;
    for (; at > 0 && isBefore(value, lane[at - 1]); at--) lane[at] = lane[at - 1];
    lane[at] = value;
  }
}

// biome-ignore lint/suspicious/noSelfCompare: NaN is what differs from itself; elements may be bigints.
const isBefore = (a: number, b: number): boolean => a < b || (b !== b && a === a);

/** Where the elements in their order are; equal ones in the order in which they stand, NaN last. */
export function argsortLane(from: TypedArray, to: BigInt64Array): void {
  const values = from as Float64Array;
  const places = Uint32Array.from(values, (_, i) => i);
  places.sort((i, j) => {
    const [a, b] = [values[i], values[j]];
    if (a < b) return -1;
    if (a > b) return 1;
    if (a === b) return i - j;
    // biome-ignore lint/suspicious/noSelfCompare: NaN is what differs from itself; elements may be bigints.
    const [left, right] = [a !== a, b !== b];
    return left === right ? i - j : left ? 1 : -1;
  });
  for (let i = 0; i < places.length; i++) to[i] = BigInt(places[i]);
}
