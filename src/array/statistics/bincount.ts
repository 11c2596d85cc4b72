import { checkOptions } from '../../engine/known-options.js';
import { type DType, itemsize } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import { full, zeros } from '../creation/filled.js';
import { arange } from '../creation/sequences.js';
import { get } from '../indexing/indexing.js';
import type { ArrayInput } from '../input.js';
import { concatenate } from '../joining/concatenate.js';
import { requireKnown } from '../nodes/axes.js';
import { boundsOf, makeNode, type TasksNode } from '../nodes/node.js';
import { rechunkNode } from '../nodes/rechunk.js';
import { workOf } from '../nodes/work.js';
import { max, sum } from '../reductions/index.js';
import { lessEqual } from '../ufuncs/index.js';

/** What each element counts in `bincount`, and how many bins there are. */
export interface BincountOptions {
  /** The length of the result, where it is to be known. */
  readonly minlength?: number;
  /** What each element counts. */
  readonly weights?: ArrayInput;
}

/** How many bins there are at most where nobody says how many: those of 16 bits. */
const MOST = 2 ** 16;

/**
 * How often each whole number from 0 on occurs in a vector, as int64; or the sum of its weights, as float64. The result is one longer than the
 * greatest element, which is known once computed (see `computeChunkSizes`), and may be 65535 then; with a `minlength` it has that length, and
 * greater elements are refused.
 *
 * @throws RangeError where the array or its weights are no vector, or of unequal lengths, or `minlength` is no whole number of 0 or more; Error where
 *   weights are given for unknown chunk sizes. When computed, TaskError for elements that are negative, no whole numbers, or too great
 * @example
 * await bincount([0, 1, 1, 3]).compute(); // [1 2 0 1]
 * await bincount([0, 1, 1], { minlength: 4, weights: [0.5, 1, 2] }).compute(); // [0.5 3. 0. 0.]
 */
export function bincount(
  x: ArrayInput,
  options: BincountOptions & { readonly weights: ArrayInput },
): TileArray<'float64'>;
export function bincount(
  x: ArrayInput,
  options?: BincountOptions & { readonly weights?: undefined },
): TileArray<'int64'>;
export function bincount(x: ArrayInput, options: BincountOptions = {}): TileArray<DType> {
  checkOptions('bincount', options, ['minlength', 'weights']);
  const { minlength = 0, weights } = options;
  const array = asarray(x) as TileArray<DType>;
  if (array.ndim !== 1)
    throw new RangeError(`bincount: a vector is needed, not an array of ${array.ndim} axes`);
  if (!Number.isSafeInteger(minlength) || minlength < 0)
    throw new RangeError(`bincount: minlength is a whole number of 0 or more, not ${minlength}`);
  const weighing = weights === undefined ? undefined : weightsOf(weights, array);
  const dtype: DType = weighing ? 'float64' : 'int64';
  if (array.size === 0) return zeros(minlength, { dtype });
  const length = minlength || (itemsize(array.dtype) === 1 ? 2 ** 8 : MOST);
  const counts = sum(countsOf(array, weighing, length), 0).astype(dtype) as TileArray<DType>;
  return minlength ? counts : (get(counts, lessEqual(arange(length), greatest(array))) as TileArray<DType>);
}

/** The greatest element; -1 where there are none, as there may be of a selection. */
function greatest(x: TileArray<DType>): TileArray<DType> {
  const wide = x.astype('float64') as TileArray<DType>;
  return max(x.isKnown ? wide : concatenate([wide, full(1, -1)])) as TileArray<DType>;
}

function weightsOf(given: ArrayInput, x: TileArray<DType>): TileArray<DType> {
  const weights = asarray(given) as TileArray<DType>;
  requireKnown('bincount', x, weights);
  if (weights.ndim !== 1 || weights.size !== x.size)
    throw new RangeError(`bincount: weights of shape [${weights.shape.join(', ')}] for ${x.size} elements`);
  return new TileArray(rechunkNode(weights.astype('float64').node, x.chunks));
}

/** For each block a row of counts. */
function countsOf(
  x: TileArray<DType>,
  weights: TileArray<DType> | undefined,
  length: number,
): TileArray<'float64'> {
  const nodes = [x.node, ...(weights ? [weights.node] : [])];
  const [bounds] = boundsOf(x.node);
  return new TileArray(
    makeNode<TasksNode>('bincount', length, {
      kind: 'tasks',
      parts: ['float64'],
      chunks: [bounds.map(() => 1), [length]],
      inputs: nodes.map((node) => ({ node, part: 0 })),
      task: ([block], key, emit) => {
        const out = [{ dtype: 'float64', shape: [1, length] }] as const;
        return {
          key,
          op: 'array/bincount',
          inputs: nodes.map((node) => emit.keyOf(node, [block])),
          params: null,
          common: null,
          out,
          work: workOf(bounds[block], 4, out),
        };
      },
    }),
  );
}
