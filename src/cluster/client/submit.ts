import { cull } from '../../graph/cull.js';
import { GraphError } from '../../graph/errors.js';
import type { Graph, Key, Task } from '../../graph/task.js';
import { toposort } from '../../graph/toposort.js';
import { withModules } from '../modules/index.js';
import { PYTHON_OP } from '../python/index.js';
import { TaskEncoder } from '../wire/index.js';
import { ranksOf } from './joined.js';
import type { Session } from './session.js';

/** One message carries about so many bytes of tasks, or so many tasks. */
const BATCH_BYTES = 1 << 19;
const BATCH_TASKS = 2000;

/** What is to be sent of a graph: what the outputs need and the cluster has not. */
export interface Submission {
  readonly graph: Graph;
  readonly outputs: readonly Key[];
  readonly priorities: ReadonlyMap<Key, number> | undefined;
  /** Of the whole graph: a higher one comes first. */
  readonly priority: number;
  readonly retries: number;
  /** What each task needs of what workers offer. */
  readonly resources: Readonly<Record<string, number>> | undefined;
  /** Which workers may run it, by names, addresses or hosts. */
  readonly workers: readonly string[] | undefined;
  readonly allowOtherWorkers: boolean;
  /** Whether the scheduler is to count its tasks. */
  readonly counted: boolean;
}

/**
 * The part of a graph that must be sent: what is persisted is there already.
 *
 * @param isHeld whether a key is persisted, or being computed: tasks may read it without a task that makes it
 * @throws GraphError for a cycle, or a key that no task makes
 */
export function neededOf(
  graph: Graph,
  outputs: readonly Key[],
  isPersisted: (key: Key) => boolean,
  isHeld: (key: Key) => boolean,
): Graph {
  const missing = outputs.filter((key) => !isPersisted(key));
  const own = new Map([...graph].filter(([key]) => !isPersisted(key)));
  const needed = cull(own, missing);
  toposort(needed, isHeld);
  return needed;
}

/** Keys that tasks of a graph read and none makes. */
export function* externalsOf(graph: Graph): Generator<Key> {
  for (const { inputs } of graph.values()) for (const key of inputs) if (!graph.has(key)) yield key;
}

/**
 * Sends a graph's tasks, a bounded number of bytes at a time and in the order in which they should run, then what is wanted of it. The scheduler
 * answers with `tilework-submitted` and the graph's id.
 *
 * @param check called now and then: throws where nobody needs it any more
 * @throws TypeError naming a task that cannot be sent, EngineError naming a module of a function that cannot, what `check` throws; nothing
 *   is submitted then
 */
export async function submit(
  session: Session,
  id: string,
  submission: Submission,
  check: () => void,
): Promise<void> {
  const { graph, outputs, priority, counted } = submission;
  const ranks = ranksOf(submission);
  const rankOf = (task: Task): number => ranks.get(task.key) ?? 0;
  const encoder = new TaskEncoder();
  const annotations = annotationsOf(submission);
  let tasks: unknown[] = [];
  let ofPython: unknown[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    const message = { op: 'tilework-tasks', graph: id, annotations };
    session.send({ ...message, tasks });
    if (ofPython.length > 0) session.send({ ...message, tasks: ofPython, python: true });
    tasks = [];
    ofPython = [];
    bytes = 0;
    await session.drained();
    check();
  };
  try {
    const complete = await withModules(graph);
    for (const task of [...complete.values()].sort((a, b) => rankOf(a) - rankOf(b))) {
      for (const { key, dependencies, payload } of encoder.encode(task)) {
        const to = task.op === PYTHON_OP ? ofPython : tasks;
        to.push([key, rankOf(task), dependencies, payload]);
        bytes += payload.length;
      }
      if (bytes >= BATCH_BYTES || tasks.length + ofPython.length >= BATCH_TASKS) await flush();
    }
    await flush();
  } catch (error) {
    session.send({ op: 'tilework-discard', graph: id });
    throw error;
  }
  session.send({ op: 'tilework-submit', graph: id, keys: outputs, priority, counted });
}

/** What the scheduler is to mind of each task, by Dask's names. */
const annotationsOf = ({ retries, resources, workers, allowOtherWorkers }: Submission): object => ({
  ...(retries > 0 && { retries }),
  ...(resources && { resources }),
  ...(workers && { workers, allow_other_workers: allowOtherWorkers }),
});

/** Persisted results that a graph reads are gone: nothing here can make them again. */
export const lostInputs = (keys: readonly Key[]): GraphError =>
  new GraphError(
    `the cluster does not hold any more what ${keys.length === 1 ? 'the output' : 'outputs such as'} ${JSON.stringify(keys[0])} is made of: persist it again`,
  );
