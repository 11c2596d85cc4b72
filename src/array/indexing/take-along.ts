import type { DType } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { inOneBlock } from '../mapping/lanes.js';
import { normalizeAxis, requireKnown } from '../nodes/axes.js';
import { blockShape, commonRefinement, product } from '../nodes/chunks.js';
import { type ArrayNode, makeNode, type TasksNode } from '../nodes/node.js';
import { rechunkNode } from '../nodes/rechunk.js';
import { workOf } from '../nodes/work.js';
import type { TakeAlongParams } from '../ops/take-along.js';
import { broadcastTo } from '../shape/broadcast.js';
import { positionsOf } from './positions.js';

/**
 * Elements of each lane along an axis, at places that `indices` say for that lane: what `argsort` and `argmax` (with `keepdims`) tell of one array can be taken
 * of another. Other axes are broadcast; negative places count from the end. All of the axis of `x` comes into one block.
 *
 * @throws TypeError where indices are no integers; RangeError where the arrays do not have as many axes or do not broadcast, the axis is out of bounds, or,
 *   when it is computed, an index is; Error where chunk sizes are unknown
 * @example
 * await takeAlongAxis(x, argsort(x.negative(), 1), 1).compute(); // [[2. 1. 0.] [5. 4. 3.]]
 */
export function takeAlongAxis<A extends ArrayInput>(
  x: A,
  indices: ArrayInput,
  axis = -1,
): TileArray<DTypeOf<A>> {
  const [array, places] = [asarray(x) as TileArray<DType>, positionsOf('takeAlongAxis', indices)];
  for (const each of [array, places]) requireKnown('takeAlongAxis', each);
  if (array.ndim !== places.ndim)
    throw new RangeError(
      `takeAlongAxis: indices have ${places.ndim} axes and the array has ${array.ndim}; they must be as many`,
    );
  const along = normalizeAxis(axis, array.ndim, 'takeAlongAxis');
  const shape = array.shape.map((n, a) => {
    const other = places.shape[a];
    if (a === along || n === other || other === 1) return n;
    if (n === 1) return other;
    throw new RangeError(
      `takeAlongAxis: shapes [${array.shape.join(', ')}] and [${places.shape.join(', ')}] do not broadcast in axis ${a}`,
    );
  });
  const stretched = (each: TileArray<DType>): TileArray<DType> =>
    broadcastTo(
      each,
      shape.map((n, a) => (a === along ? each.shape[a] : n)),
    );
  const whole = inOneBlock('takeAlongAxis', stretched(array), along);
  const wanted = stretched(places);
  const chunks = whole.chunks.map((sizes, a) =>
    a === along ? wanted.chunks[a] : commonRefinement([sizes, wanted.chunks[a]]),
  );
  const source = rechunkNode(
    whole.node,
    chunks.map((sizes, a) => (a === along ? whole.chunks[a] : sizes)),
  );
  return new TileArray<DTypeOf<A>>(takeAlongNode(source, rechunkNode(wanted.node, chunks), along));
}

function takeAlongNode(source: ArrayNode, places: ArrayNode, axis: number): ArrayNode {
  const { chunks } = places;
  const [dtype] = source.parts;
  return makeNode<TasksNode>('take along', axis, {
    kind: 'tasks',
    parts: [dtype],
    chunks,
    inputs: [source, places].map((node) => ({ node, part: 0 })),
    task: (coords, key, emit) => {
      const shape = blockShape(chunks, coords);
      const out = [{ dtype, shape }];
      const lanes = coords.map((block, a) => (a === axis ? 0 : block));
      return {
        key,
        op: 'array/take-along',
        inputs: [emit.keyOf(source, lanes), emit.keyOf(places, coords)],
        params: { axis } satisfies TakeAlongParams,
        common: null,
        out,
        work: workOf(product(shape), 10, out),
      };
    },
  });
}
