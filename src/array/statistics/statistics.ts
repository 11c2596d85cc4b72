/** Figures that other functions are put together for. */
import { checkOptions } from '../../engine/known-options.js';
import { type DType, kindOf } from '../../kernels/dtype.js';
import type { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import { diagonal } from '../indexing/diagonals.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { normalizeAxes } from '../nodes/axes.js';
import type { DivideOf } from '../nodes/promote.js';
import { matmul } from '../products/matmul.js';
import { all, max, mean, min, sum } from '../reductions/index.js';
import type { TileScalar } from '../scalar.js';
import * as ufuncs from '../ufuncs/index.js';

type Axis = number | readonly number[] | null;

/**
 * The greatest element less the least, over one, several or all axes.
 *
 * @throws RangeError where the axes hold no elements, or one is out of bounds
 * @example
 * await ptp(x, 0).compute(); // [3. 3. 3.]
 */
export const ptp = <A extends ArrayInput>(x: A, axis: Axis = null): TileArray<DTypeOf<A>> =>
  ufuncs.subtract(max(x, axis), min(x, axis)) as unknown as TileArray<DTypeOf<A>>;

/**
 * How many elements are not zero (NaN is not), over one, several or all axes.
 *
 * @example
 * await countNonzero(x.greater(2)).compute(); // 3
 */
export const countNonzero = (x: ArrayInput, axis: Axis = null): TileArray<'int64'> =>
  sum(asarray(x).astype('bool'), axis) as unknown as TileArray<'int64'>;

/** Along which axis `average` is taken, and with which weights. */
export interface AverageOptions {
  readonly axis?: Axis;
  /** One for each element; or a vector for the elements along the one axis. */
  readonly weights?: ArrayInput;
}

/**
 * The mean of elements that have weights; without weights the mean.
 *
 * @throws RangeError where weights are neither of the array's shape nor as many as its axis is long
 * @example
 * await average([1, 2, 3], { weights: [3, 1, 0] }).compute(); // 1.25
 * await average(x, { axis: 1, weights: [1, 0, 1] }).compute(); // [1. 4.]
 */
export function average<A extends ArrayInput>(
  x: A,
  options: AverageOptions = {},
): TileArray<DivideOf<DTypeOf<A>>> {
  checkOptions('average', options, ['axis', 'weights']);
  const { axis = null, weights } = options;
  const array = asarray(x) as TileArray<DType>;
  if (weights === undefined) return mean(array, axis) as unknown as TileArray<DivideOf<DTypeOf<A>>>;
  const given = asarray(weights) as TileArray<DType>;
  const axes = normalizeAxes(axis, array.ndim, 'average');
  const fits = given.ndim === array.ndim && given.shape.every((n, a) => Object.is(n, array.shape[a]));
  if (!fits && !(given.ndim === 1 && axes.length === 1 && Object.is(given.shape[0], array.shape[axes[0]])))
    throw new RangeError(
      `average: weights of shape [${given.shape.join(', ')}] fit neither an array of shape [${array.shape.join(', ')}] nor one axis of it`,
    );
  const placed = fits ? given : given.slice(...array.shape.map((_, a) => (a === axes[0] ? ':' : 'newaxis')));
  return ufuncs.divide(
    sum(ufuncs.multiply(array, placed), axis),
    fits ? sum(given, axis) : sum(given),
  ) as unknown as TileArray<DivideOf<DTypeOf<A>>>;
}

/** What `cov` and `corrcoef` take for variables, and the divisor of `cov`. */
export interface CovarianceOptions {
  /** Whether rows are variables and columns observations (default), or the other way round. */
  readonly rowvar?: boolean;
  /** The divisor is the number of observations less this; default 1. */
  readonly ddof?: number;
}

/**
 * The covariances of variables, which are the rows of a matrix.
 *
 * @throws RangeError where the array has more than two axes
 * @example
 * await cov([[0, 1, 2], [2, 1, 0]]).compute(); // [[ 1. -1.] [-1.  1.]]
 */
export function cov(x: ArrayInput, options: CovarianceOptions = {}): TileArray<'float64' | 'float32'> {
  checkOptions('cov', options, ['rowvar', 'ddof']);
  const { rowvar = true, ddof = 1 } = options;
  const array = asarray(x) as TileArray<DType>;
  if (array.ndim > 2) throw new RangeError(`cov: a matrix is needed, not an array of ${array.ndim} axes`);
  const rows = array.ndim < 2 ? array.reshape([1, -1]) : rowvar ? array : array.T;
  const typed = (kindOf(rows.dtype) === 'float' ? rows : rows.astype('float64')) as TileArray<DType>;
  const centred = ufuncs.subtract(typed, mean(typed, 1, true)) as TileArray<DType>;
  const made = ufuncs.divide(
    matmul(centred, centred.T),
    Math.max(0, rows.shape[1] - ddof),
  ) as TileArray<DType>;
  return (array.ndim < 2 ? made.reshape([]) : made) as TileArray<'float64' | 'float32'>;
}

/**
 * Pearson's correlations of variables, which are the rows of a matrix.
 *
 * @throws RangeError where the array has more than two axes
 * @example
 * await corrcoef([[0, 1, 2], [2, 1, 0]]).compute(); // [[ 1. -1.] [-1.  1.]]
 */
export function corrcoef(
  x: ArrayInput,
  options: { readonly rowvar?: boolean } = {},
): TileArray<'float64' | 'float32'> {
  checkOptions('corrcoef', options, ['rowvar']);
  const c = cov(x, options) as TileArray<DType>;
  if (c.ndim === 0) return ufuncs.divide(c, c) as TileArray<'float64' | 'float32'>;
  const deviation = ufuncs.sqrt(diagonal(c)) as TileArray<DType>;
  const scaled = ufuncs.divide(ufuncs.divide(c, deviation.slice(':', 'newaxis')), deviation);
  return ufuncs.clip(scaled as TileArray<DType>, -1, 1) as TileArray<'float64' | 'float32'>;
}

/**
 * Whether all elements of two arrays, which broadcast, are close, as `isclose` has it.
 *
 * @example
 * await allclose([1, 2], [1, 2 + 1e-12]).compute(); // true
 */
export const allclose = (
  a: ArrayInput,
  b: ArrayInput,
  options: ufuncs.CloseOptions = {},
): TileScalar<'bool'> => all(ufuncs.isclose(a, b, options));

/**
 * Whether two arrays have one shape and equal elements.
 *
 * @example
 * await arrayEqual([1, 2], [1, 2]).compute(); // true
 * await arrayEqual([1, 2], [1, 2, 3]).compute(); // false
 */
export function arrayEqual(a: ArrayInput, b: ArrayInput): TileScalar<'bool'> {
  const [x, y] = [asarray(a), asarray(b)];
  const alike = x.ndim === y.ndim && x.shape.every((n, axis) => Object.is(n, y.shape[axis]));
  return alike ? all(ufuncs.equal(x, y)) : (asarray(false) as unknown as TileScalar<'bool'>);
}

/**
 * NaN replaced by a number (0), and infinities by others (the greatest and least of the dtype).
 *
 * @example
 * await nanToNum([1, NaN, Infinity], { posinf: 9 }).compute(); // [1. 0. 9.]
 */
export function nanToNum<A extends ArrayInput>(
  x: A,
  options: { readonly nan?: number; readonly posinf?: number; readonly neginf?: number } = {},
): TileArray<DTypeOf<A>> {
  const array = asarray(x) as TileArray<DType>;
  if (kindOf(array.dtype) !== 'float') return array as TileArray<DTypeOf<A>>;
  const greatest = array.dtype === 'float32' ? 3.4028234663852886e38 : Number.MAX_VALUE;
  const { nan = 0, posinf = greatest, neginf = -greatest } = options;
  const numbers = ufuncs.where(ufuncs.isnan(array), nan, array) as TileArray<DType>;
  const below = ufuncs.where(
    ufuncs.equal(numbers, Number.POSITIVE_INFINITY),
    posinf,
    numbers,
  ) as TileArray<DType>;
  return ufuncs.where(ufuncs.equal(below, Number.NEGATIVE_INFINITY), neginf, below) as TileArray<DTypeOf<A>>;
}
