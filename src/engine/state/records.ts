import type { BlockMeta, Graph, Key, Task } from '../../graph/task.js';
import type { Allocation } from '../memory/arena.js';

/**
 * waiting: some input is not there. ready: can be sent. loading: admitted, inputs come from disk. sent: a thread has it.
 * seceded: its thread waits for what it asked for, and runs others meanwhile.
 * done: its result is here. failed, dropped: nobody waits for it any more (a thread may still be at it).
 */
export type Status = 'waiting' | 'ready' | 'loading' | 'sent' | 'seceded' | 'done' | 'failed' | 'dropped';

/** Where one block of a result lies within the result's allocation. */
export interface BlockPlace extends BlockMeta {
  readonly offset: number;
  readonly bytes: number;
}

/** The blocks of a result: one allocation, or one file, for all. */
export interface Place {
  /** Names its file. */
  readonly id: number;
  readonly record: TaskRecord;
  /** filling: a task writes it. spilling: being written to disk, still in memory. */
  state: 'filling' | 'memory' | 'spilling' | 'disk' | 'loading';
  /** Absent only on disk. */
  allocation: Allocation | undefined;
  blocks: readonly BlockPlace[];
  bytes: number;
  /** Whether a whole copy lies on disk; blocks never change, so it stays good. */
  onDisk: boolean;
  /** Nobody needs it; it is freed when threads and the disk are done with it. */
  forgotten: boolean;
  /** Who waits for it to be loaded. */
  waiters: (TaskRecord | Fetch)[];
}

/** A wish to have a finished result in memory, pinned: by a caller (`token`), or to lend it to a run. */
export interface Fetch {
  readonly record: TaskRecord;
  readonly token: number;
  readonly run: RunRecord | undefined;
}

/** Running mean of how long the tasks of a layer take, in milliseconds. */
export interface Estimate {
  mean: number;
  count: number;
}

/** What the tasks of one layer share. */
export interface Layer {
  readonly id: number;
  readonly op: string;
  readonly common: unknown;
  readonly estimate: Estimate;
  /** Tasks not forgotten. */
  tasks: number;
}

/** Stands for every empty list; never added to. */
export const NO_RECORDS: TaskRecord[] = [];

/** A task in the engine, and its result when it is done. */
export class TaskRecord {
  status: Status = 'waiting';
  /** One entry an edge: a task that reads another twice has it twice. */
  inputs: TaskRecord[];
  dependents: TaskRecord[] = NO_RECORDS;
  /** Edges to inputs that are not done. */
  missing = 0;
  /** Edges from dependents that are not done. */
  waiters = 0;
  /** Runs that want it as an output, and times it is persisted. */
  holds = 0;
  persisted = 0;
  /** Uses of its blocks by threads, loans and loads: they may not move. */
  pins = 0;
  value: unknown = undefined;
  place: Place | undefined = undefined;
  /** Reads or writes blocks, so that memory must be found before it is sent. */
  heavy = false;
  /** Makes blocks out of nothing that lies in memory: withheld when blocks pile up. */
  root = false;

  // While a thread has it:
  thread = -1;
  sequence = 0;
  expected = 0;
  /** Its index in the message to the thread. */
  batchIndex = 0;
  scratch: Allocation | undefined = undefined;
  /** Copies of inputs that lie in other arenas. */
  staged: readonly Staged[] = NONE;
  /** Whether it pins its inputs. */
  admitted = false;

  // While a batch is put together: edges to tasks of that batch.
  ahead = 0;
  aheadBatch = 0;

  /** Loads it still waits for. */
  loads = 0;
  deaths = 0;
  /** Visit number of the last walk that met it. */
  mark = 0;
  lastUse = 0;
  /** Runs it is an output of. */
  wantedBy: RunRecord[] | undefined = undefined;

  constructor(
    readonly task: Task,
    readonly layer: Layer,
    readonly rank: number,
    readonly owner: RunRecord,
    public retries: number,
  ) {
    this.inputs = task.inputs.length === 0 ? NO_RECORDS : new Array<TaskRecord>(task.inputs.length);
  }
}

export interface Staged {
  readonly input: TaskRecord;
  readonly allocation: Allocation;
}

const NONE: readonly Staged[] = Object.freeze([]);

export { NONE as NOTHING_STAGED };

/** One `run` or `persist` in progress. */
export class RunRecord {
  settled = false;
  /** Outputs it holds. */
  readonly held = new Map<Key, TaskRecord>();
  /** Outputs not done yet, or, when streamed, not taken yet. */
  pending = 0;
  total = 0;
  done = 0;

  constructor(
    readonly id: number,
    /** Each output is lent as it finishes, instead of being held. */
    readonly streamed: boolean,
    readonly priority: number,
  ) {}
}

/** What `submit` takes. */
export interface Submission {
  readonly run: number;
  readonly graph: Graph;
  readonly outputs: readonly Key[];
  readonly priorities?: ReadonlyMap<Key, number> | undefined;
  readonly priority?: number;
  readonly retries: number;
  readonly streamed: boolean;
}

/** A thread as the state sees it. */
export class ThreadRecord {
  started = false;
  /** Tasks sent, in order; the first has number `first`. An entry whose record went elsewhere is void. */
  queue: TaskRecord[] = [];
  head = 0;
  first = 0;
  /** Tasks it has begun that wait for what they asked for, by their numbers. */
  readonly seceded = new Map<number, TaskRecord>();
  /** Milliseconds of work it was sent and has not reported. */
  expected = 0;
  /** Deaths since it last finished a task. */
  deaths = 0;
  /** Whether it has reported since the last tick, and whether it had not, busy as it was, between the last two. */
  progressed = false;
  stalled = false;

  constructor(readonly index: number) {}

  /** Tasks sent and not reported. */
  get length(): number {
    return this.queue.length - this.head;
  }

  /** Number of the next task to be sent. */
  get next(): number {
    return this.first + this.length;
  }
}
