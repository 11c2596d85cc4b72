/** Comparisons and logic of two operands: bool. Shapes broadcast. */
import { kindOf } from '../../kernels/dtype.js';
import type { ElementFn } from '../../kernels/spec.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput } from '../input.js';
import { mapNode } from '../nodes/elementwise.js';
import { fits } from '../nodes/promote.js';
import { binary, type CompareFn, same } from './make.js';
import { elementwise, isScalar } from './operands.js';

const FLIPPED: { readonly [fn: string]: ElementFn } = {
  less: 'greater',
  less_equal: 'greater_equal',
  greater: 'less',
  greater_equal: 'less_equal',
  equal: 'equal',
  not_equal: 'not_equal',
};

const compare =
  (fn: ElementFn): CompareFn =>
  (x, y) => {
    const exact = compareWithScalar(fn, x, y) ?? compareWithScalar(FLIPPED[fn], y, x);
    if (exact) return exact;
    const mixed = [x, y].map((v) => (isScalar(v) ? undefined : asarray(v).dtype));
    if (mixed.includes('uint64') && mixed.some((d) => d && kindOf(d) === 'int'))
      return compareMixed(fn, x, y);
    return binary(fn, fn, same, 'bool')(x, y) as TileArray<'bool'>;
  };

/** A whole number outside an integer dtype's range compares by its true value, as NumPy 2 has it. */
function compareWithScalar(fn: ElementFn, x: ArrayInput, y: ArrayInput): TileArray<'bool'> | undefined {
  if (isScalar(x) || !isScalar(y)) return undefined;
  const array = asarray(x);
  if (fits(y, array.dtype)) return undefined;
  const answer = fn === 'not_equal' || (Number(y) > 0 ? fn.startsWith('less') : fn.startsWith('greater'));
  return elementwise(fn, [array], array.dtype, (e) => e.constant(answer, 'bool'));
}

/** uint64 beside a signed integer: compared by value, not as float64. */
function compareMixed(fn: ElementFn, x: ArrayInput, y: ArrayInput): TileArray<'bool'> {
  const [a, b] = [asarray(x), asarray(y)];
  const node = mapNode(fn, [a.operand, b.operand], (e, terms) => {
    const signedFirst = kindOf(a.dtype) === 'int';
    const signed = e.cast(terms[signedFirst ? 0 : 1], 'int64');
    const negative = e.call('less', [signed, e.constant(0, 'int64')], 'bool');
    const both = terms.map((t) => e.cast(t, 'uint64'));
    const answer = fn === 'not_equal' || fn.startsWith(signedFirst ? 'less' : 'greater');
    return e.call('where', [negative, e.constant(answer, 'bool'), e.call(fn, both, 'bool')], 'bool');
  });
  return new TileArray<'bool'>(node);
}

/**
 * Whether elements are equal; NaN equals nothing. For floats see `isclose`.
 *
 * @example
 * await equal([1, 2, NaN], [1, 3, NaN]).compute(); // [True False False]
 */
export const equal: CompareFn = compare('equal');

/**
 * Whether elements differ.
 *
 * @example
 * await notEqual([1, 2, NaN], [1, 3, NaN]).compute(); // [False True True]
 */
export const notEqual: CompareFn = compare('not_equal');

/**
 * `x < y`.
 *
 * @example
 * await less([1, 2, 3], 2).compute(); // [True False False]
 */
export const less: CompareFn = compare('less');

/**
 * `x <= y`.
 *
 * @example
 * await lessEqual([1, 2, 3], 2).compute(); // [True True False]
 */
export const lessEqual: CompareFn = compare('less_equal');

/**
 * `x > y`.
 *
 * @example
 * await greater([1, 2, 3], 2).compute(); // [False False True]
 */
export const greater: CompareFn = compare('greater');

/**
 * `x >= y`.
 *
 * @example
 * await greaterEqual([1, 2, 3], 2).compute(); // [False True True]
 */
export const greaterEqual: CompareFn = compare('greater_equal');

const logical =
  (label: string, fn: ElementFn): CompareFn =>
  (x, y) =>
    elementwise(label, [asarray(x), asarray(y)], 'bool', (e, [a, b]) => e.call(fn, [a, b]));

/**
 * Whether both elements are not zero.
 *
 * @example
 * await logicalAnd([0, 1, 2], [1, 1, 0]).compute(); // [False True False]
 */
export const logicalAnd: CompareFn = logical('logical_and', 'bitwise_and');

/**
 * Whether one or both elements are not zero.
 *
 * @example
 * await logicalOr([0, 1, 2], [0, 1, 0]).compute(); // [False True True]
 */
export const logicalOr: CompareFn = logical('logical_or', 'bitwise_or');

/**
 * Whether exactly one of the two elements is not zero.
 *
 * @example
 * await logicalXor([0, 1, 2], [0, 1, 0]).compute(); // [False False True]
 */
export const logicalXor: CompareFn = logical('logical_xor', 'bitwise_xor');
