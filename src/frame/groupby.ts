import type { ModuleFunction } from '../graph/given-function.js';
import { Expr } from './expr/expr.js';
import { callNode, columnNode, type ExprNode, hasAggregate, literalNode, mapChildren } from './expr/node.js';
import { DataFrame } from './frame.js';
import { type BatchFunction, type GroupApplyOptions, groupApplyPlan } from './map/make.js';
import { wholeNumber } from './methods/core.js';
import { checkExpr, checkUnique } from './plan/check.js';
import { planText } from './plan/column-types.js';
import { itemsOf } from './plan/items.js';
import * as make from './plan/make.js';
import type { Item, PlanNode } from './plan/node.js';
import { printItem } from './plan/print.js';
import type { Named, SchemaOfNamed, With } from './schemas.js';
import type { Names, Schema, Simplify } from './types.js';
import { GroupStatistics } from './verbs/group-statistics.js';
import { cubeSets, GroupingSets, rollupSets } from './verbs/grouping-sets.js';
import { type KeepOptions, mostOfGroups } from './verbs/most.js';
import { drawnOfGroups, type SampleOf, type SampleOptions } from './verbs/sample.js';
import { withinGroups } from './verbs/within-groups.js';

/** Groups of rows, to be aggregated. */
export class GroupBy<S, K> extends GroupStatistics<S, K> {
  constructor(
    protected readonly plan: PlanNode,
    private readonly keys: readonly Item[],
  ) {
    super();
  }

