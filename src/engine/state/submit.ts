import type { Key, Task } from '../../graph/task.js';
import { GraphError } from '../errors.js';
import type { Core } from './core.js';
import { layerOf, leaveLayer } from './layers.js';
import { RunRecord, type Submission, TaskRecord } from './records.js';

/** Ranks of an earlier run come before all of a later one's. */
const RANKS_PER_RUN = 2 ** 32;

interface Visit {
  readonly record: TaskRecord;
  next: number;
}

/**
 * Takes a graph in: makes records of the tasks that the outputs need and that are not here already, depth first from the
 * outputs. Throws a GraphError, having changed nothing, where an input has no task or the graph has a cycle.
 */
export function submit(core: Core, submission: Submission): RunRecord {
  const run = new RunRecord(submission.run, submission.streamed);
  const walk = new Walk(core, submission, run);
  try {
    for (const key of submission.outputs) walk.from(key);
  } catch (error) {
    walk.undo();
    throw error;
  }
  core.runsSubmitted++;
  core.runs.set(run.id, run);
  walk.index();
  for (const key of submission.outputs) want(core, run, core.byKey.get(key)!);
  return run;
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

class Walk {
  private readonly made = new Map<Key, TaskRecord>();
  private readonly open = new Set<TaskRecord>();
  private readonly path: Visit[] = [];
  private readonly base: number;

  constructor(
    private readonly core: Core,
    private readonly submission: Submission,
    private readonly run: RunRecord,
  ) {
    this.base = core.runsSubmitted * RANKS_PER_RUN;
  }

  from(output: Key): void {
    this.visit(output, undefined);
    const { path } = this;
    while (path.length > 0) {
      const visit = path[path.length - 1]!;
      const { record } = visit;
      const { inputs } = record.task;
      if (visit.next < inputs.length) {
        record.inputs.push(this.visit(inputs[visit.next++]!, record));
      } else {
        path.pop();
        this.open.delete(record);
      }
    }
  }

  /** Puts what was made into the engine's index, ready or waiting. */
  index(): void {
    const { core, run } = this;
    run.total = this.made.size;
    for (const record of this.made.values()) {
      core.byKey.set(record.task.key, record);
      let fromBlocks = false;
      for (const input of record.inputs) {
        input.waiters++;
        addDependent(input, record);
        if (input.status !== 'done') record.missing++;
        if (input.task.out !== undefined) fromBlocks = true;
      }
      record.heavy = fromBlocks || record.task.out !== undefined || (record.task.scratch ?? 0) > 0;
      record.root = !fromBlocks && record.task.out !== undefined;
    }
    for (const record of this.made.values()) if (record.missing === 0) makeReady(core, record);
  }

  undo(): void {
    for (const record of this.made.values()) leaveLayer(this.core, record.layer);
  }

  private visit(key: Key, reader: TaskRecord | undefined): TaskRecord {
    const made = this.made.get(key);
    if (made !== undefined) {
      if (this.open.has(made)) throw new GraphError(`the graph has a cycle: ${this.cycle(made)}`);
      return made;
    }
    const { core, submission } = this;
    const present = core.byKey.get(key);
    if (present !== undefined) {
      if (present.retries < submission.retries) present.retries = submission.retries;
      return present;
    }
    const task = submission.graph.get(key);
    if (task === undefined) throw new GraphError(missingTask(key, reader?.task));
    const rank = submission.priorities?.get(key) ?? this.made.size;
    const record = new TaskRecord(task, layerOf(core, task), this.base + rank, this.run, submission.retries);
    this.made.set(key, record);
    this.open.add(record);
    this.path.push({ record, next: 0 });
    return record;
  }

  private cycle(record: TaskRecord): string {
    const keys = this.path.map((visit) => visit.record.task.key);
    return [...keys.slice(keys.indexOf(record.task.key)), record.task.key].join(' reads ');
  }
}

export function makeReady(core: Core, record: TaskRecord): void {
  record.status = 'ready';
  (record.root ? core.roots : core.ready).push(record);
}

/** Results that live long are read by task after task: those that are done are dropped from the list now and then. */
function addDependent(input: TaskRecord, dependent: TaskRecord): void {
  if (input.dependents.length > 64 && input.dependents.length > 4 * input.waiters)
    input.dependents = input.dependents.filter(isPending);
  input.dependents.push(dependent);
}

export const isPending = (record: TaskRecord): boolean =>
  record.status === 'waiting' ||
  record.status === 'ready' ||
  record.status === 'loading' ||
  record.status === 'sent';

function missingTask(key: Key, reader: Task | undefined): string {
  const what = `no task makes ${JSON.stringify(key)}, and it is not persisted`;
  return reader === undefined
    ? what
    : `${what}, but task ${JSON.stringify(reader.key)} (${reader.op}) reads it`;
}
