import { tokenize } from '../../graph/key.js';
import { orderInPieces } from '../../graph/order.js';
import { inPieces, type Pieces } from '../../graph/pieces.js';
import type { Graph, Key, Task } from '../../graph/task.js';
import type { Region, Source, Target } from '../../io/source.js';
import type { DType } from '../../kernels/dtype.js';
import { engineFor } from '../../lazy/index.js';
import { TileArray } from '../array.js';
import type { ArrayCompute } from '../compute/compute.js';
import { lowerInPieces } from '../lower/lower.js';
import {
  blockShape,
  blocksOf,
  boundaries,
  type ChunkSpec,
  type Chunks,
  cut,
  gridOf,
  isKnown,
  normalizeChunks,
} from '../nodes/chunks.js';
import { type Emit, makeNode, type TasksNode } from '../nodes/node.js';
import { rechunkNode } from '../nodes/rechunk.js';

/** `'auto'` chunks of a source are multiples of its stored blocks of about this many bytes. */
const READ_BYTES = 16 * 2 ** 20;

/** A lazy array of a source in a file or store. */
export function fromSource(source: Source, chunks: ChunkSpec = 'auto'): TileArray<DType> {
  const { dtype, shape } = source;
  const sizes = chunks === 'auto' ? naturalChunks(source) : normalizeChunks(chunks, shape, dtype);
  const starts = sizes.map(boundaries);
  const prepare = (emit: Emit): Key[] => {
    if (!source.prepare) return [];
    const { op, params } = source.prepare;
    return [emit.add({ key: `${op}-${tokenize(params)}`, op, inputs: [], params })];
  };
  const reading = (
    start: readonly number[],
    step: readonly number[],
    of: readonly number[],
    key: Key,
    emit: Emit,
  ): Task => ({
    key,
    op: source.op,
    inputs: prepare(emit),
    params: { start, step } satisfies Region,
    common: source.common,
    out: [{ dtype, shape: of }],
  });
  const node = makeNode<TasksNode>(source.op.replace('io/', 'from-'), source.common, {
    kind: 'tasks',
    parts: [dtype],
    chunks: sizes,
    inputs: [],
    task: (coords, key, emit) =>
      reading(
        coords.map((c, a) => starts[a][c]),
        coords.map(() => 1),
        blockShape(sizes, coords),
        key,
        emit,
      ),
    ...(source.sliceable
      ? {
          read: {
            task: (coords, start, step, of, key, emit) =>
              reading(
                coords.map((c, a) => starts[a][c] + start[a]),
                step,
                of,
                key,
                emit,
              ),
          },
        }
      : {}),
  });
  return new TileArray(node);
}

/** Chunks of a source when none are asked for: its own, several together where they are small. */
function naturalChunks({ shape, dtype, chunks }: Source): Chunks {
  if (!chunks) return normalizeChunks('auto', shape, dtype, READ_BYTES);
  return shape.map((extent, axis) => cut(extent, Math.max(1, Math.min(chunks[axis], extent || 1))));
}

/** Writes an array into a target: one task a block, all blocks in one pass; nothing is visible at its path until all are there. */
export async function writeTo(
  array: TileArray<DType>,
  target: Target,
  close: {
    readonly finish: (t: Target) => void | Promise<void>;
    readonly abort: (t: Target) => void | Promise<void>;
  },
  options: ArrayCompute = {},
): Promise<void> {
  const { engine: chosen, ...rest } = options;
  try {
    const engine = engineFor(chosen, array.node.engine);
    rest.signal?.throwIfAborted();
    const planned = inPieces(writeGraph(array, target), rest.signal);
    const { graph, keys, priorities } = planned instanceof Promise ? await planned : planned;
    await engine.run(graph, keys, { ...rest, priorities, onOutput: () => {} });
    await close.finish(target);
  } catch (error) {
    await close.abort(target);
    throw error;
  }
}

interface WriteGraph {
  readonly graph: Graph;
  readonly keys: readonly Key[];
  readonly priorities: ReadonlyMap<Key, number>;
}

function* writeGraph(array: TileArray<DType>, target: Target): Pieces<WriteGraph> {
  const node = rechunkNode(array.astype(target.dtype).node, writeChunks(array, target));
  const wanted = [...blocksOf(gridOf(node.chunks))].map((coords) => ({ node, coords }));
  const lowered = yield* lowerInPieces(wanted);
  const graph = new Map(lowered.graph);
  const starts = node.chunks.map(boundaries);
  const keys = wanted.map(({ coords }, i) => {
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
