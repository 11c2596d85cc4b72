import { checkOptions } from '../engine/known-options.js';
import { given } from '../frame/given.js';
import { isLazy, type Lazy } from '../lazy/index.js';
import { Bag } from './bag.js';
import { plain, whole } from './given.js';
import { lazies, nodesOf } from './nodes.js';
import { planOf, type Source, withStep } from './plan.js';

export { type ReadTextOptions, readText } from './read-text.js';

/** Into how many partitions elements go, or how many go into one. */
export interface PartitionOptions {
  readonly partitions?: number;
  readonly partitionSize?: number;
}

/** So many partitions at most where nobody says how many. */
const PARTITIONS = 100;

/**
 * A bag of what a program has: paths, addresses, parameters. Of much data it is better made where it is used, by functions.
 *
 * @param options into how many partitions, of lengths that differ by one at most, or of which size (default: one an element, 100 at most)
 * @throws TypeError where it cannot be gone through, an element is no plain data, or both options are given; RangeError where one is no whole number from 1
 * @example
 * await bag.fromSequence(['a', 'b', 'c'], { partitionSize: 2 }).mapPartitions((part) => [part.join('')]).compute(); // [ 'ab', 'c' ]
 */
export function fromSequence<T>(values: Iterable<T>, options: PartitionOptions = {}): Bag<T> {
  if (typeof values !== 'object' || values === null || !(Symbol.iterator in values))
    throw new TypeError(`fromSequence takes a list, or what else can be gone through, not ${given(values)}`);
  const list = [...values];
  return new Bag(
    planOf(
      'sequence',
      parted('fromSequence', list.length, options).map(([start, stop]) => ({
        of: 'list',
        list: plainUnlessLazy(list.slice(start, stop)),
      })),
    ),
  );
}

/** A copy, as the elements are now; what is lazy is taken as it is when it is computed. */
const plainUnlessLazy = (list: readonly unknown[]): unknown =>
  list.some(isLazy) ? list : plain('fromSequence', 'the elements', list);

/**
 * The whole numbers from 0 to before `n`.
 *
 * @throws RangeError where a number is none
 * @example
 * await bag.range(5, { partitions: 2 }).compute(); // [ 0, 1, 2, 3, 4 ]
 */
export function range(n: number, options: PartitionOptions = {}): Bag<number> {
  whole('range', 'n', n, 0);
  const sources = parted('range', n, options).map(([start, stop]): Source => ({ of: 'range', start, stop }));
  return new Bag(planOf('range', sources));
}

/**
 * A bag whose partitions are what delayed values, or futures, will be: lists, or what else can be gone through.
 *
 * @throws TypeError where there is no part, or one is not lazy; when computed where one is no list
 * @example
 * const load = delayed((n: number) => Array.from({ length: n }, (_, i) => n * i));
 * await bag.fromDelayed([load(2), load(3)]).compute(); // [ 0, 2, 0, 3, 6 ]
 */
export function fromDelayed<T>(parts: Iterable<Lazy<unknown, Iterable<T>>>): Bag<T> {
  const list = [...parts];
  list.forEach((part, i) => {
    if (!isLazy(part))
      throw new TypeError(
        `fromDelayed: part ${i} is no delayed value and no future; of values that are there fromSequence makes a bag`,
      );
  });
  if (list.length === 0)
    throw new TypeError('fromDelayed: there is no part; a bag of nothing is fromSequence([])');
  return new Bag(
    planOf(
      'delayed',
      list.map((part) => ({ of: 'list', list: part })),
    ),
  );
}

/**
 * The elements of several bags, one behind another, in the partitions that they have.
 *
 * @throws TypeError where there is none, or one is no bag
 * @example
 * await bag.concat([bag.range(2), bag.range(3)]).compute(); // [ 0, 1, 0, 1, 2 ]
 */
export function concat<T>(bags: Iterable<Bag<T>>): Bag<T> {
  const parts = bagsOf('concat', [...bags]).flatMap(({ plan }) => nodesOf(plan));
  return new Bag(
    planOf(
      'concat',
      lazies(parts).map((part) => ({ of: 'packed', parts: [part] })),
    ),
  );
}

/**
 * Lists of the elements that stand at the same place in bags, which have as many partitions, and as many elements in each.
 *
 * @throws TypeError where there is none, or one is no bag; RangeError where numbers of partitions differ, and when computed where those of elements do
 * @example
 * await bag.zip(bag.range(3), bag.fromSequence(['a', 'b', 'c'])).compute(); // [ [ 0, 'a' ], [ 1, 'b' ], [ 2, 'c' ] ]
 */
export function zip<B extends readonly [Bag<unknown>, ...Bag<unknown>[]]>(
  ...bags: B
): Bag<{ -readonly [I in keyof B]: B[I] extends Bag<infer T> ? T : never }> {
  const [first, ...others] = bagsOf('zip', bags);
  for (const { npartitions } of others)
    if (npartitions !== first!.npartitions)
      throw new RangeError(
        `zip: bags have ${first!.npartitions} and ${npartitions} partitions: repartition one of them`,
      );
  return new Bag(
    withStep(first!.plan, (draft) => ({
      do: 'zip',
      args: others.map(({ plan }) => draft.arg({ each: lazies(nodesOf(plan)) }, true)),
    })),
  );
}

function bagsOf<T>(where: string, bags: readonly Bag<T>[]): readonly Bag<T>[] {
  if (bags.length === 0) throw new TypeError(`${where}: there is no bag`);
  const other = bags.find((one) => !(one instanceof Bag));
  if (other !== undefined) throw new TypeError(`${where} takes bags, not ${given(other)}`);
  return bags;
}

/** Where partitions begin and end; at least one, be it of nothing. */
function parted(where: string, length: number, options: PartitionOptions): [number, number][] {
  checkOptions(where, options, ['partitions', 'partitionSize']);
  const { partitions, partitionSize } = options;
  if (partitions !== undefined && partitionSize !== undefined)
    throw new TypeError(`${where} takes partitions or partitionSize, not both`);
  if (partitionSize !== undefined) {
    const size = whole(where, 'partitionSize', partitionSize, 1);
    const count = Math.max(1, Math.ceil(length / size));
    return Array.from({ length: count }, (_, i) => [i * size, Math.min(length, (i + 1) * size)]);
  }
  const count = whole(where, 'partitions', partitions ?? Math.max(1, Math.min(length, PARTITIONS)), 1);
  const at = (i: number): number => Math.floor((i * length) / count);
  return Array.from({ length: count }, (_, i) => [at(i), at(i + 1)]);
}