  /**
   * What it is: the keys, and the columns that are grouped.
   *
   * @example
   * String(fromRows([{ g: 'a', x: 1 }]).groupBy('g')); // tilework.GroupBy<by g of [g: string, x: int64], 1 row in memory>
   */
  override toString(): string {
    return `tilework.GroupBy<by ${this.keys.map(printItem).join(', ') || 'nothing'} of ${planText(this.plan)}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /**
   * A row for each group: its keys, and aggregates by name. Groups come in no order: sort them.
   *
   * @example
   * const frame = fromRows([{ g: 'a', x: 1 }, { g: 'a', x: 2 }, { g: 'b', x: 3 }]);
   * await frame.groupBy('g').agg({ n: count(), sum: col('x').sum() }).sort('g').rows(); // [{ g: 'a', n: 2, sum: 3 }, { g: 'b', n: 1, sum: 3 }]
   */
  agg<const A extends Named<Names<S>>>(aggregates: A): DataFrame<Simplify<K & SchemaOfNamed<A, S>>> {
    const items = itemsOf('agg', aggregates as Named<string>);
    if (items.length + this.keys.length === 0)
      throw new TypeError('agg: there is no aggregate; a frame has at least one column');
    for (const { name, expr } of items) {
      checkExpr('agg', expr, this.plan);
      this.checkGrouped(name, expr);
    }
    return this.grouped('agg', items);
  }

  /**
   * A function of yours over the rows of each group, in their order, run in the engine's threads: it gets columns as typed arrays and
   * returns the columns that `schema` declares. Its rows stand beside the keys of their group; groups come in the order of their keys.
   *
   * @example
   * const frame = fromRows([{ g: 'a', x: 1 }, { g: 'b', x: 5 }, { g: 'a', x: 4 }]);
   * const spread = frame.groupBy('g').apply(({ columns: { x } }) => ({ spread: [Number(x.get(x.length - 1)) - Number(x.get(0))] }), { schema: { spread: 'float64' } });
   * await spread.rows(); // [{ g: 'a', spread: 3 }, { g: 'b', spread: 0 }]
   */
  apply<const X extends Schema>(
    fn: BatchFunction<S, X> | ModuleFunction,
    options: GroupApplyOptions<X>,
  ): DataFrame<Simplify<K & X>> {
    return new DataFrame(groupApplyPlan(this.plan, this.keys, fn, options));
  }

  /**
   * Groups by some sets of the keys: `groupBy('a', 'b').groupingSets([['a', 'b'], ['a'], []])`. Rows are read once, where all keys are a set and the
   * aggregates are sums, counts, means, deviations, least and greatest values, `any` and `all`; else once a set.
   *
   * @throws ColumnError where a set names what is no key
   * @example
   * const frame = fromRows([{ a: 'x', b: 1 }, { a: 'x', b: 2 }]);
   * await frame.groupBy('a', 'b').groupingSets([['a']]).agg({ n: count() }).rows(); // [{ a: 'x', b: null, n: 2 }]
   */
  groupingSets(sets: readonly (readonly Names<K>[])[]): GroupingSets<S, K> {
    return new GroupingSets(this.plan, this.keys, sets);
  }

  /**
   * Groups with subtotals: by all keys, by all but the last, and so on, and the total of all.
   *
   * @example
   * const frame = fromRows([{ a: 'x', b: 1 }, { a: 'y', b: 2 }]);
   * await frame.groupBy('a', 'b').rollup().agg({ n: count() }).count(); // 5
   */
  rollup(): GroupingSets<S, K> {
    return new GroupingSets(this.plan, this.keys, rollupSets(this.names()));
  }

  /**
   * Groups by every choice of the keys, from all to none.
   *
   * @example
   * const frame = fromRows([{ a: 'x', b: 1 }, { a: 'y', b: 2 }]);
   * await frame.groupBy('a', 'b').cube().agg({ n: count() }).count(); // 7
   */
  cube(): GroupingSets<S, K> {
    return new GroupingSets(this.plan, this.keys, cubeSets(this.names()));
  }

  /**
   * The first rows of each group, in the order of rows.
   *
   * @example
   * const frame = fromRows([{ g: 'a', x: 1 }, { g: 'b', x: 2 }, { g: 'a', x: 3 }]);
   * await frame.groupBy('g').head(1).rows(); // [{ g: 'a', x: 1 }, { g: 'b', x: 2 }]
   */
  head(count = 5): DataFrame<S> {
    wholeNumber('head', count);
    return this.numbered(false, (row) => callNode('le', row, literalNode(count)));
  }
  /**
   * The last rows of each group, in the order of rows.
   *
   * @example
   * await fromRows([{ g: 'a', x: 1 }, { g: 'a', x: 4 }]).groupBy('g').tail(1).rows(); // [ { g: 'a', x: 4 } ]
   */
  tail(count = 5): DataFrame<S> {
    wholeNumber('tail', count);
    return this.numbered(true, (row) => callNode('le', row, literalNode(count)));
  }
  /**
   * One row of each group that has so many: the first is 0, the last -1.
   *
   * @example
   * await fromRows([{ g: 'a', x: 1 }, { g: 'a', x: 4 }]).groupBy('g').nth(-1).rows(); // [ { g: 'a', x: 4 } ]
   */
  nth(n: number): DataFrame<S> {
    if (!Number.isInteger(n)) throw new RangeError(`nth takes a whole number, not ${n}`);
    return this.numbered(n < 0, (row) => callNode('eq', row, literalNode(n < 0 ? -n : n + 1)));
  }

  /**
   * The rows of each group with the greatest values of some columns, in the order of rows; nulls count least. Of rows with the same values the first are taken, or the
   * last with `{ keep: 'last' }`, or with `{ keep: 'all' }` all that have the values of the last one.
   *
   * @example
   * const frame = fromRows([{ g: 'a', x: 1 }, { g: 'b', x: 2 }, { g: 'a', x: 3 }]);
   * await frame.groupBy('g').nLargest(1, 'x').rows(); // [{ g: 'b', x: 2 }, { g: 'a', x: 3 }]
   */
  nLargest(count: number, ...by: readonly (Names<S> | KeepOptions)[]): DataFrame<S> {
    return new DataFrame(mostOfGroups('nLargest', this.plan, this.keys, count, by));
  }
  /**
   * The rows of each group with the least values of some columns, in the order of rows; nulls come last. Of rows with the same values the first are taken, or the last
   * with `{ keep: 'last' }`, or with `{ keep: 'all' }` all that have the values of the last one.
   *
   * @example
   * const frame = fromRows([{ g: 'a', x: 1 }, { g: 'b', x: 2 }, { g: 'a', x: 3 }]);
   * await frame.groupBy('g').nSmallest(1, 'x').rows(); // [{ g: 'a', x: 1 }, { g: 'b', x: 2 }]
   */
  nSmallest(count: number, ...by: readonly (Names<S> | KeepOptions)[]): DataFrame<S> {
    return new DataFrame(mostOfGroups('nSmallest', this.plan, this.keys, count, by));
  }
  /**
   * Rows of each group drawn by chance, in the order of rows: a share of them, rounded, or `{ n }` of each, all where there are not as many; with `weights` as
   * `sample` of frames has them.
   *
   * @example
   * const frame = fromRows([{ g: 'a', x: 1 }, { g: 'a', x: 4 }, { g: 'b', x: 2 }]);
   * await frame.groupBy('g').sample({ n: 1 }).groupBy('g').count().sort('g').rows(); // [{ g: 'a', count: 1 }, { g: 'b', count: 1 }]
   */
  sample(share: number | SampleOf<Names<S>>, options: SampleOptions<Names<S>> = {}): DataFrame<S> {
    return new DataFrame(drawnOfGroups(this.plan, this.keys, share, options));
  }

  /**
   * All rows, with further or changed columns: aggregates and windows in them are of the row's group, as `.over(…)` the keys has them.
   *
   * @example
   * const frame = fromRows([{ g: 'a', x: 1 }, { g: 'b', x: 2 }, { g: 'a', x: 3 }]);
   * const made = frame.groupBy('g').transform({ share: col('x').div(col('x').sum()), before: col('x').cumSum() });
   * await made.rows(); // [{ g: 'a', x: 1, share: 0.25, before: 1 }, { g: 'b', x: 2, share: 1, before: 2 }, { g: 'a', x: 3, share: 0.75, before: 4 }]
   */
  transform<const A extends Named<Names<S>>>(columns: A): DataFrame<With<S, SchemaOfNamed<A, S>>> {
    const items = itemsOf('transform', columns as Named<string>);
    for (const { expr } of items) checkExpr('transform', expr, this.plan);
    const by = this.keys.map(({ expr }) => expr);
    const own = items.map(({ name, expr }) => [name, new Expr(withinGroups(expr, by))] as const);
    return new DataFrame<S>(this.plan).withColumns(Object.fromEntries(own) as never) as never;
  }

  protected names(): string[] {
    return this.keys.map(({ name }) => name);
  }

  protected grouped<X>(
    where: string,
    items: readonly Item[],
    then = (groups: PlanNode): PlanNode => groups,
  ): DataFrame<X> {
    checkUnique(
      where,
      [...this.keys, ...items].map(({ name }) => name),
    );
    return new DataFrame(then(make.aggregate(this.plan, this.keys, items)));
  }

  /** Rows by their places in their groups, from 1, counted from the last where `last`. */
  private numbered(last: boolean, keep: (row: ExprNode) => ExprNode): DataFrame<S> {
    const place = '__tilework_place';
    const row: ExprNode = {
      kind: 'window',
      fn: 'rowNumber',
      args: [],
      partitionBy: this.keys.map(({ expr }) => expr),
      orderBy: [],
      ordered: true,
    };
    const size: ExprNode = {
      kind: 'window',
      fn: 'size',
      args: [],
      partitionBy: this.keys.map(({ expr }) => expr),
      orderBy: [],
      ordered: false,
    };
    const counted = last ? callNode('add', callNode('sub', size, row), literalNode(1)) : row;
    const numbered = make.project(this.plan, [...make.itself(this.plan), { name: place, expr: counted }]);
    return new DataFrame(make.pick(make.filter(numbered, keep(columnNode(place))), this.plan.columns));
  }

  private checkGrouped(name: string, expr: ExprNode): void {
    const loose = looseColumn(expr);
    if (loose !== undefined || !hasAggregate(expr))
      throw new TypeError(
        `agg: ${JSON.stringify(name)} has ${loose === undefined ? 'no aggregate' : `the column ${JSON.stringify(loose)} outside of an aggregate`}; say which value of a group is meant: sum(), mean(), first(), …`,
      );
  }
}

/** A column that stands outside of an aggregate. */
function looseColumn(node: ExprNode): string | undefined {
  if (node.kind === 'column') return node.name;
  if (node.kind === 'aggregate') return undefined;
  let found: string | undefined;
  mapChildren(node, (child) => {
    found ??= looseColumn(child);
    return child;
  });
  return found;
}
