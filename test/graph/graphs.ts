import type { Graph, Key, Task } from '../../src/graph/task.js';

/** A graph of value tasks from `key: inputs`. */
export function graphOf(inputs: Readonly<Record<Key, readonly Key[]>>, op = 'call'): Graph {
  return new Map(
    Object.entries(inputs).map(([key, reads]): [Key, Task] => [key, { key, op, inputs: reads, params: key }]),
  );
}

/** A random graph of `reads.length` tasks from lists of numbers: task i reads some of the tasks before it, in the order given. */
export function randomGraph(reads: readonly (readonly number[])[]): Graph {
  return graphOf(
    Object.fromEntries(
      reads.map((list, i) => [`t${i}`, i === 0 ? [] : [...new Set(list.map((r) => `t${r % i}`))]]),
    ),
  );
}

/** Keys that nothing reads. */
export function leavesOf(graph: Graph): Key[] {
  const read = new Set([...graph.values()].flatMap((task) => task.inputs));
  return [...graph.keys()].filter((key) => !read.has(key));
}
