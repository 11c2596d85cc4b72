import type { Key } from '../../graph/task.js';
import { product } from '../nodes/chunks.js';
import { type ArrayNode, blockKey, type TasksNode } from '../nodes/node.js';
import type { Leaf } from './plan.js';

/** What a loop needs of one block of a source that can make slices: as `TasksNode.read` takes it. */
export interface Slice {
  readonly node: TasksNode;
  readonly block: readonly number[];
  readonly start: readonly number[];
  readonly step: readonly number[];
  readonly shape: readonly number[];
  /** Keys of the block, and of the slice alone. */
  readonly whole: Key;
  readonly key: Key;
}

/** What slices of a block may cost together, the whole block being 1, to be made in its place. */
const LITTLE = 0.5;

/** Whether slices can be made of what a leaf reads. */
export function isSliceable({ operand: { node }, map }: Leaf): boolean {
  return (
    node.kind === 'tasks' &&
    node.read !== undefined &&
    map.every((m) => (m.axis < 0 || m.step >= 1) && !m.also)
  );
}

/** The slice that a leaf reads for one block, of `shape`, of its loop. */
export function sliceOf(
  leaf: Leaf,
  block: readonly number[],
  start: readonly number[],
  shape: readonly number[],
): Slice | undefined {
  const { node } = leaf.operand;
  const extents = leaf.map.map((m) => (m.axis < 0 ? 1 : shape[m.axis]));
  if (node.kind !== 'tasks' || extents.some(Number.isNaN)) return undefined;
  const step = leaf.map.map((m) => m.step || 1);
  const whole = blockKey(node, block);
  const key = `${whole}[${start.map((s, a) => `${s}:${extents[a]}:${step[a]}`).join()}]`;
  return { node, block, start, step, shape: extents, whole, key };
}

/**
 * Slice fusion: gathers which slices of which blocks are asked for, and tells where they are made instead of the block: where all of
 * them together cost little. A block that is needed whole, or in many pieces, is made once.
 */
export class Slices {
  /** By block: the cost of each slice. */
  private readonly costs = new Map<Key, Map<Key, number>>();

  ask(slice: Slice): void {
    let ofBlock = this.costs.get(slice.whole);
    if (ofBlock === undefined) {
      ofBlock = new Map();
      this.costs.set(slice.whole, ofBlock);
    }
    if (!ofBlock.has(slice.key)) ofBlock.set(slice.key, costOf(slice));
  }

  /** Whether slices of the block of `slice` are made one by one. */
  areLittle({ whole, node }: Slice): boolean {
    let total = 0;
    for (const cost of this.costs.get(whole)?.values() ?? []) total += cost;
    return total < (node.read?.most ?? LITTLE);
  }
}

function costOf({ node, block, step, shape }: Slice): number {
  const cost = node.read?.cost;
  if (cost !== undefined) return cost(block, step, shape);
  return product(shape) / Math.max(1, sizeOf(node, block));
}

const sizeOf = (node: ArrayNode, block: readonly number[]): number =>
  product(node.chunks.map((sizes, axis) => sizes[block[axis]]));
