import type { Key } from '../../../graph/task.js';
import type { StartStop } from './instructions.js';

/** Where a worker listens: 'tcp://10.0.0.7:40123'. */
export type Address = string;

/**
 * released: known by name only. waiting: to be computed, inputs are not here. ready: to be computed as soon as a thread is free;
 * constrained: and as soon as its resources are. executing: a thread has it. memory: its result is held here. error: it failed.
 *
 * fetch: its result is to come from a peer. flight: it is on its way. missing: no peer is known to have it.
 *
 * cancelled: executing, or in flight, but nobody wants it any more. resumed: likewise, but meanwhile the other of the two is wanted:
 * what executes is to be fetched, what is in flight is to be computed (`next`).
 */
export type TaskState =
  | 'released'
  | 'waiting'
  | 'ready'
  | 'constrained'
  | 'executing'
  | 'memory'
  | 'error'
  | 'fetch'
  | 'flight'
  | 'missing'
  | 'cancelled'
  | 'resumed'
  | 'forgotten';

/** Lower runs first; compared element by element, as the scheduler does. */
export type Priority = readonly number[];

/** A task, or the result of one, that this worker knows of. */
export class TaskRecord {
  state: TaskState = 'released';
  /** What a cancelled or resumed task is still at, and what a resumed one is to do then. */
  previous: 'executing' | 'flight' | undefined;
  next: 'fetch' | 'waiting' | undefined;
  /** Tells apart the times at which the scheduler asked for it; -1 where it never did. */
  runId = -1;
  /** What to run: opaque here. */
  spec: unknown;
  resources: Readonly<Record<string, number>> = NO_RESOURCES;
  readonly dependencies = new Set<TaskRecord>();
  readonly dependents = new Set<TaskRecord>();
  /** Dependencies that are not in memory. */
  readonly waitingFor = new Set<TaskRecord>();
  /** Dependents that wait for it. */
  readonly waiters = new Set<TaskRecord>();
  /** Peers that hold its result, as far as is known. */
  whoHas = new Set<Address>();
  comingFrom: Address | undefined;
  /** Its bytes: the true ones where it is held, else what the scheduler said. */
  nbytes = 0;
  typename = '';
  /** How long it took to have its result here. */
  startstops: readonly StartStop[] = [];
  /** What was fetched on its account since it was asked for. */
  readonly transfers: StartStop[] = [];
  /** In which thread it executes, or did: a number from 1 on. */
  thread = 0;
  /** How many that execute must end before a thread is free for it. */
  behind = 0;
  /** When that was, in seconds since 1970; -Infinity where it was so at once, or nobody knows. */
  since = Number.NEGATIVE_INFINITY;
  /** Whether the result that is held was computed here, and the scheduler told so. */
  computed = false;
  /** Whether its result is in this worker's engine. */
  held = false;
  /** What executed or fetched it has just ended, and is being taken in. */
  done = false;

  constructor(
    readonly key: Key,
    public priority: Priority,
  ) {}
}

export const NO_RESOURCES: Readonly<Record<string, number>> = Object.freeze({});
