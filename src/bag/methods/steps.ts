import { Delayed } from '../../delayed/delayed.js';
import { own } from '../../delayed/function.js';
import { callNode } from '../../delayed/node.js';
import { checkOptions } from '../../engine/known-options.js';
import { given } from '../../frame/given.js';
import type { ModuleFunction } from '../../graph/given-function.js';
import { type Entropy, freshEntropy, SeedSequence } from '../../kernels/random/index.js';
import { isLazy, LAZY } from '../../lazy/index.js';
import type { Bag } from '../bag.js';
import {
  type BagFunctionOptions,
  type Beside,
  type ElementFunction,
  isNames,
  type PartsBeside,
  type PropertyOf,
  plain,
  shipped,
} from '../given.js';
import { lastNode, lazies, nodesOf } from '../nodes.js';
import { type Draft, type Place, planOf, type Step, withStep } from '../plan.js';
import { BagCore } from './core.js';

/** What a function of elements, or of partitions, is given beside them. */
export interface MapOptions<A extends readonly unknown[] = readonly unknown[]> extends BagFunctionOptions {
  /**
   * Its other arguments: bags of as many partitions, of which it gets the element (the partition) at the same place; delayed values, arrays and
   * other data, of which it gets the value.
   */
  readonly args?: A;
}

/** How elements are drawn. */
export interface SampleOptions {
  /** A whole number: the same elements each time (default: others for each bag). */
  readonly seed?: Entropy;
}

export interface AccumulateOptions<A> extends BagFunctionOptions {
  /** What stands before the first element, and is the first of the bag. */
  readonly initial?: A;
}

/** What is done to each element, or each partition: steps of one task a partition, however many there are. */
export abstract class StepMethods<T> extends BagCore<T> {
  /**
   * A function of each element. It travels as source text: what it uses from outside itself is named in `captured`. What it returns may be a promise,
   * which is waited for before the next element.
   *
   * @throws TypeError where it is no function, UnshippableFunctionError naming what it uses and nothing provides, RangeError where a bag of
   *   `args` has another number of partitions
   * @example
   * await bag.range(4).map((n) => 10 * n).compute(); // [ 0, 10, 20, 30 ]
   * const rate = 0.5;
   * await bag.range(3).map((n) => n * rate, { captured: { rate } }).compute(); // [ 0, 0.5, 1 ]
   * const numbers = bag.range(4, { partitions: 2 });
   * await numbers.map((n, square, all) => [n, square, all], { args: [numbers.map((n) => n * n), numbers.sum()] }).take(2); // [ [ 0, 0, 6 ], [ 1, 1, 6 ] ]
   */
  map<R, const A extends readonly unknown[] = readonly []>(
    fn: (value: T, ...args: Beside<A>) => R,
    options?: MapOptions<A>,
  ): Bag<Awaited<R>>;
  map<R = unknown>(fn: ModuleFunction, options?: MapOptions): Bag<R>;
  map<R>(fn: unknown, options: MapOptions = {}): Bag<R> {
    checkOptions('map', options, MAP_OPTIONS);
    return this.step((draft) => ({
      do: 'map',
      fn: draft.fn(shipped('map', fn, options)),
      args: this.beside('map', draft, options.args),
    }));
  }

  /**
   * A function whose arguments are what each element, a list, holds.
   *
   * @throws as `map`
   * @example
   * await bag.fromSequence([[1, 2], [3, 4]]).starmap((a, b) => a * b).compute(); // [ 2, 12 ]
   */
  starmap<R>(
    fn: T extends readonly unknown[] ? (...values: T) => R : never,
    options?: BagFunctionOptions,
  ): Bag<Awaited<R>>;
  starmap<R = unknown>(fn: ModuleFunction, options?: BagFunctionOptions): Bag<R>;
  starmap<R>(fn: unknown, options: BagFunctionOptions = {}): Bag<R> {
    checkOptions('starmap', options, CAPTURED);
    return this.step((draft) => ({ do: 'starmap', fn: draft.fn(shipped('starmap', fn, options)) }));
  }

  /**
   * The elements for which a function gives what is true.
   *
   * @throws as `map`
   * @example
   * await bag.range(6).filter((n) => n % 2 === 0).compute(); // [ 0, 2, 4 ]
   */
  filter<S extends T>(fn: (value: T) => value is S, options?: BagFunctionOptions): Bag<S>;
  filter(fn: ElementFunction<T, unknown>, options?: BagFunctionOptions): Bag<T>;
  filter(fn: unknown, options: BagFunctionOptions = {}): Bag<T> {
    checkOptions('filter', options, CAPTURED);
    return this.step((draft) => ({ do: 'filter', fn: draft.fn(shipped('filter', fn, options)) }));
  }

