/** Positions of the least and greatest elements. */
import { type DType, kindOf } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput } from '../input.js';
import { normalizeAxes } from '../nodes/axes.js';
import { isKnown } from '../nodes/chunks.js';
import { mapNode } from '../nodes/elementwise.js';
import { iotaNode } from '../nodes/iota.js';
import type { Operand } from '../nodes/node.js';
import { refuseNegativeNode } from '../nodes/refuse-outside.js';
import { type AxisArgument, type FixedReduceFn, optionsOf, type ReduceOptions } from './options.js';
import { refuseEmpty } from './refuse-empty.js';
import { cast, reduce, whole } from './tree.js';

type ArgFold = 'argmin' | 'argmax' | 'nanargmin' | 'nanargmax';

function position(fold: ArgFold, x: TileArray<DType>, options: ReduceOptions): TileArray<DType> {
  if (Array.isArray(options.axis))
    throw new TypeError(`${fold} takes one axis, or none for the position in the flattened array`);
  const value = x.dtype === 'bool' ? cast(x, 'uint8') : x.operand;
  const index = flatIndex(fold, x, normalizeAxes(options.axis, x.ndim, fold));
  const found = refuseEmpty(fold, x, options, () =>
    reduce(x, options, {
      label: fold,
      inputs: [value, index],
      folds: [{ kind: 'fold', fold, node: 0, index: 1, dtype: value.node.parts[value.part] }],
      finish: (_, [, at]) => at,
    }),
  );
  const mayMiss = fold.startsWith('nan') && kindOf(x.dtype) === 'float';
  return mayMiss
    ? new TileArray(refuseNegativeNode(found.node, fold, `${fold}: a slice holds nothing but NaN`))
    : found;
}

/** For each element, its position within the reduced axes in C order. */
function flatIndex(label: string, x: TileArray<DType>, axes: readonly number[]): Operand {
  if (!isKnown(axes.map((a) => x.chunks[a])))
    throw new Error(`${label}: the axis has unknown chunk sizes; call computeChunkSizes() first`);
  const iotas = axes.map((axis): Operand => ({ node: iotaNode(x.chunks, axis), part: 0 }));
  if (axes.length === 0) return whole(mapNode('index', [x.operand], (e) => e.constant(0, 'int64')));
  if (axes.length === 1) return iotas[0];
  return whole(
    mapNode('index', iotas, (e, terms) =>
      terms.reduce((flat, t, k) =>
        e.call('add', [e.call('multiply', [flat, e.constant(x.shape[axes[k]], 'int64')]), t]),
      ),
    ),
  );
}

const argFn = (fold: ArgFold) =>
  ((x: ArrayInput, axis?: AxisArgument, keepdims?: boolean) =>
    position(fold, asarray(x), optionsOf(axis, keepdims))) as unknown as FixedReduceFn<'int64'>;

/**
 * Position of the first least element along `axis`, or in the flattened array; NaN counts as least.
 *
 * @throws TypeError where several axes are named; RangeError where the axis holds no elements
 * @example
 * await argmin([3, 1, 1]).compute(); // 1
 * await argmin(x, 1).compute(); // [0 0]
 */
export const argmin: FixedReduceFn<'int64'> = argFn('argmin');

/**
 * Position of the first greatest element along `axis`, or in the flattened array; NaN counts as greatest.
 *
 * @throws TypeError where several axes are named; RangeError where the axis holds no elements
 * @example
 * await argmax([3, 1, NaN]).compute(); // 2
 * await argmax(x, 0).compute(); // [1 1 1]
 */
export const argmax: FixedReduceFn<'int64'> = argFn('argmax');

/**
 * Position of the first least element that is not NaN. Computing it fails where all are NaN.
 *
 * @throws TypeError where several axes are named; RangeError where the axis holds no elements
 * @example
 * await nanargmin([NaN, 2, 1]).compute(); // 2
 * await nanargmin([NaN, NaN]).compute(); // throws NaN
 */
export const nanargmin: FixedReduceFn<'int64'> = argFn('nanargmin');

/**
 * Position of the first greatest element that is not NaN. Computing it fails where all are NaN.
 *
 * @throws TypeError where several axes are named; RangeError where the axis holds no elements
 * @example
 * await nanargmax([NaN, 2, 1]).compute(); // 1
 */
export const nanargmax: FixedReduceFn<'int64'> = argFn('nanargmax');
