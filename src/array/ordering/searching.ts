/** Where elements belong in a list in ascending order. */
import { checkOptions } from '../../engine/known-options.js';
import type { DType, TypedArray } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput } from '../input.js';
import { inOneBlock } from '../mapping/lanes.js';
import { isKnown, product } from '../nodes/chunks.js';
import { type ArrayNode, boundShape, boundsOf, makeNode, type TasksNode } from '../nodes/node.js';
import { workOf } from '../nodes/work.js';
import type { SearchCommon } from '../ops/searchsorted.js';
import { subtract } from '../ufuncs/index.js';

/** Where `searchsorted` finds a place among equals. */
export interface SearchOptions {
  /** Before the first element that is not less (`'left'`, the default), or behind the last that is not greater. */
  readonly side?: 'left' | 'right';
}

/**
 * For each element of `v`, before which element of the vector `a` it belongs, so that the order is kept. `a` is in ascending order, NaN
 * last, and comes into one block; `v` has any shape.
 *
 * @throws RangeError where `a` is no vector; TypeError where `side` is none; Error where `a` has several blocks of unknown sizes
 * @example
 * await searchsorted([1, 2, 2, 3], [0, 2, 9]).compute(); // [0 1 4]
 * await searchsorted([1, 2, 2, 3], 2, { side: 'right' }).compute(); // 3
 */
export function searchsorted(a: ArrayInput, v: ArrayInput, options: SearchOptions = {}): TileArray<'int64'> {
  checkOptions('searchsorted', options, ['side']);
  const { side = 'left' } = options;
  const [sorted, wanted] = [asarray(a) as TileArray<DType>, asarray(v) as TileArray<DType>];
  if (sorted.ndim !== 1)
    throw new RangeError(`searchsorted: a vector is needed, not an array of ${sorted.ndim} axes`);
  if (side !== 'left' && side !== 'right')
    throw new TypeError(`searchsorted: side is 'left' or 'right', not ${String(side)}`);
  const whole = sorted.chunks[0].length === 1 ? sorted : inOneBlock('searchsorted', sorted, 0);
  return new TileArray(searchNode(whole.node, wanted.node, { side }));
}

function searchNode(sorted: ArrayNode, wanted: ArrayNode, common: SearchCommon): ArrayNode {
  const { chunks } = wanted;
  const steps = 10 + 4 * Math.ceil(Math.log2(boundsOf(sorted)[0][0] + 2));
  return makeNode<TasksNode>('searchsorted', common, {
    kind: 'tasks',
    parts: ['int64'],
    chunks,
    ...(isKnown(chunks) ? {} : { bounds: boundsOf(wanted) }),
    inputs: [wanted, sorted].map((node) => ({ node, part: 0 })),
    task: (coords, key, emit) => {
      const shape = boundShape(wanted, coords);
      const out = [{ dtype: 'int64', shape }] as const;
      return {
        key,
        op: 'array/searchsorted',
        inputs: [emit.keyOf(wanted, coords), emit.keyOf(sorted, [0])],
        params: null,
        common,
        out,
        work: workOf(product(shape), steps, out),
      };
    },
  });
}

/**
 * The number of the bin in which each element lies: bin i begins at `bins[i - 1]` and ends before `bins[i]`, or with `right` begins behind the one and ends
 * with the other; 0 and `bins.length` are what lies before and behind all. Bins may descend. NaN lies behind all that ascend.
 *
 * @throws RangeError where bins neither ascend nor descend; TypeError where they are an array that is not computed
 * @example
 * await digitize([0.5, 1, 7], [1, 2, 5]).compute(); // [0 1 3]
 * await digitize([0.5, 1, 7], [1, 2, 5], { right: true }).compute(); // [0 0 3]
 */
export function digitize(
  x: ArrayInput,
  bins: readonly number[] | TypedArray,
  options: { readonly right?: boolean } = {},
): TileArray<'int64'> {
  checkOptions('digitize', options, ['right']);
  if (bins instanceof TileArray || !(Array.isArray(bins) || ArrayBuffer.isView(bins)))
    throw new TypeError('digitize: bins are a list of numbers or a typed array; compute() an array first');
  const edges = Float64Array.from(bins as readonly number[], Number);
  const side = options.right ? 'left' : 'right';
  const isOrdered = (sign: number) => edges.every((edge, i) => i === 0 || sign * edge >= sign * edges[i - 1]);
  if (isOrdered(1)) return searchsorted(edges, x, { side });
  if (!isOrdered(-1)) throw new RangeError('digitize: bins must ascend or descend');
  const behind = searchsorted(edges.reverse(), x, { side });
  return subtract(BigInt(edges.length), behind) as unknown as TileArray<'int64'>;
}
