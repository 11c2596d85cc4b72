import { Delayed } from '../../delayed/delayed.js';
import { checkOptions } from '../../engine/known-options.js';
import { given } from '../../frame/given.js';
import type { ModuleFunction } from '../../graph/given-function.js';
import { isLazy } from '../../lazy/index.js';
import type { Bag } from '../bag.js';
import {
  type BagFunctionOptions,
  type ElementKey,
  keyBy,
  type Perhaps,
  type PropertyOf,
  plain,
  shipped,
  splitEveryOf,
  type TreeOptions,
  whole,
} from '../given.js';
import { cutNodes, endNodes, foldNode, lazies, nodesOf, pieceNodes } from '../nodes.js';
import { type Draft, type FoldSpec, planOf, withStep } from '../plan.js';
import { BagCore } from './core.js';
import { ReductionMethods } from './reductions.js';
import { sentOnce } from './steps.js';

export interface FrequenciesOptions extends TreeOptions {
  /** Whether the most frequent stand first. */
  readonly sort?: boolean;
}

/** By what elements are told apart, and how the result is put together. */
export interface KeyOptions<T> extends BagFunctionOptions, TreeOptions {
  readonly key?: ElementKey<T>;
}

export interface GroupByOptions extends BagFunctionOptions {
  /** How many partitions the groups are in (default: as many as the bag has). */
  readonly partitions?: number;
}

export interface FoldByOptions<A> extends BagFunctionOptions, TreeOptions {
  /** What each group of a partition begins with. */
  readonly initial?: A;
  /** What makes one of the results of a group in two partitions (default: the first function). */
  readonly combine?: ((one: A, other: A) => A | Promise<A>) | ModuleFunction;
  /** What combining begins with, for each group each time. */
  readonly combineInitial?: A;
}

/** The same, whatever it is that is made. */
interface AnyFoldByOptions extends BagFunctionOptions, TreeOptions {
  readonly initial?: unknown;
  readonly combine?: unknown;
  readonly combineInitial?: unknown;
}

export interface JoinOptions<U> extends BagFunctionOptions {
  /** The key of what is joined (default: as that of the elements). */
  readonly onOther?: ElementKey<U>;
}

/** What brings elements of different partitions together. */
export abstract class GroupMethods<T> extends ReductionMethods<T> {
  /**
   * Each distinct element, and how often it is there, in the order in which they come first: a bag of one partition. Lists and objects are equal that
   * hold the same.
   *
   * @example
   * await bag.fromSequence(['a', 'b', 'a']).frequencies().compute(); // [ [ 'a', 2 ], [ 'b', 1 ] ]
   */
  frequencies(options: FrequenciesOptions = {}): Bag<[T, number]> {
    checkOptions('frequencies', options, ['sort', 'splitEvery']);
    const sort = options.sort === true;
    return this.gathered('frequencies', options, () => ({ fold: 'frequencies', options: { sort } }));
  }

  /**
   * The `k` greatest elements, the greatest first: a bag of one partition. With a key those whose keys are; of equal ones the first.
   *
   * @throws RangeError where k is no whole number from 1
   * @example
   * await bag.range(10).topK(2).compute(); // [ 9, 8 ]
   * await bag.fromSequence(['fig', 'apple', 'pear']).topK(2, { key: (text) => text.length }).compute(); // [ 'apple', 'pear' ]
   */
  topK(k: number, options: KeyOptions<T> = {}): Bag<T> {
    checkOptions('topK', options, KEY_OPTIONS);
    const size = whole('topK', 'k', k, 1);
    return this.gathered('topK', options, (draft) => ({
      fold: 'topK',
      options: { k: size },
      ...keyOption('topK', draft, options),
    }));
  }

  /**
   * The distinct elements, or the first of those with equal keys, in the order in which they come first: a bag of one partition.
   *
   * @example
   * await bag.fromSequence([3, 1, 3, 2, 1]).distinct().compute(); // [ 3, 1, 2 ]
   * await bag.fromSequence([{ id: 1, at: 5 }, { id: 1, at: 7 }]).distinct({ key: 'id' }).compute(); // [ { id: 1, at: 5 } ]
   */
  distinct(options: KeyOptions<T> = {}): Bag<T> {
    checkOptions('distinct', options, KEY_OPTIONS);
    return this.gathered('distinct', options, (draft) => ({
      fold: 'distinct',
      ...keyOption('distinct', draft, options),
    }));
  }

