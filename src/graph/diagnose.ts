import { indexGraph } from './indexed.js';
import { bytesOf, heldToEnd } from './order.js';
import type { Graph, Key } from './task.js';

/** What running a graph in some order holds, one task at a time. */
export interface Diagnosis {
  /** Most results held at once, that of the running task included. */
  readonly peakLive: number;
  /** Most bytes of blocks held at once. */
  readonly peakBytes: number;
  /** Results held while each task runs, in the order of running. */
  readonly liveOverTime: Int32Array;
  /** Bytes of blocks held while each task runs. */
  readonly bytesOverTime: Float64Array;
  /** For how many tasks after its own each result is held. */
  readonly ages: ReadonlyMap<Key, number>;
}

/**
 * Follows what an order holds over time.
 *
 * @param order numbers as `order` gives them; only their order counts
 * @param outputs results held to the end (default: those that no task reads)
 * @example
 * const graph = x.add(1).graph();
 * const numbers = new Map([...graph.keys()].reverse().map((key, i) => [key, i]));
 * diagnose(graph, numbers).peakLive; // 2
 */
export function diagnose(graph: Graph, order: ReadonlyMap<Key, number>, outputs?: Iterable<Key>): Diagnosis {
  const indexed = indexGraph(graph);
  const { keys, inputStart, inputs, readerStart } = indexed;
  const n = keys.length;
  const number = (t: number): number => {
    const at = order.get(keys[t]!);
    if (at === undefined)
      throw new RangeError(`The order has no number for task ${JSON.stringify(keys[t])}.`);
    return at;
  };
  const numbers = Float64Array.from(keys, (_, t) => number(t));
  const sequence = Int32Array.from(keys.keys()).sort((a, b) => numbers[a]! - numbers[b]!);
  const held = heldToEnd(indexed, outputs);
  const bytes = Float64Array.from(graph.values(), bytesOf);

  const left = Int32Array.from(keys, (_, t) => readerStart[t + 1]! - readerStart[t]! + held[t]!);
  const startedAt = new Int32Array(n);
  const liveOverTime = new Int32Array(n);
  const bytesOverTime = new Float64Array(n);
  const ages = new Map<Key, number>();
  let live = 0;
  let liveBytes = 0;
  const drop = (t: number, now: number): void => {
    live -= 1;
    liveBytes -= bytes[t]!;
    ages.set(keys[t]!, now - startedAt[t]!);
  };
  for (let now = 0; now < n; now++) {
    const t = sequence[now]!;
    startedAt[t] = now;
    liveOverTime[now] = live += 1;
    bytesOverTime[now] = liveBytes += bytes[t]!;
    for (let e = inputStart[t]!; e < inputStart[t + 1]!; e++) {
      const input = inputs[e]!;
      left[input]! -= 1;
      if (left[input] === 0) drop(input, now);
    }
    if (left[t] === 0) drop(t, now);
  }
  for (let t = 0; t < n; t++) if (held[t]) ages.set(keys[t]!, n - 1 - startedAt[t]!);
  return {
    peakLive: liveOverTime.reduce((a, b) => Math.max(a, b), 0),
    peakBytes: bytesOverTime.reduce((a, b) => Math.max(a, b), 0),
    liveOverTime,
    bytesOverTime,
    ages,
  };
}
