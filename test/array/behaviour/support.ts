import type { Graph, Task } from '../../../src/graph/task.js';
import * as tw from '../../../src/index.js';

/** Blocks that cost something to make, so that nothing makes them twice for being cheap. */
export const stored = (shape: number[], chunks: tw.TileArray['shape']) =>
  tw.fromFunction((i, j = 0) => 10 * i + j, shape, { chunks });

/** How many tasks of each operation a graph has. */
export function operations(graph: Graph): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { op } of graph.values()) counts[op] = (counts[op] ?? 0) + 1;
  return counts;
}

export const tasksOf = (graph: Graph, op: string): Task[] =>
  [...graph.values()].filter((task) => task.op === op);

/** What fused loops say of themselves. */
export interface Fused extends Task {
  readonly params: { readonly shape: readonly number[]; readonly operands: readonly (readonly number[])[] };
  readonly common: {
    readonly spec: { readonly nodes: readonly { op: string }[]; readonly reduce?: readonly number[] };
  };
}
export const loopsOf = (graph: Graph): Fused[] => tasksOf(graph, 'array/fused') as Fused[];

export const listOf = (value: unknown): unknown => (value as tw.NDArray).tolist();

/** Tasks that ran in an engine meanwhile. */
export async function ran<T>(
  engine: tw.LocalEngine,
  work: () => Promise<T>,
): Promise<{ tasks: number; value: T }> {
  const before = engine.stats().tasks.done;
  const value = await work();
  return { tasks: engine.stats().tasks.done - before, value };
}
