import { lower } from '../../array/lower/lower.js';
import type { Graph, Key } from '../../graph/task.js';
import type { ArraySource } from '../plan/source.js';

/** The tasks of an array's blocks, and the keys of those that lie side by side: the rows of a frame, some at a time. */
export function blockRows({ array }: ArraySource): {
  readonly graph: Graph;
  readonly rows: readonly (readonly Key[])[];
} {
  const { chunks, node } = array;
  const width = chunks[1]?.length ?? 1;
  const wanted = chunks[0]!.flatMap((_, row) =>
    Array.from({ length: width }, (_c, column) => ({
      node,
      coords: array.ndim === 1 ? [row] : [row, column],
    })),
  );
  const { graph, keys } = lower(wanted);
  return { graph, rows: chunks[0]!.map((_, row) => keys.slice(row * width, (row + 1) * width)) };
}
