import { GraphError } from './errors.js';
import { type IndexedGraph, indexGraph } from './indexed.js';
import type { Graph, Key } from './task.js';

/**
 * The keys of a graph, each after those that it reads; among several, the graph's own order decides.
 *
 * @param exists says which inputs need no task, because their results exist already
 * @throws GraphError naming an input that nothing makes and its reader, or the tasks of a cycle in reading order
 */
export function toposort(graph: Graph, exists: (key: Key) => boolean = () => false): Key[] {
  const indexed = indexGraph(graph);
  return Array.from(sortIndexed(indexed, exists), (t) => indexed.keys[t]!);
}

/** The same by numbers. */
export function sortIndexed(indexed: IndexedGraph, exists: (key: Key) => boolean): Int32Array {
  const missing = indexed.external.find(([, key]) => !exists(key));
  if (missing) {
    const [reader, key] = missing;
    throw new GraphError(
      `Task ${JSON.stringify(indexed.keys[reader])} reads ${JSON.stringify(key)}, which no task of the graph makes.`,
    );
  }
  return topologicalOrder(indexed);
}

/**
 * Numbers of the tasks, each after its inputs; external inputs count as there.
 *
 * @throws GraphError naming the tasks of a cycle
 */
export function topologicalOrder(graph: IndexedGraph): Int32Array {
  const { inputStart, readerStart, readers, keys } = graph;
  const n = keys.length;
  const missing = new Int32Array(n);
  const sorted = new Int32Array(n);
  let end = 0;
  for (let t = 0; t < n; t++) {
    missing[t] = inputStart[t + 1]! - inputStart[t]!;
    if (missing[t] === 0) sorted[end++] = t;
  }
  for (let at = 0; at < end; at++) {
    const t = sorted[at]!;
    for (let e = readerStart[t]!; e < readerStart[t + 1]!; e++) {
      const reader = readers[e]!;
      if (--missing[reader]! === 0) sorted[end++] = reader;
    }
  }
  if (end < n) throw new GraphError(describeCycle(graph, missing));
  return sorted;
}

/** Every task left over has an input left over: going from input to input must meet a task again. */
function describeCycle({ inputStart, inputs, keys }: IndexedGraph, missing: Int32Array): string {
  const seen = new Map<number, number>();
  const path: number[] = [];
  let t = missing.findIndex((count) => count > 0);
  while (!seen.has(t)) {
    seen.set(t, path.length);
    path.push(t);
    t = inputs.subarray(inputStart[t]!, inputStart[t + 1]!).find((input) => missing[input]! > 0)!;
  }
  const cycle = [...path.slice(seen.get(t)), t].map((i) => JSON.stringify(keys[i]));
  const shown = cycle.length > 12 ? [...cycle.slice(0, 6), '…', ...cycle.slice(-5)] : cycle;
  return `The graph has a cycle of ${cycle.length - 1} task${cycle.length === 2 ? '' : 's'}, each reading the next: ${shown.join(' → ')}.`;
}
