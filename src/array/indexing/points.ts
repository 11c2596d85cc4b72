import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { requireKnown, requireList } from '../nodes/axes.js';
import {
  blockAt,
  blockShape,
  boundaries,
  type Chunks,
  cut,
  largest,
  product,
  stridesOf,
} from '../nodes/chunks.js';
import { broadcastShapes } from '../nodes/elementwise.js';
import { type ArrayNode, makeNode, type TasksNode } from '../nodes/node.js';
import { moved } from '../nodes/work.js';
import type { PointsParams } from '../ops/points.js';
import { reshape } from '../shape/reshape.js';
import { knownPositions } from './positions.js';

/**
 * Elements at points: those whose place along each axis is in the list of that axis, which are whole numbers and broadcast. What NumPy writes as `x[rows, columns]`
 * and Dask as `x.vindex[rows, columns]`.
 *
 * @throws TypeError where a place is not a whole number, or not known before computing; RangeError where one is out of bounds, there are not as many lists as axes, or they do
 *   not broadcast; Error where chunk sizes are unknown
 * @example
 * await vindex(x, [[0, 1, 1], [2, 0, -1]]).compute(); // [2. 3. 5.]
 */
export function vindex<A extends ArrayInput>(x: A, places: readonly ArrayInput[]): TileArray<DTypeOf<A>> {
  requireList(places, 'vindex');
  const array = asarray(x) as TileArray<DTypeOf<A>>;
  requireKnown('vindex', array);
  if (places.length !== array.ndim || array.ndim === 0)
    throw new RangeError(`vindex: ${places.length} lists of places for ${array.ndim} axes`);
  const lists = places.map((list, axis) => knownPositions('vindex', list, array.shape[axis], axis));
  const shape = broadcastShapes(
    lists.map((list) => list.shape),
    'vindex',
  );
  const points = lists.map((list) => stretched(list, shape));
  const picked = new TileArray<DTypeOf<A>>(pointsNode(array.node, points, product(shape)));
  return reshape(picked, shape) as TileArray<DTypeOf<A>>;
}

interface Listed {
  readonly list: Float64Array;
  readonly shape: readonly number[];
}

/** A list of places, repeated as it broadcasts to a shape, in C order. */
function stretched({ list, shape }: Listed, to: readonly number[]): Float64Array {
  if (list.length === product(to)) return list;
  const own = stridesOf(shape);
  const lead = to.length - shape.length;
  const steps = to.map((_, a) => (a < lead || shape[a - lead] === 1 ? 0 : own[a - lead]));
  const strides = stridesOf(to);
  return Float64Array.from({ length: product(to) }, (_, i) => {
    let [rest, at] = [i, 0];
    for (let a = 0; a < to.length; a++) {
      const place = Math.floor(rest / strides[a]);
      rest -= place * strides[a];
      at += place * steps[a];
    }
    return list[at];
  });
}

/** A vector of elements, of about as many in a block as the array has. */
function pointsNode(input: ArrayNode, points: readonly Float64Array[], count: number): ArrayNode {
  const pieces = cut(count, product(input.chunks.map(largest)));
  const offsets = boundaries(pieces);
  const plans = pieces.map((_, p) => groups(input.chunks, points, offsets[p], offsets[p + 1]));
  const [dtype] = input.parts;
  return makeNode<TasksNode>('points', points, {
    kind: 'tasks',
    parts: [dtype],
    chunks: [pieces],
    inputs: [{ node: input, part: 0 }],
    task: ([piece], key, emit) => ({
      key,
      op: 'array/points',
      inputs: plans[piece].map(({ block }) => emit.keyOf(input, block)),
      params: {
        picks: plans[piece].map(({ from, to }) => ({
          from: Float64Array.from(from),
          to: Float64Array.from(to),
        })),
      } satisfies PointsParams,
      ...moved([{ dtype, shape: [pieces[piece]] }]),
    }),
  });
}

/** The points in one block: where they are in it, in C order, and the places of the result that they go to. */
interface Group {
  readonly block: readonly number[];
  readonly from: number[];
  readonly to: number[];
}

/** Which blocks have the points from one on until before another. */
function groups(
  chunks: Chunks,
  points: readonly Float64Array[],
  from: number,
  until: number,
): readonly Group[] {
  const starts = chunks.map(boundaries);
  const gridSteps = stridesOf(chunks.map((sizes) => sizes.length));
  const found = new Map<number, Group & { readonly steps: readonly number[] }>();
  for (let i = from; i < until; i++) {
    const block = points.map((list, a) => blockAt(starts[a], list[i]));
    const number = block.reduce((n, at, a) => n + at * gridSteps[a], 0);
    let group = found.get(number);
    if (group === undefined) {
      group = { block, from: [], to: [], steps: stridesOf(blockShape(chunks, block)) };
      found.set(number, group);
    }
    let at = 0;
    for (let a = 0; a < points.length; a++) at += (points[a][i] - starts[a][block[a]]) * group.steps[a];
    group.from.push(at);
    group.to.push(i - from);
  }
  return [...found.values()];
}
