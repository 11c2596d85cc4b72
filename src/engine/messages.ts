import type { Key, Task } from '../graph/task.js';
import type { ActorHandle, ActorRequest } from './actors/actors.js';
import type { Coordination } from './coordination.js';
import type { ComputeOptions } from './engine.js';
import type { WireError } from './wire-error.js';

/** What the main thread says to a thread. */
export type ToThread =
  | ArenaMessage
  | BatchMessage
  | VoidMessage
  | ForgetMessage
  | AnswerMessage
  | CollectMessage;

/** What a thread says to the main thread. */
export type FromThread = TaskMessage | CollectedMessage;

/** What it says of its tasks. */
export type TaskMessage = ReportMessage | LateMessage | AskMessage;

export const isOfTasks = (message: FromThread): message is TaskMessage =>
  'outcomes' in message || message.kind !== 'collected';

export interface ArenaMessage {
  readonly kind: 'arena';
  readonly index: number;
  readonly memory: WebAssembly.Memory;
}

/** Tasks, as `encode.ts` writes and `decode.ts` reads them. */
export interface BatchMessage {
  readonly kind: 'run';
  /** Number of the first task. */
  readonly sequence: number;
  readonly count: number;
  /** Layers that the thread has not met. */
  readonly layers: readonly LayerMessage[];
  readonly keys: readonly string[];
  readonly params: readonly unknown[];
  /** Input values, in the order in which tasks read them. */
  readonly values: readonly unknown[];
  /** Everything that is a number. */
  readonly code: Float64Array;
}

/** Tasks that could not be sent: the thread reports each as taken back, so that both sides count alike. */
export interface VoidMessage {
  readonly kind: 'void';
  readonly count: number;
}

export interface LayerMessage {
  readonly id: number;
  readonly op: string;
  readonly common: unknown;
}

export interface ForgetMessage {
  readonly kind: 'forget';
  readonly layers: readonly number[];
}

/** Collect garbage when the tasks before are done: `CollectedMessage` comes back. */
export interface CollectMessage {
  readonly kind: 'collect';
}

export interface CollectedMessage {
  readonly kind: 'collected';
}

/** An answer to what a task asked. */
export interface AnswerMessage {
  readonly kind: 'answer';
  readonly id: number;
  readonly value?: unknown;
  readonly error?: WireError;
}

/** A task asks the engine for something; the first time it has seceded, which was reported before. */
export interface AskMessage {
  readonly kind: 'ask';
  /** Number of the task. */
  readonly sequence: number;
  readonly id: number;
  readonly request: Request;
}

/** What became of a task that had seceded. */
export interface LateMessage {
  readonly kind: 'late';
  readonly sequence: number;
  readonly report: ReportMessage;
}

/** What a task may ask of its engine. */
export type Request =
  | {
      readonly do: 'run' | 'persist';
      /** By which it can be aborted. */
      readonly call: number;
      readonly tasks: readonly Task[];
      readonly keys: readonly Key[];
      readonly options: Omit<ComputeOptions, 'signal' | 'onProgress'>;
    }
  | { readonly do: 'coordinate'; readonly call: number; readonly request: Coordination }
  | {
      readonly do: 'actor';
      readonly call: number;
      readonly handle: ActorHandle;
      readonly request: ActorRequest;
    }
  | { readonly do: 'abort'; readonly call: number; readonly reason: WireError }
  | { readonly do: 'release'; readonly keys: readonly Key[] };

/** What a thread says of tasks, in the order in which they were sent. */
export interface ReportMessage {
  /** One number a task: milliseconds where it finished, else one of the outcomes below. */
  readonly outcomes: Float64Array;
  /** Values of finished tasks that make no blocks. */
  readonly values: readonly unknown[];
  /** Errors of failed tasks. */
  readonly errors: readonly WireError[];
  /** True shapes of outputs that came out smaller: index into `outcomes`, shapes. */
  readonly shapes: readonly (readonly [number, readonly (readonly number[])[]])[];
}

export const FAILED = -1;
export const SKIPPED = -2;
export const REVOKED = -3;
export const SECEDED = -4;

/** What a thread is started with. */
export interface ThreadData {
  /** Of a thread of the pool; that of an actor has none. */
  readonly control: SharedArrayBuffer | undefined;
  /** Where its engine puts uploads. */
  readonly uploads: string;
}

/** How an input is given, in the code of a batch. */
export const INPUT_VALUE = 0;
/** The result of a task of the same batch: its index follows. */
export const INPUT_AHEAD = 1;
/** Blocks in the task's arena: address and blocks follow. */
export const INPUT_BLOCKS = 2;
/** Blocks in another arena, to be copied: arena, address, bytes, address of the copy, and blocks follow. */
export const INPUT_STAGED = 3;
