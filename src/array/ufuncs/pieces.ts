/** Elementwise functions that are made of others. */
import type { DType } from '../../kernels/dtype.js';
import type { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { type FloatOf, floatOf } from '../nodes/promote.js';
import { multiply, subtract } from './arithmetic.js';
import { equal, greater, logicalAnd, notEqual } from './comparisons.js';
import { divide } from './division.js';
import { sin } from './float.js';
import { copysign } from './float-pairs.js';
import { floorDivide, remainder } from './numeric.js';
import { isinf, isnan, logicalNot, signbit } from './predicates.js';
import { trunc } from './same.js';
import { where } from './select.js';

/** As floats, of the dtype that functions give of it. */
const floating = (x: ArrayInput): TileArray<DType> => {
  const array = asarray(x) as TileArray<DType>;
  return array.astype(floatOf(array.dtype)) as TileArray<DType>;
};

/**
 * Whether each element is infinite and below zero.
 *
 * @example
 * await isneginf([1, -Infinity, Infinity]).compute(); // [False True False]
 */
export const isneginf = (x: ArrayInput): TileArray<'bool'> =>
  logicalAnd(isinf(x), signbit(floating(x))) as unknown as TileArray<'bool'>;

/**
 * Whether each element is infinite and above zero.
 *
 * @example
 * await isposinf([1, -Infinity, Infinity]).compute(); // [False False True]
 */
export const isposinf = (x: ArrayInput): TileArray<'bool'> =>
  logicalAnd(isinf(x), logicalNot(signbit(floating(x)))) as unknown as TileArray<'bool'>;

/**
 * Quotients rounded down, and the remainders: `floorDivide` and `remainder`.
 *
 * @throws RangeError where shapes do not broadcast
 * @example
 * (await compute(divmod([7, -7], 2))).map(String); // ['[ 3. -4.]', '[1. 1.]']
 */
export const divmod = <A extends ArrayInput, B extends ArrayInput>(
  x: A,
  y: B,
): readonly [
  quotients: ReturnType<typeof floorDivide<A, B>>,
  remainders: ReturnType<typeof remainder<A, B>>,
] => [floorDivide(x, y), remainder(x, y)];

/**
 * The fraction and the whole number of each element, both with its sign.
 *
 * @example
 * (await compute(modf([1.5, -2.25]))).map(String); // ['[ 0.5  -0.25]', '[ 1. -2.]']
 */
export function modf<A extends ArrayInput>(
  x: A,
): readonly [fractions: TileArray<FloatOf<DTypeOf<A>>>, whole: TileArray<FloatOf<DTypeOf<A>>>] {
  const array = floating(x);
  const whole = trunc(array) as TileArray<DType>;
  const rest = where(isinf(array), 0, subtract(array, whole));
  return [copysign(rest as TileArray<DType>, array), whole] as never;
}

/**
 * sin(πx) / πx, and 1 where x is 0; of whole numbers in float64.
 *
 * @example
 * await sinc([0, 0.5, 1]).round(4).compute(); // [1. 0.6366 0.]
 */
export function sinc<A extends ArrayInput>(
  x: A,
): TileArray<DTypeOf<A> extends 'float32' ? 'float32' : 'float64'> {
  const turned = multiply(x, Math.PI) as TileArray<DType>;
  const safe = where(notEqual(turned, 0), turned, 2 ** -52) as TileArray<DType>;
  return divide(sin(safe), safe) as never;
}

/**
 * 0 below zero, 1 above, and `y` at zero.
 *
 * @throws RangeError where shapes do not broadcast
 * @example
 * await heaviside([-2, 0, 3], 0.5).compute(); // [0. 0.5 1.]
 */
export function heaviside(x: ArrayInput, y: ArrayInput): TileArray<'float64' | 'float32'> {
  const array = floating(x);
  const steps = where(equal(array, 0), y, greater(array, 0).astype(array.dtype));
  return where(isnan(array), array, steps) as never;
}
