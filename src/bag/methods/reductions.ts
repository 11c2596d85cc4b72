import { Delayed } from '../../delayed/delayed.js';
import { checkOptions } from '../../engine/known-options.js';
import type { ModuleFunction } from '../../graph/given-function.js';
import { type BagFunctionOptions, plain, shipped, splitEveryOf, type TreeOptions, whole } from '../given.js';
import { foldNode } from '../nodes.js';
import type { Draft, FoldSpec } from '../plan.js';
import type { BagCore } from './core.js';
import { StepMethods } from './steps.js';

export interface ReductionOptions extends BagFunctionOptions, TreeOptions {}

export interface FoldOptions<A> extends ReductionOptions {
  /** What each partition begins with. */
  readonly initial?: A;
  /** What makes one of the results of two partitions (default: the first function). */
  readonly combine?: ((one: A, other: A) => A | Promise<A>) | ModuleFunction;
}

/** The same, whatever it is that is made. */
interface AnyFoldOptions extends ReductionOptions {
  readonly initial?: unknown;
  readonly combine?: unknown;
}

export interface DeviationOptions extends TreeOptions {
  /** What is subtracted from the number of elements before it divides: 1 for an estimate from a sample (0). */
  readonly ddof?: number;
}

/** What bags are reduced to: delayed values. */
export abstract class ReductionMethods<T> extends StepMethods<T> {
  /**
   * How many elements there are.
   *
   * @example
   * await bag.range(10).filter((n) => n > 6).count().compute(); // 3
   */
  count(options: TreeOptions = {}): Delayed<number> {
    return this.folded('count', options, () => ({ fold: 'count' }));
  }

  /**
   * The sum of elements that are numbers; 0 of none.
   *
   * @throws when computed TypeError where an element is no number
   * @example
   * await bag.range(10).sum().compute(); // 45
   */
  sum<N extends number | bigint | boolean>(this: BagCore<N>, options?: TreeOptions): Delayed<SumOf<N>>;
  sum(options: TreeOptions = {}): Delayed<unknown> {
    return this.folded('sum', options, () => ({ fold: 'sum' }));
  }

  /**
   * The least element, as `<` orders them, lists by their first elements that differ; NaN where there is one.
   *
   * @throws when computed TypeError where there is none
   * @example
   * await bag.fromSequence(['fig', 'apple', 'pear']).min().compute(); // apple
   */
  min(options: TreeOptions = {}): Delayed<T> {
    return this.folded('min', options, () => ({ fold: 'min' }));
  }

  /**
   * The greatest element, as `min` orders them.
   *
   * @throws as `min`
   * @example
   * await bag.fromSequence([3, 1, 2]).max().compute(); // 3
   */
  max(options: TreeOptions = {}): Delayed<T> {
    return this.folded('max', options, () => ({ fold: 'max' }));
  }

  /**
   * The mean of elements that are numbers.
   *
   * @throws when computed TypeError where there is none, or one is no number
   * @example
   * await bag.range(4).mean().compute(); // 1.5
   */
  mean(this: BagCore<number | bigint | boolean>, options?: TreeOptions): Delayed<number>;
  mean(options: TreeOptions = {}): Delayed<number> {
    return this.folded('mean', options, () => ({ fold: 'moments', options: { label: 'mean' } }));
  }

  /**
   * The variance of elements that are numbers.
   *
   * @throws as `mean`
   * @example
   * await bag.range(4).var().compute(); // 1.25
   */
  var(this: BagCore<number | bigint | boolean>, options?: DeviationOptions): Delayed<number>;
  var(options: DeviationOptions = {}): Delayed<number> {
    return this.deviation('var', options);
  }

  /**
   * The standard deviation of elements that are numbers.
   *
   * @throws as `mean`
   * @example
   * await bag.fromSequence([1, 3]).std().compute(); // 1
   */
  std(this: BagCore<number | bigint | boolean>, options?: DeviationOptions): Delayed<number>;
  std(options: DeviationOptions = {}): Delayed<number> {
    return this.deviation('std', options);
  }

