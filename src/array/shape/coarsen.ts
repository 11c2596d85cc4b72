import { checkOptions } from '../../engine/known-options.js';
import type { DType } from '../../kernels/dtype.js';
import type { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { normalizeAxis, requireKnown } from '../nodes/axes.js';
import { reshape } from './reshape.js';

/** How many elements along each axis become one. */
export type CoarsenAxes = Readonly<Record<number, number>>;

/**
 * An array made coarser: `reduction`, such as `mean` or `max`, makes one element of so many neighbours along each axis that is named. It is called with an array of more axes and those to reduce.
 *
 * @throws RangeError where an axis is no multiple of its neighbours and `trimExcess` does not leave out the rest, or there are no such axes; Error where chunk sizes are
 *   unknown
 * @example
 * await coarsen(sum, arange(6), { 0: 2 }).compute(); // [1. 5. 9.]
 * await coarsen(max, x, { 0: 2, 1: 2 }, { trimExcess: true }).compute(); // [[4.]]
 */
export function coarsen<A extends ArrayInput, D extends DType = DTypeOf<A>>(
  reduction: (x: TileArray<DTypeOf<A>>, axes: number[]) => TileArray<D>,
  x: A,
  axes: CoarsenAxes,
  options: { readonly trimExcess?: boolean } = {},
): TileArray<D> {
  checkOptions('coarsen', options, ['trimExcess']);
  const array = asarray(x);
  requireKnown('coarsen', array);
  const counts = array.shape.map(() => 1);
  for (const [axis, count] of Object.entries(axes)) {
    if (!Number.isSafeInteger(count) || count < 1)
      throw new RangeError(`coarsen: neighbours are counted in whole numbers of 1 or more, not ${count}`);
    counts[normalizeAxis(Number(axis), array.ndim, 'coarsen')] = count;
  }
  const rest = array.shape.findIndex((n, a) => n % counts[a] !== 0);
  if (rest >= 0 && !options.trimExcess)
    throw new RangeError(
      `coarsen: axis ${rest} of extent ${array.shape[rest]} is no multiple of ${counts[rest]}; { trimExcess: true } leaves out the rest`,
    );
  const sizes = array.shape.map((n, a) => Math.floor(n / counts[a]));
  const trimmed = array.slice(...sizes.map((n, a) => `:${n * counts[a]}`));
  // Each axis that is named becomes two, of which the second is reduced.
  const split = sizes.flatMap((n, a) => (counts[a] === 1 ? [n] : [n, counts[a]]));
  const inner = counts.flatMap((n, a) =>
    n === 1 ? [] : [a + 1 + counts.slice(0, a).filter((m) => m !== 1).length],
  );
  return reduction(reshape(trimmed, split) as TileArray<DTypeOf<A>>, inner);
}
