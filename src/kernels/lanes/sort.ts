import type { TypedArray } from '../dtype.js';

/** Sorted in place; NaN last. */
export const sortLane = (lane: TypedArray): void => {
  lane.sort();
};

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
