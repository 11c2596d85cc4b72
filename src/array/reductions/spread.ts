/** Variances and standard deviations. */
import { type DType, kindOf } from '../../kernels/dtype.js';
import type { Fold } from '../../kernels/spec.js';
import type { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput } from '../input.js';
import type { Expression, Term } from '../nodes/expression.js';
import { type AxisArgument, optionsOf, type VarFn, type VarOptions } from './options.js';
import { meanType, sumFold } from './totals.js';
import { cast, countOf, reduce } from './tree.js';

type VarArgument = AxisArgument<VarOptions>;

function spread(label: 'var' | 'std', x: TileArray<DType>, options: VarOptions): TileArray<DType> {
  const n = countOf(x, options, label);
  const ddof = options.ddof ?? 0;
  const input = cast(x, 'float64');
  const moments: Fold = { kind: 'fold', fold: 'moments', node: 0, dtype: 'float64' };
  const counted: Fold = { kind: 'fold', fold: 'nanmoments', node: 0, dtype: 'float64' };
  const dtype = meanType(label, x, options);
  const root = (e: Expression, v: Term) => e.cast(label === 'std' ? e.call('sqrt', [v]) : v, dtype);
  if (n !== undefined)
    return reduce(x, options, {
      label,
      inputs: [input],
      folds: [moments],
      finish: (e, [, m2]) => root(e, e.call('divide', [m2, e.constant(Math.max(n - ddof, 0), 'float64')])),
    });
  // Sizes unknown: the elements are counted with them, and a NaN sum brings NaN back in.
  return reduce(x, options, {
    label,
    inputs: [input],
    folds: [counted, sumFold(0)],
    finish: (e, [count, , m2, plain]) => {
      const zero = e.constant(0, 'float64');
      const divisor = e.call('maximum', [e.call('subtract', [count, e.constant(ddof, 'float64')]), zero]);
      return root(e, e.call('add', [e.call('divide', [m2, divisor]), e.call('multiply', [plain, zero])]));
    },
  });
}

/**
 * Variance over `axis`, several axes or all: the mean squared deviation from the mean, in the dtypes of `mean`. With `ddof` the
 * divisor is so much less than the number of elements. Accurate where the mean is much larger than the deviation.
 *
 * @throws RangeError where an axis is out of bounds or named twice; TypeError where `dtype` is no float one
 * @example
 * await variance([1, 2, 3, 4]).compute(); // 1.25
 * await variance([1, 2, 3, 4], { ddof: 1 }).compute(); // 1.6666666666666667
 */
export const variance = ((x: ArrayInput, axis?: VarArgument, keepdims?: boolean) =>
  spread('var', asarray(x), optionsOf(axis, keepdims))) as unknown as VarFn;

/**
 * Standard deviation: the square root of the variance. See `variance`.
 *
 * @example
 * await std([1, 3]).compute(); // 1
 */
export const std = ((x: ArrayInput, axis?: VarArgument, keepdims?: boolean) =>
  spread('std', asarray(x), optionsOf(axis, keepdims))) as unknown as VarFn;

function nanspread(label: 'var' | 'std', x: TileArray<DType>, options: VarOptions): TileArray<DType> {
  if (kindOf(x.dtype) !== 'float') return spread(label, x, options);
  const dtype = meanType(label, x, options);
  return reduce(x, options, {
    label: `nan${label}`,
    inputs: [cast(x, 'float64')],
    folds: [{ kind: 'fold', fold: 'nanmoments', node: 0, dtype: 'float64' }],
    finish: (e, [count, , m2]) => {
      const degrees = e.call('subtract', [count, e.constant(options.ddof ?? 0, 'float64')]);
      const enough = e.call('greater', [degrees, e.constant(0, 'float64')], 'bool');
      const value = e.call('where', [
        enough,
        e.call('divide', [m2, degrees]),
        e.constant(Number.NaN, 'float64'),
      ]);
      return e.cast(label === 'std' ? e.call('sqrt', [value]) : value, dtype);
    },
  });
}

/**
 * Variance of elements that are not NaN; NaN where no more than `ddof` are left. Else as `variance`.
 *
 * @example
 * await nanvar([1, NaN, 3]).compute(); // 1
 */
export const nanvar = ((x: ArrayInput, axis?: VarArgument, keepdims?: boolean) =>
  nanspread('var', asarray(x), optionsOf(axis, keepdims))) as unknown as VarFn;

/**
 * Standard deviation of elements that are not NaN. See `nanvar`.
 *
 * @example
 * await nanstd([1, NaN, 3]).compute(); // 1
 */
export const nanstd = ((x: ArrayInput, axis?: VarArgument, keepdims?: boolean) =>
  nanspread('std', asarray(x), optionsOf(axis, keepdims))) as unknown as VarFn;
