/** Functions of one operand that keep its dtype, counting bool as int8. */
import { type NumberFn, number1 } from './make.js';

/**
 * Each element times itself. Integers wrap around.
 *
 * @example
 * await square([2, -3]).compute(); // [4. 9.]
 */
export const square: NumberFn = number1('square', 'square');

/**
 * 1 divided by each element, in the same dtype: whole numbers greater than 1 give 0.
 *
 * @example
 * await reciprocal([2, 4]).compute(); // [0.5 0.25]
 */
export const reciprocal: NumberFn = number1('reciprocal', 'reciprocal');
