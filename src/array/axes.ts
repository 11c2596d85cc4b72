/** Checks one axis and counts negative ones from the end. */
export function normalizeAxis(axis: number, ndim: number, label: string): number {
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
  const list = (typeof axis === 'number' ? [axis] : axis).map((a) => normalizeAxis(a, ndim, label));
  if (new Set(list).size < list.length)
    throw new RangeError(`${label}: axis [${list.join(', ')}] names an axis twice`);
  return list.sort((a, b) => a - b);
}
