import { tokenize } from '../../graph/key.js';
import type { Key, Task } from '../../graph/task.js';
import type { Region, Source } from '../../io/source.js';
import type { DType } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import {
  blockShape,
  boundaries,
  type ChunkSpec,
  type Chunks,
  cut,
  normalizeChunks,
} from '../nodes/chunks.js';
import { type Emit, makeNode, type TasksNode } from '../nodes/node.js';

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
