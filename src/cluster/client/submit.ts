import { ACTOR_OP } from '../../engine/actors/actors.js';
import { GraphError } from '../../graph/errors.js';
import { inPieces, type Pieces, STEPS } from '../../graph/pieces.js';
import type { Graph, Key, Task } from '../../graph/task.js';
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
  const encoder = new TaskEncoder();
  const annotations = annotationsOf(submission);
  let tasks: unknown[] = [];
  let ofPython: unknown[] = [];
  let actors: unknown[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    const message = { op: 'tilework-tasks', graph: id, annotations };
    session.send({ ...message, tasks });
    if (ofPython.length > 0) session.send({ ...message, tasks: ofPython, python: true });
    if (actors.length > 0)
      session.send({ ...message, tasks: actors, annotations: { ...annotations, actor: true } });
    tasks = [];
    ofPython = [];
    actors = [];
    bytes = 0;
    await session.drained();
    check();
  };
  try {
    const complete = await withModules(graph);
    for (const { task, rank } of await inPieces(inOrder(complete, ranks))) {
      for (const { key, dependencies, payload } of encoder.encode(task)) {
        const isActor = task.op === ACTOR_OP && key === task.key;
        const to = task.op === PYTHON_OP ? ofPython : isActor ? actors : tasks;
        to.push([key, rank, dependencies, payload]);
        bytes += payload.length;
      }
      if (bytes >= BATCH_BYTES || tasks.length + ofPython.length + actors.length >= BATCH_TASKS)
        await flush();
    }
    await flush();
  } catch (error) {
    session.send({ op: 'tilework-discard', graph: id });
    throw error;
  }
  session.send({ op: 'tilework-submit', graph: id, keys: outputs, priority, counted });
}

interface Ranked {
  readonly task: Task;
  readonly rank: number;
}

/** Tasks by their ranks. Mostly these are the numbers from 0 on: each task has its place then. */
function* inOrder(graph: Graph, ranks: ReadonlyMap<Key, number>): Pieces<readonly Ranked[]> {
  const tasks: Ranked[] = [];
  const places = new Array<Ranked | undefined>(graph.size).fill(undefined);
  let placed = 0;
  for (const task of graph.values()) {
    if (tasks.length % STEPS === STEPS - 1) yield;
    const rank = ranks.get(task.key) ?? 0;
    const ranked = { task, rank };
    tasks.push(ranked);
    if (!Number.isInteger(rank) || rank < 0 || rank >= places.length || places[rank] !== undefined) continue;
    places[rank] = ranked;
    placed++;
  }
  if (placed === places.length) return places as readonly Ranked[];
  return tasks.sort((a, b) => a.rank - b.rank);
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
