import type { FunctionSpec } from '../../graph/function-spec.js';
import type { Graph, Key } from '../../graph/task.js';
import type { ComputeOptions } from '../engine.js';
import type { CallParams } from '../ops/call.js';

/** The operation of a task that starts an actor: `common` has the class, `params` the arguments of its constructor. */
export const ACTOR_OP = 'actor';

/** What tasks that start actors of one class share. */
export interface ActorCommon {
  readonly fn: FunctionSpec;
}

export type ActorParams = CallParams;

/** An actor as data: what others call it by, on whatever machine they are. */
export interface ActorHandle {
  readonly key: Key;
  /** Of its class. */
  readonly name: string;
  /** What can be called; any other name is an attribute. */
  readonly methods: readonly string[];
  /** The worker that it is on; absent where that is this process. */
  readonly address?: string;
}

/** A handle as it stands in arguments and results. */
export interface HandleMark {
  readonly $actor: ActorHandle;
}

/** Whether something is an actor as data. */
export const isHandleMark = (value: unknown): value is HandleMark =>
  typeof value === 'object' && value !== null && '$actor' in value;

/** What is asked of an actor. */
export type ActorRequest =
  | { readonly do: 'call'; readonly member: string; readonly args: readonly unknown[] }
  | { readonly do: 'get'; readonly member: string };

/** Objects that keep state, each in one thread of its own: part of an engine. */
export interface Actors {
  /**
   * Starts an actor: the task `key` of `graph`, of the operation `actor`, on what the other tasks make.
   *
   * @throws TaskError with what the constructor threw, and as the engine's `run`
   */
  start(graph: Graph, key: Key, options: ComputeOptions): Promise<ActorHandle>;
  /**
   * Asks an actor for something. What is asked by one caller begins in the order in which it was asked.
   *
   * @throws TaskError with what the method threw, ActorLostError where there is no such actor any more
   */
  ask(handle: ActorHandle, request: ActorRequest): Promise<unknown>;
  /** Ends an actor; what is still asked of it rejects. Resolves when its thread has ended, where that is to be known. */
  end(key: Key): Promise<void>;
}

/** What a constructor is called with. */
export interface Construction {
  readonly key: Key;
  readonly fn: FunctionSpec;
  readonly args: readonly unknown[];
  readonly retries?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Actors of this process. */
export interface HostedActors extends Actors {
  /** Makes one. @throws TaskError with what its constructor threw */
  make(construction: Construction): Promise<ActorHandle>;
  ask(handle: Pick<ActorHandle, 'key'>, request: ActorRequest): Promise<unknown>;
  /** Names of those that there are. */
  keys(): Key[];
}
