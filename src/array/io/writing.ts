import { atExit } from '../../engine/disk/cleanup.js';
import { tokenize } from '../../graph/key.js';
import { orderInPieces } from '../../graph/order.js';
import { inPieces, type Pieces } from '../../graph/pieces.js';
import type { Graph, Key, Task } from '../../graph/task.js';
import { abortWrite } from '../../io/replace.js';
import type { Target } from '../../io/source.js';
import type { DType } from '../../kernels/dtype.js';
import { engineFor, holderOf } from '../../lazy/index.js';
import type { TileArray } from '../array.js';
import type { ArrayCompute } from '../compute/compute.js';
import { lowerInPieces } from '../lower/lower.js';
import { blocksOf, boundaries, type Chunks, gridOf, isKnown } from '../nodes/chunks.js';
import { rechunkNode } from '../nodes/rechunk.js';

/** An array and where it goes; `finish` makes it visible there. */
export interface Writing {
  readonly array: TileArray<DType>;
  readonly target: Target;
  readonly finish: (target: Target) => void | Promise<void>;
}

/**
 * Writes arrays into their targets: one task a block, all blocks in one pass. Nothing is visible at any path until all are there, and no partial file is left behind when it fails or the process is
 * interrupted.
 */
export async function writeAll(writings: readonly Writing[], options: ArrayCompute = {}): Promise<void> {
  const { engine: chosen, ...rest } = options;
  const abort = () => {
    for (const { target } of writings) abortWrite(target);
  };
  const forget = atExit(abort);
  try {
    const engine = engineFor(chosen, holderOf(writings.map(({ array }) => array.node)));
    rest.signal?.throwIfAborted();
    const planned = inPieces(writeGraph(writings), rest.signal);
    const { graph, keys, priorities } = planned instanceof Promise ? await planned : planned;
    await engine.run(graph, keys, { ...rest, priorities, onOutput: () => {} });
    for (const { target, finish } of writings) await finish(target);
  } catch (error) {
    abort();
    throw error;
  } finally {
    forget();
  }
}

interface WriteGraph {
  readonly graph: Graph;
  readonly keys: readonly Key[];
  readonly priorities: ReadonlyMap<Key, number>;
}

function* writeGraph(writings: readonly Writing[]): Pieces<WriteGraph> {
  const wanted = writings.flatMap(({ array, target }) => {
    const node = rechunkNode(array.astype(target.dtype).node, writeChunks(array, target));
    const starts = node.chunks.map(boundaries);
    return [...blocksOf(gridOf(node.chunks))].map((coords) => ({ node, coords, starts, target }));
  });
  const lowered = yield* lowerInPieces(wanted);
  const graph = new Map<Key, Task>(lowered.graph);
  const keys = wanted.map(({ coords, starts, target }, i) => {
    const key = `write-${tokenize(target.partial)}:${coords.join(',')}`;
    const params = { start: coords.map((c, a) => starts[a][c]) };
    graph.set(key, { key, op: target.op, inputs: [lowered.keys[i]], params, common: target.common });
    return key;
  });
  return { graph, keys, priorities: yield* orderInPieces(graph, keys) };
}

/** The array's chunks, moved to the nearest multiples of the target's. */
function writeChunks(array: TileArray<DType>, { chunks }: Target): Chunks {
  if (!isKnown(array.chunks))
    throw new Error('an array with unknown chunk sizes cannot be written; call computeChunkSizes() first');
  if (!chunks) return array.chunks;
  return array.chunks.map((sizes, axis) => {
    const unit = chunks[axis];
    const extent = array.shape[axis];
    const ends = new Set(boundaries(sizes).map((at) => Math.min(extent, Math.round(at / unit) * unit)));
    const at = [...ends.add(0).add(extent)].sort((a, b) => a - b);
    const moved = at.slice(1).map((end, i) => end - at[i]);
    return moved.length > 0 ? moved : [0];
  });
}
