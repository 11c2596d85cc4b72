import type { Key } from '../graph/task.js';

/** Where a cluster's results are, and how to have them elsewhere. Workers are addresses. */
export interface Placement {
  /** Of keys: which workers hold them. */
  whoHas(keys: readonly Key[]): Promise<Map<Key, readonly string[]>>;
  /** Which keys each worker holds. */
  hasWhat(): Promise<Map<string, readonly Key[]>>;
  /** The keys of tasks that each worker is at, or is to do next. */
  processing(): Promise<Map<string, readonly Key[]>>;
  /** Moves results from workers whose memory is full to others. */
  rebalance(): Promise<void>;
  /** Has each key on so many workers; undefined: on all. */
  replicate(keys: readonly Key[], count?: number): Promise<void>;
  /** Has workers leave when what only they hold is with others; returns those that have left. */
  retire(workers: readonly string[]): Promise<readonly string[]>;
}
