import type { TypedArray } from '../dtype.js';

/** Elements in ascending order, NaN last, and how often each occurs (not given: once). */
export interface Run {
  readonly values: TypedArray;
  readonly counts?: BigInt64Array;
}

/**
 * Merges runs into one in which no value occurs twice, and adds up how often each does; NaN counts as equal to NaN. Returns how many values there
 * are.
 */
export function mergeRuns(runs: readonly Run[], values: TypedArray, counts?: BigInt64Array): number {
  const lists = runs.map((run) => run.values as Float64Array);
  const out = values as Float64Array;
  const at = lists.map(() => 0);
  let kept = 0;
  let total = 0;
  for (;;) {
    let least = -1;
    for (let r = 0; r < lists.length; r++)
      if (at[r] < lists[r].length && (least < 0 || isBefore(lists[r][at[r]], lists[least][at[least]])))
        least = r;
    const value = least < 0 ? undefined : lists[least][at[least]];
    if (kept > 0 && (value === undefined || !isSame(value, out[kept - 1]))) {
      if (counts) counts[kept - 1] = BigInt(total);
      total = 0;
    }
    if (value === undefined) return kept;
    if (total === 0) out[kept++] = value;
    total += Number(runs[least].counts?.[at[least]] ?? 1);
    at[least]++;
  }
}

/** Whether one element comes before another, NaN being last. */
export const isBefore = (a: number, b: number): boolean => a < b || (Number.isNaN(b) && !Number.isNaN(a));

const isSame = (a: number, b: number): boolean => a === b || (Number.isNaN(a) && Number.isNaN(b));
