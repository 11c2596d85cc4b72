import { itemsize } from '../../kernels/dtype.js';
import type { Copy, GatherParams } from '../ops/gather.js';
import { blockShape, boundaries, type Chunks, cut, gridOf, product, sameSizes, sum } from './chunks.js';
import { type ArrayNode, blockKey, boundsOf, type Emit, makeNode, type TasksNode } from './node.js';
import { moved } from './work.js';

/** Splitting and merging in one step is fine while it makes at most this many pieces for each block. */
const PIECES_PER_BLOCK = 4;
/** A merge may hold whole input blocks of this many times its own size before the inputs are split first. */
const WASTE = 4;
/** Bytes of pieces that are worth their tasks, however many there are. */
const LONG_PIECE = 2 ** 20;

/** The same array in other chunks. Throws where sizes along a changed axis are unknown. */
export function rechunkNode(node: ArrayNode, chunks: Chunks): ArrayNode {
  return planRechunk(node.chunks, chunks, itemsize(node.parts[0])).reduce(rechunkStep, node);
}

/**
 * The chunkings to go through, the last being `to`. Going straight from rows to columns cuts every block into as many
 * pieces as there are columns, and each merge needs every row; going through chunks whose counts are the geometric means
 * makes far fewer pieces, and no block larger than the larger of both ends. It moves everything once more, though, on a cluster from
 * worker to worker: where pieces are long, straight is shorter.
 * @param size bytes of an element
 */
function planRechunk(from: Chunks, to: Chunks, size: number, depth = 0): Chunks[] {
  if (from.every((sizes, axis) => sameSizes(sizes, to[axis]))) return [];
  from.forEach((sizes, axis) => {
    if (!sameSizes(sizes, to[axis]) && [...sizes, ...to[axis]].some(Number.isNaN))
      throw new Error(
        `axis ${axis} has unknown chunk sizes and cannot be rechunked; call computeChunkSizes() first`,
      );
  });
  const blocks = Math.max(product(gridOf(from)), product(gridOf(to)));
  const pieces = product(from.map((sizes, axis) => refinedCount(sizes, to[axis])));
  const bytes = size * product(from.map(sum));
  if (pieces <= PIECES_PER_BLOCK * blocks || bytes >= LONG_PIECE * pieces || depth >= 3) return [to];
  const middle = from.map((sizes, axis) => between(sizes, to[axis]));
  const isEnd = (end: Chunks) => middle.every((sizes, axis) => sameSizes(sizes, end[axis]));
  if (isEnd(from) || isEnd(to)) return [to];
  return [...planRechunk(from, middle, size, depth + 1), ...planRechunk(middle, to, size, depth + 1)];
}

function refinedCount(a: readonly number[], b: readonly number[]): number {
  return sameSizes(a, b) ? a.length : new Set([...boundaries(a), ...boundaries(b)]).size - 1;
}

function between(a: readonly number[], b: readonly number[]): readonly number[] {
  if (sameSizes(a, b)) return a;
  const extent = sum(a);
  const count = Math.max(1, Math.round(Math.sqrt(a.length * b.length)));
  return cut(extent, Math.max(1, Math.ceil(extent / count)));
}

