/** Sums, products and means. */
import { type DType, isDType, kindOf } from '../../kernels/dtype.js';
import type { Fold } from '../../kernels/spec.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput } from '../input.js';
import { mapNode } from '../nodes/elementwise.js';
import type { Operand } from '../nodes/node.js';
import { meanOf, sumOf } from '../nodes/promote.js';
import { elementwise } from '../ufuncs/operands.js';
import {
  type AxisArgument,
  type MeanFn,
  type MeanOptions,
  optionsOf,
  type SumFn,
  type SumOptions,
} from './options.js';
import { cast, countOf, reduce, whole } from './tree.js';

type SumArgument = AxisArgument<SumOptions>;
type MeanArgument = AxisArgument<MeanOptions>;

/** float32 adds up in float64, so that long sums are no worse than NumPy's. */
const accumulator = (dtype: DType): DType => (dtype === 'float32' ? 'float64' : dtype);

function total(label: 'sum' | 'prod', x: TileArray<DType>, options: SumOptions): TileArray<DType> {
  if (options.dtype !== undefined && !isDType(options.dtype))
    throw new TypeError(`${label}: ${String(options.dtype)} is not a dtype`);
  const dtype = options.dtype ?? sumOf(x.dtype);
  const inner = accumulator(dtype);
  const input = cast(options.dtype ? new TileArray(cast(x, dtype).node) : x, inner);
  return reduce(x, options, {
    label,
    inputs: [input],
    folds: [{ kind: 'fold', fold: label, node: 0, dtype: inner }],
    finish: (e, [t]) => e.cast(t, dtype),
  });
}

/**
 * Sum of elements over `axis`, several axes or all; of no elements 0. Whole numbers and bool add up in int64 or uint64, and
 * wrap around there; float32 adds up in float64 and comes back as float32.
 *
 * @throws RangeError where an axis is out of bounds or named twice
 * @example
 * await sum(x).compute(); // 15
 * await sum(x, 0).compute(); // [3. 5. 7.]
 * await sum(x, { axis: [0, 1], keepdims: true }).compute(); // [[15.]]
 */
export const sum = ((x: ArrayInput, axis?: SumArgument, keepdims?: boolean) =>
  total('sum', asarray(x), optionsOf(axis, keepdims))) as unknown as SumFn;

/**
 * Product of elements over `axis`, several axes or all, in the dtypes of `sum`; of no elements 1.
 *
 * @throws RangeError where an axis is out of bounds or named twice
 * @example
 * await prod([2, 3, 4]).compute(); // 24
 */
export const prod = ((x: ArrayInput, axis?: SumArgument, keepdims?: boolean) =>
  total('prod', asarray(x), optionsOf(axis, keepdims))) as unknown as SumFn;

export function meanType(label: string, x: TileArray<DType>, { dtype }: MeanOptions): DType {
  if (dtype !== undefined && dtype !== 'float32' && dtype !== 'float64')
    throw new TypeError(`${label}: dtype ${String(dtype)} must be float32 or float64`);
  return dtype ?? meanOf(x.dtype);
}

export const sumFold = (node: number): Fold => ({ kind: 'fold', fold: 'sum', node, dtype: 'float64' });

const onesLike = (x: TileArray<DType>): Operand =>
  whole(mapNode('ones', [x.operand], (e) => e.constant(1, 'float64')));

/**
 * Arithmetic mean over `axis`, several axes or all: float64, or float32 of float32. Of no elements NaN.
 *
 * @throws RangeError where an axis is out of bounds or named twice; TypeError where `dtype` is no float one
 * @example
 * await mean(x).compute(); // 2.5
 * await mean(x, 1).compute(); // [1. 4.]
 */
export const mean = ((x: ArrayInput, axis?: MeanArgument, keepdims?: boolean) => {
  const array = asarray(x);
  const options = optionsOf(axis, keepdims);
  const n = countOf(array, options, 'mean');
  const dtype = meanType('mean', array, options);
  const input = cast(array, 'float64');
  const counted = n === undefined ? [onesLike(array)] : [];
  return reduce(array, options, {
    label: 'mean',
    inputs: [input, ...counted],
    folds: [sumFold(0), ...counted.map((_, k) => sumFold(k + 1))],
    finish: (e, [t, count]) => e.cast(e.call('divide', [t, count ?? e.constant(n!, 'float64')]), dtype),
  });
}) as unknown as MeanFn;

/** The array with NaN replaced, so that plain folds pass over it. */
function without(x: TileArray<DType>, value: number): TileArray<DType> {
  if (kindOf(x.dtype) !== 'float') return x;
  return elementwise('nan_to', [x], x.dtype, (e, [a]) =>
    e.call('where', [e.isnan(a), e.constant(value, x.dtype), a]),
  );
}

/**
 * Sum of elements that are not NaN; 0 where all are. Else as `sum`.
 *
 * @example
 * await nansum([1, NaN, 3]).compute(); // 4
 */
export const nansum = ((x: ArrayInput, axis?: SumArgument, keepdims?: boolean) =>
  total('sum', without(asarray(x), 0), optionsOf(axis, keepdims))) as unknown as SumFn;

/**
 * Product of elements that are not NaN; 1 where all are. Else as `prod`.
 *
 * @example
 * await nanprod([2, NaN, 3]).compute(); // 6
 */
export const nanprod = ((x: ArrayInput, axis?: SumArgument, keepdims?: boolean) =>
  total('prod', without(asarray(x), 1), optionsOf(axis, keepdims))) as unknown as SumFn;

/**
 * Mean of elements that are not NaN; NaN where all are. Else as `mean`.
 *
 * @example
 * await nanmean([1, NaN, 3]).compute(); // 2
 */
export const nanmean = ((x: ArrayInput, axis?: MeanArgument, keepdims?: boolean) => {
  const array = asarray(x);
  if (kindOf(array.dtype) !== 'float') return mean(array, axis, keepdims);
  const options = optionsOf(axis, keepdims);
  const dtype = meanType('nanmean', array, options);
  const valid = mapNode('valid', [array.operand], (e, [a]) =>
    e.cast(e.call('invert', [e.isnan(a)], 'bool'), 'float64'),
  );
  return reduce(array, options, {
    label: 'nanmean',
    inputs: [cast(without(array, 0), 'float64'), { node: valid, part: 0 }],
    folds: [sumFold(0), sumFold(1)],
    finish: (e, [t, count]) => e.cast(e.call('divide', [t, count]), dtype),
  });
}) as unknown as MeanFn;
