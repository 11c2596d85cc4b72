/** What `choice` and `permutation` of random generators have in common. */
import type { DType } from '../../kernels/dtype.js';
import type { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import { takeAlongAxis } from '../indexing/take-along.js';
import { ravel, reshape } from '../shape/reshape.js';

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

/** Probabilities of so many elements; throws a RangeError where they are none. */
export function sharesOf(p: readonly number[] | Float64Array, pool: number): Float64Array {
  if (p.length !== pool) throw new RangeError(`choice: ${p.length} probabilities for ${pool} elements`);
  const shares = Float64Array.from(p);
  const wrong = shares.find((share) => !(share >= 0));
  if (wrong !== undefined) throw new RangeError(`choice: ${wrong} is no probability`);
  const total = shares.reduce((sum, share) => sum + share, 0);
  if (!(Math.abs(total - 1) <= 2 ** -26))
    throw new RangeError(`choice: probabilities add up to ${total}, not to 1`);
  return shares;
}

/** Where each element's share of [0, 1) ends, in one block. */
export function endsOfShares(shares: Float64Array): TileArray<'float64'> {
  const sums = Float64Array.from(shares);
  for (let i = 1; i < sums.length; i++) sums[i] += sums[i - 1];
  const total = sums[sums.length - 1];
  return asarray(sums.map((sum) => sum / total)).rechunk(-1) as TileArray<'float64'>;
}
