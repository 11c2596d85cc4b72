/** Sums, products and differences along an axis. */
import { checkOptions } from '../../engine/known-options.js';
import { type DType, isDType, kindOf } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import { full } from '../creation/filled.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { concatenate } from '../joining/concatenate.js';
import { inOneBlock, overLanes } from '../mapping/lanes.js';
import { normalizeAxis, requireKnown } from '../nodes/axes.js';
import { type SumOf, sumOf } from '../nodes/promote.js';
import { rechunkNode } from '../nodes/rechunk.js';
import { lastOfBlocks, spreadOverBlocks } from '../nodes/view.js';
import { ravel } from '../shape/reshape.js';
import { add, isnan, multiply, notEqual, subtract, where } from '../ufuncs/index.js';

/** How `cumsum` and `cumprod` go along an array. */
export interface ScanOptions<E extends DType = DType> {
  /** Default: of the flattened array. */
  readonly axis?: number;
  /** dtype to add up in and to return. */
  readonly dtype?: E;
}

/**
 * Scans within blocks first; what comes before a block, which is little, is scanned after, and added in one loop.
 */
function scan(kind: 'cumsum' | 'cumprod', x: ArrayInput, given: number | ScanOptions): TileArray<DType> {
  const { axis, dtype: asked } = typeof given === 'number' ? { axis: given } : given;
  if (asked !== undefined && !isDType(asked)) throw new TypeError(`${kind}: ${String(asked)} is not a dtype`);
  const array = asarray(x);
  requireKnown(kind, array);
  const dtype: DType = asked ?? sumOf(array.dtype);
  const shaped = axis === undefined ? ravel(array) : array;
  const along = normalizeAxis(axis ?? 0, shaped.ndim, kind);
  const typed = shaped.astype(dtype) as TileArray<DType>;
  const sizes = typed.chunks[along].filter((n) => n > 0);
  const chunks = typed.chunks.map((c, a) => (a === along && sizes.length > 0 ? sizes : c));
  const cut = new TileArray<DType>(rechunkNode(typed.node, chunks));
  const within = overLanes(kind, cut, along, { kind }, dtype);
  if (sizes.length < 2) return within;
  const totals = inOneBlock(kind, new TileArray(lastOfBlocks(within.node, along)), along);
  const scanned = overLanes(kind, totals, along, { kind }, dtype);
  const shape = scanned.shape.map((n, a) => (a === along ? 1 : n));
  const start = full(shape, kind === 'cumsum' ? 0 : 1, { dtype });
  const before = inOneBlock(kind, concatenate([start, scanned], along) as TileArray<DType>, along);
  const spread = new TileArray<DType>(spreadOverBlocks(before.node, along, sizes));
  return (kind === 'cumsum' ? add : multiply)(within, spread) as TileArray<DType>;
}

/**
 * The sum of all elements up to each, along an axis or of the flattened array, in the dtype of sums.
 *
 * @throws RangeError where the axis is out of bounds; Error where chunk sizes are unknown
 * @example
 * await cumsum(x, 1).compute(); // [[0. 1. 3.] [3. 7. 12.]]
 * await cumsum(x).compute(); // [0. 1. 3. 6. 10. 15.]
 */
export function cumsum<A extends ArrayInput, E extends DType = SumOf<DTypeOf<A>>>(
  x: A,
  axis: number | ScanOptions<E> = {},
): TileArray<E> {
  return scan('cumsum', x, axis) as TileArray<E>;
}

/**
 * The product of all elements up to each, along an axis or of the flattened array, in the dtype of sums.
 *
 * @throws as `cumsum`
 * @example
 * await cumprod([1, 2, 3, 4]).compute(); // [1. 2. 6. 24.]
 */
export function cumprod<A extends ArrayInput, E extends DType = SumOf<DTypeOf<A>>>(
  x: A,
  axis: number | ScanOptions<E> = {},
): TileArray<E> {
  return scan('cumprod', x, axis) as TileArray<E>;
}

/**
 * As `cumsum`, with 0 in the place of NaN.
 *
 * @throws as `cumsum`
 * @example
 * await nancumsum([1, NaN, 2]).compute(); // [1. 1. 3.]
 */
export function nancumsum<A extends ArrayInput, E extends DType = SumOf<DTypeOf<A>>>(
  x: A,
  axis: number | ScanOptions<E> = {},
): TileArray<E> {
  return scan('cumsum', withoutNan(x, 0), axis) as TileArray<E>;
}

/**
 * As `cumprod`, with 1 in the place of NaN.
 *
 * @throws as `cumsum`
 * @example
 * await nancumprod([2, NaN, 3]).compute(); // [2. 2. 6.]
 */
export function nancumprod<A extends ArrayInput, E extends DType = SumOf<DTypeOf<A>>>(
  x: A,
  axis: number | ScanOptions<E> = {},
): TileArray<E> {
  return scan('cumprod', withoutNan(x, 1), axis) as TileArray<E>;
}

function withoutNan(x: ArrayInput, value: number): ArrayInput {
  const array = asarray(x) as TileArray<DType>;
  return kindOf(array.dtype) === 'float' ? where(isnan(array), value, array) : array;
}

/**
 * Each element less the one before it, along an axis, `n` times over. Of bool, whether they differ.
 *
 * @throws RangeError where the axis is out of bounds, or `n` is no whole number of 0 or more; Error where chunk sizes are unknown
 * @example
 * await diff([1, 4, 9, 16]).compute(); // [3. 5. 7.]
 * await diff(x, 1, 0).compute(); // [[3. 3. 3.]]
 */
export function diff<A extends ArrayInput>(x: A, n = 1, axis = -1): TileArray<DTypeOf<A>> {
  let array = asarray(x) as TileArray<DType>;
  requireKnown('diff', array);
  const along = normalizeAxis(axis, array.ndim, 'diff');
  if (!Number.isSafeInteger(n) || n < 0)
    throw new RangeError(`diff: how often is a whole number of 0 or more, not ${n}`);
  const part = (range: string) => array.slice(...array.shape.map((_, a) => (a === along ? range : ':')));
  for (let i = 0; i < n; i++)
    array = (kindOf(array.dtype) === 'bool' ? notEqual : subtract)(
      part('1:'),
      part(':-1'),
    ) as TileArray<DType>;
  return array as TileArray<DTypeOf<A>>;
}

/**
 * Each element of the flattened array less the one before it, with other elements before and behind them, which are converted to its dtype.
 *
 * @throws Error where chunk sizes are unknown
 * @example
 * await ediff1d([1, 4, 9], { toBegin: -1, toEnd: [0, 0] }).compute(); // [-1. 3. 5. 0. 0.]
 */
export function ediff1d<A extends ArrayInput>(
  x: A,
  options: { readonly toBegin?: ArrayInput; readonly toEnd?: ArrayInput } = {},
): TileArray<DTypeOf<A>> {
  checkOptions('ediff1d', options, ['toBegin', 'toEnd']);
  const flat = ravel(asarray(x)) as TileArray<DType>;
  const others = (given: ArrayInput | undefined) =>
    given === undefined ? [] : [ravel(asarray(given)).astype(flat.dtype) as TileArray<DType>];
  const parts = [...others(options.toBegin), diff(flat) as TileArray<DType>, ...others(options.toEnd)];
  return concatenate(parts) as TileArray<DType> as TileArray<DTypeOf<A>>;
}
