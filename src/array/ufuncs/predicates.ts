/** Tests of each element. */
import { kindOf } from '../../kernels/dtype.js';
import type { ElementFn } from '../../kernels/spec.js';
import { asarray } from '../asarray.js';
import type { ArrayInput } from '../input.js';
import type { TestFn } from './make.js';
import { commonType, elementwise } from './operands.js';

/** A float test; whole numbers answer without looking. */
const floatTest =
  (label: string, fn: ElementFn, ofWhole: boolean): TestFn =>
  (x) => {
    const dtype = commonType([x]);
    return elementwise(label, [x], dtype, (e, [a]) =>
      kindOf(dtype) === 'float' ? e.call(fn, [a], 'bool') : e.constant(ofWhole, 'bool'),
    );
  };

/**
 * Whether each element is NaN.
 *
 * @example
 * await isnan([1, NaN]).compute(); // [False True]
 */
export const isnan: TestFn = floatTest('isnan', 'isnan', false);

/**
 * Whether each element is infinite, of either sign.
 *
 * @example
 * await isinf([1, -Infinity]).compute(); // [False True]
 */
export const isinf: TestFn = floatTest('isinf', 'isinf', false);

/**
 * Whether each element is neither infinite nor NaN.
 *
 * @example
 * await isfinite([1, NaN, Infinity]).compute(); // [True False False]
 */
export const isfinite: TestFn = floatTest('isfinite', 'isfinite', true);

/**
 * Whether each element is negative, -0 included.
 *
 * @example
 * await signbit([1, -0, -2]).compute(); // [False True True]
 */
export const signbit: TestFn = (x: ArrayInput) => {
  const dtype = commonType([x]);
  return kindOf(dtype) === 'float'
    ? elementwise('signbit', [x], dtype, (e, [a]) => e.call('signbit', [a], 'bool'))
    : elementwise('signbit', [x], dtype, (e, [a]) => e.call('less', [a, e.constant(0, dtype)], 'bool'));
};

/**
 * Whether each element is zero.
 *
 * @example
 * await logicalNot([0, 1, 2]).compute(); // [True False False]
 */
export const logicalNot: TestFn = (x: ArrayInput) =>
  elementwise('logical_not', [asarray(x)], 'bool', (e, [a]) => e.call('invert', [a]));
