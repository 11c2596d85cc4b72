/** Axes in another order, more of them, and the other way round: views, for which nothing is copied. */

import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { normalizeAxes, normalizeAxis } from '../nodes/axes.js';
import { type AxisSlice, sliceNode, transposeNode } from '../nodes/view.js';

/**
 * Axes reversed, or in the order given (`axes[i]` is the axis that becomes axis `i`). A view: nothing is copied.
 *
 * @throws RangeError where `axes` is not an order of all axes
 * @example
 * await transpose(x).compute(); // [[0. 3.] [1. 4.] [2. 5.]]
 * transpose(zeros([2, 3, 4]), [1, 2, 0]).shape; // [3, 4, 2]
 */
export function transpose<A extends ArrayInput>(x: A, axes?: readonly number[]): TileArray<DTypeOf<A>> {
  const array = asarray(x);
  const order = axes ?? array.shape.map((_, i) => array.ndim - 1 - i);
  if (order.length !== array.ndim)
    throw new RangeError(
      `transpose: axes [${order.join(', ')}] do not match an array of ${array.ndim} dimensions`,
    );
  const checked = order.map((a) => normalizeAxis(a, array.ndim, 'transpose'));
  if (new Set(checked).size < checked.length)
    throw new RangeError(`transpose: axes [${order.join(', ')}] name an axis twice`);
  return new TileArray(transposeNode(array.node, checked));
}

/**
 * Two axes exchanged. A view.
 *
 * @throws RangeError where an axis is out of bounds
 * @example
 * swapaxes(zeros([2, 3, 4]), 0, 2).shape; // [4, 3, 2]
 */
export function swapaxes<A extends ArrayInput>(x: A, a: number, b: number): TileArray<DTypeOf<A>> {
  const array = asarray(x);
  const [i, j] = [normalizeAxis(a, array.ndim, 'swapaxes'), normalizeAxis(b, array.ndim, 'swapaxes')];
  return transpose(
    x,
    array.shape.map((_, k) => (k === i ? j : k === j ? i : k)),
  );
}

/**
 * An axis (or several) moved to another place, the others kept in order. A view.
 *
 * @throws RangeError where an axis is out of bounds, or there are not as many destinations as sources
 * @example
 * moveaxis(zeros([2, 3, 4]), 0, -1).shape; // [3, 4, 2]
 */
export function moveaxis<A extends ArrayInput>(
  x: A,
  source: number | readonly number[],
  destination: number | readonly number[],
): TileArray<DTypeOf<A>> {
  const { ndim } = asarray(x);
  const list = (v: number | readonly number[]) =>
    (typeof v === 'number' ? [v] : v).map((a) => normalizeAxis(a, ndim, 'moveaxis'));
  const [from, to] = [list(source), list(destination)];
  for (const axes of [from, to])
    if (new Set(axes).size < axes.length)
      throw new RangeError(`moveaxis: [${axes.join(', ')}] names an axis twice`);
  if (from.length !== to.length)
    throw new RangeError('moveaxis: source and destination must name equally many axes');
  const order = Array.from({ length: ndim }, (_, i) => i).filter((a) => !from.includes(a));
  for (const [dst, src] of to.map((d, i) => [d, from[i]] as const).sort((p, q) => p[0] - q[0]))
    order.splice(dst, 0, src);
  return transpose(x, order);
}

/**
 * New axes of extent 1, at these places of the result. A view.
 *
 * @throws RangeError where a place is out of bounds or named twice
 * @example
 * expandDims(x, 1).shape; // [2, 1, 3]
 */
export function expandDims<A extends ArrayInput>(
  x: A,
  axis: number | readonly number[],
): TileArray<DTypeOf<A>> {
  const array = asarray(x);
  const count = typeof axis === 'number' ? 1 : axis.length;
  const places = normalizeAxes(axis, array.ndim + count, 'expandDims');
  let own = 0;
  const slices = Array.from(
    { length: array.ndim + count },
    (_, a): AxisSlice =>
      places.includes(a) ? { kind: 'new' } : { kind: 'range', start: 0, count: array.shape[own++], step: 1 },
  );
  return new TileArray(sliceNode(array.node, slices));
}

/**
 * Elements in reverse order along all axes, or those named. A view.
 *
 * @throws RangeError where an axis is out of bounds or named twice
 * @example
 * await flip(x, 1).compute(); // [[2. 1. 0.] [5. 4. 3.]]
 */
export function flip<A extends ArrayInput>(
  x: A,
  axis?: number | readonly number[] | null,
): TileArray<DTypeOf<A>> {
  const array = asarray(x);
  const axes = normalizeAxes(axis, array.ndim, 'flip');
  const unknown = axes.find((a) => Number.isNaN(array.shape[a]));
  if (unknown !== undefined)
    throw new Error(
      `flip: axis ${unknown} has unknown chunk sizes and cannot be reversed; call computeChunkSizes() first`,
    );
  const slices = array.shape.map(
    (n, a): AxisSlice =>
      axes.includes(a) && n > 0
        ? { kind: 'range', start: n - 1, count: n, step: -1 }
        : { kind: 'range', start: 0, count: n, step: 1 },
  );
  return new TileArray(sliceNode(array.node, slices));
}
