/** Which values arrays have in common. */
import type { DType } from '../../kernels/dtype.js';
import type { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import { get } from '../indexing/indexing.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { concatenate } from '../joining/concatenate.js';
import { ravel } from '../shape/reshape.js';
import { equal, logicalAnd, logicalNot, notEqual, type PromoteInputs } from '../ufuncs/index.js';
import { searchsorted } from './searching.js';
import { unique } from './unique.js';

type Mask = TileArray<'bool'>;

/**
 * For each element of `x`, whether it is among `values`. Those are sorted into one block first. NaN is like no other, as it is in NumPy.
 *
 * @example
 * await isin([1, 5, 2], [2, 1, 7]).compute(); // [True False True]
 */
export function isin(x: ArrayInput, values: ArrayInput): Mask {
  const array = asarray(x) as TileArray<DType>;
  const sorted = unique(values);
  const [before, behind] = [searchsorted(sorted, array), searchsorted(sorted, array, { side: 'right' })];
  return logicalAnd(notEqual(before, behind), equal(array, array)) as unknown as Mask;
}

/**
 * The values of two arrays, ascending, each once: one block, how many there are is known once computed (as of `unique`).
 *
 * @throws Error where chunk sizes are unknown
 * @example
 * await union1d([3, 1], [2, 3]).compute(); // [1. 2. 3.]
 */
export function union1d<A extends ArrayInput, B extends ArrayInput>(
  a: A,
  b: B,
): TileArray<PromoteInputs<A, B>> {
  return unique(concatenate([ravel(asarray(a)), ravel(asarray(b))])) as unknown as TileArray<
    PromoteInputs<A, B>
  >;
}

/**
 * The values that both arrays have, ascending, each once: one block, how many there are is known once computed.
 *
 * @example
 * await intersect1d([3, 1, 2], [2, 3, 3]).compute(); // [2. 3.]
 */
export function intersect1d<A extends ArrayInput>(a: A, b: ArrayInput): TileArray<DTypeOf<A>> {
  const values = unique(a);
  return get(values, isin(values, b)) as unknown as TileArray<DTypeOf<A>>;
}

/**
 * The values of the first array that the second has not, ascending, each once: one block, how many there are is known once computed.
 *
 * @example
 * await setdiff1d([3, 1, 2, 1], [2, 5]).compute(); // [1. 3.]
 */
export function setdiff1d<A extends ArrayInput>(a: A, b: ArrayInput): TileArray<DTypeOf<A>> {
  const values = unique(a);
  return get(values, logicalNot(isin(values, b)) as unknown as Mask) as unknown as TileArray<DTypeOf<A>>;
}

/**
 * The values that one of two arrays has and the other has not, ascending, each once: one block, how many there are is known once computed.
 *
 * @example
 * await setxor1d([3, 1, 2, 1], [2, 5]).compute(); // [1. 3. 5.]
 */
export function setxor1d<A extends ArrayInput, B extends ArrayInput>(
  a: A,
  b: B,
): TileArray<PromoteInputs<A, B>> {
  const [values, counts] = unique(concatenate([unique(a), unique(b)]), { returnCounts: true });
  return get(values, equal(counts, 1)) as unknown as TileArray<PromoteInputs<A, B>>;
}
