import { type DType, kindOf } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import { shapesOfBlocks } from '../compute/compute.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { normalizeAxis, requireKnown } from '../nodes/axes.js';
import {
  blockAt,
  boundaries,
  type Chunks,
  commonRefinement,
  cut,
  gridOf,
  isKnown,
  largest,
  sameSizes,
} from '../nodes/chunks.js';
import { type AliasNode, type ArrayNode, boundsOf, makeNode, type TasksNode } from '../nodes/node.js';
import { rechunkNode } from '../nodes/rechunk.js';
import { moved } from '../nodes/work.js';
import type { CompressParams } from '../ops/compress.js';
import type { TakeParams } from '../ops/take.js';
import { ravel } from '../shape/reshape.js';
import { knownPositions, positionsOf } from './positions.js';
import { takeAlongAxis } from './take-along.js';

/**
 * Elements at `indices` (whole numbers, negative ones from the end) along an axis; without an axis, of the flattened
 * array. The axes of `indices` come in place of the axis. The result's chunks are about as long as the array's. Of a vector, as a table to look things up in, indices may be an array
 * that is not computed; all of the vector comes into one block then, and out of bounds is found when it is computed.
 *
 * @throws TypeError where an index is not a whole number, or, but of a vector, not known before computing; RangeError where one is out of bounds
 * @example
 * await take(x, [2, 0, -1], 1).compute(); // [[2. 0. 2.] [5. 3. 5.]]
 * await take(x, [5, 0]).compute(); // [5. 0.]
 * await take([10, 20, 30], x.mod(3).astype('int8')).compute(); // [[10. 20. 30.] [10. 20. 30.]]
 */
export function take<A extends ArrayInput>(x: A, indices: ArrayInput, axis?: number): TileArray<DTypeOf<A>> {
  const array = axis === undefined ? ravel(asarray(x)) : asarray(x);
  const along = normalizeAxis(axis ?? 0, array.ndim, 'take');
  const sizes = array.chunks[along];
  if (sizes.some(Number.isNaN))
    throw new Error('take: the axis has unknown chunk sizes; call computeChunkSizes() first');
  if (indices instanceof TileArray && array.ndim === 1)
    return lookedUp(array, indices) as TileArray<DTypeOf<A>>;
  const { list, shape } = knownPositions('take', indices, array.shape[along], along);
  const node = takeNode(array.node, list, along);
  const taken = new TileArray<DTypeOf<A>>(node);
  if (shape.length === 1) return taken;
  const target = [...array.shape.slice(0, along), ...shape, ...array.shape.slice(along + 1)];
  return taken.reshape(target);
}

/** Elements of a vector at places that only computing tells. */
function lookedUp(table: TileArray<DType>, places: TileArray<DType>): TileArray<DType> {
  requireKnown('take', places);
  const flat = ravel(positionsOf('take', places));
  return takeAlongAxis(table, flat, 0).reshape(places.shape) as TileArray<DType>;
}

function takeNode(input: ArrayNode, indices: Float64Array, axis: number): ArrayNode {
  const sizes = input.chunks[axis];
  const starts = boundaries(sizes);
  const pieces = cut(indices.length, largest(sizes));
  const offsets = boundaries(pieces);
  const chunks = input.chunks.map((c, a) => (a === axis ? pieces : c));
  const plans = pieces.map((_, p) => {
    const groups = new Map<number, { from: number[]; to: number[] }>();
    for (let i = offsets[p]; i < offsets[p + 1]; i++) {
      const block = blockAt(starts, indices[i]);
      const group = groups.get(block) ?? { from: [], to: [] };
      group.from.push(indices[i] - starts[block]);
      group.to.push(i - offsets[p]);
      groups.set(block, group);
    }
    return [...groups].map(([block, g]) => ({
      block,
      from: Float64Array.from(g.from),
      to: Float64Array.from(g.to),
    }));
  });
  const bounds = boundsOf(input).map((c, a) => (a === axis ? pieces : c));
  const dtype = input.parts[0];
  const known = isKnown(chunks);
  return makeNode<TasksNode>('take', [indices, axis], {
    kind: 'tasks',
    parts: [dtype],
    chunks,
    ...(known ? {} : { bounds }),
    inputs: [{ node: input, part: 0 }],
    task: (coords, key, emit) => {
      const plan = plans[coords[axis]];
      const picks = plan.map(({ from, to }) => ({ from, to }));
      // where nothing is taken, a block is read for its shape
      const blocks = known || plan.length > 0 ? plan.map(({ block }) => block) : [0];
      const at = (block: number) => coords.map((c, a) => (a === axis ? block : c));
      return {
        key,
        op: 'array/take',
        inputs: blocks.map((block) => emit.keyOf(input, at(block))),
        params: { axis, picks, ...(known ? {} : { count: pieces[coords[axis]] }) } satisfies TakeParams,
        ...moved([{ dtype, shape: coords.map((c, a) => bounds[a][c]) }]),
      };
    },
  });
}

/**
 * The slices along `axis` where a 1-dimensional `condition` holds; without an axis, of the flattened array. How many they
 * are is known once computed: the result has unknown chunk sizes (see `computeChunkSizes`).
 *
 * @throws RangeError where the condition has more than one axis, or is longer than the array
 * @example
 * await compress([true, false, true], x, 1).compute(); // [[0. 2.] [3. 5.]]
 */
