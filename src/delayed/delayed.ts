import { detached } from '../engine/detached.js';
import type { Engine } from '../engine/engine.js';
import type { Result } from '../engine/op.js';
import { passed } from '../engine/ops/call.js';
import { isModuleFunction, type ModuleFunction } from '../graph/given-function.js';
import type { Graph, Key } from '../graph/task.js';
import {
  compute,
  type Family,
  holdOf,
  LAZY,
  type LazyArguments,
  type LazyCompute,
  type LazyHooks,
  type LazyInput,
  type Output,
  type PassedIn,
  persist,
  tasksInPieces,
  tasksOf,
} from '../lazy/index.js';
import { type PictureOptions, picture } from '../watch/picture.js';
import { calleeOf, keyName, own } from './function.js';
import { callNode } from './node.js';

/** How a function's calls are made delayed values. */
export interface DelayedOptions {
  /** Values that the function uses from outside itself, by name. */
  readonly captured?: Readonly<Record<string, unknown>>;
  /** Whether equal calls are the same work, done once, under one key (default). False for what is random, or reads what changes. */
  readonly pure?: boolean;
  /** What keys begin with (default: the function's name). */
  readonly name?: string;
}

/** A function whose calls are done later. Any part of its arguments may be lazy. */
export type DelayedFunction<A extends readonly unknown[], R> = (
  ...args: LazyArguments<A>
) => Delayed<Awaited<R>>;

/** Names of the methods of a value. */
export type MethodsOf<T> = keyof T extends infer K
  ? K extends keyof T
    ? T[K] extends (...args: never[]) => unknown
      ? K
      : never
    : never
  : never;

/**
 * A value that is computed later, by a function in a thread. It holds no value: calls of functions with it make further ones, and
 * `compute()` does the work. Made by `delayed`.
 */
export class Delayed<T = unknown> {
  /** Its place in the graph of tasks. */
  readonly node: LazyInput;

  /** @internal */
  constructor(node: LazyInput) {
    this.node = node;
  }

  /** Names the value; equal work has an equal key. */
  get key(): Key {
    return this.node.key;
  }

  /** How computations see it, and functions that are called with it. */
  get [LAZY](): LazyHooks<T, T> {
    return { family, engine: this.node.engine, input: () => this.node };
  }

  /**
   * Computes the value.
   *
   * @throws TaskError where a function throws, with its own stack; the signal's reason when aborted
   * @example
   * const inc = delayed((n: number) => n + 1);
   * await inc(inc(1)).compute(); // 3
   */
  async compute(options?: LazyCompute): Promise<T> {
    return (await compute(this, options)) as T;
  }

  /**
   * Computes the value and keeps it in the engine; the result reads it from there, until it is in use no more.
   *
   * @throws as `compute`
   * @example
   * const inc = delayed((n: number) => n + 1);
   * const held = await inc(1).persist();
   * await inc(held).compute(); // 3
   */
  async persist(options?: LazyCompute): Promise<Delayed<T>> {
    return (await persist(this, options)) as Delayed<T>;
  }

  /**
   * A property or an element of the value, later.
   *
   * @example
   * const fruit = delayed({ name: 'fig', sizes: [3, 4] });
   * await fruit.get('sizes').get(1).compute(); // 4
   */
  get<K extends keyof T>(name: K | Delayed<K>): Delayed<T[K]> {
    return new Delayed(callNode(GET, [this, name]));
  }

  /**
   * What a method of the value returns, later.
   *
   * @example
   * await delayed('fig').call('padStart', 5, '.').compute(); // ..fig
   */
  call<K extends MethodsOf<T>>(
    name: K,
    ...args: T[K] extends (...args: infer A) => unknown ? LazyArguments<A> : never
  ): Delayed<T[K] extends (...args: never[]) => infer R ? Awaited<R> : never> {
    return new Delayed(callNode(CALL, [this, name, ...(args as unknown[])]));
  }

  /**
   * The first `length` elements of a value that is a list, each later: for destructuring.
   *
   * @throws RangeError where the length is no whole number
   * @example
   * const divide = delayed((a: number, b: number): [number, number] => [Math.floor(a / b), a % b]);
   * const [quotient, rest] = divide(17, 5).split(2);
   * await compute([quotient, rest]); // [ 3, 2 ]
   */
  split<N extends T extends { readonly length: infer L extends number } ? L : number>(
    length: N,
  ): T extends readonly unknown[]
    ? number extends T['length']
      ? Delayed<T[number]>[]
      : { -readonly [K in keyof T]: Delayed<T[K]> }
    : never {
    if (!Number.isInteger(length) || length < 0)
      throw new RangeError(`split: a length is a whole number from 0, not ${length}`);
    return Array.from({ length }, (_, i) => new Delayed(callNode(GET, [this, i]))) as never;
  }

