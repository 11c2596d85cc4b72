import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { normalizeAxes } from '../nodes/axes.js';
import { isKnown } from '../nodes/chunks.js';
import { type ArrayNode, boundsOf, makeNode, type TasksNode } from '../nodes/node.js';
import { squeezeNode } from '../nodes/view.js';
import { moved } from '../nodes/work.js';
import type { OnlyParams } from '../ops/only.js';

/**
 * Axes of extent 1 dropped: those named, or all that are known to be. A view. Of a named axis of unknown extent, such as that of a selection, what it has is found
 * when it is computed, when all of the axis comes into one block.
 *
 * @throws RangeError where a named axis has another extent; TaskError where that is found when it is computed
 * @example
 * squeeze(zeros([1, 3, 1])).shape; // [3]
 * squeeze(zeros([1, 3, 1]), 0).shape; // [3, 1]
 * await squeeze(x.get(x.greater(4)), 0).compute(); // 5
 */
export function squeeze<A extends ArrayInput>(
  x: A,
  axis?: number | readonly number[],
): TileArray<DTypeOf<A>> {
  const array = asarray(x);
  const axes =
    axis === undefined
      ? array.shape.flatMap((n, a) => (n === 1 ? [a] : []))
      : normalizeAxes(axis, array.ndim, 'squeeze');
  const wrong = axes.find((a) => array.shape[a] !== 1 && !Number.isNaN(array.shape[a]));
  if (wrong !== undefined)
    throw new RangeError(`squeeze: axis ${wrong} has extent ${array.shape[wrong]}, not 1`);
  const whole = axes.reduce(
    (node, a) => (Number.isNaN(node.shape[a]) ? onlyNode(node, a) : node),
    array.node,
  );
  return new TileArray(squeezeNode(whole, axes));
}

/** The one element of an axis of which only blocks tell how many it has. */
function onlyNode(input: ArrayNode, axis: number): ArrayNode {
  const one = (sizes: ArrayNode['chunks']) => sizes.map((own, a) => (a === axis ? [1] : own));
  const chunks = one(input.chunks);
  const bounds = one(boundsOf(input));
  const [dtype] = input.parts;
  return makeNode<TasksNode>('squeeze', axis, {
    kind: 'tasks',
    parts: [dtype],
    chunks,
    ...(isKnown(chunks) ? {} : { bounds }),
    inputs: [{ node: input, part: 0 }],
    task: (coords, key, emit) => ({
      key,
      op: 'array/only',
      inputs: input.chunks[axis].map((_, block) =>
        emit.keyOf(
          input,
          coords.map((c, a) => (a === axis ? block : c)),
        ),
      ),
      params: { axis } satisfies OnlyParams,
      ...moved([{ dtype, shape: coords.map((c, a) => bounds[a][c]) }]),
    }),
  });
}
