/** What needs the elements of an axis in their order. */

import { checkOptions } from '../../engine/known-options.js';
import type { DType } from '../../kernels/dtype.js';
import type { QuantileMethod } from '../../kernels/lanes/quantiles.js';
import type { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { inOneBlock, overLanes } from '../mapping/lanes.js';
import { normalizeAxes, normalizeAxis, requireKnown } from '../nodes/axes.js';
import { product } from '../nodes/chunks.js';
import type { MeanOf } from '../nodes/promote.js';
import { moveaxis, transpose } from '../shape/rearranging.js';
import { ravel } from '../shape/reshape.js';

/**
 * Elements in ascending order along an axis (null: of the flattened array), NaN last. All of the axis comes into one block.
 *
 * @throws RangeError where the axis is out of bounds; Error where chunk sizes are unknown
 * @example
 * await sort([3, 1, 2]).compute(); // [1. 2. 3.]
 */
export function sort<A extends ArrayInput>(x: A, axis: number | null = -1): TileArray<DTypeOf<A>> {
  const array = flatUnless(axis, asarray(x), 'sort');
  const along = normalizeAxis(axis ?? 0, array.ndim, 'sort');
  const whole = inOneBlock('sort', array, along);
  return overLanes('sort', whole, along, { kind: 'sort' }, array.dtype) as TileArray<DTypeOf<A>>;
}

/**
 * Where along an axis (null: in the flattened array) the elements in ascending order are; equal ones stay in their order. All of the
 * axis comes into one block.
 *
 * @throws RangeError where the axis is out of bounds; Error where chunk sizes are unknown
 * @example
 * await argsort([3, 1, 2]).compute(); // [1 2 0]
 */
export function argsort(x: ArrayInput, axis: number | null = -1): TileArray<'int64'> {
  const array = flatUnless(axis, asarray(x), 'argsort');
  const along = normalizeAxis(axis ?? 0, array.ndim, 'argsort');
  const whole = inOneBlock('argsort', array, along);
  return overLanes('argsort', whole, along, { kind: 'argsort' }, 'int64') as TileArray<'int64'>;
}

/**
 * The `k` largest elements along an axis, descending; the -k smallest, ascending, where k is negative. NaN counts as larger than all. All of the axis comes into
 * one block; of fewer elements than k all are given.
 *
 * @throws RangeError where the axis is out of bounds, or k is no whole number; Error where chunk sizes are unknown
 * @example
 * await topk([5, 1, 3, 6], 2).compute(); // [6. 5.]
 * await topk([5, 1, 3, 6], -2).compute(); // [1. 3.]
 */
export function topk<A extends ArrayInput>(x: A, k: number, axis = -1): TileArray<DTypeOf<A>> {
  return firstOf('topk', sort(x, axis) as TileArray<DType>, k, axis) as TileArray<DTypeOf<A>>;
}

/**
 * Where along an axis the elements are that `topk` gives.
 *
 * @throws RangeError where the axis is out of bounds, or k is no whole number; Error where chunk sizes are unknown
 * @example
 * await argtopk([5, 1, 3, 6], 2).compute(); // [3 0]
 */
export function argtopk(x: ArrayInput, k: number, axis = -1): TileArray<'int64'> {
  return firstOf('argtopk', argsort(x, axis) as TileArray<DType>, k, axis) as TileArray<'int64'>;
}

function firstOf(label: string, ascending: TileArray<DType>, k: number, axis: number): TileArray<DType> {
  if (!Number.isInteger(k)) throw new RangeError(`${label}: k is a whole number, not ${k}`);
  const along = normalizeAxis(axis, ascending.ndim, label);
  const extent = ascending.shape[along];
  const wanted = k < 0 ? `:${-k}` : `:${extent - k - 1 < 0 ? '' : extent - k - 1}:-1`;
  const slices = ascending.shape.map((_, a) => (a === along ? wanted : ':'));
  return ascending.slice(...slices) as TileArray<DType>;
}

/**
 * Elements along an axis (null: of the flattened array) of which those at the places `kth` are where ascending order has them, with none greater before and none less behind
 * them. Of the orders that this allows it is the ascending one: as `sort`.
 *
 * @throws RangeError where a place or the axis is out of bounds; TypeError where a place is no whole number; Error where chunk sizes are unknown
 * @example
 * await partition([5, 1, 3, 6], 1).slice(1).compute(); // 3
 */
export function partition<A extends ArrayInput>(
  x: A,
  kth: number | readonly number[],
  axis: number | null = -1,
): TileArray<DTypeOf<A>> {
  return withPlaces('partition', sort(x, axis) as TileArray<DType>, kth, axis) as TileArray<DTypeOf<A>>;
}

/**
 * Where along an axis the elements are that `partition` gives: as `argsort`.
 *
 * @throws as `partition`
 * @example
 * await argpartition([5, 1, 3, 6], 1).slice(1).compute(); // 2
 */
export function argpartition(
  x: ArrayInput,
  kth: number | readonly number[],
  axis: number | null = -1,
): TileArray<'int64'> {
  return withPlaces('argpartition', argsort(x, axis) as TileArray<DType>, kth, axis) as TileArray<'int64'>;
}

function withPlaces(
  label: string,
  ascending: TileArray<DType>,
  kth: number | readonly number[],
  axis: number | null,
): TileArray<DType> {
  const along = normalizeAxis(axis ?? 0, ascending.ndim, label);
  const extent = ascending.shape[along];
  for (const place of [kth].flat() as number[]) {
    if (!Number.isInteger(place))
      throw new TypeError(`${label}: a place is a whole number, not ${String(place)}`);
    if (place < -extent || place >= extent)
      throw new RangeError(
        `${label}: place ${place} is out of bounds for axis ${along}, which has ${extent} elements`,
      );
  }
  return ascending;
}

function flatUnless(axis: number | null, array: TileArray<DType>, label: string): TileArray<DType> {
  requireKnown(label, array);
  return axis === null ? (ravel(array) as TileArray<DType>) : array;
}

export type { QuantileMethod };

const METHODS: readonly QuantileMethod[] = [
  'linear',
  'lower',
  'higher',
  'nearest',
  'midpoint',
  'inverted_cdf',
  'averaged_inverted_cdf',
  'closest_observation',
  'interpolated_inverted_cdf',
  'hazen',
  'weibull',
  'median_unbiased',
  'normal_unbiased',
];

/** Along which axes quantiles are, and how they are found between elements. */
export interface QuantileOptions {
  /** Which axes (default: all). */
  readonly axis?: number | readonly number[] | null;
  readonly keepdims?: boolean;
  /** Of which elements a quantile is made, and how, by NumPy's names; default: `'linear'`, between the two beside its place. */
  readonly method?: QuantileMethod;
}

type Given = number | readonly number[] | null | QuantileOptions;
type GivenMedian = number | readonly number[] | null | Omit<QuantileOptions, 'method'>;

function optionsOf(label: string, given: Given): QuantileOptions {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return { axis: given as number | readonly number[] | null };
  checkOptions(label, given, ['axis', 'keepdims', ...(label.endsWith('median') ? [] : ['method'])]);
  return given as QuantileOptions;
}

function quantileOf(
  label: string,
  x: ArrayInput,
  q: number | readonly number[],
  given: Given,
  skipNan: boolean,
): TileArray<DType> {
  const array = asarray(x) as TileArray<DType>;
  requireKnown(label, array);
  const { axis, keepdims = false, method: asked = 'linear' } = optionsOf(label, given);
  const method = label.endsWith('median') ? 'mean' : asked;
  if (!METHODS.includes(asked))
    throw new TypeError(`${label}: method is one of ${METHODS.join(', ')}, not ${String(asked)}`);
  const at = typeof q === 'number' ? [q] : [...q];
  const wrong = at.find((p) => !(p >= 0 && p <= 1));
  if (wrong !== undefined) throw new RangeError(`${label}: ${wrong} is not between 0 and 1`);
  const axes = normalizeAxes(axis, array.ndim, label);
  const kept = array.shape.map((_, a) => a).filter((a) => !axes.includes(a));
  const lanes = transpose(array, [...kept, ...axes]).reshape([
    ...kept.map((a) => array.shape[a]),
    product(axes.map((a) => array.shape[a])),
  ]) as TileArray<DType>;
  const whole = inOneBlock(label, lanes, kept.length);
  const dtype: DType = array.dtype === 'float32' ? 'float32' : 'float64';
  const work = { kind: 'quantile', at, method, skipNan } as const;
  const made = overLanes(label, whole, kept.length, work, dtype, [at.length]);
  const front = moveaxis(made, kept.length, 0) as TileArray<DType>;
  const shape = keepdims
    ? array.shape.map((n, a) => (axes.includes(a) ? 1 : n))
    : kept.map((a) => array.shape[a]);
  const all = keepdims ? front.reshape([at.length, ...shape]) : front;
  return (typeof q === 'number' ? all.slice(0) : all) as TileArray<DType>;
}

/**
 * The middle element, or the mean of the two in the middle, over one, several or all axes; NaN where there is one. Exact: all elements behind a
 * result come into one block.
 *
 * @throws RangeError where an axis is out of bounds; Error where chunk sizes are unknown
 * @example
 * await median(x).compute(); // 2.5
 * await median(x, 0).compute(); // [1.5 2.5 3.5]
 */
export const median = <A extends ArrayInput>(x: A, axis: GivenMedian = null): TileArray<MeanOf<DTypeOf<A>>> =>
  quantileOf('median', x, 0.5, axis, false) as TileArray<MeanOf<DTypeOf<A>>>;

/**
 * As `median`, of the elements that are not NaN; NaN where all are.
 *
 * @example
 * await nanmedian([1, NaN, 3]).compute(); // 2
 */
export const nanmedian = <A extends ArrayInput>(
  x: A,
  axis: GivenMedian = null,
): TileArray<MeanOf<DTypeOf<A>>> =>
  quantileOf('nanmedian', x, 0.5, axis, true) as TileArray<MeanOf<DTypeOf<A>>>;

/**
 * What is above a share `q` (0 to 1) of the elements, over one, several or all axes. A list of shares makes a first axis of results. NaN
 * where there is one. Exact: all elements behind a result come into one block.
 *
 * @throws RangeError where a share is not between 0 and 1, or an axis is out of bounds; Error where chunk sizes are unknown
 * @example
 * await quantile(x, 0.1).compute(); // 0.5
 * await quantile(x, [0, 1], 1).compute(); // [[0. 3.] [2. 5.]]
 */
export const quantile = <A extends ArrayInput>(
  x: A,
  q: number | readonly number[],
  axis: Given = null,
): TileArray<MeanOf<DTypeOf<A>>> =>
  quantileOf('quantile', x, q, axis, false) as TileArray<MeanOf<DTypeOf<A>>>;

/**
 * As `quantile`, of the elements that are not NaN; NaN where all are.
 *
 * @example
 * await nanquantile([1, NaN, 3], 0.5).compute(); // 2
 */
export const nanquantile = <A extends ArrayInput>(
  x: A,
  q: number | readonly number[],
  axis: Given = null,
): TileArray<MeanOf<DTypeOf<A>>> =>
  quantileOf('nanquantile', x, q, axis, true) as TileArray<MeanOf<DTypeOf<A>>>;

/**
 * As `quantile`, with shares in percent.
 *
 * @throws as `quantile`
 * @example
 * await percentile(x, [25, 75]).compute(); // [1.25 3.75]
 */
export const percentile = <A extends ArrayInput>(
  x: A,
  q: number | readonly number[],
  axis: Given = null,
): TileArray<MeanOf<DTypeOf<A>>> =>
  quantileOf('percentile', x, sharesOf('percentile', q), axis, false) as TileArray<MeanOf<DTypeOf<A>>>;

/**
 * As `percentile`, of the elements that are not NaN; NaN where all are.
 *
 * @example
 * await nanpercentile([1, NaN, 3], 50).compute(); // 2
 */
export const nanpercentile = <A extends ArrayInput>(
  x: A,
  q: number | readonly number[],
  axis: Given = null,
): TileArray<MeanOf<DTypeOf<A>>> =>
  quantileOf('nanpercentile', x, sharesOf('nanpercentile', q), axis, true) as TileArray<MeanOf<DTypeOf<A>>>;

function sharesOf(label: string, q: number | readonly number[]): number | readonly number[] {
  const wrong = [q].flat().find((p) => !((p as number) >= 0 && (p as number) <= 100));
  if (wrong !== undefined) throw new RangeError(`${label}: ${wrong} is not between 0 and 100`);
  return typeof q === 'number' ? q / 100 : q.map((p) => p / 100);
}
