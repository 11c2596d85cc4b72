import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { requireKnown, requireList } from '../nodes/axes.js';
import {
  blockAt,
  boundaries,
  type Chunks,
  cut,
  gridOf,
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
  const grouping = new Grouping(input.chunks, points);
  const plans = pieces.map((_, p) => grouping.between(offsets[p], offsets[p + 1]));
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
      params: { picks: plans[piece].map(({ from, to }) => ({ from, to })) } satisfies PointsParams,
      ...moved([{ dtype, shape: [pieces[piece]] }]),
    }),
  });
}

/** The points in one block: where they are in it, in C order, and the places of the result that they go to. */
interface Group {
  readonly block: readonly number[];
  readonly from: Float64Array;
  readonly to: Float64Array;
}

/** Tells which blocks have which points. */
class Grouping {
  private readonly starts: readonly (readonly number[])[];
  private readonly grid: readonly number[];
  /** By block: how many points were counted in it. */
  private readonly counts: Uint32Array;

  constructor(
    private readonly chunks: Chunks,
    private readonly points: readonly Float64Array[],
  ) {
    this.starts = chunks.map(boundaries);
    this.grid = gridOf(chunks);
    this.counts = new Uint32Array(product(this.grid));
  }

  /** Of the points from one on until before another, those in each block, by the order of blocks' first points. */
  between(from: number, until: number): readonly Group[] {
    const { blocks, places } = this.locate(from, until);
    const { counts } = this;
    const met: number[] = [];
    for (const block of blocks) if (counts[block]++ === 0) met.push(block);
    const ends = met.map((block) => counts[block]);
    for (let g = 1; g < ends.length; g++) ends[g] += ends[g - 1];
    // From here on what counts is where the next point of a block goes.
    for (let g = 0; g < met.length; g++) counts[met[g]] = g === 0 ? 0 : ends[g - 1];
    const [sorted, order] = [new Float64Array(blocks.length), new Float64Array(blocks.length)];
    for (let i = 0; i < blocks.length; i++) {
      const next = counts[blocks[i]]++;
      sorted[next] = places[i];
      order[next] = i;
    }
    for (const block of met) counts[block] = 0;
    return met.map((block, g) => {
      const range = [g === 0 ? 0 : ends[g - 1], ends[g]] as const;
      return { block: this.at(block), from: sorted.slice(...range), to: order.slice(...range) };
    });
  }

  /** For each point the number of its block, in C order, and its place in that. */
  private locate(from: number, until: number): { blocks: Uint32Array; places: Float64Array } {
    const { starts, chunks, points, grid } = this;
    const blocks = new Uint32Array(until - from);
    const places = new Float64Array(until - from);
    for (let axis = 0; axis < points.length; axis++) {
      const [list, own, sizes] = [points[axis], starts[axis], chunks[axis]];
      for (let i = from; i < until; i++) {
        const b = blockAt(own, list[i]);
        blocks[i - from] = blocks[i - from] * grid[axis] + b;
        places[i - from] = places[i - from] * sizes[b] + (list[i] - own[b]);
      }
    }
    return { blocks, places };
  }

  private at(number: number): number[] {
    const steps = stridesOf(this.grid);
    return steps.map((step, axis) => Math.floor(number / step) % this.grid[axis]);
  }
}
