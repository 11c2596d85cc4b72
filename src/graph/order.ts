import { itemsize } from '../kernels/dtype.js';
import { type IndexedGraph, indexInPieces } from './indexed.js';
import { atOnce, type Pieces, STEPS } from './pieces.js';
import { Sequencer } from './sequence.js';
import type { Graph, Key, Task } from './task.js';
import { topologicalOrder } from './toposort.js';

/*
 * Static ordering for small memory
 *
 * Goals, first to last:
 *  1. few results are held at once: a result is made shortly before it is read and dropped soon after. This is what decides
 *     whether a computation fits in memory, and the engine's dynamic choices can only be as good as the order that they start from;
 *  2. one thread at a time is the model, as threads that take ready tasks in this order stay close to it;
 *  3. linear time, near enough: an order that takes longer than running the tasks is worth nothing;
 *  4. the same graph gives the same order, and equal choices go the way the outputs are listed and the graph was written (arrays: C order).
 *
 * To find the best order is NP-hard even for small classes of graphs; for trees it is not, and arrays make graphs that are
 * nearly trees in most places. So the plan is to walk a graph as one walks a tree, and to have a rule for each way in which it is none.
 *
 *  Trees. To make a task's inputs one after another, begin with the one that needs the most room beyond what it leaves behind,
 *  while little else is held yet (Sethi and Ullman's numbering of registers, 1970). The room is estimated once, from the bottom up, as if
 *  nothing were shared. The walk goes down from a goal to what is missing, deepest first, and back up. Goals without a relation to what is held
 *  are taken by the same rule: an output that is held to the end comes after those that need more room while they are made.
 *
 *  Free steps. A task that is ready and is the last reader of at least as much as it makes costs nothing, now or ever. It
 *  runs at once, wherever the walk is: another statistic of the block just read, the difference to a mean just finished. The same holds for
 *  all readers of one block together, where they are ready and make no more than the block: the pieces of a shuffle, small sums.
 *
 *  Detours. Reading `x` for `sum(x)` leaves x waiting for `sum(x * y)`, which waits for y. If all of its remaining readers (one
 *  or two), with everything that they still miss, are a handful of tasks which together leave no more than was there before, they
 *  come next. Without this rule a sum would leave all x's behind. Detours never leave more than there was, or a shuffle would cut all of its sources before it joins anything.
 *
 *  The next goal. When a goal is finished, what is held points to the next: the block that has the fewest readers left, of those the one touched
 *  last, and of its readers the one that misses the fewest inputs. So a reduction climbs its own tree, a matrix product
 *  finishes a row, a stencil goes on beside its last block.
 */

/**
 * Numbers the tasks of a graph from 0 in an order that holds few results at once; every task comes after its inputs.
 *
 * Results count by the bytes of their blocks; a plain value counts as an average block.
 *
 * @param outputs results that are held to the end (default: those that no task reads); others are dropped after their last reader.
 *   Pass none where outputs are taken away as they finish.
 * @throws GraphError when the graph has a cycle
 * @example
 * order(x.add(1).graph()).size; // 3
 */
export const order = (graph: Graph, outputs?: Iterable<Key>): Map<Key, number> =>
  atOnce(orderInPieces(graph, outputs));

/** The same in pieces. */
export function* orderInPieces(graph: Graph, outputs?: Iterable<Key>): Pieces<Map<Key, number>> {
  const indexed = yield* indexInPieces(graph);
  yield;
  const wanted = outputs && [...outputs];
  const held = heldToEnd(indexed, wanted);
  const weights = weigh(graph);
  const goals = new Set<number>();
  for (const key of wanted ?? []) {
    const t = indexed.index.get(key);
    if (t !== undefined) goals.add(t);
  }
  for (let t = 0; t < held.length; t++) {
    if (indexed.readerStart[t] !== indexed.readerStart[t + 1]) continue;
    goals.add(t);
    if (!held[t]) weights[t] = 0; // dropped at once, as what a store yields
  }
  const { inputs, room } = planTrees(indexed, weights);
  yield;
  const excess = (t: number): number => room[t]! - (held[t] ? weights[t]! : 0);
  const sorted = [...goals].sort((a, b) => excess(b) - excess(a));
  const sequence = yield* new Sequencer({ ...indexed, inputs }, weights, held).run(sorted);
  yield;
  const numbers = new Map<Key, number>();
  for (let i = 0; i < sequence.length; i++) {
    if (i % STEPS === STEPS - 1) yield;
    numbers.set(indexed.keys[sequence[i]!]!, i);
  }
  return numbers;
}

/**
 * For each task the room that it and all that it needs take at most, as if nothing were shared, and its inputs sorted by
 * the room that each needs beyond what it leaves.
 */
function planTrees(graph: IndexedGraph, weights: Float64Array): { room: Float64Array; inputs: Int32Array } {
  const { inputStart } = graph;
  const inputs = graph.inputs.slice();
  const room = new Float64Array(weights.length);
  const excess = new Float64Array(weights.length);
  for (const t of topologicalOrder(graph)) {
    const own = inputs.subarray(inputStart[t], inputStart[t + 1]);
    let sorted = true;
    for (let i = 1; i < own.length && sorted; i++) sorted = excess[own[i - 1]!]! >= excess[own[i]!]!;
    // Array's sort is stable, a typed array's is in all engines too; the check above spares most tasks both.
    if (!sorted) own.sort((a, b) => excess[b]! - excess[a]!);
    let held = 0;
    let most = 0;
    for (const input of own) {
      most = Math.max(most, held + room[input]!);
      held += weights[input]!;
    }
    room[t] = Math.max(most, held + weights[t]!);
    excess[t] = room[t]! - weights[t]!;
  }
  return { room, inputs };
}

/** What each task's result weighs: its blocks' bytes; a value weighs as much as the average task's blocks, or 1 where there are none. */
export function weigh(graph: Graph): Float64Array {
  const weights = new Float64Array(graph.size);
  let total = 0;
  let count = 0;
  let t = 0;
  for (const task of graph.values()) {
    if (task.out) {
      weights[t] = bytesOf(task);
      total += weights[t]!;
      count += 1;
    }
    t += 1;
  }
  const average = count === 0 || total === 0 ? 1 : Math.round(total / count);
  t = 0;
  for (const task of graph.values()) {
    if (!task.out) weights[t] = average;
    t += 1;
  }
  return weights;
}

/** Bytes of the blocks that a task fills; 0 for a task that yields a plain value. */
export function bytesOf(task: Task): number {
  let bytes = 0;
  for (const { dtype, shape } of task.out ?? []) bytes += shape.reduce((a, b) => a * b, itemsize(dtype));
  return bytes;
}

/** A flag for each task whose result stays to the end. */
export function heldToEnd(graph: IndexedGraph, outputs?: Iterable<Key>): Uint8Array {
  const held = new Uint8Array(graph.keys.length);
  if (outputs) {
    for (const key of outputs) {
      const t = graph.index.get(key);
      if (t !== undefined) held[t] = 1;
    }
  } else {
    for (let t = 0; t < held.length; t++) {
      if (graph.readerStart[t] === graph.readerStart[t + 1]) held[t] = 1;
    }
  }
  return held;
}
