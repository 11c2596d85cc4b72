import type { ELEMENT, LAZY, Lazy } from './protocol.js';

/** What is passed whole, not looked into. */
type Leaf =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined
  | ArrayBufferView
  | ArrayBufferLike
  | Date
  | RegExp
  | URL
  | ((...args: never[]) => unknown);

/** A value, or the same with any part of it lazy: delayed, a future, an array. */
export type Lazily<T> =
  | T
  | { readonly [LAZY]: { readonly passed?: T } }
  | { readonly [ELEMENT]: T }
  | Inside<T>;

type Inside<T> = T extends Leaf
  ? never
  : T extends ReadonlyMap<infer K, infer V>
    ? ReadonlyMap<K, Lazily<V>>
    : T extends ReadonlySet<infer V>
      ? ReadonlySet<Lazily<V>>
      : T extends object
        ? { readonly [P in keyof T]: Lazily<T[P]> }
        : never;

/** The arguments of a function, each possibly lazy. */
export type LazyArguments<A extends readonly unknown[]> = { [K in keyof A]: Lazily<A[K]> };

/** What computing a structure gives: the same structure, with the value of each lazy in its place. */
export type ComputedIn<S> = S extends { readonly [ELEMENT]: infer T }
  ? T
  : S extends Lazy<infer T>
    ? T
    : S extends Leaf
      ? S
      : S extends ReadonlyMap<infer K, infer V>
        ? Map<K, ComputedIn<V>>
        : S extends ReadonlySet<infer V>
          ? Set<ComputedIn<V>>
          : S extends object
            ? { -readonly [P in keyof S]: ComputedIn<S[P]> }
            : S;

/** What persisting a structure gives: the same structure, each lazy of it held by an engine. */
export type PersistedIn<S> =
  S extends Lazy<unknown, unknown, infer P>
    ? S & P
    : S extends Leaf
      ? S
      : S extends ReadonlyMap<infer K, infer V>
        ? Map<K, PersistedIn<V>>
        : S extends ReadonlySet<infer V>
          ? Set<PersistedIn<V>>
          : S extends object
            ? { -readonly [K in keyof S]: PersistedIn<S[K]> }
            : S;

/** What a function gets for a structure. */
export type PassedIn<S> = S extends { readonly [ELEMENT]: infer T }
  ? T
  : S extends Lazy<unknown, infer T>
    ? T
    : S extends Leaf
      ? S
      : S extends ReadonlyMap<infer K, infer V>
        ? Map<K, PassedIn<V>>
        : S extends ReadonlySet<infer V>
          ? Set<PassedIn<V>>
          : S extends object
            ? { -readonly [P in keyof S]: PassedIn<S[P]> }
            : S;
