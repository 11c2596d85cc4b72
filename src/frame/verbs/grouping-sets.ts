import { columnNode, type ExprNode, literalNode } from '../expr/node.js';
import { DataFrame } from '../frame.js';
import { GroupBy } from '../groupby.js';
import { checkNames } from '../plan/check.js';
import * as make from '../plan/make.js';
import type { Item, PlanNode } from '../plan/node.js';
import { aggregatesOf, partialPlans } from '../plan/partials.js';
import type { Named, SchemaOfNamed } from '../schemas.js';
import { AGGREGATE } from '../sql/functions.js';
import type { Names, Simplify } from '../types.js';

/** Groups by several sets of keys, to be aggregated: subtotals and totals. */
export class GroupingSets<S, K> {
  constructor(
    private readonly plan: PlanNode,
    private readonly keys: readonly Item[],
    private readonly sets: readonly (readonly string[])[],
  ) {
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
    const whole = new GroupBy<S, K>(this.plan, this.keys).agg(aggregates).plan;
    const plans = this.derived(whole) ?? this.apart(whole);
    return new DataFrame(plans.length === 1 ? plans[0]! : make.union(plans, whole.columns));
  }

  /** Each set from the rows. */
  private apart(whole: PlanNode): readonly PlanNode[] {
    const items = whole.kind === 'aggregate' ? whole.items : [];
    return this.sets.map((set) => {
      const [inside, outside] = [true, false].map((is) =>
        this.keys.filter(({ name }) => set.includes(name) === is),
      ) as [Item[], Item[]];
      const nulls = outside.map(({ name, expr }): Item => ({ name, expr: nullLike(expr) }));
      return make.pick(make.aggregate(this.plan, inside, [...nulls, ...items]), whole.columns);
    });
  }

  /**
   * Each set from the groups of all keys, so that the rows are read once: where that is a set itself, and its aggregates can be put together whatever
   * their types are.
   */
  private derived(whole: PlanNode): readonly PlanNode[] | undefined {
    const names = this.keys.map(({ name }) => name);
    const hasAll = this.sets.some((set) => names.every((name) => set.includes(name)));
    if (!hasAll || this.sets.length < 2 || whole.kind !== 'aggregate') return undefined;
    if (aggregatesOf(whole).some(({ fn }) => AGGREGATE[fn]?.decompose?.numeric)) return undefined;
    const plans = partialPlans(whole);
    if (!plans) return undefined;
    const finest = plans.partial(this.plan);
    return this.sets.map((set) => {
      const nulls = names
        .filter((name) => !set.includes(name))
        .map((name): Item => ({ name, expr: nullLike(columnNode(name)) }));
      const by = make.named(names.filter((name) => set.includes(name)));
      return plans.finish(plans.merge(finest, by, nulls));
    });
  }
}

/** Null of an expression's type, which only DuckDB knows: the least of no rows. */
const nullLike = (expr: ExprNode): ExprNode => ({
  kind: 'aggregate',
  fn: 'min',
  args: [expr],
  filter: literalNode(false),
});

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
