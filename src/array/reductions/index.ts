/** Reductions over axes, as trees: folds within blocks, combinations of neighbours, and a last expression. */

export { all, any, max, min, nanmax, nanmin } from './extremes.js';
export type {
  AllAxes,
  AxisArgument,
  ExtremeFn,
  FixedReduceFn,
  FloatDType,
  MeanFn,
  MeanOptions,
  ReduceOptions,
  SumFn,
  SumOptions,
  VarFn,
  VarOptions,
} from './options.js';
export { argmax, argmin, nanargmax, nanargmin } from './positions.js';
export { nanstd, nanvar, std, variance } from './spread.js';
export { mean, nanmean, nanprod, nansum, prod, sum } from './totals.js';
