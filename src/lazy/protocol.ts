import type { Engine } from '../engine/engine.js';
import type { Result } from '../engine/op.js';
import type { Pieces } from '../graph/pieces.js';
import type { Graph, Key, Task } from '../graph/task.js';
import type { Hold } from './hold.js';

/** The property by which arrays, delayed values and futures say that they stand for a value. */
export const LAZY: unique symbol = Symbol.for('tilework.lazy');

/** Marks, for the compiler only, what stands for one element: a 0-dimensional array. */
export declare const ELEMENT: unique symbol;

/**
 * What stands for a value that is computed later. `Computed` is what computing it gives, `Passed` what a function gets that is
 * called with it, `Persisted` what it can do beside once an engine holds it.
 */
export interface Lazy<out Computed = unknown, out Passed = unknown, out Persisted = unknown> {
  readonly [LAZY]: LazyHooks<Computed, Passed, Persisted>;
}

export interface LazyHooks<out Computed = unknown, out Passed = unknown, out Persisted = unknown> {
  readonly family: Family | Alone;
  /** Where its results are, where an engine holds some already. */
  readonly engine?: Engine | undefined;
  /** As an input of a task. */
  input(): LazyInput;
  /** For the compiler only. */
  readonly computed?: Computed;
  readonly passed?: Passed;
  readonly persisted?: Persisted;
}

/** How a result is passed to a function: as it is (a block as `{ dtype, shape, data }`), its data only, its one element. */
export type PassedAs = 'data' | 'element';

/** A result that a task reads, and what makes it. */
export interface LazyInput {
  readonly key: Key;
  readonly as?: PassedAs | undefined;
  /** Whether functions get an actor for it, which they call by way of the engine. */
  readonly isActor?: boolean;
  /** The engine that holds it, or some of what makes it. */
  readonly engine?: Engine | undefined;
  /** What the tasks read that are not among them. */
  readonly inputs: readonly LazyInput[];
  /** What is to be in use as long as this is. */
  readonly hold?: Hold;
  /** The tasks that make it of its inputs; none where the engine has the result, or is at it. */
  tasks(): Iterable<Task>;
}

/** Lazies of one kind, which are planned together, so that they can share work. */
export interface Family {
  /** In pieces: graphs may be large. */
  plan(lazies: readonly Lazy[]): Pieces<Plan>;
}

/** What plans itself, since it must look at files before it knows its tasks, as dataframes do: it shares no work with other lazies. */
export interface Alone {
  compute(options: AloneOptions): Promise<unknown>;
  persist(options: AloneOptions): Promise<Lazy>;
}

export interface AloneOptions {
  readonly engine?: Engine;
  readonly signal?: AbortSignal;
}

export interface Plan {
  readonly graph: Graph;
  /** One for each of the lazies. */
  readonly outputs: readonly Output[];
}

/** How one lazy's value comes about. */
export interface Output {
  /** The results it is made of. */
  readonly keys: readonly Key[];
  /** Bytes that it will allocate by itself. */
  readonly reserve: number;
  /** Takes one of the results, which is lent. */
  put(key: Key, result: Result): void;
  /** The value, once all results were put. */
  value(): unknown;
  /** What stands for the value while an engine holds the results. */
  held(engine: Engine): Lazy;
}

export const isLazy = (value: unknown): value is Lazy =>
  typeof value === 'object' && value !== null && LAZY in value;
