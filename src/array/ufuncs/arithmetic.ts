/** Functions of two operands whose result has their promoted dtype. Shapes broadcast; integers wrap around. */
import type { ElementFn } from '../../kernels/spec.js';
import type { ArrayInput } from '../input.js';
import { arithmetic2, type BinaryFn, notBool, whole } from './make.js';
import { commonType, elementwise } from './operands.js';

/** Another function where both operands are bool. */
const boolAs = (label: string, fn: ElementFn, ofBool: ElementFn): BinaryFn =>
  ((x: ArrayInput, y: ArrayInput) => {
    const dtype = commonType([x, y]);
    return elementwise(label, [x, y], dtype, (e, [a, b]) => e.call(dtype === 'bool' ? ofBool : fn, [a, b]));
  }) as BinaryFn;

/**
 * Sums of elements; of bool, or.
 *
 * @throws RangeError where shapes do not broadcast, or a whole number does not fit the array's integer dtype
 * @example
 * await add([1, 2, 3], 10).compute(); // [11. 12. 13.]
 */
export const add: BinaryFn = boolAs('add', 'add', 'bitwise_or');

/**
 * Differences of elements.
 *
 * @throws TypeError of bool: use `logicalXor`
 * @example
 * await subtract([1, 2, 3], 1).compute(); // [0. 1. 2.]
 */
export const subtract: BinaryFn = arithmetic2('subtract', 'subtract', notBool);

/**
 * Products of elements; of bool, and. For matrix products see `matmul`.
 *
 * @example
 * await multiply([1, 2, 3], [3, 2, 1]).compute(); // [3. 4. 3.]
 */
export const multiply: BinaryFn = boolAs('multiply', 'multiply', 'bitwise_and');

/**
 * The lesser of two elements; NaN where either is.
 *
 * @example
 * await minimum([1, 5, NaN], 3).compute(); // [1. 3. nan]
 */
export const minimum: BinaryFn = boolAs('minimum', 'minimum', 'bitwise_and');

/**
 * The greater of two elements; NaN where either is.
 *
 * @example
 * await maximum([1, 5, NaN], 3).compute(); // [3. 5. nan]
 */
export const maximum: BinaryFn = boolAs('maximum', 'maximum', 'bitwise_or');

/**
 * The lesser of two elements; where one is NaN, the other.
 *
 * @example
 * await fmin([1, 5, NaN], 3).compute(); // [1. 3. 3.]
 */
export const fmin: BinaryFn = boolAs('fmin', 'fmin', 'bitwise_and');

/**
 * The greater of two elements; where one is NaN, the other.
 *
 * @example
 * await fmax([1, 5, NaN], 3).compute(); // [3. 5. 3.]
 */
export const fmax: BinaryFn = boolAs('fmax', 'fmax', 'bitwise_or');

/**
 * And of all bits of integers, or of bools.
 *
 * @throws TypeError of floats
 * @example
 * await bitwiseAnd([6n, 5n], 3n).compute(); // [2 1]
 */
export const bitwiseAnd: BinaryFn = arithmetic2('bitwise_and', 'bitwise_and', whole);

/**
 * Or of all bits of integers, or of bools.
 *
 * @throws TypeError of floats
 * @example
 * await bitwiseOr([6n, 5n], 3n).compute(); // [7 7]
 */
export const bitwiseOr: BinaryFn = arithmetic2('bitwise_or', 'bitwise_or', whole);

/**
 * Exclusive or of all bits of integers, or of bools.
 *
 * @throws TypeError of floats
 * @example
 * await bitwiseXor([6n, 5n], 3n).compute(); // [5 6]
 */
export const bitwiseXor: BinaryFn = arithmetic2('bitwise_xor', 'bitwise_xor', whole);
