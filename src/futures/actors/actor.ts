import type { LAZY, LazyArguments, LazyHooks } from '../../lazy/index.js';

/** A member of an actor's class as it is outside: of a method one that returns a promise, of anything else a promise of it. */
export type ActorMember<M> = [M] extends [(...args: infer A) => infer R]
  ? (...args: LazyArguments<A>) => Promise<Awaited<R>>
  : Promise<Awaited<M>>;

/**
 * An object that lives in a thread of its own, here or on a worker of a cluster, as others call it: each method returns a promise, and reading an attribute gives one.
 * Made by `client.actor`. It can be an argument of calls, delayed or submitted.
 *
 * The object is given up at the end of a block with `using`, by `[Symbol.dispose]()`, or when what `client.actor` gave is collected.
 */
export type Actor<T> = {
  readonly [K in keyof T as K extends 'then' | symbol | number ? never : K]-?: ActorMember<T[K]>;
} & Disposable &
  AsyncDisposable & { readonly [LAZY]: LazyHooks<Actor<T>, Actor<T>> };
