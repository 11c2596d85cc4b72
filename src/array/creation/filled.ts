/** Arrays of one value. */
import type { DType } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { type Chunks, checkShape, isKnown, normalizeChunks } from '../nodes/chunks.js';
import { mapNode } from '../nodes/elementwise.js';
import { type MapNode, makeNode } from '../nodes/node.js';
import { constantOf, type Scalar } from '../nodes/promote.js';
import { type CreateOptions, checkCreate, checkDtype } from './creation-options.js';

/** A node of one value everywhere; loops compute it on the way. */
export function constantNode(chunks: Chunks, dtype: DType, value: Scalar): MapNode {
  const constant = constantOf(value, dtype);
  return makeNode<MapNode>('full', [dtype, constant], {
    kind: 'map',
    parts: [dtype],
    chunks,
    inputs: [],
    nodes: [{ op: 'const', value: constant, dtype }],
    results: [0],
  });
}

function filled(
  label: string,
  shape: number | readonly number[],
  value: Scalar,
  dtype: DType,
  options: CreateOptions,
): TileArray<DType> {
  checkCreate(label, options);
  const checked = checkShape(shape);
  return new TileArray(
    constantNode(normalizeChunks(options.chunks ?? 'auto', checked, checkDtype(dtype)), dtype, value),
  );
}

/**
 * An array of zeros, float64 unless told.
 *
 * @param shape extents of the axes, or the one extent of a single axis
 * @throws RangeError where the shape or the chunks make no sense; TypeError where `dtype` is none
 * @example
 * await zeros([2, 3], { dtype: 'int32' }).compute(); // [[0 0 0] [0 0 0]]
 */
export function zeros<D extends DType = 'float64'>(
  shape: number | readonly number[],
  options: CreateOptions<D> = {},
): TileArray<D> {
  return filled('zeros', shape, 0, options.dtype ?? 'float64', options) as unknown as TileArray<D>;
}

/**
 * An array of ones, float64 unless told.
 *
 * @throws as `zeros`
 * @example
 * await ones(3).compute(); // [1. 1. 1.]
 * ones([4000, 4000], { chunks: [1000, 2000] }).numBlocks; // [4, 2]
 */
export function ones<D extends DType = 'float64'>(
  shape: number | readonly number[],
  options: CreateOptions<D> = {},
): TileArray<D> {
  return filled('ones', shape, 1, options.dtype ?? 'float64', options) as unknown as TileArray<D>;
}

/**
 * An array whose values do not matter (they are zeros: memory is never shown as it was).
 *
 * @example
 * empty([2, 3]).size; // 6
 */
export const empty = zeros;

/**
 * An array of one value. Its dtype: float64 of a number, int64 of a bigint, bool of a boolean, unless told.
 *
 * @throws RangeError where a whole number does not fit the integer dtype, TypeError where a fraction should become one
 * @example
 * await full([2, 2], 7).compute(); // [[7. 7.] [7. 7.]]
 * full(3, true).dtype; // bool
 */
export function full<V extends Scalar, D extends DType = DTypeOf<V>>(
  shape: number | readonly number[],
  value: V,
  options: CreateOptions<D> = {},
): TileArray<D> {
  const own: DType = typeof value === 'bigint' ? 'int64' : typeof value === 'boolean' ? 'bool' : 'float64';
  return filled('full', shape, value, options.dtype ?? own, options) as unknown as TileArray<D>;
}

type Like<A, D> = [D] extends [never] ? DTypeOf<A> : D;

const like =
  (value: (given?: Scalar) => Scalar) =>
  (x: ArrayInput, options: CreateOptions, given?: Scalar): TileArray<DType> => {
    checkCreate('an array like another', options);
    const array = asarray(x);
    const dtype = checkDtype(options.dtype ?? (array.dtype as DType));
    if (options.chunks === undefined && !isKnown(array.chunks)) {
      const constant = constantOf(value(given), dtype);
      return new TileArray(mapNode('full', [array.operand], (e) => e.constant(constant, dtype)));
    }
    const chunks =
      options.chunks === undefined ? array.chunks : normalizeChunks(options.chunks, array.shape, dtype);
    return new TileArray(constantNode(chunks, dtype, value(given)));
  };

const zeroLike = like(() => 0);
const oneLike = like(() => 1);
const valueLike = like((v) => v!);

/**
 * Zeros of an array's shape, dtype and chunks; dtype and chunks may be others.
 *
 * @example
 * await zerosLike(x).compute(); // [[0. 0. 0.] [0. 0. 0.]]
 */
export function zerosLike<A extends ArrayInput, D extends DType = never>(
  x: A,
  options: CreateOptions<D> = {},
): TileArray<Like<A, D>> {
  return zeroLike(x, options) as TileArray<Like<A, D>>;
}

/**
 * Ones of an array's shape, dtype and chunks; dtype and chunks may be others.
 *
 * @example
 * await onesLike(x, { dtype: 'uint8' }).compute(); // [[1 1 1] [1 1 1]]
 */
export function onesLike<A extends ArrayInput, D extends DType = never>(
  x: A,
  options: CreateOptions<D> = {},
): TileArray<Like<A, D>> {
  return oneLike(x, options) as TileArray<Like<A, D>>;
}

/**
 * One value in an array's shape, dtype and chunks; dtype and chunks may be others.
 *
 * @throws RangeError, TypeError where the value does not fit the dtype
 * @example
 * await fullLike(x, 7).compute(); // [[7. 7. 7.] [7. 7. 7.]]
 */
export function fullLike<A extends ArrayInput, D extends DType = never>(
  x: A,
  value: Scalar,
  options: CreateOptions<D> = {},
): TileArray<Like<A, D>> {
  return valueLike(x, options, value) as TileArray<Like<A, D>>;
}

/**
 * As `zerosLike`: values that do not matter are zeros.
 *
 * @example
 * emptyLike(x).shape; // [2, 3]
 */
export const emptyLike = zerosLike;
