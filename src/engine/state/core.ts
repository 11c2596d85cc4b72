import type { Key } from '../../graph/task.js';
import type { Allocation } from '../memory/arena.js';
import { Space } from '../memory/space.js';
import type { Instruction } from './instructions.js';
import { RankHeap } from './rank-heap.js';
import { type Fetch, type Layer, type RunRecord, type TaskRecord, ThreadRecord } from './records.js';

export interface StateOptions {
  readonly threads: number;
  /** Whether the main thread may run a little work itself, as one thread more, the last. */
  readonly here?: boolean;
  /** Bytes that blocks may take in memory. */
  readonly budget: number;
  /** What the user set: named in errors. */
  readonly memoryLimit: number;
  /** Size of an arena, where not the largest possible. */
  readonly arenaBytes?: number;
}

/** Shares of the budget at which the policies act. */
export const TARGET = 0.6;
export const SPILL = 0.7;
export const PAUSE = 0.8;

/** Everything the engine knows. The policies are functions over it; none keeps anything of its own. */
export class Core {
  readonly byKey = new Map<Key, TaskRecord>();
  readonly runs = new Map<number, RunRecord>();
  /** A graph that is being taken in. */
  intake: { finish(): void } | undefined;
  readonly layers = new Map<string, Map<unknown, Layer>>();
  /** The threads beside the main thread. */
  readonly threads: readonly ThreadRecord[];
  /** The main thread, where it may run tasks: numbered after the others. */
  readonly here: ThreadRecord | undefined;
  /** The main thread was found unable to run tasks. */
  hereFailed = false;
  /** All that may run tasks, by number. */
  readonly runners: readonly ThreadRecord[];
  readonly space: Space;

  /** Ready tasks: those that make blocks out of nothing, and the others. */
  readonly roots = new RankHeap();
  readonly ready = new RankHeap();
  /** Tasks that have their memory and whose inputs were loaded. */
  readonly admitted = new RankHeap();
  /** Tasks of the batch now put together whose inputs are all in it or done. */
  readonly ahead = new RankHeap();
  /** Results whose blocks are in memory. */
  readonly resident = new Set<TaskRecord>();
  readonly fetches: Fetch[] = [];
  /** Results from elsewhere that wait for memory. */
  readonly supplies: TaskRecord[] = [];
  /** Records to look at: nobody may want them any more. */
  readonly trash: TaskRecord[] = [];
  instructions: Instruction[] = [];

  /** The task that waits for memory, if one does. */
  blocked: TaskRecord | undefined;
  /** Tasks sent or loading that are not roots: they may free memory. */
  consumers = 0;
  loadingTasks = 0;
  /** Places now being written, read, lent. */
  spilling = 0;
  spillingBytes = 0;
  loading = 0;
  lent = 0;
  /** Results from elsewhere that are being put in place. */
  filling = 0;
  /** Memory that blocks from elsewhere are on their way into. */
  readonly reserved = new Set<Allocation>();
  spilledBytes = 0;
  spilledTotal = 0;
  spillCount = 0;
  peak = 0;
  tasksDone = 0;
  /** Tasks that are neither done nor given up; how many of them do not say how much work they are; the work of those that do. */
  pending = 0;
  unmeasured = 0;
  work = 0;
  /** Garbage is being collected to make room for blocks; it was, and nothing has been done since. */
  collecting = false;
  collected = false;
  /** Why nothing can be spilled any more. */
  spillFailure: Error | undefined;

  /** The layer of the last task submitted: mostly the next one's too. */
  lastLayer: Layer | undefined;

  clock = 0;
  batch = 0;
  marks = 0;
  /** Where the ranks of the next run begin. */
  ranks = 0;
  lastId = 0;

  constructor(readonly options: StateOptions) {
    this.space = new Space(options.budget, options.arenaBytes);
    this.threads = Array.from({ length: options.threads }, (_, index) => new ThreadRecord(index));
    this.here = options.here ? new ThreadRecord(options.threads) : undefined;
    this.runners = this.here === undefined ? this.threads : [...this.threads, this.here];
  }

  get readyCount(): number {
    return this.roots.size + this.ready.size + this.admitted.size;
  }

  emit(instruction: Instruction): void {
    this.instructions.push(instruction);
  }
}
