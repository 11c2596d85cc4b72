/** Arrays with so many axes or more. */

import type { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';

/** NumPy's places for new axes: a vector becomes one row, and the one row of planes; planes get an axis behind. */
export function atLeast<A extends ArrayInput>(x: A, ndim: 1 | 2 | 3): TileArray<DTypeOf<A>> {
  const array = asarray(x) as TileArray<DTypeOf<A>>;
  if (array.ndim >= ndim) return array;
  if (array.ndim === 0) return array.reshape(new Array<number>(ndim).fill(1)) as TileArray<DTypeOf<A>>;
  const row = array.ndim === 1 ? (['newaxis', ':'] as const) : ([':', ':'] as const);
  return array.slice(...row, ...(ndim === 3 ? ['newaxis'] : [])) as TileArray<DTypeOf<A>>;
}

/**
 * The array, or of a number a vector that has it.
 *
 * @example
 * atleast1d(5).shape; // [1]
 */
export const atleast1d = <A extends ArrayInput>(x: A): TileArray<DTypeOf<A>> => atLeast(x, 1);

/**
 * The array, or of a vector the matrix of which it is the row.
 *
 * @example
 * atleast2d([1, 2]).shape; // [1, 2]
 */
export const atleast2d = <A extends ArrayInput>(x: A): TileArray<DTypeOf<A>> => atLeast(x, 2);

/**
 * The array with three axes or more: of a vector `[1, n, 1]`, of a matrix `[m, n, 1]`.
 *
 * @example
 * atleast3d([1, 2]).shape; // [1, 2, 1]
 * atleast3d(x).shape; // [2, 3, 1]
 */
export const atleast3d = <A extends ArrayInput>(x: A): TileArray<DTypeOf<A>> => atLeast(x, 3);
