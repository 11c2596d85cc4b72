import type { ModuleFunction } from '../graph/given-function.js';
import { callNode, columnNode, type ExprNode, hasAggregate, literalNode, mapChildren } from './expr/node.js';
import type { Resolve, SumOf } from './expr/terms.js';
import { DataFrame } from './frame.js';
import { type BatchFunction, type GroupApplyOptions, groupApplyPlan } from './map/make.js';
import { wholeNumber } from './methods/core.js';
import { checkExpr, checkUnique } from './plan/check.js';
import { planText } from './plan/column-types.js';
import { itemsOf } from './plan/items.js';
import * as make from './plan/make.js';
import type { Item, PlanNode } from './plan/node.js';
import { printItem } from './plan/print.js';
import type { Named, SchemaOfNamed } from './schemas.js';
import type { Names, Schema, Simplify } from './types.js';
import { cubeSets, GroupingSets, rollupSets } from './verbs/grouping-sets.js';

/** A frame of keys K and, for each of the columns N that is no key, what an aggregate makes of it. */
type Each<S, K, N extends string, T extends { [C in N]: unknown }> = DataFrame<
  Simplify<K & { readonly [C in Exclude<N, keyof K>]: Resolve<T[C], S> }>
>;

/** Groups of rows, to be aggregated. */
export class GroupBy<S, K> {
  constructor(
    private readonly plan: PlanNode,
    private readonly keys: readonly Item[],
  ) {}

