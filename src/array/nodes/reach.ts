import { boundaries, type Chunks } from './chunks.js';
import type { ArrayNode } from './node.js';
import { gatherNode, overlaps } from './rechunk.js';

/** What blocks of a result read along one axis: where each begins in the input, and how long it is. */
export interface Reach {
  readonly starts: readonly number[];
  readonly sizes: readonly number[];
}

/** Of each element along an axis of `chunks` itself and the `width - 1` behind it. */
export function reachOf(chunks: readonly number[], width: number): Reach {
  return { starts: boundaries(chunks).slice(0, -1), sizes: chunks.map((n) => n + width - 1) };
}

/** The parts of an array that blocks of a result read, which overlap, one block each. */
export function reachNode(label: string, input: ArrayNode, reaches: readonly Reach[]): ArrayNode {
  const chunks: Chunks = reaches.map(({ sizes }) => sizes);
  const along = reaches.map(({ starts, sizes }, axis) => overlaps(input.chunks[axis], sizes, starts));
  return gatherNode(
    label,
    reaches.map(({ starts }) => starts),
    input,
    chunks,
    along,
  );
}
