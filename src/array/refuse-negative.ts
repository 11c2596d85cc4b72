import { type ArrayNode, boundShape, makeNode, type TasksNode } from './node.js';
import { moved } from './work.js';

/** Passes whole numbers on, and fails with a RangeError of this message where one is negative. */
export function refuseNegativeNode(input: ArrayNode, label: string, message: string): ArrayNode {
  return makeNode<TasksNode>(label, message, {
    kind: 'tasks',
    parts: [input.parts[0]],
    chunks: input.chunks,
    ...(input.bounds ? { bounds: input.bounds } : {}),
    inputs: [{ node: input, part: 0 }],
    task: (coords, key, emit) => ({
      key,
      op: 'array/refuse-negative',
      inputs: [emit.keyOf(input, coords)],
      params: { message },
      ...moved([{ dtype: input.parts[0], shape: boundShape(input, coords) }]),
    }),
  });
}
