import { GraphError } from './errors.js';
import type { Graph, Key, Task } from './task.js';

/**
 * The part of a graph that the outputs need, in the graph's order. Inputs that no task makes are passed over: their results may exist.
 *
 * @throws GraphError naming an output that no task makes
 */
export function cull(graph: Graph, outputs: Iterable<Key>): Graph {
  const needed = new Set<Key>();
  const stack: Key[] = [];
  for (const key of outputs) {
    if (!graph.has(key))
      throw new GraphError(`No task of the graph makes the output ${JSON.stringify(key)}.`);
    if (!needed.has(key)) stack.push(key);
    needed.add(key);
  }
  while (stack.length > 0) {
    for (const input of graph.get(stack.pop()!)!.inputs) {
      if (needed.has(input) || !graph.has(input)) continue;
      needed.add(input);
      stack.push(input);
    }
  }
  if (needed.size === graph.size) return graph;
  const culled = new Map<Key, Task>();
  for (const [key, task] of graph) if (needed.has(key)) culled.set(key, task);
  return culled;
}
