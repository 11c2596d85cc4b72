import { indexInPieces } from './indexed.js';
import { MergedTasks } from './merged-task.js';
import { bytesOf } from './order.js';
import { atOnce, type Pieces, STEPS } from './pieces.js';
import type { Graph, Key, Task } from './task.js';
import { topologicalOrder } from './toposort.js';

/*
 * Fewer tasks, for where each costs much
 *
 * On a cluster a task costs the scheduler, and the worker that it goes to, one or two milliseconds together, and what it makes may have to move to
 * another worker. So what takes little more than that is not worth a task, and what is made in less time than it is moved in is not worth moving:
 *
 *  Cheap sources are made again. A task that reads nothing (random numbers, a range, a constant) is done by each of its readers for itself, unless that
 *  takes longer, altogether, than to make it once and move it.
 *
 *  Small tasks are done by their reader. What a task reads that is made for it alone, by tasks that read next to nothing themselves, it makes
 *  itself, as long as it stays short: a step of a reduction draws, computes and sums up its blocks, or, where these are too many, some of them. A scheduler keeps some hundred threads busy with tasks as long as
 *  `MOST_WORK`, so that more and shorter ones would not end earlier; where there is less to do altogether, it stays `PARTS` tasks at least, unless these would be
 *  shorter than what a task costs.
 *
 * Only tasks that say what work they are (`Task.work`) are merged: they compute and do nothing else, so that doing them twice, or elsewhere, changes nothing. Outputs
 * stay tasks, and every task that stays has its key, so equal work has equal keys still.
 */

/** Elementary steps, of some nanosecond each, that a task costs scheduler and worker beside its work. */
const TASK_STEPS = 1e6;
/** Steps to move a byte from one worker to another: to send, receive and place it … */
const MOVE_STEPS = 1;
/** … which is done for each reader but the first, as long as these are so many: further ones find it where they run. */
const MOVES = 2;
/** Steps that one task has at most after others were merged into it … */
const MOST_WORK = 1.5e8;
/** … and this share of all that is to be done. */
const PARTS = 32;
/** Bytes that a small task may read of what others have made: it is done where its reader is, so they may have to be moved there. */
const LITTLE = 1 << 16;

/** A task that only computes, and fills blocks. */
type Computing = Task & { readonly work: number };

const computes = (task: Task | undefined): task is Computing =>
  task?.work !== undefined && !Number.isNaN(task.work) && task.out !== undefined;

/** A task with those that it does itself. */
interface Merged {
  readonly task: Task;
  /** What it does, itself last. */
  readonly steps: ReadonlySet<Task>;
  readonly work: number;
  /** Bytes that all of these read of others. */
  readonly reads: number;
}

/**
 * Merges tasks into those that read them, so that fewer are left, which compute the same.
 *
 * @param outputs keys whose tasks stay
 * @throws GraphError where there is a cycle
 */
export const merge = (graph: Graph, outputs: Iterable<Key>): Graph => atOnce(mergeInPieces(graph, outputs));

/** The same in pieces. */
export function* mergeInPieces(graph: Graph, outputs: Iterable<Key>): Pieces<Graph> {
  let total = 0;
  for (const task of graph.values()) if (computes(task)) total += task.work;
  if (total === 0) return graph;
  yield;
  const most = Math.min(MOST_WORK, Math.max(TASK_STEPS, total / PARTS));
  const kept = new Set(outputs);
  const indexed = yield* indexInPieces(graph);
  const readers = (t: number): Task[] =>
    [...indexed.readers.subarray(indexed.readerStart[t], indexed.readerStart[t + 1])].map(
      (r) => graph.get(indexed.keys[r]!)!,
    );
  const again = yield* sourcesMadeAgain(graph, kept, (key) => readers(indexed.index.get(key)!));
  const gone = new Set<Key>(again);
  const merged = new Map<Key, Merged>();
  /** Those that their only reader may do. */
  const small = new Map<Key, Merged>();
  let count = 0;
  for (const t of topologicalOrder(indexed)) {
    if (++count % STEPS === 0) yield;
    const task = graph.get(indexed.keys[t]!)!;
    if (!computes(task) || again.has(task.key)) continue;
    const isAlone = indexed.readerStart[t + 1]! - indexed.readerStart[t]! === 1;
    const mayGo = ({ reads }: Merged): boolean => isAlone && !kept.has(task.key) && reads <= LITTLE;
    let found = withInputs(task, graph, again, small);
    if (found.work > most) {
      found = withInputs(task, graph, again, new Map());
      // What its reader may do is best left small; what stays a task does of its inputs what leaves it short.
      if (!mayGo(found)) found = withInputs(task, graph, again, small, most);
    }
    for (const { key } of found.steps) if (key !== task.key) gone.add(key);
    merged.set(task.key, found);
    if (mayGo(found)) small.set(task.key, found);
  }
  const tasks = new MergedTasks();
  const result = new Map<Key, Task>();
  for (const [key, task] of graph) {
    if (++count % STEPS === 0) yield;
    if (gone.has(key)) continue;
    const { steps, work } = merged.get(key) ?? { steps: new Set(), work: 0 };
    result.set(key, steps.size > 1 ? tasks.of([...steps], work) : task);
  }
  return result;
}

/** A task that does for itself what of its inputs is made again, and of those that are small as many as leave it with no more than `most` work. */
function withInputs(
  task: Computing,
  graph: Graph,
  again: ReadonlySet<Key>,
  small: ReadonlyMap<Key, Merged>,
  most = Number.POSITIVE_INFINITY,
): Merged {
  const steps = new Set<Task>();
  const inputs = new Set(task.inputs);
  let { work } = task;
  let reads = 0;
  for (const key of inputs) {
    if (!again.has(key)) continue;
    const source = graph.get(key)!;
    steps.add(source);
    work += source.work!;
  }
  for (const key of inputs) {
    if (again.has(key)) continue;
    const input = graph.get(key);
    const inner = small.get(key);
    if (inner !== undefined && work + inner.work <= most) {
      for (const step of inner.steps) steps.add(step);
      work += inner.work;
      reads += inner.reads;
    } else {
      reads += input?.out === undefined ? Number.POSITIVE_INFINITY : bytesOf(input);
    }
  }
  steps.add(task);
  return { task, steps, work, reads };
}

/** Tasks that each of their readers does for itself. */
function* sourcesMadeAgain(
  graph: Graph,
  kept: ReadonlySet<Key>,
  readersOf: (key: Key) => readonly Task[],
): Pieces<Set<Key>> {
  const again = new Map<Key, readonly Task[]>();
  const added = new Map<Task, number>();
  let count = 0;
  for (const [key, task] of graph) {
    if (++count % STEPS === 0) yield;
    if (!computes(task) || task.inputs.length > 0 || kept.has(key) || carriesData(task)) continue;
    const readers = readersOf(key);
    const others = readers.length - 1;
    const once = TASK_STEPS + MOVE_STEPS * bytesOf(task) * Math.min(others, MOVES);
    if (others < 0 || others * task.work > once || !readers.every(computes)) continue;
    again.set(key, readers);
    for (const reader of readers) added.set(reader, (added.get(reader) ?? reader.work!) + task.work);
  }
  for (const [key, readers] of again)
    if (readers.some((reader) => added.get(reader)! > MOST_WORK)) again.delete(key);
  return new Set(again.keys());
}

/** Whether a task holds elements itself: it is worth sending once. */
const carriesData = ({ common }: Task): boolean =>
  typeof common === 'object' &&
  common !== null &&
  Object.values(common).some((value) => value instanceof ArrayBuffer || value instanceof SharedArrayBuffer);