  /**
   * Groups folded: pairs of a key and what the functions make of the elements that have it, as `fold` does, in the order in which keys come first; a bag
   * of one partition. It moves one result a group and partition, and so takes much less than `groupBy`.
   *
   * @throws as `map`
   * @example
   * const odd = (n: number) => n % 2 === 1;
   * await bag.range(10, { partitions: 3 }).foldBy(odd, (a, b) => a + b).compute(); // [ [ false, 20 ], [ true, 25 ] ]
   * await bag.range(10).foldBy(odd, (count, _) => count + 1, { initial: 0, combine: (a, b) => a + b }).compute(); // [ [ false, 5 ], [ true, 5 ] ]
   */
  foldBy<A, K>(
    key: (value: T) => K | Promise<K>,
    binop: (all: A, value: T) => A | Promise<A>,
    options: FoldByOptions<A> & { readonly initial: A; readonly combine: FoldByOptions<A>['combine'] },
  ): Bag<[K, A]>;
  foldBy<A>(
    key: ElementKey<T>,
    binop: (all: A, value: T) => A | Promise<A>,
    options: FoldByOptions<A> & { readonly initial: A; readonly combine: FoldByOptions<A>['combine'] },
  ): Bag<[unknown, A]>;
  foldBy<K, A>(
    this: BagCore<A>,
    key: (value: A) => K | Promise<K>,
    binop: (all: A, value: A) => A | Promise<A>,
    options?: FoldByOptions<A>,
  ): Bag<[K, A]>;
  foldBy<A>(
    this: BagCore<A>,
    key: ElementKey<A>,
    binop: ((all: A, value: A) => A | Promise<A>) | ModuleFunction,
    options?: FoldByOptions<A>,
  ): Bag<[unknown, A]>;
  foldBy(key: unknown, binop: unknown, options: AnyFoldByOptions = {}): Bag<[unknown, unknown]> {
    const names = ['initial', 'combine', 'combineInitial', 'captured', 'splitEvery'];
    checkOptions('foldBy', options, names);
    const spec = shipped('foldBy', binop, options);
    const combine =
      options.combine === undefined ? spec : shipped('foldBy: combine', options.combine, options);
    const starts = Object.fromEntries(
      (['initial', 'combineInitial'] as const)
        .filter((name) => name in options)
        .map((name) => [name, [plain('foldBy', name, options[name])]]),
    );
    return this.gathered('foldBy', options, (draft) => ({
      fold: 'foldBy',
      key: keyBy('foldBy', draft, key, options),
      functions: { binop: draft.fn(spec), combine: draft.fn(combine) },
      options: starts,
    }));
  }

  /**
   * Pairs of a key and the list of all elements that have it. Every partition is split by a hash of the keys, and the pieces are brought together: the
   * whole bag moves, where `foldBy` moves results. Which partition a group is in the hash says; within it groups are in the order in which their keys
   * come first, and so are elements.
   *
   * @throws as `map`; RangeError where `partitions` is no whole number from 1
   * @example
   * await bag.range(6, { partitions: 2 }).groupBy((n) => n % 2, { partitions: 1 }).compute(); // [ [ 0, [ 0, 2, 4 ] ], [ 1, [ 1, 3, 5 ] ] ]
   */
  groupBy<K>(key: (value: T) => K | Promise<K>, options?: GroupByOptions): Bag<[K, T[]]>;
  groupBy<const P extends PropertyOf<T>>(key: P, options?: GroupByOptions): Bag<[T[P], T[]]>;
  groupBy(key: ElementKey<T>, options?: GroupByOptions): Bag<[unknown, T[]]>;
  groupBy(key: unknown, options: GroupByOptions = {}): Bag<[unknown, T[]]> {
    checkOptions('groupBy', options, ['partitions', 'captured']);
    const pieces = whole('groupBy', 'partitions', options.partitions ?? this.npartitions, 1);
    const split = endNodes(this.plan, 'split', (draft) => ({
      to: 'split',
      pieces,
      key: keyBy('groupBy', draft, key, options),
    }));
    const parts = pieceNodes(split, () => pieces);
    const sources = Array.from({ length: pieces }, (_, i) => ({
      of: 'groups' as const,
      parts: lazies(parts.map((some) => some[i]!)),
    }));
    return this.of(planOf('groupBy', sources));
  }

