import type { DType } from '../../kernels/dtype.js';
import { type Chunks, commonRefinement, isKnown, sameSizes } from './chunks.js';
import { Expression, type Term } from './expression.js';
import { type ArrayNode, boundsOf, type MapNode, makeNode, type Operand } from './node.js';
import { rechunkNode } from './rechunk.js';

/** The shape that arrays broadcast to; throws naming both shapes where they do not. */
export function broadcastShapes(shapes: readonly (readonly number[])[], label = 'broadcast'): number[] {
  const rank = Math.max(0, ...shapes.map((s) => s.length));
  return Array.from({ length: rank }, (_, axis) => {
    const extents = shapes.map((s) => s[axis - rank + s.length] ?? 1).filter((n) => n !== 1);
    const first = extents[0] ?? 1;
    if (extents.some((n) => !Object.is(n, first) && !(Number.isNaN(n) && Number.isNaN(first))))
      throw new RangeError(
        `${label}: shapes ${shapes.map((s) => `[${s.join(', ')}]`).join(' and ')} do not broadcast: axis ${axis - rank} has extents ${extents.join(' and ')}${extents.some(Number.isNaN) ? '; computeChunkSizes() makes unknown extents known' : ''}`,
      );
    return first;
  });
}

/** An elementwise node over inputs that broadcast; `build` makes one term for each part. */
export function mapNode(
  label: string,
  inputs: readonly Operand[],
  build: (e: Expression, inputs: readonly Term[]) => Term | readonly Term[],
): MapNode {
  const shape = broadcastShapes(
    inputs.map((o) => o.node.shape),
    label,
  );
  const chunks = shape.map((extent, axis) => {
    const lists = inputs.flatMap(({ node }) => {
      const own = axis - shape.length + node.shape.length;
      return own >= 0 && (node.shape[own] !== 1 || extent === 1) ? [node.chunks[own]] : [];
    });
    return commonRefinement(lists);
  });
  const aligned = inputs.map(({ node, part }): Operand => ({ node: alignChunks(node, shape, chunks), part }));
  const e = new Expression();
  const built = build(
    e,
    aligned.map(({ node, part }, k) => e.input(k, node.parts[part])),
  );
  const terms: readonly Term[] = isTerm(built) ? [built] : built;
  const results = terms.map((t) => t.at);
  return makeNode<MapNode>(label, [e.nodes, results], {
    kind: 'map',
    parts: terms.map((t): DType => t.dtype),
    chunks,
    ...boundsFrom(chunks, aligned),
    inputs: aligned,
    nodes: e.nodes,
    results,
  });
}

const isTerm = (x: Term | readonly Term[]): x is Term => !Array.isArray(x);

/** An input with the chunk boundaries of what it broadcasts to. */
function alignChunks(node: ArrayNode, shape: readonly number[], chunks: Chunks): ArrayNode {
  const lead = shape.length - node.shape.length;
  const wanted = node.shape.map((n, axis) =>
    n === 1 && shape[axis + lead] !== 1 ? [1] : chunks[axis + lead],
  );
  return node.chunks.every((sizes, axis) => sameSizes(sizes, wanted[axis]))
    ? node
    : rechunkNode(node, wanted);
}

/** Upper bounds of unknown chunk sizes: the smallest that any input promises that has the axis, and does not stretch along it. */
function boundsFrom(chunks: Chunks, inputs: readonly Operand[]): { bounds?: Chunks } {
  if (isKnown(chunks)) return {};
  const bounds = chunks.map((sizes, axis) =>
    sizes.map((size, i) => {
      if (!Number.isNaN(size)) return size;
      const of = inputs.flatMap(({ node }) => {
        const own = axis - chunks.length + node.shape.length;
        const bound = own >= 0 && Number.isNaN(node.chunks[own][i]) ? boundsOf(node)[own][i] : Number.NaN;
        return Number.isNaN(bound) ? [] : [bound];
      });
      return Math.min(...of);
    }),
  );
  return { bounds };
}
