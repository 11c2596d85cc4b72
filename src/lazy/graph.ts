import { atOnce, type Pieces, STEPS } from '../graph/pieces.js';
import type { Key, Task } from '../graph/task.js';
import type { LazyInput } from './protocol.js';

/** All tasks that make some results. */
export const tasksOf = (results: Iterable<LazyInput>): Map<Key, Task> => atOnce(tasksInPieces(results));

/** The same in pieces. Iterative: graphs may be deep. */
export function* tasksInPieces(results: Iterable<LazyInput>): Pieces<Map<Key, Task>> {
  const graph = new Map<Key, Task>();
  const met = new Set<Key>();
  const stack = [...results];
  for (let result = stack.pop(); result !== undefined; result = stack.pop()) {
    if (met.has(result.key)) continue;
    met.add(result.key);
    if (met.size % STEPS === 0) yield;
    for (const task of result.tasks()) graph.set(task.key, task);
    for (const input of result.inputs) stack.push(input);
  }
  return graph;
}