  /**
   * Whether any element is true, as `Boolean` says.
   *
   * @example
   * await bag.range(3).map((n) => n === 2).any().compute(); // true
   */
  any(options: TreeOptions = {}): Delayed<boolean> {
    return this.folded('any', options, () => ({ fold: 'any' }));
  }

  /**
   * Whether all elements are true, as `Boolean` says.
   *
   * @example
   * await bag.range(3).map((n) => n === 2).all().compute(); // false
   */
  all(options: TreeOptions = {}): Delayed<boolean> {
    return this.folded('all', options, () => ({ fold: 'all' }));
  }

  /**
   * What a function of two makes of all elements, partition by partition, and of what these gave.
   *
   * @throws as `map`; when computed TypeError where there is no element and no `initial`
   * @example
   * await bag.range(5).fold((a, b) => Math.max(a, b)).compute(); // 4
   * const lengths = bag.fromSequence(['fig', 'apple']);
   * await lengths.fold((n, text) => n + text.length, { initial: 0, combine: (a, b) => a + b }).compute(); // 8
   */
  fold<A>(
    binop: (all: A, value: T) => A | Promise<A>,
    options: FoldOptions<A> & { readonly initial: A; readonly combine: FoldOptions<A>['combine'] },
  ): Delayed<A>;
  fold<A>(
    this: BagCore<A>,
    binop: (all: A, value: A) => A | Promise<A>,
    options?: FoldOptions<A>,
  ): Delayed<A>;
  fold(binop: ModuleFunction, options?: FoldOptions<unknown>): Delayed<unknown>;
  fold(binop: unknown, options: AnyFoldOptions = {}): Delayed<unknown> {
    checkOptions('fold', options, ['initial', 'combine', 'captured', 'splitEvery']);
    const spec = shipped('fold', binop, options);
    const combine = options.combine === undefined ? spec : shipped('fold: combine', options.combine, options);
    const initial = 'initial' in options ? [plain('fold', 'initial', options.initial)] : undefined;
    return this.folded('fold', options, (draft) => ({
      fold: 'fold',
      functions: { binop: draft.fn(spec), combine: draft.fn(combine) },
      ...(initial && { options: { initial } }),
    }));
  }

  /**
   * A function of each partition's list of elements, and one of a list of what that gave, or of what itself gave, until one is left. Of partitions
   * without elements the first is not asked, unless there is no other.
   *
   * @throws as `map`
   * @example
   * const sum = (list: number[]) => list.reduce((a, b) => a + b, 0);
   * await bag.range(100, { partitions: 10 }).reduction(sum, sum).compute(); // 4950
   */
  reduction<R>(
    perPartition: (part: T[]) => R | Promise<R>,
    aggregate: (parts: R[]) => R | Promise<R>,
    options?: ReductionOptions,
  ): Delayed<R>;
  reduction(
    perPartition: ModuleFunction,
    aggregate: ModuleFunction,
    options?: ReductionOptions,
  ): Delayed<unknown>;
  reduction(perPartition: unknown, aggregate: unknown, options: ReductionOptions = {}): Delayed<unknown> {
    checkOptions('reduction', options, ['captured', 'splitEvery']);
    const [one, all] = [perPartition, aggregate].map((fn) => shipped('reduction', fn, options));
    return this.folded('reduction', options, (draft) => ({
      fold: 'reduction',
      functions: { perPartition: draft.fn(one!), aggregate: draft.fn(all!) },
    }));
  }

  private deviation(label: 'var' | 'std', options: DeviationOptions): Delayed<number> {
    checkOptions(label, options, ['ddof', 'splitEvery']);
    const ddof = whole(label, 'ddof', options.ddof ?? 0, 0);
    return this.folded(label, options, () => ({ fold: 'moments', options: { label, ddof } }));
  }

  private folded<R>(label: string, options: TreeOptions, make: (draft: Draft) => FoldSpec): Delayed<R> {
    const splitEvery = splitEveryOf(label, options);
    return new Delayed(foldNode(this.plan, { label, splitEvery, to: 'value' }, make));
  }
}

/** Numbers add up to a number, bigints to a bigint: or, of none, to 0. */
export type SumOf<N> = N extends bigint ? bigint | 0 : number;
