import { LAZY, type LazyHooks } from '../lazy/index.js';
import { engineOf, familyOf, inputOf } from './compute.js';
import { WritingMethods } from './methods/writing.js';
import type { BagPlan } from './plan.js';

/**
 * A lazy collection of any plain values, in partitions: what `dask.bag` is to Python. It holds no data: methods make further bags, or delayed
 * values, and `compute()` does the work, a task for each partition, in the threads or on a cluster. Elements are in the order of partitions. Made by
 * the functions of `bag`.
 *
 * @example
 * const words = bag.fromSequence(['to be or', 'not to be'], { partitions: 2 }).flatMap((line) => line.split(' '));
 * await words.frequencies().compute(); // [ [ 'to', 2 ], [ 'be', 2 ], [ 'or', 1 ], [ 'not', 1 ] ]
 */
export class Bag<T = unknown> extends WritingMethods<T> {
  override get [LAZY](): LazyHooks<T[], T[], Bag<T>> {
    return { family, engine: engineOf(this.plan), input: () => inputOf(this.plan) };
  }

  protected of<U>(plan: BagPlan): Bag<U> {
    return new Bag(plan);
  }
}

const family = familyOf((plan) => new Bag(plan));
