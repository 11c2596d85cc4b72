import type { DType } from '../../kernels/dtype.js';
import type { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import { arange } from '../creation/sequences.js';
import type { ArrayInput } from '../input.js';
import { requireKnown } from '../nodes/axes.js';
import { ravel } from '../shape/reshape.js';
import { floorDivide, remainder } from '../ufuncs/index.js';
import { compress } from './indexing.js';

/**
 * Where the elements are that are not zero (or true), in the flattened array. How many they are is known once computed (see `computeChunkSizes`).
 *
 * @throws Error where chunk sizes are unknown
 * @example
 * await flatnonzero([[0, 3], [5, 0]]).compute(); // [1 2]
 */
export function flatnonzero(x: ArrayInput): TileArray<'int64'> {
  const flat = ravel(asarray(x)) as TileArray<DType>;
  requireKnown('flatnonzero', flat);
  return compress(flat.astype('bool'), arange(0, flat.size, 1, { dtype: 'int64', chunks: flat.chunks }));
}

/**
 * Where the elements are that are not zero (or true), in the order of the flattened array: for each axis a list of places along it.
 *
 * @throws RangeError of an array without axes; Error where chunk sizes are unknown
 * @example
 * const [rows, columns] = nonzero([[0, 3], [5, 0]]);
 * await rows.compute(); // [0 1]
 * await columns.compute(); // [1 0]
 */
export function nonzero(x: ArrayInput): readonly TileArray<'int64'>[] {
  const { shape } = asarray(x);
  if (shape.length === 0)
    throw new RangeError('nonzero: an array without axes has no places; use flatnonzero');
  const places = flatnonzero(x);
  return shape.map((extent, axis) => {
    const step = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
    // Where nothing is, nothing is divided.
    return remainder(floorDivide(places, Math.max(step, 1)), Math.max(extent, 1)) as TileArray<'int64'>;
  });
}