  /**
   * What it is: the keys, and the columns that are grouped.
   *
   * @example
   * String(fromRows([{ g: 'a', x: 1 }]).groupBy('g')); // tilework.GroupBy<by g of [g: string, x: int64], 1 row in memory>
   */
  toString(): string {
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
    checkUnique(
      'agg',
      [...this.keys, ...items].map(({ name }) => name),
    );
    return new DataFrame(make.aggregate(this.plan, this.keys, items));
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
   * How many rows each group has, as column `count`.
   *
   * @example
   * await fromRows([{ g: 'a', x: 1 }, { g: 'a', x: 4 }]).groupBy('g').count().rows(); // [ { g: 'a', count: 2 } ]
   */
  count(): DataFrame<Simplify<K & { readonly count: 'int64' }>> {
    const items: Item[] = [{ name: 'count', expr: { kind: 'aggregate', fn: 'size', args: [] } }];
    checkUnique(
      'count',
      [...this.keys, ...items].map(({ name }) => name),
    );
    return new DataFrame(make.aggregate(this.plan, this.keys, items));
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
   * The sum of some columns, or of all that are no keys, under their own names.
   *
   * @example
   * await fromRows([{ g: 'a', x: 1 }, { g: 'a', x: 4 }]).groupBy('g').sum('x').rows(); // [ { g: 'a', x: 5 } ]
   */
  sum<const N extends Names<S>>(...names: readonly N[]): Each<S, K, N, { [C in N]: SumOf<S[C]> }> {
    return this.each('sum', names);
  }
  /**
   * The mean of some columns, or of all that are no keys, under their own names.
   *
   * @example
   * await fromRows([{ g: 'a', x: 1 }, { g: 'a', x: 4 }]).groupBy('g').mean('x').rows(); // [ { g: 'a', x: 2.5 } ]
   */
  mean<const N extends Names<S>>(...names: readonly N[]): Each<S, K, N, { [C in N]: 'float64' }> {
    return this.each('mean', names);
  }
  /**
   * The least value of some columns, or of all that are no keys, under their own names.
   *
   * @example
   * await fromRows([{ g: 'a', x: 1 }, { g: 'a', x: 4 }]).groupBy('g').min('x').rows(); // [ { g: 'a', x: 1 } ]
   */
  min<const N extends Names<S>>(...names: readonly N[]): Each<S, K, N, Pick<S, N>> {
    return this.each('min', names);
  }
  /**
   * The greatest value of some columns, or of all that are no keys, under their own names.
   *
   * @example
   * await fromRows([{ g: 'a', x: 1 }, { g: 'a', x: 4 }]).groupBy('g').max().rows(); // [ { g: 'a', x: 4 } ]
   */
  max<const N extends Names<S>>(...names: readonly N[]): Each<S, K, N, Pick<S, N>> {
    return this.each('max', names);
  }
  /**
   * The median of some columns, or of all that are no keys, under their own names.
   *
   * @example
   * await fromRows([{ g: 'a', x: 1 }, { g: 'a', x: 4 }]).groupBy('g').median('x').rows(); // [ { g: 'a', x: 2.5 } ]
   */
  median<const N extends Names<S>>(...names: readonly N[]): Each<S, K, N, { [C in N]: 'float64' }> {
    return this.each('median', names);
  }
  /**
   * The standard deviation (of the sample) of some columns, or of all that are no keys, under their own names.
   *
   * @example
   * await fromRows([{ g: 'a', x: 1 }, { g: 'a', x: 1 }]).groupBy('g').std('x').rows(); // [ { g: 'a', x: 0 } ]
   */
  std<const N extends Names<S>>(...names: readonly N[]): Each<S, K, N, { [C in N]: 'float64' }> {
    return this.each('std', names);
  }
  /**
   * The variance (of the sample) of some columns, or of all that are no keys, under their own names.
   *
   * @example
   * await fromRows([{ g: 'a', x: 1 }, { g: 'a', x: 4 }]).groupBy('g').var('x').rows(); // [ { g: 'a', x: 4.5 } ]
   */
  var<const N extends Names<S>>(...names: readonly N[]): Each<S, K, N, { [C in N]: 'float64' }> {
    return this.each('var', names);
  }
  /**
   * The number of different values of some columns, or of all that are no keys, under their own names; nulls are not counted.
   *
   * @example
   * await fromRows([{ g: 'a', x: 1 }, { g: 'a', x: 4 }]).groupBy('g').nunique('x').rows(); // [ { g: 'a', x: 2 } ]
   */
  nunique<const N extends Names<S>>(...names: readonly N[]): Each<S, K, N, { [C in N]: 'int64' }> {
    return this.each('nunique', names);
  }
  /**
   * The first value that is not null of some columns, or of all that are no keys, under their own names.
   *
   * @example
   * await fromRows([{ g: 'a', x: 1 }, { g: 'a', x: 4 }]).groupBy('g').first('x').rows(); // [ { g: 'a', x: 1 } ]
   */
  first<const N extends Names<S>>(...names: readonly N[]): Each<S, K, N, Pick<S, N>> {
    return this.each('first', names);
  }
  /**
   * The last value that is not null of some columns, or of all that are no keys, under their own names.
   *
   * @example
   * await fromRows([{ g: 'a', x: 1 }, { g: 'a', x: 4 }]).groupBy('g').last('x').rows(); // [ { g: 'a', x: 4 } ]
   */
  last<const N extends Names<S>>(...names: readonly N[]): Each<S, K, N, Pick<S, N>> {
    return this.each('last', names);
  }
  /**
   * All values of some columns, or of all that are no keys, as lists under their own names.
   *
   * @example
   * await fromRows([{ g: 'a', x: 1 }, { g: 'a', x: 4 }]).groupBy('g').toList('x').rows(); // [ { g: 'a', x: [ 1, 4 ] } ]
   */
  toList<const N extends Names<S>>(
    ...names: readonly N[]
  ): Each<S, K, N, { [C in N]: { readonly list: S[C] } }> {
    return this.each('list', names);
  }
  /**
   * The quantile of some columns, or of all that are no keys, under their own names, interpolated.
   *
   * @example
   * await fromRows([{ g: 'a', x: 1 }, { g: 'a', x: 4 }]).groupBy('g').quantile(0.25, 'x').rows(); // [ { g: 'a', x: 1.75 } ]
   */
  quantile<const N extends Names<S>>(
    q: number,
    ...names: readonly N[]
  ): Each<S, K, N, { [C in N]: 'float64' }> {
    if (!(q >= 0 && q <= 1)) throw new RangeError(`quantile: q lies between 0 and 1, and is ${q}`);
    return this.each('quantile', names, literalNode(q));
  }

  private names(): string[] {
    return this.keys.map(({ name }) => name);
  }

  private each<D>(fn: string, names: readonly string[], ...more: readonly ExprNode[]): D {
    const keys = this.names();
    const columns = names.length > 0 ? names : this.plan.columns.filter((name) => !keys.includes(name));
    const items = columns.map((name): Item => {
      const own = columnNode(name);
      const nulls = fn === 'first' || fn === 'last' ? { filter: callNode('isNotNull', own) } : {};
      const expr: ExprNode = { kind: 'aggregate', fn, args: [own, ...more], ...nulls };
      checkExpr(fn, expr, this.plan);
      return { name, expr };
    });
    checkUnique(fn, [...keys, ...columns]);
    return new DataFrame(make.aggregate(this.plan, this.keys, items)) as D;
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
