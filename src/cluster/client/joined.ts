import { order } from '../../graph/order.js';
import type { Key, Task } from '../../graph/task.js';
import { PYTHON_OP } from '../python/index.js';
import type { Submission } from './submit.js';

/** So many graphs go out together at most: workers have the first while the next are made ready. */
const MOST = 1000;

/** One that says nothing else than another of how its tasks are to be run, and may share a message with it. */
function manner({ graph, priority, retries, resources, workers, allowOtherWorkers }: Submission): string {
  // The scheduler refuses a graph with Python's tasks where nobody can run them.
  let python = false;
  for (const { op } of graph.values()) python ||= op === PYTHON_OP;
  return JSON.stringify([python, priority, retries, resources, workers, allowOtherWorkers]);
}

/**
 * Parts what is sent in one turn into what may be one graph to the scheduler: what comes one after another and is to be run in the same way. What the scheduler
 * counts is a graph of its own, and so is what is `alone`.
 */
export function inGroups<T>(
  all: readonly T[],
  submissionOf: (one: T) => Submission,
  alone: (one: T) => boolean,
): T[][] {
  const groups: T[][] = [];
  let last: string | undefined;
  for (const one of all) {
    const submission = submissionOf(one);
    const own = submission.counted || alone(one) ? undefined : manner(submission);
    const group = groups.at(-1);
    if (group !== undefined && own !== undefined && own === last && group.length < MOST) group.push(one);
    else groups.push([one]);
    last = own;
  }
  return groups;
}

/** Several submissions as one: the tasks of each come before all of the next. */
export function joined(submissions: readonly Submission[]): Submission {
  const [first] = submissions;
  if (submissions.length === 1) return first!;
  const graph = new Map<Key, Task>();
  const priorities = new Map<Key, number>();
  const outputs = new Set<Key>();
  let next = 0;
  for (const one of submissions) {
    for (const key of one.outputs) outputs.add(key);
    const ranks = ranksOf(one);
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const key of one.graph.keys()) {
      const rank = ranks.get(key) ?? 0;
      least = Math.min(least, rank);
      most = Math.max(most, rank);
    }
    for (const [key, task] of one.graph) {
      // What several need is made when the first needs it.
      if (graph.has(key)) continue;
      graph.set(key, task);
      priorities.set(key, next + (ranks.get(key) ?? 0) - least);
    }
    if (one.graph.size > 0) next += most - least + 1;
  }
  return { ...first!, graph, outputs: [...outputs], priorities };
}

/** In which order tasks should run: as is said, else as holds few results at once. */
export function ranksOf({ graph, outputs, priorities }: Submission): ReadonlyMap<Key, number> {
  return priorities ?? (graph.size > 1 ? order(graph, outputs) : NONE);
}

const NONE: ReadonlyMap<Key, number> = new Map();
