import { blockShape } from './chunks.js';
import { type ArrayNode, boundShape, makeNode, type TasksNode } from './node.js';
import { moved } from './work.js';

/** Passes indices on, and fails where one is -1: nothing was found. */
export function checkIndexNode(input: ArrayNode, label: string): ArrayNode {
  return makeNode<TasksNode>(label, 'found', {
    kind: 'tasks',
    parts: ['int64'],
    chunks: input.chunks,
    ...(input.bounds ? { bounds: input.bounds } : {}),
    inputs: [{ node: input, part: 0 }],
    task: (coords, key, emit) => ({
      key,
      op: 'array/check-index',
      inputs: [emit.keyOf(input, coords)],
      params: { label },
      ...moved([
        {
          dtype: 'int64',
          shape: input.bounds ? boundShape(input, coords) : blockShape(input.chunks, coords),
        },
      ]),
    }),
  });
}
