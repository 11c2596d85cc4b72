/** Reductions of one's own, as trees over the blocks. */
import { checkOptions } from '../../engine/known-options.js';
import type { FunctionOptions, ModuleFunction } from '../../graph/given-function.js';
import type { DType } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { normalizeAxes, requireKnown } from '../nodes/axes.js';
import { rechunkNode } from '../nodes/rechunk.js';
import { squeezeNode } from '../nodes/view.js';
import { type BlockFunction, ofBlocks } from './blocks.js';
import { resultType } from './result-type.js';

/** What `reduction` reduces, and how. */
export interface ReductionOptions<P extends DType = DType, D extends DType = DType> extends FunctionOptions {
  /** The axes that are reduced (default: all). */
  readonly axis?: number | readonly number[] | null;
  /** Whether reduced axes stay, of extent 1. */
  readonly keepdims?: boolean;
  /** Makes one partial result of several in a block, along the reduced axes; default: `aggregate` does it, and gives partial results itself. */
  readonly combine?: BlockFunction<readonly [TileArray<P>], P> | ModuleFunction;
  /** How many elements a partial result has for each lane, along the last reduced axis (default 1). */
  readonly partialSize?: number;
  /** dtype of partial results (default: the array's). */
  readonly partialDtype?: P;
  /** dtype of the result (default: that of partial results). */
  readonly dtype?: D;
  /** How many partial results become one at each step along an axis (default 8 altogether). */
  readonly splitEvery?: number;
}

/** So many partial results become one at a step, where nobody says how many. */
const FAN_IN = 8;

/**
 * A reduction by functions of one's own, which run in the threads on blocks, as in `mapBlocks`: `chunk` makes of each block a partial result, with 1 element along each
 * reduced axis (`partialSize` along the last); `combine` makes one of several that lie side by side in a block, step by step; `aggregate` the result of the last
 * ones, with 1 element along each reduced axis. Without `combine`, `aggregate` does both.
 *
 * @throws UnshippableFunctionError naming what a function uses and nothing provides; RangeError where an axis is out of bounds or holds no elements, or a size is no whole number;
 *   TypeError where partial results of several elements are not combined; Error where chunk sizes are unknown
 * @example
 * const largest = ({ data }: { readonly data: Float64Array }) => [Math.max(...data)];
 * await reduction(x.rechunk(1), largest, largest).compute(); // 5
 * const mean = reduction(
 *   x.rechunk(1),
 *   ({ data }) => [data.length, data.reduce((a, b) => a + b)],
 *   ({ data }) => {
 *     const add = (odd: number) => data.reduce((total, v, i) => (i % 2 === odd ? total + v : total), 0);
 *     return [add(1) / add(0)];
 *   },
 *   {
 *     partialSize: 2,
 *     combine: ({ data }) => {
 *       const add = (odd: number) => data.reduce((total, v, i) => (i % 2 === odd ? total + v : total), 0);
 *       return [add(0), add(1)];
 *     },
 *   },
 * );
 * await mean.compute(); // 2.5
 */
export function reduction<A extends ArrayInput, P extends DType = DTypeOf<A>, D extends DType = P>(
  x: A,
  chunk: BlockFunction<readonly [A], NoInfer<P>> | ModuleFunction,
  aggregate: BlockFunction<readonly [TileArray<P>], NoInfer<D>> | ModuleFunction,
  options: ReductionOptions<P, D> = {},
): TileArray<D> {
  checkOptions('reduction', options, [
    'axis',
    'keepdims',
    'combine',
    'partialSize',
    'partialDtype',
    'dtype',
    'splitEvery',
    'captured',
  ]);
  const array = asarray(x) as TileArray<DType>;
  requireKnown('reduction', array);
  const axes = normalizeAxes(options.axis, array.ndim, 'reduction');
  const empty = axes.find((a) => array.shape[a] === 0);
  if (empty !== undefined) throw new RangeError(`reduction: axis ${empty} holds no elements`);
  const { partialSize = 1, splitEvery, keepdims = false } = options;
  checkCount('partialSize', partialSize, 1);
  if (partialSize > 1 && options.combine === undefined)
    throw new TypeError('reduction: partial results of several elements need a function that combines them');
  if (splitEvery !== undefined) checkCount('splitEvery', splitEvery, 2);
  const partialDtype = resultType('reduction', { dtype: options.partialDtype as DType }, array.dtype);
  const captured = options.captured === undefined ? {} : { captured: options.captured };
  const last = axes[axes.length - 1];
  const step = (fn: unknown, from: TileArray<DType>, dtype: DType, size: number): TileArray<DType> => {
    const chunks = from.chunks.map((sizes, a) =>
      axes.includes(a) ? sizes.map(() => (a === last ? size : 1)) : sizes,
    );
    return ofBlocks('reduction', fn, [from], { ...captured, dtype, chunks });
  };
  let partial = step(chunk, array, partialDtype, partialSize);
  const each = splitEvery ?? Math.max(2, Math.floor(FAN_IN ** (1 / Math.max(1, axes.length))));
  while (axes.some((a) => partial.numBlocks[a] > each))
    partial = step(options.combine ?? aggregate, grouped(partial, axes, each), partialDtype, partialSize);
  const whole = grouped(partial, axes, Number.POSITIVE_INFINITY);
  const made = step(aggregate, whole, resultType('reduction', options, partialDtype), 1);
  return (keepdims ? made : new TileArray(squeezeNode(made.node, axes))) as TileArray<D>;
}

function checkCount(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least)
    throw new RangeError(`reduction: ${name} is a whole number of ${least} or more, not ${value}`);
}

/** Neighbouring blocks along axes, so many of them, as one. */
function grouped(x: TileArray<DType>, axes: readonly number[], count: number): TileArray<DType> {
  const chunks = x.chunks.map((sizes, a) => {
    if (!axes.includes(a)) return sizes;
    const by = Math.min(count, sizes.length);
    return Array.from({ length: Math.ceil(sizes.length / by) }, (_, g) =>
      sizes.slice(g * by, (g + 1) * by).reduce((p, q) => p + q, 0),
    );
  });
  return new TileArray(rechunkNode(x.node, chunks));
}
