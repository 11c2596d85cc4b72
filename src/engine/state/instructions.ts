import type { Place, RunRecord, TaskRecord } from './records.js';

/** What the state wants done. Records are lent to be read; the outcome comes back as an event. */
export type Instruction =
  /** Start (or replace) a thread. It may be sent tasks at once. */
  | { readonly do: 'start'; readonly thread: number }
  /** Send tasks to a thread, the first having number `sequence`. */
  | {
      readonly do: 'run';
      readonly thread: number;
      readonly sequence: number;
      readonly tasks: readonly TaskRecord[];
    }
  /**
   * Take a task back that a thread has not begun; event `revoked` if that succeeded. Abandoned: nobody waits for
   * it any more, so if it has begun, end the thread should it still be at it after a while.
   */
  | { readonly do: 'revoke'; readonly thread: number; readonly sequence: number; readonly abandoned: boolean }
  /** Nobody waits any more for a task that waits for what it asked for: let it know. */
  | { readonly do: 'desert'; readonly thread: number; readonly sequence: number }
  /** Collect garbage, and see what blocks may take then; event `collected`. */
  | { readonly do: 'collect' }
  /** Make the memory of an arena. */
  | { readonly do: 'arena'; readonly index: number; readonly bytes: number }
  /** Put a result that was supplied in place; event `filled`. */
  | { readonly do: 'fill'; readonly record: TaskRecord }
  /** Write a place to disk; event `spilled` or `spillFailed`. */
  | { readonly do: 'spill'; readonly place: Place }
  /** Read a place from disk into its allocation; event `loaded` or `loadFailed`. */
  | { readonly do: 'load'; readonly place: Place }
  /** Delete the file of a place. */
  | { readonly do: 'unlink'; readonly place: Place }
  /** Lend an output to its run; event `delivered` when it was given back. */
  | { readonly do: 'deliver'; readonly run: RunRecord; readonly record: TaskRecord }
  /** A result asked for by `fetch` is in memory and pinned, or cannot be. */
  | { readonly do: 'fetched'; readonly token: number; readonly error?: Error }
  | { readonly do: 'resolve'; readonly run: RunRecord }
  | { readonly do: 'reject'; readonly run: RunRecord; readonly error: unknown }
  /** No task of a layer is left: threads may forget what they know of it. */
  | { readonly do: 'forgetLayer'; readonly layer: number };

/** What a thread says of one task, in the order in which tasks were sent. */
export type Report =
  | {
      readonly outcome: 'finished';
      /** NaN: it was waiting for a part of the time. */
      readonly milliseconds: number;
      readonly value?: unknown;
      /** True shapes, where they are smaller than announced. */
      readonly shapes?: readonly (readonly number[])[] | undefined;
    }
  | { readonly outcome: 'failed'; readonly error: unknown }
  /** It has asked for something, and is reported by `late` when it is done; its thread goes on with others. */
  | { readonly outcome: 'seceded' }
  /** It was not begun: an earlier task of its batch failed or was taken back. */
  | { readonly outcome: 'skipped' }
  /** It was taken back before it began. */
  | { readonly outcome: 'revoked' };
