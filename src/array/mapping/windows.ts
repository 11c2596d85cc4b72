import { checkOptions } from '../../engine/known-options.js';
import { type DType, itemsize } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { normalizeAxis, requireKnown } from '../nodes/axes.js';
import { type Chunks, cut, largest, product } from '../nodes/chunks.js';
import { reachNode, reachOf } from '../nodes/reach.js';
import { windowsNode } from '../nodes/view.js';

/** Blocks of windows up to this size are not made smaller than what they are made of. */
const SMALL_BYTES = 2 ** 20;

/**
 * Windows of so many elements, one from each element on, as long as they fit: the result has an axis for the elements of a window behind those of `x`, which get shorter by
 * what windows are longer than 1. Windows go along the axis or axes given; else along all axes. Elementwise functions and reductions read windows where they lie; what needs
 * them as blocks copies them, so blocks are cut finer than those of `x`, where these are large.
 *
 * @throws RangeError where there are not as many windows as axes, or one is longer than its axis or no whole number of 1 or more; Error where chunk sizes are unknown
 * @example
 * await slidingWindowView([1, 2, 3, 4], 3).compute(); // [[1. 2. 3.] [2. 3. 4.]]
 * await slidingWindowView(x, 2, { axis: 1 }).mean(-1).compute(); // [[0.5 1.5] [3.5 4.5]]
 * slidingWindowView(x, [2, 2]).shape; // [1, 2, 2, 2]
 */
export function slidingWindowView<A extends ArrayInput>(
  x: A,
  windowShape: number | readonly number[],
  options: { readonly axis?: number | readonly number[] } = {},
): TileArray<DTypeOf<A>> {
  const label = 'slidingWindowView';
  checkOptions(label, options, ['axis']);
  const array = asarray(x) as TileArray<DType>;
  requireKnown(label, array);
  const widths = typeof windowShape === 'number' ? [windowShape] : [...windowShape];
  const axes = [options.axis ?? array.shape.map((_, axis) => axis)].flat();
  if (axes.length !== widths.length)
    throw new RangeError(
      `${label}: ${widths.length} lengths of windows for ${axes.length} axes; name the axes that windows go along: { axis: [0] }`,
    );
  const along = axes.map((axis) => normalizeAxis(axis, array.ndim, label));
  const reach = array.shape.map(() => 1);
  along.forEach((axis, i) => {
    const width = widths[i];
    if (!Number.isSafeInteger(width) || width < 1)
      throw new RangeError(`${label}: a window has a whole number of 1 or more elements, not ${width}`);
    reach[axis] += width - 1;
    if (reach[axis] > array.shape[axis])
      throw new RangeError(
        `${label}: windows of ${reach[axis]} elements are longer than axis ${axis}, which has ${array.shape[axis]}`,
      );
  });
  const chunks = windowChunks(array, reach, product(widths));
  const seen = reachNode(
    'windows-seen',
    array.node,
    chunks.map((sizes, axis) => reachOf(sizes, reach[axis])),
  );
  return new TileArray<DTypeOf<A>>(windowsNode(seen, [...chunks, ...widths.map((width) => [width])], along));
}

/** The array's chunks as far as windows begin there, cut across the axes of windows until blocks of windows are no larger than the array's. */
function windowChunks(array: TileArray<DType>, reach: readonly number[], window: number): Chunks {
  const size = itemsize(array.dtype);
  const most = Math.max(SMALL_BYTES / size, product(array.chunks.map(largest)));
  const begun = array.chunks.map((sizes, axis) => shortened(sizes, reach[axis] - 1));
  let excess = (window * product(begun.map(largest))) / most;
  return begun.map((sizes, axis) => {
    if (excess <= 1 || reach[axis] === 1) return sizes;
    const wanted = Math.max(1, Math.floor(largest(sizes) / excess));
    excess /= largest(sizes) / wanted;
    return sizes.flatMap((n) => cut(n, wanted));
  });
}

/** Sizes without the last `count` elements. */
function shortened(sizes: readonly number[], count: number): readonly number[] {
  const kept = [...sizes];
  for (let left = count; left > 0; ) {
    const last = kept.pop()!;
    if (last > left) kept.push(last - left);
    left -= Math.min(last, left);
  }
  return kept.length > 0 ? kept : [0];
}
