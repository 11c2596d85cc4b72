/** Functions of one operand that keep its dtype. */
import { kindOf } from '../../kernels/dtype.js';
import type { ElementFn } from '../../kernels/spec.js';
import { asarray } from '../asarray.js';
import type { ArrayInput } from '../input.js';
import { notBool, type SameFn, same, same1, unary, whole } from './make.js';
import { commonType } from './operands.js';

/**
 * Each element with its sign changed. Unsigned integers wrap around.
 *
 * @throws TypeError of bool: use `logicalNot`
 * @example
 * await negative([1, -2]).compute(); // [-1. 2.]
 */
export const negative: SameFn = same1('negative', 'negative', notBool);

/**
 * Each element as it is.
 *
 * @throws TypeError of bool
 * @example
 * await positive([1, -2]).compute(); // [1. -2.]
 */
export const positive: SameFn = same1('positive', 'positive', notBool);

/**
 * Absolute value of each element. The least of a signed integer dtype has none and stays as it is.
 *
 * @example
 * await abs([1, -2]).compute(); // [1. 2.]
 */
export const abs: SameFn = ((x: ArrayInput) =>
  commonType([x]) === 'bool' ? asarray(x) : unary('abs', 'abs', same)(x)) as SameFn;

/**
 * -1, 0 or 1 by the sign of each element; NaN of NaN.
 *
 * @throws TypeError of bool
 * @example
 * await sign([-3, 0, 7]).compute(); // [-1. 0. 1.]
 */
export const sign: SameFn = same1('sign', 'sign', notBool);

/**
 * All bits of integers inverted; of bool, not.
 *
 * @throws TypeError of floats
 * @example
 * await invert([true, false]).compute(); // [False True]
 * await invert([0n, 5n]).compute(); // [-1 -6]
 */
export const invert: SameFn = same1('invert', 'invert', whole);

/** Rounding leaves whole numbers alone. */
const rounding = (label: string, fn: ElementFn): SameFn =>
  ((x: ArrayInput) =>
    kindOf(commonType([x])) === 'float' ? unary(label, fn, same)(x) : asarray(x)) as SameFn;

/**
 * The greatest whole number not above each element, in the same dtype.
 *
 * @example
 * await floor([1.7, -1.7]).compute(); // [1. -2.]
 */
export const floor: SameFn = rounding('floor', 'floor');

/**
 * The least whole number not below each element, in the same dtype.
 *
 * @example
 * await ceil([1.2, -1.2]).compute(); // [2. -1.]
 */
export const ceil: SameFn = rounding('ceil', 'ceil');

/**
 * Each element without its fraction, in the same dtype.
 *
 * @example
 * await trunc([1.7, -1.7]).compute(); // [1. -1.]
 */
export const trunc: SameFn = rounding('trunc', 'trunc');
