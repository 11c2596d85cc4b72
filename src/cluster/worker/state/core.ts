import type { Key } from '../../../graph/task.js';
import type { Instruction, Message, StartStop } from './instructions.js';
import { Paces } from './paces.js';
import { PriorityQueue } from './priority-queue.js';
import { type Address, type Priority, TaskRecord } from './records.js';

export interface WorkerOptions {
  readonly address: Address;
  /** Tasks that execute at once. */
  readonly threads: number;
  readonly resources?: Readonly<Record<string, number>>;
  /** Bytes asked of a peer in one message, unless one result alone is larger. */
  readonly messageBytes?: number;
  /** Bytes that may be on their way here at once, unless one result alone is larger. */
  readonly incomingBytes?: number;
  /** Peers asked at once, as soon as more than a little is on its way. */
  readonly incomingCount?: number;
}

/** The scheduler is told of a peer that could not be reached so often in a row. */
export const UNREACHABLE = 3;

/** Less than this on its way is no reason to ask no further peer. */
export const LITTLE_BYTES = 10 * 2 ** 20;

/** Where a task is to go. What else a transition needs goes with it. */
export type Goal =
  /** `freed`: the scheduler said so, and knows that the result is not here any more. */
  | { readonly to: Exclude<Step, 'flight' | 'memory' | 'error'>; readonly freed?: true }
  | { readonly to: 'flight'; readonly worker: Address }
  | {
      readonly to: 'memory';
      readonly nbytes: number;
      readonly typename: string;
      readonly runId: number;
      readonly startstops: readonly StartStop[];
    }
  | {
      readonly to: 'error';
      readonly failure: unknown;
      readonly runId: number;
      readonly startstops: readonly StartStop[];
    };

/** States, and two ways in which execution ends that are none. */
export type Step = TaskRecord['state'] | 'rescheduled' | 'aborted';

/** Everything the worker knows. */
export class Core {
  readonly tasks = new Map<Key, TaskRecord>();
  /** Tasks to compute, those that need resources apart. */
  readonly ready = new PriorityQueue();
  readonly constrained = new PriorityQueue();
  readonly executing = new Set<TaskRecord>();
  readonly paces = new Paces();
  /** What executes too, but waits for tasks of its own, and takes no thread meanwhile. */
  readonly seceded = new Set<TaskRecord>();
  /** Of threads, that these two have. */
  readonly numbers = new Set<number>();
  readonly inFlight = new Set<TaskRecord>();
  readonly missing = new Set<TaskRecord>();
  /** What each peer holds, of what is known here. */
  readonly hasWhat = new Map<Address, Set<TaskRecord>>();
  /** Of that, what is to be fetched. */
  readonly needed = new Map<Address, PriorityQueue>();
  /** What each peer has been asked for. */
  readonly asked = new Map<Address, { readonly tasks: readonly TaskRecord[]; readonly nbytes: number }>();
  readonly busy = new Set<Address>();
  /** How often in a row a peer could not be reached. */
  readonly failures = new Map<Address, number>();
  readonly available: Record<string, number>;
  readonly messageBytes: number;
  readonly incomingBytes: number;
  readonly incomingCount: number;
  running = true;
  /** Bytes asked for and not here. */
  incoming = 0;
  /** Bytes of the results held. */
  nbytes = 0;
  executed = 0;
  stimulus = '';
  instructions: Instruction[] = [];
  /** What is to become of tasks: one goal each, mostly the last one said. */
  readonly agenda = new Map<TaskRecord, Goal>();

  constructor(readonly options: WorkerOptions) {
    this.available = { ...options.resources };
    this.messageBytes = options.messageBytes ?? 50e6;
    this.incomingBytes = options.incomingBytes ?? Number.POSITIVE_INFINITY;
    this.incomingCount = options.incomingCount ?? 50;
  }

  /** What has come of a task is taken in, whatever else is wished. */
  recommend(task: TaskRecord, goal: Goal): void {
    const present = this.agenda.get(task)?.to;
    if (present !== 'memory' && present !== 'error') this.agenda.set(task, goal);
  }

  emit(instruction: Instruction): void {
    this.instructions.push(instruction);
  }

  /** Tells the scheduler something, on account of the event at hand. */
  send(message: DistributiveOmit<Message, 'stimulus_id'>): void {
    this.emit({ do: 'send', message: { ...message, stimulus_id: this.stimulus } });
  }

  /** The record of a key; a new one has the priority given. */
  recordOf(key: Key, priority: Priority): TaskRecord {
    let task = this.tasks.get(key);
    if (task === undefined) {
      task = new TaskRecord(key, priority);
      this.tasks.set(key, task);
    }
    return task;
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
