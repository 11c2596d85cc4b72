import type { RefuseOutsideParams } from '../ops/refuse-outside.js';
import { type ArrayNode, boundShape, makeNode, type TasksNode } from './node.js';
import { moved } from './work.js';

/** Passes numbers on, and fails with a RangeError where one is outside of `from` … `below`, which does not belong to it; NaN always is. */
export function refuseOutsideNode(input: ArrayNode, label: string, params: RefuseOutsideParams): ArrayNode {
  return makeNode<TasksNode>(label, params, {
    kind: 'tasks',
    parts: [input.parts[0]],
    chunks: input.chunks,
    ...(input.bounds ? { bounds: input.bounds } : {}),
    inputs: [{ node: input, part: 0 }],
    task: (coords, key, emit) => ({
      key,
      op: 'array/refuse-outside',
      inputs: [emit.keyOf(input, coords)],
      params,
      ...moved([{ dtype: input.parts[0], shape: boundShape(input, coords) }]),
    }),
  });
}

/** Passes whole numbers on, and fails with a RangeError of this message where one is negative. */
export const refuseNegativeNode = (input: ArrayNode, label: string, message: string): ArrayNode =>
  refuseOutsideNode(input, label, { message, from: 0 });
