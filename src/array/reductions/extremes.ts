/** Least and greatest elements, and whether any or all are true. */
import { type DType, kindOf } from '../../kernels/dtype.js';
import type { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput } from '../input.js';
import {
  type AxisArgument,
  type ExtremeFn,
  type FixedReduceFn,
  optionsOf,
  type ReduceOptions,
} from './options.js';
import { refuseEmpty } from './refuse-empty.js';
import { cast, reduce } from './tree.js';

function extreme(
  label: 'min' | 'max',
  x: TileArray<DType>,
  options: ReduceOptions,
  nan = false,
): TileArray<DType> {
  const bool = x.dtype === 'bool';
  const plain = bool ? (label === 'min' ? 'all' : 'any') : label;
  const fold = nan && kindOf(x.dtype) === 'float' ? (`f${label}` as 'fmin' | 'fmax') : plain;
  return refuseEmpty(label, x, options, () =>
    reduce(x, options, {
      label: nan ? `nan${label}` : label,
      inputs: [x.operand],
      folds: [{ kind: 'fold', fold, node: 0, dtype: x.dtype }],
      finish: (_, [t]) => t,
    }),
  );
}

/**
 * Least element over `axis`, several axes or all; NaN where there is one.
 *
 * @throws RangeError where the axes hold no elements, or one is out of bounds
 * @example
 * await min(x).compute(); // 0
 * await min(x, 0).compute(); // [0. 1. 2.]
 */
export const min = ((x: ArrayInput, axis?: AxisArgument, keepdims?: boolean) =>
  extreme('min', asarray(x), optionsOf(axis, keepdims))) as unknown as ExtremeFn;

/**
 * Greatest element over `axis`, several axes or all; NaN where there is one.
 *
 * @throws RangeError where the axes hold no elements, or one is out of bounds
 * @example
 * await max(x).compute(); // 5
 * await max(x, 1).compute(); // [2. 5.]
 */
export const max = ((x: ArrayInput, axis?: AxisArgument, keepdims?: boolean) =>
  extreme('max', asarray(x), optionsOf(axis, keepdims))) as unknown as ExtremeFn;

/**
 * Least element that is not NaN; NaN where all are. Else as `min`.
 *
 * @example
 * await nanmin([2, NaN, 1]).compute(); // 1
 */
export const nanmin = ((x: ArrayInput, axis?: AxisArgument, keepdims?: boolean) =>
  extreme('min', asarray(x), optionsOf(axis, keepdims), true)) as unknown as ExtremeFn;

/**
 * Greatest element that is not NaN; NaN where all are. Else as `max`.
 *
 * @example
 * await nanmax([2, NaN, 1]).compute(); // 2
 */
export const nanmax = ((x: ArrayInput, axis?: AxisArgument, keepdims?: boolean) =>
  extreme('max', asarray(x), optionsOf(axis, keepdims), true)) as unknown as ExtremeFn;

function truth(fold: 'any' | 'all', x: TileArray<DType>, options: ReduceOptions): TileArray<DType> {
  return reduce(x, options, {
    label: fold,
    inputs: [cast(x, 'bool')],
    folds: [{ kind: 'fold', fold, node: 0, dtype: 'bool' }],
    finish: (_, [t]) => t,
  });
}

/**
 * Whether any element over `axis`, several axes or all is not zero (NaN is not); of no elements false.
 *
 * @example
 * await any([0, 0, 3]).compute(); // true
 */
export const any = ((x: ArrayInput, axis?: AxisArgument, keepdims?: boolean) =>
  truth('any', asarray(x), optionsOf(axis, keepdims))) as unknown as FixedReduceFn<'bool'>;

/**
 * Whether all elements over `axis`, several axes or all are not zero (NaN is not); of no elements true.
 *
 * @example
 * await all([0, 0, 3]).compute(); // false
 */
export const all = ((x: ArrayInput, axis?: AxisArgument, keepdims?: boolean) =>
  truth('all', asarray(x), optionsOf(axis, keepdims))) as unknown as FixedReduceFn<'bool'>;