/** What one output chunk has of one of the input's chunks along an axis. */
export interface Overlap {
  readonly block: number;
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** For each output chunk along an axis what it has of the input's; `at` is where they begin, in ascending order. */
export function overlaps(
  from: readonly number[],
  to: readonly number[],
  at: readonly number[] = boundaries(to),
): Overlap[][] {
  const starts = boundaries(from);
  let block = 0;
  return to.map((size, i) => {
    const [low, high] = [at[i], at[i] + size];
    const found: Overlap[] = [];
    while (block > 0 && starts[block] > low) block--;
    while (block < from.length - 1 && starts[block + 1] <= low) block++;
    for (let b = block; b < from.length && (starts[b] < high || found.length === 0); b++) {
      const [first, last] = [Math.max(low, starts[b]), Math.min(high, starts[b + 1])];
      if (last > first || size === 0)
        found.push({
          block: b,
          from: Math.max(0, first - starts[b]),
          to: first - low,
          count: Math.max(0, last - first),
        });
      if (size === 0) break;
      block = b;
    }
    return found;
  });
}

function rechunkStep(input: ArrayNode, chunks: Chunks): ArrayNode {
  const along = input.chunks.map((sizes, axis) =>
    sameSizes(sizes, chunks[axis])
      ? sizes.map((count, block) => [{ block, from: 0, to: 0, count }])
      : overlaps(sizes, chunks[axis]),
  );
  return gatherNode('rechunk', 'rechunk', input, chunks, along);
}

/** Blocks put together of parts of an input's: for each axis and each block along it, of which. */
export function gatherNode(
  label: string,
  identity: unknown,
  input: ArrayNode,
  chunks: Chunks,
  along: readonly (readonly (readonly Overlap[])[])[],
): ArrayNode {
  const dtype = input.parts[0];
  const size = itemsize(dtype);
  const bounds = boundsOf(input);
  const follow = chunks.flatMap((sizes, a) => (sizes.some(Number.isNaN) ? [a] : []));
  const most = chunks.map((sizes, a) => (follow.includes(a) ? bounds[a] : sizes));
  const task: TasksNode['task'] = (coords, key, emit) => {
    const shape = blockShape(most, coords);
    const met = along.map((axis, a) => axis[coords[a]]);
    const whole = product(met.map((list, a) => sum(list.map((o) => bounds[a][o.block]))));
    const split = follow.length === 0 && whole > WASTE * product(shape) && whole * size > 2 ** 20;
    const inputs: string[] = [];
    const copies: Copy[] = [];
    for (const at of combinations(met)) {
      const block = at.map((o) => o.block);
      const piece = at.map((o) => o.count);
      const copy = {
        input: inputs.length,
        from: at.map((o) => o.from),
        to: at.map((o) => o.to),
        shape: piece,
      };
      // Of a block that is wanted whole there is no rest.
      const cut = split && piece.some((n, a) => n < bounds[a][block[a]]);
      inputs.push(cut ? splitTask(input, block, copy, key, emit) : emit.keyOf(input, block));
      copies.push(cut ? { ...copy, from: piece.map(() => 0) } : copy);
    }
    const params: GatherParams = { copies, ...(follow.length > 0 && { follow }) };
    return { key, op: 'array/gather', inputs, params, ...moved([{ dtype, shape }]) };
  };
  return makeNode<TasksNode>(label, identity, {
    kind: 'tasks',
    parts: [dtype],
    chunks,
    ...(follow.length > 0 && { bounds: most }),
    inputs: [{ node: input, part: 0 }],
    task,
  });
}

/** Cuts a piece out of a block, so that the rest of the block can be freed before the merge. */
function splitTask(input: ArrayNode, block: readonly number[], copy: Copy, key: string, emit: Emit): string {
  return emit.add({
    key: `${key}<${blockKey(input, block)}`,
    op: 'array/gather',
    inputs: [emit.keyOf(input, block)],
    params: { copies: [{ ...copy, input: 0, to: copy.to.map(() => 0) }] } satisfies GatherParams,
    ...moved([{ dtype: input.parts[0], shape: copy.shape }]),
  });
}

/** One element of each list, in all combinations, the last varying fastest. */
function* combinations<T>(lists: readonly (readonly T[])[]): Generator<T[]> {
  if (lists.some((l) => l.length === 0)) return;
  const at = lists.map(() => 0);
  for (;;) {
    yield at.map((i, axis) => lists[axis][i]);
    let axis = lists.length - 1;
    while (axis >= 0 && ++at[axis] === lists[axis].length) at[axis--] = 0;
    if (axis < 0) return;
  }
}
