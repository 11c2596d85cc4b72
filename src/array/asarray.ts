import { checkOptions } from '../engine/known-options.js';
import { type DType, isDType } from '../kernels/dtype.js';
import { TileArray } from './array.js';
import { fromData } from './creation/literal.js';
import type { ArrayInput, DTypeOf } from './input.js';
import type { ChunkSpec } from './nodes/chunks.js';

const isArray = (x: unknown): x is TileArray<DType> => x instanceof TileArray;

/** What `asarray` takes beside the values. */
export interface FromOptions<D> {
  readonly dtype?: D;
  /** Shape of the values, in C order; default: as they are nested. */
  readonly shape?: readonly number[];
  readonly chunks?: ChunkSpec;
}

/**
 * An array of whatever can stand for one: nested lists, a typed array, a numpy-ts NDArray, a scalar, or an array as it is. Numbers give
 * float64, bigints int64, booleans bool; typed arrays and NDArrays keep their dtype. Values are copied once, into memory that all
 * threads share.
 *
 * @throws TypeError where lists are ragged or an element type is not one of tilework's; RangeError where values do not fill `shape`
 * @example
 * await asarray([[1, 2], [3, 4]], { chunks: [1, 2] }).compute(); // [[1. 2.] [3. 4.]]
 * asarray(new Float32Array([1, 2])).dtype; // float32
 * await asarray([1, 2, 3, 4], { shape: [2, 2], dtype: 'int8' }).compute(); // [[1 2] [3 4]]
 */
export function asarray<A extends ArrayInput>(x: A, options?: FromOptions<undefined>): TileArray<DTypeOf<A>>;
export function asarray<D extends DType>(x: ArrayInput, options: FromOptions<D>): TileArray<D>;
export function asarray(x: ArrayInput, options: FromOptions<DType | undefined> = {}): TileArray<DType> {
  checkOptions('asarray', options, ['dtype', 'shape', 'chunks']);
  if (options.dtype !== undefined && !isDType(options.dtype))
    throw new TypeError(`asarray: ${String(options.dtype)} is not a dtype`);
  if (!isArray(x)) return fromData(x, options);
  let out: TileArray<DType> = options.shape ? x.reshape(options.shape) : x;
  if (options.dtype) out = out.astype(options.dtype) as TileArray<DType>;
  return options.chunks === undefined ? out : out.rechunk(options.chunks);
}

/**
 * As `asarray`.
 *
 * @example
 * await array([1, 2, 3]).sum().compute(); // 6
 */
export const array = asarray;
