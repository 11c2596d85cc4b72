import { atOnce, type Pieces, STEPS } from './pieces.js';
import type { Graph, Key } from './task.js';

/**
 * A graph's structure by number: tasks are 0 … n-1 in the graph's iteration order, and edges lie side by side in flat
 * lists, so that algorithms over 100,000 tasks look nothing up by name. A task that reads another twice has one edge to it.
 */
export interface IndexedGraph {
  readonly keys: readonly Key[];
  readonly index: ReadonlyMap<Key, number>;
  /** Inputs of task t: `inputs[inputStart[t]] … inputs[inputStart[t + 1] - 1]`, in the task's order. */
  readonly inputStart: Int32Array;
  readonly inputs: Int32Array;
  /** Readers of task t, in the same way, in the graph's order. */
  readonly readerStart: Int32Array;
  readonly readers: Int32Array;
  /** Inputs that no task of the graph makes: [reader, key]. Results that exist already, or mistakes: the caller knows. */
  readonly external: readonly (readonly [number, Key])[];
}

/** Numbers a graph's tasks and edges. */
export const indexGraph = (graph: Graph): IndexedGraph => atOnce(indexInPieces(graph));

/** The same in pieces. */
export function* indexInPieces(graph: Graph): Pieces<IndexedGraph> {
  const n = graph.size;
  const keys = [...graph.keys()];
  const index = new Map<Key, number>();
  for (let t = 0; t < n; t++) {
    if (t % STEPS === STEPS - 1) yield;
    index.set(keys[t]!, t);
  }

  const inputStart = new Int32Array(n + 1);
  const readerCount = new Int32Array(n + 1);
  const edges: number[] = [];
  const external: [number, Key][] = [];
  const lastReader = new Int32Array(n).fill(-1);
  let t = 0;
  for (const task of graph.values()) {
    for (const key of task.inputs) {
      const input = index.get(key);
      if (input === undefined) external.push([t, key]);
      else if (lastReader[input] !== t) {
        lastReader[input] = t;
        edges.push(input);
        readerCount[input + 1]!++;
      }
    }
    t += 1;
    inputStart[t] = edges.length;
    if (t % STEPS === 0) yield;
  }
  const inputs = Int32Array.from(edges);
  const readerStart = readerCount;
  for (let i = 0; i < n; i++) readerStart[i + 1]! += readerStart[i]!;
  const fill = readerStart.slice();
  const readers = new Int32Array(inputs.length);
  for (let r = 0; r < n; r++) {
    for (let e = inputStart[r]!; e < inputStart[r + 1]!; e++) readers[fill[inputs[e]!]!++] = r;
  }
  return { keys, index, inputStart, inputs, readerStart, readers, external };
}
