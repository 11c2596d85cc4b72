/** Functions of two operands whose result has their promoted dtype, counting bool as int8. Shapes broadcast. */
import { type DType, kindOf } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput } from '../input.js';
import { refuseNegativeNode } from '../nodes/refuse-outside.js';
import { boolAsInt8, type NumberBinaryFn, number2, shifting } from './make.js';
import { commonType, elementwise, isScalar } from './operands.js';

/**
 * Quotients rounded down. Whole numbers divided by zero give 0, floats ±Infinity or NaN.
 *
 * @example
 * await floorDivide([7, -7], 2).compute(); // [3. -4.]
 */
export const floorDivide: NumberBinaryFn = number2('floor_divide', 'floor_divide');

/**
 * What `floorDivide` leaves over: it has the sign of the divisor, unlike JavaScript's `%` (see `fmod`).
 *
 * @example
 * await remainder([7, -7], 3).compute(); // [1. 2.]
 */
export const remainder: NumberBinaryFn = number2('remainder', 'remainder');

/**
 * As `remainder`.
 *
 * @example
 * await mod([7, -7], 3).compute(); // [1. 2.]
 */
export const mod: NumberBinaryFn = remainder;

/**
 * What is left over by a division rounded towards zero: it has the sign of the dividend, as JavaScript's `%`.
 *
 * @example
 * await fmod([7, -7], 3).compute(); // [1. -1.]
 */
export const fmod: NumberBinaryFn = number2('fmod', 'fmod');

/**
 * `x` to the power `y`. Powers of whole numbers stay whole and wrap around.
 *
 * @throws RangeError where whole numbers get a negative exponent, of an array when it is computed: convert them to floats first
 * @example
 * await power([1, 2, 3], 2).compute(); // [1. 4. 9.]
 */
export const power: NumberBinaryFn = ((x: ArrayInput, y: ArrayInput) => {
  const dtype = boolAsInt8(commonType([x, y]));
  if (isScalar(y) && kindOf(dtype) !== 'float' && Number(y) < 0)
    throw new RangeError(
      `power: whole numbers (${dtype}) to the negative power ${y} are not whole; use astype('float64') first`,
    );
  if (y === 2) return elementwise('power', [x], dtype, (e, [a]) => e.call('square', [a]));
  if (y === 0.5 && kindOf(dtype) === 'float')
    return elementwise('power', [x], dtype, (e, [a]) => e.call('sqrt', [a]));
  const exponents = isScalar(y) || kindOf(dtype) === 'float' ? y : notNegative(asarray(y), dtype);
  return elementwise('power', [x, exponents], dtype, (e, [a, b]) => e.call('power', [a, b]));
}) as NumberBinaryFn;

/** Exponents of whole numbers, which only computing can tell to be none. */
function notNegative(y: TileArray<DType>, dtype: DType): TileArray<DType> {
  if (kindOf(y.dtype) !== 'int') return y;
  const message = `power: whole numbers (${dtype}) to a negative power are not whole; use astype('float64') first`;
  return new TileArray(refuseNegativeNode(y.node, 'exponents', message));
}

/**
 * The bits of integers moved to the left.
 *
 * @throws TypeError of floats
 * @example
 * await leftShift([1n, 5n], 2n).compute(); // [4 20]
 */
export const leftShift: NumberBinaryFn = number2('left_shift', 'left_shift', shifting);

/**
 * The bits of integers moved to the right, the sign kept.
 *
 * @throws TypeError of floats
 * @example
 * await rightShift([4n, -8n], 1n).compute(); // [2 -4]
 */
export const rightShift: NumberBinaryFn = number2('right_shift', 'right_shift', shifting);
