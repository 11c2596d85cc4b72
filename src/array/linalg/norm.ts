import { checkOptions } from '../../engine/known-options.js';
import { type DType, kindOf } from '../../kernels/dtype.js';
import type { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { normalizeAxes, normalizeAxis } from '../nodes/axes.js';
import type { MeanOf } from '../nodes/promote.js';
import { type AllAxes, max, min, type ReduceOptions, sum } from '../reductions/index.js';
import type { TileScalar } from '../scalar.js';
import { abs, notEqual, power, sqrt, square } from '../ufuncs/index.js';
import { svd } from './svd.js';

type Ord = number | 'fro' | 'nuc';

/** Which norm, along which axes. */
export interface NormOptions extends ReduceOptions {
  /**
   * Which norm; default: the root of the sum of squares, over any axes. Over one axis (vectors) 1 is the sum of sizes, 2 the root of the sum of squares, Infinity the
   * greatest size, -Infinity the least, 0 how many are not zero, another p the p-th root of the sum of p-th powers. Over two (matrices) 1 and
   * Infinity are the greatest sum of sizes of a column and of a row, -1 and -Infinity the least; 2 is the greatest singular value, -2 the
   * least, `'nuc'` their sum; `'fro'` is the default.
   */
  readonly ord?: Ord;
}

/**
 * The norm of vectors or matrices, over one, two or all axes; float64, or float32 of float32.
 *
 * @throws RangeError where an axis is out of bounds, or an `ord` goes with neither one axis nor two, or is none of theirs, or needs singular values
 *   of more than one matrix
 * @example
 * await norm([3, -4]).compute(); // 5
 * await norm(x, { ord: 1, axis: 1 }).compute(); // [3. 12.]
 * await norm(x, { ord: Infinity }).compute(); // 12
 */
export function norm<A extends ArrayInput>(x: A, all?: AllAxes<NormOptions>): TileScalar<MeanOf<DTypeOf<A>>>;
export function norm<A extends ArrayInput>(x: A, options: NormOptions): TileArray<MeanOf<DTypeOf<A>>>;
export function norm(x: ArrayInput, options?: NormOptions | null): TileArray<DType> {
  const array = asarray(x) as TileArray<DType>;
  checkOptions('norm', options ?? {}, ['ord', 'axis', 'keepdims']);
  const { ord, axis, keepdims = false } = options ?? {};
  const sorted = normalizeAxes(axis, array.ndim, 'norm');
  // Of matrices the first axis counts rows, whichever of the two it is.
  const axes = Array.isArray(axis) ? axis.map((a: number) => normalizeAxis(a, array.ndim, 'norm')) : sorted;
  const numbers = (kindOf(array.dtype) === 'float' ? array : array.astype('float64')) as TileArray<DType>;
  const over = { axis: axes, keepdims };
  if (ord === undefined) return rootOfSquares(numbers, over);
  if (axes.length === 1) return ofVectors(numbers, ord, over);
  if (axes.length === 2) return ofMatrices(numbers, ord, over);
  throw new RangeError(`norm: ord ${ord} goes with one axis or two, not ${axes.length}`);
}

type Over = { readonly axis: readonly number[]; readonly keepdims: boolean };

const rootOfSquares = (x: TileArray<DType>, over: Over): TileArray<DType> =>
  sqrt(sum(square(x), over)) as TileArray<DType>;

function ofVectors(x: TileArray<DType>, ord: Ord, over: Over): TileArray<DType> {
  if (typeof ord !== 'number' || Number.isNaN(ord))
    throw new RangeError(`norm: vectors have no norm ${ord}; ord is a number`);
  switch (ord) {
    case Number.POSITIVE_INFINITY:
      return max(abs(x), over) as TileArray<DType>;
    case Number.NEGATIVE_INFINITY:
      return min(abs(x), over) as TileArray<DType>;
    case 0:
      return sum(notEqual(x, 0).astype(x.dtype), over) as TileArray<DType>;
    case 1:
      return sum(abs(x), over) as TileArray<DType>;
    case 2:
      return rootOfSquares(x, over);
    default:
      return power(sum(power(abs(x), ord), over) as TileArray<DType>, 1 / ord) as TileArray<DType>;
  }
}

function ofMatrices(x: TileArray<DType>, ord: Ord, over: Over): TileArray<DType> {
  if (ord === 'fro') return rootOfSquares(x, over);
  if (ord === 'nuc' || Math.abs(ord) === 2) return ofSingularValues(x, ord, over);
  if (Math.abs(ord) !== 1 && Math.abs(ord) !== Number.POSITIVE_INFINITY)
    throw new RangeError(
      `norm: matrices have ord 1, -1, 2, -2, Infinity, -Infinity, 'fro' and 'nuc', not ${ord}`,
    );
  const [row, column] = over.axis;
  const sums = sum(abs(x), { axis: Math.abs(ord) === 1 ? row : column, keepdims: true }) as TileArray<DType>;
  return (ord > 0 ? max : min)(sums, over) as TileArray<DType>;
}

function ofSingularValues(x: TileArray<DType>, ord: Ord, { keepdims }: Over): TileArray<DType> {
  if (x.ndim > 2)
    throw new RangeError(
      `norm: ord ${ord} needs the singular values of one matrix, not of an array of ${x.ndim} axes; slice the matrices out of it`,
    );
  const [, values] = svd(x);
  const made = ord === 'nuc' ? sum(values) : Number(ord) > 0 ? max(values) : min(values);
  return (keepdims ? (made as TileArray<DType>).reshape([1, 1]) : made) as TileArray<DType>;
}
