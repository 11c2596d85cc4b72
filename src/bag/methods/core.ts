import { Delayed } from '../../delayed/delayed.js';
import type { Graph } from '../../graph/task.js';
import { compute, LAZY, type LazyCompute, type LazyHooks, persist, tasksOf } from '../../lazy/index.js';
import { type PictureOptions, picture } from '../../watch/picture.js';
import type { Bag } from '../bag.js';
import { partsOf, type TakeOptions, takeFrom } from '../looking.js';
import { listNode, nodesOf } from '../nodes.js';
import type { BagPlan } from '../plan.js';

/** What all bags are: a plan. Methods are added by family. */
export abstract class BagCore<T> {
  /** @internal */
  constructor(readonly plan: BagPlan) {
    Object.freeze(this);
  }

  /** How computations see it, and functions that are called with it: they get a list of all elements. */
  abstract get [LAZY](): LazyHooks<T[], T[], Bag<T>>;

  /**
   * How many partitions there are.
   *
   * @example
   * bag.range(10, { partitions: 4 }).npartitions; // 4
   */
  get npartitions(): number {
    return this.plan.sources.length;
  }

  /**
   * All elements, in the order of partitions. They must fit into memory: for more there are `toTextFiles`, and `for await (const part of bag)`.
   *
   * @throws TaskError where a function throws, with its own stack; the signal's reason when aborted
   * @example
   * await bag.range(4, { partitions: 2 }).map((n) => n * n).compute(); // [ 0, 1, 4, 9 ]
   */
  async compute(options?: LazyCompute): Promise<T[]> {
    return (await compute(this, options)) as T[];
  }

  /**
   * Computes the bag and keeps its partitions in the engine; the bag returned reads them from there, until it is in use no more. For what several
   * results are made of: else each takes all steps again.
   *
   * @throws as `compute`
   * @example
   * const held = await bag.range(4).map((n) => n * n).persist();
   * await compute([held.sum(), held.max()]); // [ 14, 9 ]
   */
  async persist(options?: LazyCompute): Promise<Bag<T>> {
    return (await persist(this, options)) as unknown as Bag<T>;
  }

  /**
   * The first elements, computed: of the first partition, and of as many more as it takes, `partitions` at most.
   *
   * @throws RangeError where a count is none; as `compute`
   * @example
   * await bag.range(1000, { partitions: 10 }).filter((n) => n % 7 === 3).take(3); // [ 3, 10, 17 ]
   */
  take(count: number, options?: TakeOptions): Promise<T[]> {
    return takeFrom(this.plan, count, options, (plan) => this.of<T>(plan));
  }

  /**
   * The elements a partition at a time, of which the next is computed meanwhile: what is larger than memory can be gone through. Where partitions
   * share work, as those of `groupBy` do, they are computed and kept in the engine first.
   *
   * @example
   * const sizes = [];
   * for await (const part of bag.range(5, { partitions: 2 })) sizes.push(part.length);
   * sizes; // [ 2, 3 ]
   */
  [Symbol.asyncIterator](): AsyncGenerator<T[], void, void> {
    return partsOf(this as unknown as Bag<T>, (plan) => this.of<T>(plan));
  }

  /**
   * Each partition as a delayed value: a list.
   *
   * @example
   * const parts = bag.range(4, { partitions: 2 }).toDelayed();
   * await compute(parts); // [ [ 0, 1 ], [ 2, 3 ] ]
   */
  toDelayed(): Delayed<T[]>[] {
    return nodesOf(this.plan).map((node) => new Delayed(listNode([node])));
  }

  /**
   * The tasks that `compute()` would run, by their keys.
   *
   * @example
   * bag.range(4, { partitions: 2 }).map((n) => n + 1).filter((n) => n > 2).graph().size; // 2
   */
  graph(): Graph {
    return tasksOf(nodesOf(this.plan));
  }

  /**
   * The task graph as an SVG drawing; as `'text'` a table to print.
   *
   * @example
   * bag.range(4, { partitions: 2 }).visualize().startsWith('<svg'); // true
   */
  visualize(options?: PictureOptions): string {
    return picture(
      this.graph(),
      nodesOf(this.plan).map(({ key }) => key),
      options,
    );
  }

  toString(): string {
    return `tilework.Bag<${this.plan.name}, npartitions=${this.npartitions}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** Another bag: families do not know the class that has them all. */
  protected abstract of<U>(plan: BagPlan): Bag<U>;
}
