import type { DataFrame } from '../frame.js';
import { given } from '../given.js';
import { checkExpr, checkUnique } from '../plan/check.js';
import { planText } from '../plan/column-types.js';
import type { Item, PlanNode } from '../plan/node.js';
import type { Names } from '../types.js';

/** What all frames are: a plan. Verbs are added by family. */
export abstract class FrameCore<in out S> {
  /** @param plan what makes it, as data */
  constructor(readonly plan: PlanNode) {
    checkUnique('a frame', plan.columns);
    Object.freeze(this);
  }

  /**
   * Names of the columns, in order.
   *
   * @example
   * fromRows([{ x: 1, y: 2 }]).columns; // [ 'x', 'y' ]
   */
  get columns(): readonly Names<S>[] {
    return this.plan.columns as readonly Names<S>[];
  }

  /**
   * What it is: its columns, with the types that are known before it is computed.
   *
   * @example
   * String(fromRows([{ x: 1, y: 'a' }]).withColumns({ z: col('x').add(1) })); // tilework.DataFrame<[x: int64, y: string, z], not computed>
   */
  toString(): string {
    return `tilework.DataFrame<${planText(this.plan)}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** Another frame: families do not know the class that has them all. */
  protected abstract of<X>(plan: PlanNode): DataFrame<X>;

  protected check(where: string, items: readonly Item[]): void {
    for (const { expr } of items) checkExpr(where, expr, this.plan);
    checkUnique(
      where,
      items.map(({ name }) => name),
    );
  }
}

/** Throws a RangeError where a number of rows is none. */
export function wholeNumber(what: string, value: number): void {
  if (!Number.isInteger(value) || value < 0)
    throw new RangeError(`${what} is a whole number from 0, not ${given(value)}`);
}
