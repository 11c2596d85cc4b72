import { GraphError } from '../../graph/errors.js';
import { atOnce, type Pieces } from '../../graph/pieces.js';
import type { Key, Task } from '../../graph/task.js';
import { SUPPLY } from '../supply.js';
import type { Core } from './core.js';
import { layerOf, leaveLayer } from './layers.js';
import { count } from './little.js';
import { RunRecord, type Submission, TaskRecord } from './records.js';

/** Ranks of an earlier run come before all of a later one's, those of a higher priority before all: exact up to 2 ** 53. */
const RANKS_PER_PRIORITY = 2 ** 46;

/**
 * Takes a graph in: makes records of the tasks that the outputs need and that are not here already, depth first from the
 * outputs. Throws a GraphError, having changed nothing, where an input has no task or the graph has a cycle.
 */
export function submit(core: Core, submission: Submission): RunRecord {
  const walk = new Walk(core, submission);
  atOnce(walk.pieces());
  return walk.commit();
}

function want(core: Core, run: RunRecord, record: TaskRecord): void {
  if (run.held.has(record.task.key)) return;
  run.held.set(record.task.key, record);
  record.holds++;
  if (record.status === 'done') {
    if (!run.streamed) return;
    run.pending++;
    core.fetches.push({ record, token: 0, run });
    return;
  }
  run.pending++;
  if (record.wantedBy === undefined) record.wantedBy = [run];
  else record.wantedBy.push(run);
}

/** How far the walk has come with a record, in `aheadBatch`, which is not in use yet. */
const OPEN = -1;
const CLOSED = 0;

/** The depth-first walk. Iterative, without an object a step: graphs may be deep, and large. */
export class Walk {
  /** Records of others that it met, some of them several times, where it holds them. */
  readonly present: TaskRecord[] = [];
  private readonly run: RunRecord;
  private readonly made: TaskRecord[] = [];
  /** Records on the way from the output, and how many of their inputs were visited. */
  private readonly path: TaskRecord[] = [];
  private readonly visited: number[] = [];
  private readonly base: number;
  private step = 0;

  /** @param steps in a piece, where there are others: there may be other events then, and what others have is held */
  constructor(
    private readonly core: Core,
    private readonly submission: Submission,
    private readonly steps?: number,
  ) {
    this.run = new RunRecord(submission.run, submission.streamed, submission.priority ?? 0);
    this.base = core.ranks - this.run.priority * RANKS_PER_PRIORITY;
  }

  /** All of it. Throws a GraphError, having changed nothing, where the graph cannot be computed. */
  *pieces(): Pieces<void> {
    try {
      for (const key of this.submission.outputs) yield* this.from(key);
    } catch (error) {
      this.undo();
      throw error;
    }
  }

  /** Whether all that it met is as good as it was. */
  get isSound(): boolean {
    return this.present.every(({ status }) => status !== 'failed' && status !== 'dropped');
  }

  /** The records take part from now on. */
  commit(): RunRecord {
    const { core, submission, run } = this;
    core.ranks += submission.graph.size + 1;
    core.runs.set(run.id, run);
    this.connect();
    for (const key of submission.outputs) want(core, run, core.byKey.get(key)!);
    return run;
  }

  undo(): void {
    for (const { task, layer } of this.made.splice(0)) {
      this.core.byKey.delete(task.key);
      leaveLayer(this.core, layer);
    }
  }

  private *from(output: Key): Pieces<void> {
    this.visit(output, undefined);
    const { path, visited } = this;
    while (path.length > 0) {
      if (this.steps !== undefined && ++this.step % this.steps === 0) yield;
      const last = path.length - 1;
      const record = path[last]!;
      const next = visited[last]!;
      const { inputs } = record.task;
      if (next < inputs.length) {
        visited[last] = next + 1;
        record.inputs[next] = this.visit(inputs[next]!, record);
      } else {
        record.aheadBatch = CLOSED;
        path.pop();
        visited.pop();
      }
    }
  }

  /** Counts the edges, and says what can be run. */
  private connect(): void {
    const { core, run, made } = this;
    run.total = made.length;
    for (const record of made) {
      let fromBlocks = false;
      for (const input of record.inputs) {
        input.waiters++;
        addDependent(input, record);
        if (input.status !== 'done') record.missing++;
        if (input.task.out !== undefined) fromBlocks = true;
      }
      record.heavy = fromBlocks || record.task.out !== undefined || (record.task.scratch ?? 0) > 0;
      record.root = !fromBlocks && record.task.out !== undefined;
      count(core, record, 1);
    }
    for (const record of made) if (record.missing === 0) makeReady(core, record);
  }

  private visit(key: Key, reader: TaskRecord | undefined): TaskRecord {
    const { core, submission } = this;
    const present = core.byKey.get(key);
    if (present !== undefined) {
      if (present.aheadBatch === OPEN) throw new GraphError(`the graph has a cycle: ${this.cycle(present)}`);
      if (present.retries < submission.retries) present.retries = submission.retries;
      if (this.steps !== undefined && present.owner !== this.run) {
        present.holds++;
        this.present.push(present);
      }
      return present;
    }
    const task = submission.graph.get(key);
    if (task === undefined) throw new GraphError(missingTask(key, reader?.task));
    const rank = submission.priorities?.get(key) ?? this.made.length;
    const record = new TaskRecord(task, layerOf(core, task), this.base + rank, this.run, submission.retries);
    record.aheadBatch = OPEN;
    core.byKey.set(key, record);
    this.made.push(record);
    this.path.push(record);
    this.visited.push(0);
    return record;
  }

  private cycle(record: TaskRecord): string {
    const keys = this.path.map(({ task }) => task.key);
    return [...keys.slice(keys.indexOf(record.task.key)), record.task.key].join(' reads ');
  }
}

export function makeReady(core: Core, record: TaskRecord): void {
  record.status = 'ready';
  if (record.task.op === SUPPLY) core.supplies.push(record);
  else (record.root ? core.roots : core.ready).push(record);
}

/** Results that live long are read by task after task: those that are done are dropped from the list now and then. */
function addDependent(input: TaskRecord, dependent: TaskRecord): void {
  const { dependents } = input;
  // Most results have one reader: a list of exactly one saves much of a large graph's memory.
  if (dependents.length === 0) input.dependents = [dependent];
  else if (dependents.length > 64 && dependents.length > 4 * input.waiters)
    input.dependents = [...dependents.filter(isPending), dependent];
  else dependents.push(dependent);
}

export const isPending = (record: TaskRecord): boolean =>
  record.status === 'waiting' ||
  record.status === 'ready' ||
  record.status === 'loading' ||
  record.status === 'sent' ||
  record.status === 'seceded';

function missingTask(key: Key, reader: Task | undefined): string {
  const what = `no task makes ${JSON.stringify(key)}, and it is not persisted`;
  return reader === undefined
    ? what
    : `${what}, but task ${JSON.stringify(reader.key)} (${reader.op}) reads it`;
}