  /**
   * The elements for which a function gives what is false.
   *
   * @throws as `map`
   * @example
   * await bag.range(6).remove((n) => n % 2 === 0).compute(); // [ 1, 3, 5 ]
   */
  remove(fn: ElementFunction<T, unknown>, options: BagFunctionOptions = {}): Bag<T> {
    checkOptions('remove', options, CAPTURED);
    return this.step((draft) => ({ do: 'remove', fn: draft.fn(shipped('remove', fn, options)) }));
  }

  /**
   * What the elements hold, which are lists, or what else can be gone through.
   *
   * @throws when computed TypeError where an element is no list
   * @example
   * await bag.fromSequence([[1, 2], [], [3]]).flatten().compute(); // [ 1, 2, 3 ]
   */
  flatten(): Bag<T extends Iterable<infer U> ? U : never> {
    return this.step(() => ({ do: 'flatten' }));
  }

  /**
   * A function of each element that gives a list: all that these hold.
   *
   * @throws as `map` and `flatten`
   * @example
   * await bag.fromSequence(['to be', 'or not']).flatMap((line) => line.split(' ')).compute(); // [ 'to', 'be', 'or', 'not' ]
   */
  flatMap<R>(fn: (value: T) => Iterable<R> | Promise<Iterable<R>>, options?: BagFunctionOptions): Bag<R>;
  flatMap<R = unknown>(fn: ModuleFunction, options?: BagFunctionOptions): Bag<R>;
  flatMap<R>(fn: unknown, options: BagFunctionOptions = {}): Bag<R> {
    checkOptions('flatMap', options, CAPTURED);
    const mapped = withStep(this.plan, (draft) => ({
      do: 'map',
      fn: draft.fn(shipped('flatMap', fn, options)),
      args: [],
    }));
    return this.of(withStep(mapped, () => ({ do: 'flatten' })));
  }

  /**
   * A property of each element, or an element of a list; of a list of names a list of them. With a second argument that stands for what is not there.
   *
   * @throws TypeError where it is no name; when computed where an element has none, and nothing stands for it
   * @example
   * const people = bag.fromSequence([{ name: 'Ada', age: 36 }, { name: 'Bob', age: 41 }]);
   * await people.pluck('age').sum().compute(); // 77
   * await people.pluck(['age', 'name']).take(1); // [ [ 36, 'Ada' ] ]
   * await bag.fromSequence([[1], [2, 3]]).pluck(1, 0).compute(); // [ 0, 3 ]
   */
  pluck<const K extends readonly PropertyOf<T>[]>(
    names: K,
    missing?: unknown,
  ): Bag<{ -readonly [I in keyof K]: T[K[I]] }>;
  pluck<K extends PropertyOf<T>>(name: K): Bag<T[K]>;
  pluck<K extends PropertyOf<T>, D>(name: K, missing: D): Bag<Exclude<T[K], undefined> | D>;
  pluck(names: unknown, ...missing: readonly unknown[]): Bag<unknown> {
    if (!isNames(names))
      throw new TypeError(
        `pluck takes the name of a property, an index, or a list of them, not ${given(names)}`,
      );
    const kept = missing.map((value) => plain('pluck', 'what stands for what is missing', value));
    return this.step(() => ({
      do: 'pluck',
      names: typeof names === 'object' ? [...names] : names,
      ...(kept.length > 0 && { missing: [kept[0]] as const }),
    }));
  }

  /**
   * A function of the list of all elements of a partition, which returns those in their place: a list, or what else can be gone through.
   *
   * @throws as `map`; when computed TypeError where it returns no list
   * @example
   * await bag.range(6, { partitions: 2 }).mapPartitions((part) => [part.length, Math.max(...part)]).compute(); // [ 3, 2, 3, 5 ]
   */
  mapPartitions<R, const A extends readonly unknown[] = readonly []>(
    fn: (part: T[], ...args: PartsBeside<A>) => Iterable<R> | Promise<Iterable<R>>,
    options?: MapOptions<A>,
  ): Bag<R>;
  mapPartitions<R = unknown>(fn: ModuleFunction, options?: MapOptions): Bag<R>;
  mapPartitions<R>(fn: unknown, options: MapOptions = {}): Bag<R> {
    checkOptions('mapPartitions', options, MAP_OPTIONS);
    return this.step((draft) => ({
      do: 'mapPartitions',
      fn: draft.fn(shipped('mapPartitions', fn, options)),
      args: this.beside('mapPartitions', draft, options.args),
    }));
  }

