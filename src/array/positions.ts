import { type DType, kindOf } from '../kernels/dtype.js';
import { type ArrayInput, asarray, type TileArray } from './array.js';

/** Positions as int64; throws a TypeError where they are no whole numbers. */
export function positionsOf(label: string, indices: ArrayInput): TileArray<'int64'> {
  const places = asarray(indices) as TileArray<DType>;
  const kind = kindOf(places.dtype);
  if (kind !== 'int' && kind !== 'uint' && !isWhole(indices))
    throw new TypeError(`${label}: indices are integers, not ${places.dtype}; use astype('int64')`);
  return places.astype('int64');
}

/** Numbers of JavaScript are floats, also where they are whole. */
const isWhole = (x: unknown): boolean => (Array.isArray(x) ? x.every(isWhole) : Number.isInteger(x));
