import { checkOptions } from '../../engine/known-options.js';
import type { DType } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import { diff } from '../calculus/scans.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { type ArrayNode, boundsOf, makeNode, type TasksNode } from '../nodes/node.js';
import { rechunkNode } from '../nodes/rechunk.js';
import { workOf } from '../nodes/work.js';
import { sum } from '../reductions/index.js';
import { ravel } from '../shape/reshape.js';
import * as ufuncs from '../ufuncs/index.js';
import { type EdgesOf, edgesOf } from './edges.js';

/** The bins of `histogram`, and how elements count. */
export interface HistogramOptions {
  /** How many bins of one width (default 10), or the edges of bins in ascending order. */
  readonly bins?: number | readonly number[];
  /** Where bins begin and end (default: the least and greatest element). */
  readonly range?: readonly [number, number];
  /** What each element counts. */
  readonly weights?: ArrayInput;
  /** Whether counts become a density, whose integral is 1. */
  readonly density?: boolean;
}

/**
 * How many elements lie in each bin, and the edges of the bins. The last bin has its upper edge, the others do not; what lies in no bin, and NaN, is
 * not counted. Counts are int64, float64 of weights and densities; edges float64, of float32 elements float32 unless they are given.
 *
 * @throws RangeError where there is no bin, edges do not ascend, or a range is none; when it is computed where there are no elements
 *   or some are not finite, and no range is given; Error where chunk sizes of an array of several axes are unknown
 * @example
 * const [counts, edges] = histogram([1, 2, 2, 4], { bins: 3 });
 * await counts.compute(); // [1 2 1]
 * await edges.compute(); // [1. 2. 3. 4.]
 */
export function histogram<A extends ArrayInput>(
  x: A,
  options: HistogramOptions = {},
): readonly [counts: TileArray<'int64' | 'float64'>, edges: TileArray<EdgesOf<DTypeOf<A>>>] {
  const array = ravel(asarray(x)) as TileArray<DType>;
  checkOptions('histogram', options, ['bins', 'range', 'weights', 'density']);
  const { density = false } = options;
  const weights = options.weights === undefined ? undefined : weightsOf(options.weights, asarray(x));
  const ranged = array.dtype === 'float32' ? 'float32' : 'float64';
  const edges = edgesOf('histogram', array, options.bins, options.range, ranged);
  const partial = new TileArray<DType>(countsNode(array, weights, edges.node, edges.size - 1));
  const counts = sum(partial, 0) as TileArray<DType>;
  if (!density) return [counts as TileArray<'int64' | 'float64'>, edges as TileArray<EdgesOf<DTypeOf<A>>>];
  const shares = ufuncs.divide(ufuncs.divide(counts, diff(edges)), sum(counts));
  return [shares as unknown as TileArray<'float64'>, edges as TileArray<EdgesOf<DTypeOf<A>>>];
}

function weightsOf(given: ArrayInput, x: TileArray<DType>): TileArray<DType> {
  const weights = asarray(given) as TileArray<DType>;
  if (weights.ndim !== x.ndim || weights.shape.some((n, a) => !Object.is(n, x.shape[a])))
    throw new RangeError(
      `histogram: weights of shape [${weights.shape.join(', ')}] for an array of shape [${x.shape.join(', ')}]`,
    );
  return ravel(weights).astype('float64') as TileArray<DType>;
}

/** For each block a row of counts. */
function countsNode(
  x: TileArray<DType>,
  weights: TileArray<DType> | undefined,
  edges: ArrayNode,
  bins: number,
): ArrayNode {
  const dtype: DType = weights ? 'float64' : 'int64';
  const weighing = weights && rechunkNode(weights.node, x.chunks);
  const [bounds] = boundsOf(x.node);
  const nodes = [x.node, edges, ...(weighing ? [weighing] : [])];
  return makeNode<TasksNode>('histogram', bins, {
    kind: 'tasks',
    parts: [dtype],
    chunks: [bounds.map(() => 1), [bins]],
    inputs: nodes.map((node) => ({ node, part: 0 })),
    task: ([block], key, emit) => {
      const out = [{ dtype, shape: [1, bins] }];
      return {
        key,
        op: 'array/histogram',
        inputs: nodes.map((node) => emit.keyOf(node, node === edges ? [0] : [block])),
        params: null,
        common: null,
        out,
        work: workOf(bounds[block], 4 + Math.ceil(Math.log2(bins + 1)), out),
      };
    },
  });
}
