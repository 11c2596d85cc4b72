import type { DType } from '../kernels/dtype.js';

/** Names a task and its result. Equal work has an equal key. */
export type Key = string;

/** What a block is: its element type and shape, in C order. */
export interface BlockMeta {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/**
 * A task as plain, frozen, structured-cloneable data: what to run, on the results of which tasks.
 * It holds no closure, so the same task runs on any thread or machine, prints, and hashes.
 */
export interface Task {
  readonly key: Key;
  /** Name of an entry of the operation registry (`src/ops.ts`). */
  readonly op: string;
  /** Keys of the tasks whose results this one reads, in the order the operation expects. */
  readonly inputs: readonly Key[];
  /** What this task alone needs. */
  readonly params: unknown;
  /** What all tasks of a layer share (one object, referenced by each): sent once to a thread. */
  readonly common?: unknown;
  /**
   * The blocks it fills, allocated by the engine in shared memory before it runs; several where one task yields
   * several arrays. Shapes are upper bounds where the operation says a smaller one on return.
   * Absent: the result is a plain value (anything structured clone carries).
   */
  readonly out?: readonly BlockMeta[];
  /** Bytes of scratch memory it needs while it runs, beside its outputs. */
  readonly scratch?: number;
  /**
   * About how many elementary steps it takes (of some nanosecond each): said only of what does nothing but compute, never waits and
   * runs no function of a user's, so that a little of it may run on the main thread. NaN: nobody knows.
   */
  readonly work?: number;
}

/** Tasks by key. Iteration order has no meaning. */
export type Graph = ReadonlyMap<Key, Task>;
