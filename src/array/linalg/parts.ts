/** Tasks that leave several blocks of different shapes, and arrays that are one of those. */
import type { BlockMeta, Key, Task } from '../../graph/task.js';
import { TileArray } from '../array.js';
import { product } from '../nodes/chunks.js';
import { type ArrayNode, type Emit, makeNode, type TasksNode } from '../nodes/node.js';
import type { PartParams } from '../ops/linalg/part.js';
import type { Real, RealArray } from './matrix.js';

/**
 * A grid of tasks, each of which leaves blocks as its `out` says. It is a node, so that each task is made once; its own chunks say only how many there
 * are, and only nodes of this room read it, by the keys of its blocks.
 */
export const tasksNode = (
  label: string,
  identity: unknown,
  grid: readonly number[],
  inputs: readonly ArrayNode[],
  task: (coords: readonly number[], key: Key, emit: Emit) => Task,
): TasksNode =>
  makeNode<TasksNode>(label, [identity, grid], {
    kind: 'tasks',
    parts: ['float64'],
    chunks: grid.map((count) => new Array<number>(count).fill(1)),
    inputs: inputs.map((node) => ({ node, part: 0 })),
    task,
  });

/** An array in one block, which is one of those that a task leaves. */
export function partArray(source: ArrayNode, coords: readonly number[], part: number, meta: BlockMeta) {
  const node = makeNode<TasksNode>('part', [coords, part, meta.shape], {
    kind: 'tasks',
    parts: [meta.dtype],
    chunks: meta.shape.map((extent) => [extent]),
    inputs: [{ node: source, part: 0 }],
    task: (_, key, emit) => partTask(key, emit.keyOf(source, coords), { part, at: 0 }, meta),
  });
  return new TileArray(node) as RealArray;
}

export const partTask = (key: Key, input: Key, params: PartParams, meta: BlockMeta): Task => ({
  key,
  op: 'array/part',
  inputs: [input],
  params,
  out: [meta],
});

/** Bytes of so many elements. */
export const bytesOf = (dtype: Real, ...shape: readonly number[]): number =>
  product(shape) * (dtype === 'float32' ? 4 : 8);
