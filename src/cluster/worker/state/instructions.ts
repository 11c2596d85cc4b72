import type { Key } from '../../../graph/task.js';
import type { Address, Priority } from './records.js';

/** What the state wants done. What comes of it is told by an event. */
export type Instruction =
  /** Ask a peer for results: one event `gather-…` of this worker answers it. */
  | {
      readonly do: 'gather';
      readonly worker: Address;
      readonly keys: readonly Key[];
      readonly nbytes: number;
    }
  /** Run a task whose inputs are in the engine: one event `execute-…` answers it. */
  | {
      readonly do: 'execute';
      readonly key: Key;
      readonly runId: number;
      readonly spec: unknown;
      readonly priority: Priority;
    }
  /** Nobody waits for what executes: end it if that is possible. */
  | { readonly do: 'abort'; readonly key: Key }
  /** Give a result up in the engine. */
  | { readonly do: 'free'; readonly key: Key }
  /** Event `retry-busy` after a while. */
  | { readonly do: 'retry-later'; readonly worker: Address }
  | { readonly do: 'send'; readonly message: Message };

/** What the scheduler is told, with its own names for everything. */
export type Message = { readonly stimulus_id: string } & (
  | {
      readonly op: 'task-finished';
      readonly key: Key;
      readonly run_id: number;
      readonly nbytes: number;
      readonly typename: string;
      readonly startstops: readonly StartStop[];
      readonly thread: number;
    }
  | {
      readonly op: 'task-erred';
      readonly key: Key;
      readonly run_id: number;
      readonly failure: unknown;
      readonly startstops: readonly StartStop[];
      readonly thread: number;
    }
  | { readonly op: 'steal-response'; readonly key: Key; readonly state: string | null }
  | { readonly op: 'add-keys'; readonly keys: readonly Key[] }
  | { readonly op: 'release-worker-data'; readonly key: Key }
  | { readonly op: 'request-refresh-who-has'; readonly keys: readonly Key[] }
  | { readonly op: 'reschedule'; readonly key: Key }
  /** Tasks here wait for these, and the peer that has them does not answer: for tilework's module in the scheduler. */
  | { readonly op: 'tilework-unreachable'; readonly keys: readonly Key[]; readonly peer: Address }
  /** It takes no thread any more; null where how long it had one was told before. */
  | {
      readonly op: 'long-running';
      readonly key: Key;
      readonly run_id: number;
      readonly compute_duration: number | null;
    }
);

export interface StartStop {
  readonly action: 'compute' | 'transfer';
  readonly start: number;
  readonly stop: number;
  /** Of a transfer: the peer that it came from. */
  readonly source?: Address;
}
