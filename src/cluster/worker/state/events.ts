import type { Key } from '../../../graph/task.js';
import type { Address, Priority } from './records.js';

export type WhoHas = Readonly<Record<Key, readonly Address[]>>;
export type Bytes = Readonly<Record<Key, number>>;
/** What a task reads: its key, its size, and who holds it. */
export type Dependency = readonly [key: Key, nbytes: number, holders: readonly Address[]];

/** A result that is in the engine, under its key. */
export interface HeldResult {
  readonly nbytes: number;
  /** What it is, for the dashboard: 'float64[3, 4]', 'string'. */
  readonly typename: string;
}

/** When a task ran, or a transfer, in seconds since 1970. */
export interface Timing {
  readonly start: number;
  readonly stop: number;
}

/** An input, and a peer that holds it and does not answer. */
export interface Unreachable {
  readonly key: Key;
  readonly peer: Address;
}

/** What the scheduler asks for. */
export type SchedulerEvent =
  | {
      readonly kind: 'compute-task';
      readonly key: Key;
      readonly runId: number;
      readonly priority: Priority;
      readonly dependencies: readonly Dependency[];
      readonly spec: unknown;
      readonly resources?: Readonly<Record<string, number>>;
    }
  /** The scheduler forgets these, whatever is being done with them. */
  | { readonly kind: 'free-keys'; readonly keys: readonly Key[] }
  /** Other workers hold these too: the copies here may go. */
  | { readonly kind: 'remove-replicas'; readonly keys: readonly Key[] }
  /** Fetch these, and keep them. */
  | { readonly kind: 'acquire-replicas'; readonly whoHas: WhoHas; readonly nbytes: Bytes }
  | { readonly kind: 'refresh-who-has'; readonly whoHas: WhoHas }
  | { readonly kind: 'steal-request'; readonly key: Key }
  | { readonly kind: 'cancel-compute'; readonly key: Key }
  | { readonly kind: 'remove-worker'; readonly worker: Address }
  /** What reads this cannot be computed: nobody can give it to this worker, for the reason said. */
  | { readonly kind: 'give-up'; readonly key: Key; readonly reason: string };

/** What became of instructions, and what else happens to the worker. */
export type WorkerEvent =
  /** A peer's answer. What it had is in the engine; what it had not is absent. */
  | ({
      readonly kind: 'gather-succeeded';
      readonly worker: Address;
      readonly received: ReadonlyMap<Key, HeldResult>;
    } & Timing)
  /** The peer has too much to do: to be asked again after `retry-busy`. */
  | { readonly kind: 'gather-busy'; readonly worker: Address }
  /** The peer cannot be reached: it counts as gone. */
  | { readonly kind: 'gather-failed'; readonly worker: Address }
  /** What the peer sent cannot be taken in: `failures` says why, by key; the rest arrived. */
  | ({
      readonly kind: 'gather-unusable';
      readonly worker: Address;
      readonly received: ReadonlyMap<Key, HeldResult>;
      readonly failures: ReadonlyMap<Key, unknown>;
    } & Timing)
  | { readonly kind: 'retry-busy'; readonly worker: Address }
  /** The result is in the engine. */
  | ({ readonly kind: 'execute-done'; readonly key: Key; readonly runId: number } & HeldResult & Timing)
  | ({
      readonly kind: 'execute-failed';
      readonly key: Key;
      readonly runId: number;
      /** What was thrown. */
      readonly failure: unknown;
    } & Timing)
  /** It waits for tasks that it has submitted itself: its thread takes others. `duration`: how long it had it, in seconds. */
  | { readonly kind: 'execute-seceded'; readonly key: Key; readonly duration: number }
  /** It was ended as an `abort` asked, and has left nothing. */
  | { readonly kind: 'execute-aborted'; readonly key: Key }
  /** It cannot be computed here, for no fault of its own. */
  | {
      readonly kind: 'execute-rescheduled';
      readonly key: Key;
      /** Where the fault is that a peer could not be reached, again and again. */
      readonly unreachable?: Unreachable;
    }
  /** A client has sent these; they are in the engine. */
  | { readonly kind: 'update-data'; readonly received: ReadonlyMap<Key, HeldResult> }
  /** Nothing more is begun or fetched; what is under way goes on. */
  | { readonly kind: 'pause' }
  | { readonly kind: 'unpause' }
  /** Some time has passed: ask again who has what nobody had. */
  | { readonly kind: 'find-missing' };

/** An event, and what caused it: messages to the scheduler name it. */
export type Event = (SchedulerEvent | WorkerEvent) & { readonly stimulus: string };