export function compress<A extends ArrayInput>(
  condition: ArrayInput,
  x: A,
  axis?: number,
): TileArray<DTypeOf<A>> {
  const array = axis === undefined ? ravel(asarray(x)) : asarray(x);
  const along = normalizeAxis(axis ?? 0, array.ndim, 'compress');
  const mask = asarray(condition).astype('bool');
  if (mask.ndim !== 1) throw new RangeError(`compress: the condition must have 1 axis, not ${mask.ndim}`);
  if (mask.shape[0] < array.shape[along]) {
    const rest = array.slice(...array.shape.map((_, a) => (a === along ? `:${mask.shape[0]}` : ':')));
    return new TileArray<DTypeOf<A>>(compressNode(rest.node, mask.node, along));
  }
  if (mask.shape[0] > array.shape[along])
    throw new RangeError(
      `compress: a condition of ${mask.shape[0]} does not fit axis ${along} of extent ${array.shape[along]}`,
    );
  return new TileArray<DTypeOf<A>>(compressNode(array.node, mask.node, along));
}

function compressNode(input: ArrayNode, mask: ArrayNode, axis: number): ArrayNode {
  const sizes = commonRefinement([input.chunks[axis], mask.chunks[0]]);
  const aligned = rechunkNode(
    input,
    input.chunks.map((c, a) => (a === axis ? sizes : c)),
  );
  const chosen = sameSizes(mask.chunks[0], sizes) ? mask : rechunkNode(mask, [sizes]);
  const bounds = boundsOf(aligned);
  const dtype = input.parts[0];
  return makeNode<TasksNode>('compress', axis, {
    kind: 'tasks',
    parts: [dtype],
    chunks: aligned.chunks.map((c, a) => (a === axis ? c.map(() => Number.NaN) : c)),
    bounds,
    inputs: [
      { node: aligned, part: 0 },
      { node: chosen, part: 0 },
    ],
    task: (coords, key, emit) => ({
      key,
      op: 'array/compress',
      inputs: [emit.keyOf(aligned, coords), emit.keyOf(chosen, [coords[axis]])],
      params: { axis } satisfies CompressParams,
      ...moved([{ dtype, shape: coords.map((c, a) => bounds[a][c]) }]),
    }),
  });
}

/**
 * The elements where a condition of the array's shape is true (not zero), of both flattened. How many they are is known once computed (see `computeChunkSizes`).
 *
 * @throws RangeError where the condition has more elements than the array; Error where chunk sizes of an array of several axes are unknown
 * @example
 * await extract(x.greater(3), x).compute(); // [4. 5.]
 */
export const extract = <A extends ArrayInput>(condition: ArrayInput, x: A): TileArray<DTypeOf<A>> =>
  compress(ravel(asarray(condition)), ravel(asarray(x)) as TileArray<DTypeOf<A>>, 0) as TileArray<DTypeOf<A>>;

/**
 * What NumPy writes as `x[index]` for an array index: a bool array of x's shape, or of its first axes, selects where it
 * holds (unknown chunk sizes); whole numbers take along the first axis.
 *
 * @throws RangeError where a mask does not fit, or an index is out of bounds; TypeError for floats, and, but of vectors, for whole numbers that are
 *   not known before computing
 * @example
 * await get(x, x.greater(2)).compute(); // [3. 4. 5.]
 * await get(x, [1, 0]).compute(); // [[3. 4. 5.] [0. 1. 2.]]
 */
export function get<A extends ArrayInput>(x: A, index: ArrayInput): TileArray<DTypeOf<A>> {
  const array = asarray(x);
  const isMask = index instanceof TileArray ? index.dtype === 'bool' : isBoolList(index);
  if (!isMask) {
    if (index instanceof TileArray && kindOf(index.dtype as DType) === 'float')
      throw new TypeError(`get: an index must be bool or whole numbers, not ${index.dtype}`);
    return take(array, index, 0) as TileArray<DTypeOf<A>>;
  }
  const mask = asarray(index);
  if (mask.ndim > array.ndim || mask.shape.some((n, a) => !Object.is(n, array.shape[a])))
    throw new RangeError(
      `get: a mask of shape [${mask.shape.join(', ')}] does not fit an array of shape [${array.shape.join(', ')}]`,
    );
  if (mask.ndim === 1) return compress(mask, array, 0) as TileArray<DTypeOf<A>>;
  const rest = array.shape.slice(mask.ndim);
  const flat = array.reshape([mask.size, ...rest]);
  return compress(ravel(mask), flat, 0) as TileArray<DTypeOf<A>>;
}

function isBoolList(x: ArrayInput): boolean {
  let at: unknown = x;
  while (Array.isArray(at)) at = at[0];
  return typeof at === 'boolean' || (typeof x === 'object' && 'dtype' in x && String(x.dtype) === 'bool');
}

/**
 * Computes what is needed to know all chunk sizes, and returns the array with them. Arrays that know theirs come back as they are.
 *
 * @example
 * const positive = x.get(x.greater(2));
 * positive.shape; // [NaN]
 * (await computeChunkSizes(positive)).shape; // [3]
 */
export async function computeChunkSizes<A extends ArrayInput>(x: A): Promise<TileArray<DTypeOf<A>>> {
  const array = asarray(x);
  const { node } = array;
  if (isKnown(node.chunks)) return array as TileArray<DTypeOf<A>>;
  const shapes = await shapesOfBlocks(node);
  const grid = gridOf(node.chunks);
  const chunks = node.chunks.map((sizes, axis) =>
    sizes.map((size, i) =>
      Number.isNaN(size) ? shapes(grid.map((_, a) => (a === axis ? i : 0)))[axis] : size,
    ),
  );
  return new TileArray<DTypeOf<A>>(resized(node, chunks));
}

function resized(node: ArrayNode, chunks: Chunks): ArrayNode {
  return makeNode<AliasNode>('sized', 'sized', {
    kind: 'alias',
    parts: node.parts.slice(0, 1),
    chunks,
    inputs: [{ node, part: 0 }],
    source: (coords) => ({ operand: { node, part: 0 }, coords }),
  });
}
