/** What `choice` and `permutation` of random generators have in common. */
import type { DType } from '../kernels/dtype.js';
import { asarray, type TileArray } from './array.js';
import { ravel, reshape } from './reshape.js';
import { takeAlongAxis } from './take-along.js';

/** What an array has at places along an axis, whose own axes come in place of that axis. */
export function takenAt(array: TileArray<DType>, places: TileArray<'int64'>, axis: number): TileArray<DType> {
  const lane = array.shape.map((_, a) => (a === axis ? places.size : 1));
  const taken = takeAlongAxis(array, reshape(ravel(places), lane), axis) as TileArray<DType>;
  const { shape } = array;
  return places.ndim === 1
    ? taken
    : (reshape(taken, [
        ...shape.slice(0, axis),
        ...places.shape,
        ...shape.slice(axis + 1),
      ]) as TileArray<DType>);
}

/** Where each element's share of [0, 1) ends, in one block. */
export function endsOfShares(p: readonly number[] | Float64Array, pool: number): TileArray<'float64'> {
  if (p.length !== pool) throw new RangeError(`choice: ${p.length} probabilities for ${pool} elements`);
  const sums = Float64Array.from(p);
  for (let i = 0; i < pool; i++) {
    if (!(sums[i] >= 0)) throw new RangeError(`choice: ${sums[i]} is no probability`);
    if (i > 0) sums[i] += sums[i - 1];
  }
  const total = sums[pool - 1] ?? 0;
  if (!(Math.abs(total - 1) <= 2 ** -26))
    throw new RangeError(`choice: probabilities add up to ${total}, not to 1`);
  return asarray(sums.map((sum) => sum / total)).rechunk(-1) as TileArray<'float64'>;
}