  /**
   * The tasks that `compute()` would run, by their keys.
   *
   * @example
   * delayed((n: number) => n + 1)(1).graph().size; // 1
   */
  graph(): Graph {
    return tasksOf([this.node]);
  }

  /**
   * The task graph as an SVG drawing: one box a task, or where there are more than `max` (300), one box a layer. As `'text'`,
   * a table to print.
   *
   * @example
   * const inc = delayed(function inc(n: number) { return n + 1; });
   * inc(inc(1)).visualize().startsWith('<svg'); // true
   */
  visualize(options?: PictureOptions): string {
    return picture(this.graph(), [this.key], options);
  }

  toString(): string {
    return `tilework.Delayed<${this.key.replace(/-[0-9a-f]{32}$/, '')}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

const GET = own('get', '(value, name) => value[name]');
const CALL = own('call', '(value, name, ...args) => value[name](...args)');
const VALUE = own('value', '(value) => value');

const family: Family = {
  *plan(lazies) {
    const nodes = lazies.map((lazy) => lazy[LAZY].input());
    return { graph: yield* tasksInPieces(nodes), outputs: nodes.map((node) => new DelayedOutput(node)) };
  },
};

class DelayedOutput implements Output {
  readonly keys: readonly Key[];
  readonly reserve = 0;
  private result: unknown;

  constructor(private readonly node: LazyInput) {
    this.keys = [node.key];
  }

  put(_key: Key, result: Result): void {
    this.result = detached(passed(result, this.node.as));
  }

  value(): unknown {
    return this.result;
  }

  held(engine: Engine): Delayed {
    return heldDelayed(this.node, engine);
  }
}

/** A value that an engine holds, until it is collected. */
export function heldDelayed({ key, as }: Pick<LazyInput, 'key' | 'as'>, engine: Engine): Delayed {
  return new Delayed({ key, as, engine, inputs: [], tasks: () => [], hold: holdOf(engine, [key]) });
}

/**
 * Makes a function lazy: its calls are done later, in the threads, when they or what is made of them is computed. Arguments may be lazy
 * themselves, at any depth of arrays, objects, Maps and Sets: delayed values, futures, and arrays, of which the function gets
 * `{ dtype, shape, data }` (the element, of 0-dimensional ones).
 *
 * The function is sent as source text: what it uses from outside itself must be a global of a thread or be named in `captured`. It may
 * be asynchronous. Calls that are equal are one task, unless `pure` is false.
 *
 * Of anything else than a function it makes a delayed value: of a list of delayed values a delayed list.
 *
 * @throws UnshippableFunctionError naming what the function uses and nothing provides; when called, a TypeError naming the argument
 *   that is no plain data
 * @example
 * const inc = delayed((n: number) => n + 1);
 * const sum = delayed((list: number[]) => list.reduce((a, b) => a + b, 0));
 * await sum([inc(1), inc(2), 3]).compute(); // 8
 * const rate = 0.5;
 * delayed((n: number) => n * rate); // throws UnshippableFunctionError: Cannot send anonymous function to a thread: it uses rate
 * await delayed((n: number) => n * rate, { captured: { rate } })(6).compute(); // 3
 * await delayed([inc(1), inc(2)]).compute(); // [ 2, 3 ]
 */
export function delayed<A extends readonly unknown[], R>(
  fn: (...args: A) => R,
  options?: DelayedOptions,
): DelayedFunction<A, R>;
export function delayed<T = unknown>(
  fn: ModuleFunction,
  options?: DelayedOptions,
): (...args: unknown[]) => Delayed<T>;
export function delayed<const S>(value: S, options?: Pick<DelayedOptions, 'name'>): Delayed<PassedIn<S>>;
export function delayed(target: unknown, options: DelayedOptions = {}): unknown {
  const { captured, pure } = options;
  const name = options.name === undefined ? undefined : keyName(options.name);
  if (typeof target !== 'function' && !isModuleFunction(target))
    return new Delayed(callNode(VALUE, [target], { name }));
  const callee = calleeOf(target, captured);
  return (...args: unknown[]) => new Delayed(callNode(callee, args, { name, pure }));
}