  /**
   * Pairs of what is in another, smaller collection and an element, where they have the same key: `[other, element]`, as Dask has them. Each task gets the
   * whole of the other: a list, a delayed one, or a bag of one partition.
   *
   * @throws TypeError where the other is none of these; as `map`
   * @example
   * const people = bag.fromSequence(['Alice', 'Bob', 'Charlie']);
   * await people.join(['Apple', 'Apricot', 'Banana'], (text) => text[0]).compute(); // [ [ 'Apple', 'Alice' ], [ 'Apricot', 'Alice' ], [ 'Banana', 'Bob' ] ]
   */
  join<U>(
    other: Iterable<U> | Bag<U> | Perhaps<readonly U[]>,
    on: ElementKey<T & U>,
    options?: BagFunctionOptions,
  ): Bag<[U, T]>;
  join<U>(
    other: Iterable<U> | Bag<U> | Perhaps<readonly U[]>,
    on: ElementKey<T>,
    options: JoinOptions<U> & { readonly onOther: ElementKey<U> },
  ): Bag<[U, T]>;
  join<U>(other: unknown, on: unknown, options: JoinOptions<U> = {}): Bag<[U, T]> {
    checkOptions('join', options, ['onOther', 'captured']);
    return this.step((draft) => ({
      do: 'join',
      other:
        other instanceof BagCore
          ? draft.arg({ all: new Delayed(onlyNode(other)) }, true)
          : draft.arg({ all: otherSide(other) }),
      own: keyBy('join', draft, on, options),
      its: keyBy('join', draft, options.onOther ?? on, options),
    }));
  }

  /**
   * Each element beside each of another bag: partitions are as many as those of the two multiplied.
   *
   * @throws TypeError where the other is no bag
   * @example
   * await bag.range(2).product(bag.fromSequence(['a', 'b'])).compute(); // [ [ 0, 'a' ], [ 0, 'b' ], [ 1, 'a' ], [ 1, 'b' ] ]
   */
  product<U>(other: Bag<U>): Bag<[T, U]> {
    if (!(other instanceof BagCore)) throw new TypeError(`product takes another bag, not ${given(other)}`);
    const [own, its] = [lazies(nodesOf(this.plan)), lazies(nodesOf(other.plan))];
    const pairs = own.flatMap((one) => its.map((two) => [one, two] as const));
    const plan = planOf(
      'product',
      pairs.map(([one]) => ({ of: 'packed', parts: [one] })),
    );
    return this.of(
      withStep(plan, (draft) => ({
        do: 'product',
        other: draft.arg({ each: pairs.map(([, two]) => two) }, true),
      })),
    );
  }

  /**
   * The same elements in the same order, in another number of partitions: neighbours are joined, or each partition is split evenly.
   *
   * @throws RangeError where it is no whole number from 1
   * @example
   * bag.range(10, { partitions: 4 }).repartition({ partitions: 2 }).npartitions; // 2
   */
  repartition(options: { readonly partitions: number }): Bag<T> {
    checkOptions('repartition', options, ['partitions']);
    const partitions = whole('repartition', 'partitions', options.partitions, 1);
    const before = this.npartitions;
    if (partitions === before) return this.of(this.plan);
    const bound = (i: number, of: number, all: number): number => Math.floor((i * all) / of);
    if (partitions < before) {
      const parts = lazies(nodesOf(this.plan));
      const sources = Array.from({ length: partitions }, (_, i) => ({
        of: 'packed' as const,
        parts: parts.slice(bound(i, partitions, before), bound(i + 1, partitions, before)),
      }));
      return this.of(planOf('repartition', sources));
    }
    const pieces = (i: number): number => bound(i + 1, before, partitions) - bound(i, before, partitions);
    const parts = lazies(cutNodes(this.plan, pieces));
    return this.of(
      planOf(
        'repartition',
        parts.map((part) => ({ of: 'packed', parts: [part] })),
      ),
    );
  }

  private gathered<R>(label: string, options: TreeOptions, make: (draft: Draft) => FoldSpec): Bag<R> {
    const splitEvery = splitEveryOf(label, options);
    const node = foldNode(this.plan, { label, splitEvery, to: 'partition' }, make);
    return this.of(planOf(label, [{ of: 'packed', parts: lazies([node]) }]));
  }
}

const KEY_OPTIONS = ['key', 'captured', 'splitEvery'] as const;

const keyOption = <T>(where: string, draft: Draft, options: KeyOptions<T>): Pick<FoldSpec, 'key'> =>
  options.key === undefined ? {} : { key: keyBy(where, draft, options.key, options) };

function onlyNode(bag: BagCore<unknown>) {
  if (bag.npartitions === 1) return nodesOf(bag.plan)[0]!;
  throw new TypeError(
    `join: the other bag has ${bag.npartitions} partitions, and each task gets the whole of it: repartition it to one, if it is small`,
  );
}

function otherSide(other: unknown): unknown {
  if (typeof other === 'object' && other !== null) {
    if (isLazy(other)) return sentOnce('join: the other side', other);
    if (Symbol.iterator in other) return sentOnce('join: the other side', [...(other as Iterable<unknown>)]);
  }
  throw new TypeError(`join takes a list, a delayed one, or a bag of one partition, not ${given(other)}`);
}
