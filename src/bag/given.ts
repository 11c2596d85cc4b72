import type { Delayed } from '../delayed/delayed.js';
import { given } from '../frame/given.js';
import type { FunctionSpec } from '../graph/function-spec.js';
import { type ModuleFunction, specOf } from '../graph/given-function.js';
import { downInto, whyNotCloneable } from '../graph/plain-data.js';
import { snapshot } from '../graph/snapshot.js';
import type { PassedIn } from '../lazy/index.js';
import type { Bag } from './bag.js';
import type { Draft, KeyBy, Name } from './plan.js';

/** What functions of a bag are given beside the elements. */
export interface BagFunctionOptions {
  /** Values that the functions use from outside themselves, by name. */
  readonly captured?: Readonly<Record<string, unknown>>;
}

/** How a result of a whole bag is put together. */
export interface TreeOptions {
  /** Of how many partial results one is made (8). */
  readonly splitEvery?: number;
}

/** A function of one element, or one in a module, whose type the compiler does not know. */
export type ElementFunction<T, R> = ((value: T) => R | Promise<R>) | ModuleFunction;

/** By what elements are told apart: a function, the name of a property or the index of an element, or a list of several. */
export type ElementKey<T, K = unknown> = ElementFunction<T, K> | PropertyOf<T> | readonly PropertyOf<T>[];

/** Names of what elements have. */
export type PropertyOf<T> = T extends object ? keyof T & Name : never;

/** What a function gets for arguments beside the element: of a bag an element, of what is lazy its value. */
export type Beside<A extends readonly unknown[]> = {
  -readonly [I in keyof A]: A[I] extends Bag<infer U> ? U : PassedIn<A[I]>;
};

/** The same for a function of partitions: of a bag the partition. */
export type PartsBeside<A extends readonly unknown[]> = {
  -readonly [I in keyof A]: A[I] extends Bag<infer U> ? U[] : PassedIn<A[I]>;
};

/** What may be lazy as a whole. */
export type Perhaps<T> = T | Delayed<T>;

/** A function of the user's, as data. @throws UnshippableFunctionError, TypeError, which name the method */
export function shipped(where: string, fn: unknown, { captured }: BagFunctionOptions = {}): FunctionSpec {
  if (typeof fn !== 'function' && (typeof fn !== 'object' || fn === null || !('module' in fn)))
    throw new TypeError(
      `${where} takes a function, or { module: new URL('./file.js', import.meta.url), name }, not ${given(fn)}`,
    );
  return downInto(`${where}: what is captured`, () => specOf(fn, { ...(captured && { captured }) }));
}

/** What finds a key, in a plan that is drafted. */
export function keyBy(where: string, draft: Draft, key: unknown, options: BagFunctionOptions): KeyBy {
  if (isNames(key)) return { names: key };
  if (Array.isArray(key)) throw new TypeError(`${where}: a list of keys has names and indices only`);
  return { fn: draft.fn(shipped(where, key, options)) };
}

export const isName = (value: unknown): value is Name =>
  typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value));

export const isNames = (value: unknown): value is Name | readonly Name[] =>
  isName(value) || (Array.isArray(value) && value.length > 0 && value.every(isName));

/** A value that functions begin with, as it is now. @throws TypeError where it is no plain data */
export function plain(where: string, what: string, value: unknown): unknown {
  const why = whyNotCloneable(value, what);
  if (why !== undefined) throw new TypeError(`${where}: ${why}. Pass plain data`);
  return snapshot(value);
}

/** @throws RangeError where a number is no whole one from `least` */
export function whole(where: string, what: string, value: unknown, least: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
  throw new RangeError(`${where}: ${what} is a whole number from ${least}, not ${given(value)}`);
}

const SPLIT_EVERY = 8;

/** @throws RangeError where so many cannot make one */
export const splitEveryOf = (where: string, { splitEvery = SPLIT_EVERY }: TreeOptions): number =>
  whole(where, 'splitEvery', splitEvery, 2);
