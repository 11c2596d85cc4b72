import { type Chunks, isKnown } from './chunks.js';
import { type Along, type ArrayNode, type AxisMap, boundsOf, makeNode, type ViewNode } from './node.js';

/** One axis of a basic slice: `start:stop:step` already clipped to the extent, or one position. */
export type AxisSlice =
  | { readonly kind: 'range'; readonly start: number; readonly count: number; readonly step: number }
  | { readonly kind: 'at'; readonly position: number }
  | { readonly kind: 'new' };

const FULL = (blocks: number, axis: number): AxisMap => ({
  axis,
  block: Array.from({ length: blocks }, (_, i) => i),
  start: new Array<number>(blocks).fill(0),
  step: 1,
});

function viewNode(
  label: string,
  input: ArrayNode,
  chunks: Chunks,
  map: readonly AxisMap[],
  bounds?: Chunks,
): ArrayNode {
  return makeNode<ViewNode>(label, map, {
    kind: 'view',
    parts: input.parts.slice(0, 1),
    chunks,
    ...(bounds && !isKnown(chunks) ? { bounds } : {}),
    inputs: [{ node: input, part: 0 }],
    map,
  });
}

/** A basic slice; `slices` covers every axis of the input (and adds new ones). The chunks of the result follow the input's. */
export function sliceNode(input: ArrayNode, slices: readonly AxisSlice[]): ArrayNode {
  const chunks: (readonly number[])[] = [];
  const bounds: (readonly number[])[] = [];
  const map: AxisMap[] = [];
  for (const slice of slices) {
    if (slice.kind === 'new') {
      chunks.push([1]);
      bounds.push([1]);
      continue;
    }
    const own = map.length;
    const sizes = input.chunks[own];
    if (slice.kind === 'at') {
      const { block, start } = locate(sizes, slice.position);
      map.push({ axis: -1, block: [block], start: [start], step: 0 });
    } else if (isWhole(slice, sizes)) {
      map.push(FULL(sizes.length, chunks.length));
      chunks.push(sizes);
      bounds.push(boundsOf(input)[own]);
    } else {
      const pieces = piecesOf(sizes, slice);
      map.push({
        axis: chunks.length,
        block: pieces.map((p) => p.block),
        start: pieces.map((p) => p.start),
        step: slice.step,
      });
      const counts = pieces.map((p) => p.count);
      chunks.push(counts);
      bounds.push(counts);
    }
  }
  return viewNode('getitem', input, chunks, map, bounds);
}

const isWhole = (slice: AxisSlice & { kind: 'range' }, sizes: readonly number[]): boolean =>
  slice.step === 1 &&
  slice.start === 0 &&
  (Number.isNaN(slice.count) || slice.count === sizes.reduce((a, b) => a + b, 0));

/** An element's block along an axis, and where it is in that. */
interface Place {
  readonly block: number;
  readonly start: number;
}

const ORIGIN: Place = { block: 0, start: 0 };

function locate(sizes: readonly number[], position: number): Place {
  let start = position;
  let block = 0;
  while (!(start < sizes[block])) {
    if (block >= sizes.length || Number.isNaN(sizes[block]))
      throw new Error(
        'positions cannot be taken along an axis of unknown chunk sizes; call computeChunkSizes() first',
      );
    start -= sizes[block++];
  }
  return { block, start };
}

/** The part of a range in each block that it touches, in the order of the range. */
function piecesOf(
  sizes: readonly number[],
  { start, count, step }: AxisSlice & { kind: 'range' },
): { block: number; start: number; count: number }[] {
  if (sizes.some(Number.isNaN))
    throw new Error('an axis of unknown chunk sizes cannot be sliced; call computeChunkSizes() first');
  if (count === 0) return [{ block: 0, start: 0, count: 0 }];
  const pieces: { block: number; start: number; count: number }[] = [];
  const forward = step > 0;
  let [block, low] = [0, 0];
  if (!forward) {
    block = sizes.length - 1;
    low = sizes.reduce((a, b) => a + b, 0) - sizes[block];
  }
  let [at, left] = [start, count];
  while (left > 0) {
    const high = low + sizes[block];
    if (at >= low && at < high) {
      const room = forward ? high - 1 - at : at - low;
      const here = Math.min(left, Math.floor(room / Math.abs(step)) + 1);
      pieces.push({ block, start: at - low, count: here });
      at += here * step;
      left -= here;
    }
    if (forward) {
      low = high;
      block++;
    } else {
      block--;
      if (block >= 0) low -= sizes[block];
    }
  }
  return pieces;
}

/** Axes in another order. */
export function transposeNode(input: ArrayNode, axes: readonly number[]): ArrayNode {
  if (axes.every((axis, i) => axis === i)) return input;
  const map = input.chunks.map((sizes, own) => FULL(sizes.length, axes.indexOf(own)));
  return viewNode(
    'transpose',
    input,
    axes.map((a) => input.chunks[a]),
    map,
    axes.map((a) => boundsOf(input)[a]),
  );
}

