/** Checks one axis and counts negative ones from the end. */
export function normalizeAxis(axis: number, ndim: number, label: string): number {
  if (typeof axis !== 'number')
    throw new TypeError(`${label}: an axis is a whole number, not ${JSON.stringify(axis) ?? String(axis)}`);
  if (!Number.isInteger(axis) || axis < -ndim || axis >= ndim)
    throw new RangeError(`${label}: axis ${axis} is out of bounds for an array of ${ndim} dimensions`);
  return axis < 0 ? axis + ndim : axis;
}

/** Axes in ascending order; none given means all. */
export function normalizeAxes(
  axis: number | readonly number[] | null | undefined,
  ndim: number,
  label: string,
): number[] {
  if (axis === null || axis === undefined) return Array.from({ length: ndim }, (_, i) => i);
  const list = (Array.isArray(axis) ? axis : [axis]).map((a) => normalizeAxis(a, ndim, label));
  if (new Set(list).size < list.length)
    throw new RangeError(`${label}: axis [${[axis].flat().join(', ')}] names an axis twice`);
  return list.sort((a, b) => a - b);
}

/** Refuses one array where a list of arrays belongs. */
export function requireList(arrays: unknown, label: string): void {
  if (!Array.isArray(arrays)) throw new TypeError(`${label} takes a list of arrays: ${label}([x])`);
}

/** Refuses arrays whose chunk sizes are known only once computed. */
export function requireKnown(label: string, ...arrays: readonly { readonly isKnown: boolean }[]): void {
  if (!arrays.every((a) => a.isKnown))
    throw new Error(`${label}: the array has unknown chunk sizes; call computeChunkSizes() first`);
}
