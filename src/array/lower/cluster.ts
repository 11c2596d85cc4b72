import type { ArrayNode } from '../nodes/node.js';

/**
 * Which nodes are stored as blocks, and which are computed inside the loops of those that read them.
 *
 * Goals, in this order: read every stored block as seldom as possible; store nothing that a loop can compute on the
 * way; compute nothing expensive twice. So a node is stored when it is an output, when it is not elementwise, when an
 * operation needs it as a whole block, when it is stretched by broadcasting (a loop would compute it again for every
 * row), or when several loops read it, unless computing it costs next to nothing.
 *
 * @param order all nodes, each before those that it reads
 */
export function storedNodes(outputs: readonly ArrayNode[], order: readonly ArrayNode[]): Set<ArrayNode> {
  const stored = new Set<ArrayNode>(outputs);
  /** The loops (their root nodes) that each node is computed in. */
  const loops = new Map<ArrayNode, Set<ArrayNode>>();
  const blocked = new Set<ArrayNode>();
  for (const node of order) {
    const own = loops.get(node) ?? new Set();
    const inline =
      isFusable(node) && !stored.has(node) && !blocked.has(node) && (own.size === 1 || isCheap(node));
    if (!inline) stored.add(node);
    const reading = inline ? own : new Set([node]);
    const loop = isFusable(node) || node.kind === 'fold' || node.kind === 'combine';
    for (const { node: input } of node.inputs) {
      const seen = loops.get(input) ?? new Set();
      for (const root of reading) seen.add(root);
      loops.set(input, seen);
      if (input.kind === 'alias' || !loop || (stretches(node, input) && !isFree(input))) blocked.add(input);
      if (node.kind === 'combine' && input.kind === 'combine') blocked.add(input);
    }
  }
  return stored;
}

/** Nodes a loop can compute on the way. A combine is one when it ends its tree (its group is the same for all blocks). */
const isFusable = (node: ArrayNode): boolean =>
  node.kind === 'map' ||
  node.kind === 'view' ||
  node.kind === 'iota' ||
  (node.kind === 'combine' && isLast(node));

const isLast = (node: ArrayNode & { kind: 'combine' }): boolean =>
  node.group.every((count, axis) => count === 1 || node.chunks[axis].length === 1);

/** Whether reading `input` by `node` repeats its elements. */
function stretches(node: ArrayNode, input: ArrayNode): boolean {
  if (node.kind === 'view')
    return node.shape.some((n, axis) => n !== 1 && !node.map.some((m) => m.axis === axis && m.step !== 0));
  const lead = node.shape.length - input.shape.length;
  if (node.kind !== 'map') return false;
  return (
    node.shape.some((n, axis) => n !== 1 && (axis < lead || input.shape[axis - lead] === 1)) &&
    node.shape.length > 0
  );
}

/** Nothing but positions and constants behind it, or a change of strides. */
function isFree(node: ArrayNode): boolean {
  if (node.kind === 'iota') return true;
  if (node.kind === 'view') return isFree(node.inputs[0].node) || !isFusable(node.inputs[0].node);
  return node.kind === 'map' && node.inputs.every((o) => isFree(o.node)) && weight(node) <= 16;
}

/** Cheap enough to be computed again in every loop that reads it. */
function isCheap(node: ArrayNode): boolean {
  if (isFree(node) || node.kind === 'view') return true;
  return (
    node.kind === 'map' &&
    node.inputs.length === 1 &&
    weight(node) <= 2 &&
    (!isFusable(node.inputs[0].node) || isFree(node.inputs[0].node))
  );
}

const LIGHT = new Set(['input', 'const', 'cast', 'param', 'index']);
const ARITHMETIC = new Set([
  'add',
  'subtract',
  'multiply',
  'negative',
  'abs',
  'square',
  'minimum',
  'maximum',
  'where',
]);

/** Rough cost of an expression: an addition is 1. */
function weight(node: ArrayNode & { kind: 'map' }): number {
  let total = 0;
  for (const { op } of node.nodes) total += LIGHT.has(op) ? 0 : ARITHMETIC.has(op) ? 1 : 8;
  return total;
}

/** Every node once, all its consumers before it. */
export function consumersFirst(outputs: readonly ArrayNode[]): ArrayNode[] {
  const done = new Set<ArrayNode>();
  const order: ArrayNode[] = [];
  const stack: { node: ArrayNode; next: number }[] = [];
  for (const output of outputs) {
    if (!done.has(output)) stack.push({ node: output, next: 0 });
    done.add(output);
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (top.next < top.node.inputs.length) {
        const input = top.node.inputs[top.next++].node;
        if (!done.has(input)) {
          done.add(input);
          stack.push({ node: input, next: 0 });
        }
      } else {
        order.push(top.node);
        stack.pop();
      }
    }
  }
  return order.reverse();
}
