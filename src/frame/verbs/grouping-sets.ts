import { DataFrame } from '../frame.js';
import { GroupBy } from '../groupby.js';
import { checkNames, checkUnique } from '../plan/check.js';
import * as make from '../plan/make.js';
import type { AggregatePlan, Item, PlanNode } from '../plan/node.js';
import { subtotals } from '../plan/subtotals.js';
import type { Named, SchemaOfNamed } from '../schemas.js';
import type { Names, Simplify } from '../types.js';
import { GroupStatistics } from './group-statistics.js';

/** Groups by several sets of keys, to be aggregated: subtotals and totals. */
export class GroupingSets<S, K> extends GroupStatistics<S, K> {
  constructor(
    protected readonly plan: PlanNode,
    private readonly keys: readonly Item[],
    private readonly sets: readonly (readonly string[])[],
  ) {
    super();
    const names = keys.map(({ name }) => name);
    if (sets.length === 0) throw new TypeError('groupingSets: there is no set of keys');
    for (const set of sets) checkNames('groupingSets', set, names);
  }

  /**
   * A row for each group of each set: its keys, null where the set has not that key, and aggregates by name. Groups come in no order. Where
   * keys may be null themselves, fill them before: a subtotal looks the same.
   *
   * @example
   * const frame = fromRows([{ a: 'x', b: 1, n: 5 }, { a: 'x', b: 2, n: 6 }, { a: 'y', b: 1, n: 7 }]);
   * const totals = frame.groupBy('a', 'b').groupingSets([['a'], []]).agg({ n: col('n').sum() });
   * await totals.sort('n').rows(); // [{ a: 'y', b: null, n: 7 }, { a: 'x', b: null, n: 11 }, { a: null, b: null, n: 18 }]
   */
  agg<const A extends Named<Names<S>>>(aggregates: A): DataFrame<Simplify<K & SchemaOfNamed<A, S>>> {
    const whole = new GroupBy<S, K>(this.plan, this.keys).agg(aggregates).plan as AggregatePlan;
    return new DataFrame(subtotals(whole, this.sets));
  }

  protected names(): string[] {
    return this.keys.map(({ name }) => name);
  }

  protected grouped<X>(
    where: string,
    items: readonly Item[],
    then = (groups: PlanNode): PlanNode => groups,
  ): DataFrame<X> {
    checkUnique(where, [...this.names(), ...items.map(({ name }) => name)]);
    return new DataFrame(then(subtotals(make.aggregate(this.plan, this.keys, items), this.sets)));
  }
}

/** All keys, and again without the last of them, until there is none. */
export const rollupSets = (names: readonly string[]): string[][] =>
  [...names.keys(), names.length].map((n) => names.slice(0, names.length - n));

/** Every choice of keys. */
export function cubeSets(names: readonly string[]): string[][] {
  const [first, ...rest] = names;
  if (first === undefined) return [[]];
  const others = cubeSets(rest);
  return [...others.map((set) => [first, ...set]), ...others];
}