  /**
   * What a function makes of all elements so far, for each element: `accumulate((a, b) => a + b)` are running totals. Partitions wait for the ones
   * before them.
   *
   * @throws as `map`
   * @example
   * await bag.fromSequence([1, 2, 3, 4], { partitions: 2 }).accumulate((a, b) => a + b).compute(); // [ 1, 3, 6, 10 ]
   * await bag.fromSequence([1, 2]).accumulate((a, b) => a + b, { initial: 10 }).compute(); // [ 10, 11, 13 ]
   */
  accumulate(binop: (all: T, value: T) => T | Promise<T>, options?: AccumulateOptions<T>): Bag<T>;
  accumulate<A>(
    binop: (all: A, value: T) => A | Promise<A>,
    options: BagFunctionOptions & { readonly initial: A },
  ): Bag<A>;
  accumulate(binop: ModuleFunction, options?: AccumulateOptions<unknown>): Bag<unknown>;
  accumulate(binop: unknown, options: AccumulateOptions<unknown> = {}): Bag<unknown> {
    checkOptions('accumulate', options, ['initial', ...CAPTURED]);
    const spec = shipped('accumulate', binop, options);
    let carry: unknown = 'initial' in options ? [plain('accumulate', 'initial', options.initial)] : [];
    const parts = nodesOf(this.plan).map((node, i) => {
      const one = planOf(this.plan.name, [{ of: 'packed', parts: lazies([node]) }]);
      const step = (draft: Draft): Step => ({
        do: 'accumulate',
        fn: draft.fn(spec),
        carry: draft.arg({ all: carry }),
        first: i === 0,
      });
      const made = nodesOf(withStep(one, step))[0]!;
      carry = new Delayed(lastNode(made, carry));
      return made;
    });
    return this.of(
      planOf(
        'accumulate',
        lazies(parts).map((part) => ({ of: 'packed', parts: [part] })),
      ),
    );
  }

  /**
   * Each element with a probability, in the order that they have. The numbers drawn are NumPy's (`Generator(PCG64(SeedSequence(seed).spawn(n)[i]))` for
   * partition i).
   *
   * @throws RangeError where the probability is not from 0 to 1, or the seed no whole number
   * @example
   * await bag.range(1000, { partitions: 2 }).randomSample(0.1, { seed: 42 }).count().compute() < 200; // true
   */
  randomSample(probability: number, options: SampleOptions = {}): Bag<T> {
    checkOptions('randomSample', options, ['seed']);
    if (!(typeof probability === 'number' && probability >= 0 && probability <= 1))
      throw new RangeError(`randomSample: a probability is a number from 0 to 1, not ${given(probability)}`);
    const seed = options.seed ?? freshEntropy();
    // Refuses what is no seed.
    new SeedSequence(seed);
    return this.step((draft) => ({
      do: 'sample',
      probability,
      seed: draft.arg({ each: this.plan.sources.map((_, i) => [seed, [i]]) }),
    }));
  }

  protected step<U>(make: (draft: Draft) => Step): Bag<U> {
    return this.of(withStep(this.plan, make));
  }

  /** What a step reads beside the elements. */
  protected beside(where: string, draft: Draft, args: readonly unknown[] = []): Place[] {
    if (!Array.isArray(args))
      throw new TypeError(`${where}: args is a list of arguments, not ${given(args)}`);
    return args.map((arg, i) => {
      if (!(arg instanceof BagCore)) return draft.arg({ all: sentOnce(`${where}: args[${i}]`, arg) });
      if (arg.npartitions !== this.npartitions)
        throw new RangeError(
          `${where}: args[${i}] has ${arg.npartitions} partitions, and the bag ${this.npartitions}: repartition one of them`,
        );
      return draft.arg({ each: lazies(nodesOf(arg.plan)) }, true);
    });
  }
}

const VALUE = own('value', '(value) => value');
const CAPTURED = ['captured'] as const;
const MAP_OPTIONS = ['args', ...CAPTURED] as const;

/** An argument of the tasks of all partitions: what may be large is a result of its own, which they share. */
export function sentOnce(what: string, value: unknown): unknown {
  if (typeof value === 'function') throw new TypeError(`${what} is a function: pass it by captured`);
  if (typeof value !== 'object' || value === null) return value;
  return new Delayed(isLazy(value) ? value[LAZY].input() : callNode(VALUE, [value]));
}