/** Axes of extent 1 taken away (`drop`), others kept in order. */
export function squeezeNode(input: ArrayNode, drop: readonly number[]): ArrayNode {
  const keep = input.shape.map((_, axis) => axis).filter((axis) => !drop.includes(axis));
  const map = input.chunks.map(
    (sizes, own): AxisMap =>
      drop.includes(own)
        ? { axis: -1, block: [0], start: [0], step: 0 }
        : FULL(sizes.length, keep.indexOf(own)),
  );
  return viewNode(
    'squeeze',
    input,
    keep.map((a) => input.chunks[a]),
    map,
    keep.map((a) => boundsOf(input)[a]),
  );
}

/** Along `axis`: the last element of each block, which are one block each. No block may be empty. */
export function lastOfBlocks(input: ArrayNode, axis: number): ArrayNode {
  const sizes = input.chunks[axis];
  const ends: AxisMap = { axis, block: sizes.map((_, b) => b), start: sizes.map((n) => n - 1), step: 1 };
  return viewNode(
    'last',
    input,
    input.chunks.map((c, a) => (a === axis ? c.map(() => 1) : c)),
    input.chunks.map((c, a) => (a === axis ? ends : FULL(c.length, a))),
  );
}

/** Along `axis`, where the input is one block: its element b, for all elements of block b of the result. */
export function spreadOverBlocks(input: ArrayNode, axis: number, sizes: readonly number[]): ArrayNode {
  const spread: AxisMap = { axis, block: sizes.map(() => 0), start: sizes.map((_, b) => b), step: 0 };
  return viewNode(
    'spread',
    input,
    input.chunks.map((c, a) => (a === axis ? sizes : c)),
    input.chunks.map((c, a) => (a === axis ? spread : FULL(c.length, a))),
  );
}

/** Of each block what begins at `starts` (by axis and block along it) and is as long as `chunks` say. */
export function insideBlocks(input: ArrayNode, chunks: Chunks, starts: Chunks): ArrayNode {
  const map = starts.map((start, axis): AxisMap => ({ ...FULL(start.length, axis), start }));
  return viewNode('trim', input, chunks, map);
}

/**
 * Windows over axes of the input, which gets axes for their elements behind its own. A window begins at each element but the last `width - 1` of each block along its axis, and lies within it.
 */
export function windowsNode(input: ArrayNode, chunks: Chunks, axes: readonly number[]): ArrayNode {
  const map = input.chunks.map((sizes, own): AxisMap => {
    const also = axes.flatMap((axis, k): Along[] =>
      axis === own ? [{ axis: input.chunks.length + k, start: [0], step: 1 }] : [],
    );
    return { ...FULL(sizes.length, own), ...(also.length > 0 && { also }) };
  });
  return viewNode('windows', input, chunks, map);
}

/** The diagonal of the last two axes that starts at (row, column), as one last axis. Its chunks end where a block does. */
export function diagonalNode(input: ArrayNode, row: number, column: number, length: number): ArrayNode {
  const last = input.shape.length - 2;
  const [rows, columns] = [input.chunks[last], input.chunks[last + 1]];
  const pieces: { at: Place; from: Place; count: number }[] = [];
  for (let done = 0; done < length; ) {
    const at = locate(rows, row + done);
    const from = locate(columns, column + done);
    const count = Math.min(length - done, rows[at.block] - at.start, columns[from.block] - from.start);
    pieces.push({ at, from, count });
    done += count;
  }
  if (length === 0) pieces.push({ at: ORIGIN, from: ORIGIN, count: 0 });
  const along = (places: readonly Place[]): AxisMap => ({
    axis: last,
    block: places.map((p) => p.block),
    start: places.map((p) => p.start),
    step: 1,
  });
  const lead = input.chunks.slice(0, last);
  return viewNode(
    'diagonal',
    input,
    [...lead, pieces.map((p) => p.count)],
    [
      ...lead.map((sizes, axis) => FULL(sizes.length, axis)),
      along(pieces.map((p) => p.at)),
      along(pieces.map((p) => p.from)),
    ],
  );
}

/** The input stretched to `chunks`, whose trailing axes fit its own. */
export function broadcastNode(input: ArrayNode, chunks: Chunks): ArrayNode {
  const lead = chunks.length - input.shape.length;
  const map = input.chunks.map((sizes, own): AxisMap => {
    const target = chunks[own + lead];
    const stretched = input.shape[own] === 1 && !(target.length === 1 && target[0] === 1);
    if (!stretched) return FULL(sizes.length, own + lead);
    return { axis: own + lead, block: target.map(() => 0), start: target.map(() => 0), step: 0 };
  });
  return viewNode('broadcast_to', input, chunks, map);
}
