import { GraphError } from '../../graph/errors.js';
import { type IndexedGraph, indexInPieces } from '../../graph/indexed.js';
import { mergeInPieces } from '../../graph/merge.js';
import { type Pieces, STEPS } from '../../graph/pieces.js';
import type { Graph, Key, Task } from '../../graph/task.js';
import { sortIndexed } from '../../graph/toposort.js';

/** What must be sent of a graph. */
export interface Needed {
  readonly graph: Graph;
  /** Keys that its tasks read and none makes: the cluster has them, or is at them. */
  readonly externals: ReadonlySet<Key>;
}

/**
 * The part of a graph that must be sent, in as few tasks as is worth while: what is persisted is there already.
 *
 * @param isHeld whether a key is persisted, or being computed: tasks may read it without a task that makes it
 * @throws GraphError for a cycle, or a key that no task makes
 */
export function* neededInPieces(
  graph: Graph,
  outputs: readonly Key[],
  isPersisted: (key: Key) => boolean,
  isHeld: (key: Key) => boolean,
): Pieces<Needed> {
  const missing = outputs.filter((key) => !isPersisted(key));
  if (missing.length === 0) return { graph: new Map(), externals: new Set() };
  const whole = yield* indexInPieces(graph);
  const reached = yield* reachedFrom(whole, missing, isPersisted);
  if (reached.count === graph.size) return yield* checked(graph, whole, outputs, isHeld);
  const part = new Map<Key, Task>();
  let t = 0;
  for (const [key, task] of graph) {
    if (reached.from[t++]) part.set(key, task);
    if (t % STEPS === 0) yield;
  }
  return yield* checked(part, yield* indexInPieces(part), outputs, isHeld);
}

function* checked(
  graph: Graph,
  indexed: IndexedGraph,
  outputs: readonly Key[],
  isHeld: (key: Key) => boolean,
): Pieces<Needed> {
  yield;
  sortIndexed(indexed, isHeld);
  const externals = new Set(indexed.external.map(([, key]) => key));
  return { graph: yield* mergeInPieces(graph, outputs), externals };
}

/** A flag for each task that outputs need and that is not persisted. */
function* reachedFrom(
  { index, keys, inputStart, inputs }: IndexedGraph,
  outputs: readonly Key[],
  isPersisted: (key: Key) => boolean,
): Pieces<{ readonly from: Uint8Array; readonly count: number }> {
  const from = new Uint8Array(keys.length);
  const found: number[] = [];
  const reach = (t: number): void => {
    if (from[t]) return;
    from[t] = 1;
    found.push(t);
  };
  for (const key of outputs) {
    const t = index.get(key);
    if (t === undefined)
      throw new GraphError(`No task of the graph makes the output ${JSON.stringify(key)}.`);
    reach(t);
  }
  for (let at = 0; at < found.length; at++) {
    if (at % STEPS === STEPS - 1) yield;
    const t = found[at]!;
    for (let e = inputStart[t]!; e < inputStart[t + 1]!; e++) {
      const input = inputs[e]!;
      if (!from[input] && !isPersisted(keys[input]!)) reach(input);
    }
  }
  return { from, count: found.length };
}
