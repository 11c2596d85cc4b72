import type { Graph, Key } from '../graph/task.js';
import type { Upload } from '../graph/uploads.js';
import type { Actors } from './actors/actors.js';
import type { Coordinator } from './coordination.js';
import type { Datasets } from './datasets.js';
import type { Diagnostics } from './diagnostics.js';
import type { Result } from './op.js';
import type { Placement } from './placement.js';

/** How far a computation has come. Bytes count the blocks that the engine holds. */
export interface Progress {
  /** Tasks finished, of `total` that this run needed when it was submitted. */
  readonly done: number;
  readonly total: number;
  /** Tasks now in threads, running or next in line, of all runs. */
  readonly running: number;
  /** Bytes of blocks in memory now, of `memoryBudget` that blocks may take within `memoryLimit`. */
  readonly memoryUsed: number;
  readonly memoryBudget: number;
  readonly memoryLimit: number;
  /** Bytes of blocks now on disk. */
  readonly spilled: number;
  /** Milliseconds since the run was submitted. */
  readonly elapsed: number;
  /** True in the last event of a run, whether it succeeded or not. */
  readonly finished: boolean;
}

/** What every computation takes beside its graph. */
export interface ComputeOptions {
  /** Aborts the computation: its promise rejects at once with `signal.reason`. */
  readonly signal?: AbortSignal;
  /** Lower runs first; see `order`. Without it tasks run depth first from the outputs. */
  readonly priorities?: ReadonlyMap<Key, number>;
  /**
   * Runs with a higher priority come first: a whole number from -100 to 100 (default 0). Of equal ones the earlier comes first. It holds for
   * the tasks that this run is the first to need.
   */
  readonly priority?: number;
  /** What each task needs of what workers offer, by name. The local engine offers nothing, and refuses. */
  readonly resources?: Readonly<Record<string, number>>;
  /** Which of a cluster's workers may run the tasks: names, addresses or hosts; default: all. The local engine has none, and refuses. */
  readonly workers?: readonly string[];
  /** Whether others may run them where none of `workers` is there (default false). */
  readonly allowOtherWorkers?: boolean;
  /** How often a task that threw is run again before its error counts (default: the engine's). */
  readonly retries?: number;
  /** Called now and then (at most some ten times a second), and once at the end. What it throws rejects the run. */
  readonly onProgress?: (progress: Progress) => void;
}

export interface RunOptions extends ComputeOptions {
  /**
   * Takes each output as it finishes, in any order, once per key. The result is lent: its blocks are freed, and
   * their memory used again, when the call returns or the promise that it returned settles. Outputs that were taken
   * are not in the `Results` of the run. An error thrown here rejects the run.
   * This is how to compute an output larger than memory.
   */
  readonly onOutput?: (key: Key, result: Result) => void | Promise<void>;
  /** Bytes that the caller will allocate by itself to hold the outcome: kept out of the memory for blocks meanwhile. */
  readonly reserve?: number;
}

/**
 * The outputs of a run, held by the engine until disposed of (`using results = await engine.run(…)`).
 * Blocks nobody looks at may be moved to disk; `get` and `load` bring them into memory and hold them there, as views
 * that are valid until `release(key)` or disposal.
 */
export interface Results extends Disposable {
  readonly keys: readonly Key[];
  /** A result that is in memory. Throws a SpillError where it is on disk (use `load`), a TypeError where it is not here. */
  get(key: Key): Result;
  /** A result, read back from disk if it lies there. */
  load(key: Key): Promise<Result>;
  /** Gives up one result; views of its blocks must not be used any more. */
  release(key: Key): void;
}

/** A worker of a cluster. */
export interface WorkerInfo {
  readonly name: string;
  readonly address: string;
  /** Which tasks it runs. */
  readonly language: 'node' | 'python';
  readonly threads: number;
  /** Bytes; 0 where there is none. */
  readonly memoryLimit: number;
  /** What it offers to tasks that ask for it. */
  readonly resources: Readonly<Record<string, number>>;
}

/** What computes graphs. The local engine is one, a cluster another. */
export interface Engine {
  /** Whether tasks of a graph may be calls of Python. */
  readonly takesPython?: boolean;
  /**
   * Computes the tasks `outputs` of `graph`, and what they need. Tasks whose key is in flight or persisted already are
   * not computed again; inputs may name persisted keys that `graph` has no task for.
   * Rejects with a TaskError, MemoryLimitError, SpillError, ThreadDiedError, or the signal's reason.
   */
  run(graph: Graph, outputs: readonly Key[], options?: RunOptions): Promise<Results>;
  /** Computes and keeps results under their keys, for later graphs, until released as often as persisted. */
  persist(graph: Graph, keys: readonly Key[], options?: ComputeOptions): Promise<void>;
  /** Gives up persisted results. */
  release(keys: readonly Key[]): void;
  /** Whether a key is persisted. */
  has(key: Key): boolean;
  /** Lets functions that the engine runs import files of users by name. Absent where an engine does not give this. */
  upload?(upload: Upload): Promise<void>;
  /** The workers that are there now. Absent where there are none but the engine itself. */
  workers?(): Promise<readonly WorkerInfo[]>;
  /** Has all workers start anew, and everything forgotten, for everybody. Absent where there are none. @throws EngineError where some do not come back in so many milliseconds */
  restart?(timeout: number): Promise<void>;
  /** Persists results that another program has made, and that the engine holds still. @throws GraphError where it does not */
  adopt?(keys: readonly Key[]): Promise<void>;
  /** Absent where what is published is for this process only. */
  readonly datasets?: Datasets;
  /** Absent where there are no workers. */
  readonly placement?: Placement;
  /** Absent where there is no scheduler. */
  readonly diagnostics?: Diagnostics;
  /** Variables, queues, events and semaphores that programs and tasks share by name. */
  coordinate?: Coordinator['coordinate'];
  /** Objects that keep state. Absent where an engine has none. */
  readonly actors?: Actors;
  /** Ends everything; running computations reject. */
  dispose(): Promise<void>;
}
