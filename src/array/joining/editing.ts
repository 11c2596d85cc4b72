/** Arrays with elements more or fewer; each is a new array, whose pieces are those of the old one. */
import type { DType } from '../../kernels/dtype.js';
import type { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import { parseSlices } from '../indexing/slicing.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { normalizeAxis, requireKnown } from '../nodes/axes.js';
import { broadcastTo } from '../shape/broadcast.js';
import { moveaxis } from '../shape/rearranging.js';
import { ravel } from '../shape/reshape.js';
import type { PromoteInputs } from '../ufuncs/index.js';
import { concatenate } from './concatenate.js';

/**
 * The array with values behind it along an axis; without an axis, both flattened. In their promoted dtype.
 *
 * @throws RangeError where shapes differ beside the axis; Error where an array without an axis has unknown chunk sizes
 * @example
 * await append([1, 2], [[3], [4]]).compute(); // [1. 2. 3. 4.]
 * await append(x, [[6, 7, 8]], 0).compute(); // [[0. 1. 2.] [3. 4. 5.] [6. 7. 8.]]
 */
export function append<A extends ArrayInput, B extends ArrayInput>(
  x: A,
  values: B,
  axis?: number,
): TileArray<PromoteInputs<A, B>> {
  const arrays = [x, values].map((each) => asarray(each) as TileArray<DType>);
  const joined =
    axis === undefined ? concatenate(arrays.map((each) => ravel(each))) : concatenate(arrays, axis);
  return joined as unknown as TileArray<PromoteInputs<A, B>>;
}

/**
 * The array with values before a position along an axis, or before each of several, which are positions in the array as it is; without an axis, in the flattened array. Values are
 * broadcast, and converted to its dtype.
 *
 * @throws TypeError where a position is not a whole number; RangeError where one is out of bounds, or values do not broadcast; Error where chunk sizes are unknown
 * @example
 * await insert([1, 2, 3], 1, 9).compute(); // [1. 9. 2. 3.]
 * await insert([1, 2, 3], [0, 3], [8, 9]).compute(); // [8. 1. 2. 3. 9.]
 * await insert(x, 1, [7, 8], 1).compute(); // [[0. 7. 1. 2.] [3. 8. 4. 5.]]
 */
export function insert<A extends ArrayInput>(
  x: A,
  index: number | readonly number[],
  values: ArrayInput,
  axis?: number,
): TileArray<DTypeOf<A>> {
  const { array, along } = laidOut('insert', x, axis);
  const extent = array.shape[along];
  const places = positions('insert', index, extent, extent);
  const given = asarray(values).astype(array.dtype) as TileArray<DType>;
  // One position: all values along the axis go there, of a scalar position those that NumPy takes as of their first axis.
  const padded = broadcastRank(given, array.ndim);
  const one = typeof index === 'number' ? moveaxis(padded, 0, along) : padded;
  const count = places.length === 1 ? one.shape[along] : places.length;
  const shape = array.shape.map((n, a) => (a === along ? count : n));
  const wide = broadcastTo(places.length === 1 ? one : given, shape) as TileArray<DType>;
  if (places.length === 1)
    return joined([before(array, along, 0, places[0]), wide, before(array, along, places[0])], along);
  const order = places.map((_, i) => i).sort((i, j) => places[i] - places[j] || i - j);
  const starts = [0, ...order.map((i) => places[i])];
  const parts = order.flatMap((i, k) => [
    before(array, along, starts[k], places[i]),
    before(wide, along, i, i + 1),
  ]);
  return joined([...parts, before(array, along, starts[order.length])], along);
}

/**
 * The array without what is at a position along an axis, at several, or in a slice (`'1:3'`); without an axis, of the flattened array. For very many positions use `compress` with a mask.
 *
 * @throws TypeError where a position is not a whole number; RangeError where one is out of bounds; Error where chunk sizes are unknown
 * @example
 * await remove([1, 2, 3, 4], [0, -1]).compute(); // [2. 3.]
 * await remove(x, '::2', 1).compute(); // [[1.] [4.]]
 */
export function remove<A extends ArrayInput>(
  x: A,
  index: number | readonly number[] | string,
  axis?: number,
): TileArray<DTypeOf<A>> {
  const { array, along } = laidOut('delete', x, axis);
  const extent = array.shape[along];
  const places =
    typeof index === 'string' ? sliced(index, extent) : positions('delete', index, extent, extent - 1);
  const gone = [...new Set(places)].sort((a, b) => a - b);
  const starts = [0, ...gone.map((at) => at + 1)];
  const kept = [...gone, extent].map((stop, i) => [starts[i], stop] as const).filter(([a, b]) => a < b);
  if (kept.length === 0) return before(array, along, 0, 0) as TileArray<DTypeOf<A>>;
  return joined(
    kept.map(([start, stop]) => before(array, along, start, stop)),
    along,
  );
}

function laidOut(label: string, x: ArrayInput, axis: number | undefined) {
  const given = asarray(x) as TileArray<DType>;
  requireKnown(label, given);
  const array = axis === undefined ? (ravel(given) as TileArray<DType>) : given;
  return { array, along: normalizeAxis(axis ?? 0, array.ndim, label) };
}

function positions(label: string, index: number | readonly number[], extent: number, last: number): number[] {
  return (typeof index === 'number' ? [index] : [...index]).map((at) => {
    if (!Number.isInteger(at)) throw new TypeError(`${label}: a position is a whole number, not ${at}`);
    if (at < -extent || at > last)
      throw new RangeError(`${label}: position ${at} is out of bounds for an axis of extent ${extent}`);
    return at < 0 ? at + extent : at;
  });
}

function sliced(text: string, extent: number): number[] {
  const [slice] = parseSlices([text], [extent]);
  if (slice.kind === 'new') throw new TypeError(`delete: '${text}' is no slice`);
  if (slice.kind === 'at') return [slice.position];
  return Array.from({ length: slice.count }, (_, i) => slice.start + i * slice.step);
}

const broadcastRank = (x: TileArray<DType>, rank: number): TileArray<DType> =>
  x.ndim >= rank ? x : x.reshape([...new Array<number>(rank - x.ndim).fill(1), ...x.shape]);

const before = (x: TileArray<DType>, axis: number, start: number, stop?: number): TileArray<DType> =>
  x.slice(...x.shape.map((_, a) => (a === axis ? `${start}:${stop ?? ''}` : ':')));

const joined = <A extends ArrayInput>(
  parts: readonly TileArray<DType>[],
  axis: number,
): TileArray<DTypeOf<A>> => concatenate(parts, axis) as unknown as TileArray<DTypeOf<A>>;
