import { callNode, columnNode, type ExprNode, freeze, literalNode } from '../expr/node.js';
import type { Resolve, SumOf } from '../expr/terms.js';
import type { DataFrame } from '../frame.js';
import { given } from '../given.js';
import { checkExpr, checkNames, checkUnique } from '../plan/check.js';
import type { Item, PlanNode } from '../plan/node.js';
import type { DescribedGroups, DescribedNames } from '../schemas.js';
import type { Names, Simplify } from '../types.js';
import { quantileRows } from './quantile-rows.js';

/** A frame of keys K and, for each of the columns N that is no key, what an aggregate makes of it. */
type Each<S, K, N extends string, T extends { [C in N]: unknown }> = DataFrame<
  Simplify<K & { readonly [C in Exclude<N, keyof K>]: Resolve<T[C], S> }>
>;

/** Aggregates of columns under their own names: of groups by values, by sets of keys and by buckets of time. */
export abstract class GroupStatistics<S, K> {
  /** The rows that are grouped. */
  protected abstract readonly plan: PlanNode;
  /** Names of the keys. */
  protected abstract names(): readonly string[];
  /** Aggregates beside the keys, and what is made of their rows before they are put in order. */
  protected abstract grouped<X>(
    where: string,
    items: readonly Item[],
    then?: (groups: PlanNode) => PlanNode,
  ): DataFrame<X>;

  /**
   * How many rows each group has, as column `count`.
   *
   * @example
   * await fromRows([{ g: 'a', x: 1 }, { g: 'a', x: 4 }]).groupBy('g').count().rows(); // [ { g: 'a', count: 2 } ]
   */
  count(): DataFrame<Simplify<K & { readonly count: 'int64' }>> {
    return this.grouped('count', [
      { name: 'count', expr: freeze({ kind: 'aggregate', fn: 'size', args: [] }) },
    ]);
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
   * The product of some columns, or of all that are no keys, under their own names.
   *
   * @example
   * await fromRows([{ g: 'a', x: 2 }, { g: 'a', x: 4 }]).groupBy('g').product('x').rows(); // [ { g: 'a', x: 8 } ]
   */
  product<const N extends Names<S>>(...names: readonly N[]): Each<S, K, N, { [C in N]: 'float64' }> {
    return this.each('product', names);
  }
  /**
   * The skewness (of the sample) of some columns, or of all that are no keys, under their own names.
   *
   * @example
   * await fromRows([{ g: 'a', x: 1 }, { g: 'a', x: 2 }, { g: 'a', x: 3 }]).groupBy('g').skew('x').rows(); // [ { g: 'a', x: 0 } ]
   */
  skew<const N extends Names<S>>(...names: readonly N[]): Each<S, K, N, { [C in N]: 'float64' }> {
    return this.each('skew', names);
  }
  /**
   * The kurtosis (of the sample, beyond that of a normal distribution) of some columns, or of all that are no keys, under their own names.
   *
   * @example
   * await fromRows([{ g: 'a', x: 1 }, { g: 'a', x: 4 }]).groupBy('g').kurtosis('x').rows(); // [ { g: 'a', x: null } ]
   */
  kurtosis<const N extends Names<S>>(...names: readonly N[]): Each<S, K, N, { [C in N]: 'float64' }> {
    return this.each('kurtosis', names);
  }
  /**
   * The most frequent value, of several the least, of some columns, or of all that are no keys, under their own names.
   *
   * @example
   * await fromRows([{ g: 'a', x: 1 }, { g: 'a', x: 4 }, { g: 'a', x: 4 }]).groupBy('g').mode('x').rows(); // [ { g: 'a', x: 4 } ]
   */
  mode<const N extends Names<S>>(...names: readonly N[]): Each<S, K, N, Pick<S, N>> {
    return this.each('mode', names);
  }
  /**
   * Whether one holds, of some columns, or of all that are no keys, under their own names.
   *
   * @example
   * await fromRows([{ g: 'a', x: true }, { g: 'a', x: false }]).groupBy('g').any('x').rows(); // [ { g: 'a', x: true } ]
   */
  any<const N extends Names<S>>(...names: readonly N[]): Each<S, K, N, { [C in N]: 'bool' }> {
    return this.each('any', names);
  }
  /**
   * Whether all hold, of some columns, or of all that are no keys, under their own names.
   *
   * @example
   * await fromRows([{ g: 'a', x: true }, { g: 'a', x: false }]).groupBy('g').all('x').rows(); // [ { g: 'a', x: false } ]
   */
  all<const N extends Names<S>>(...names: readonly N[]): Each<S, K, N, { [C in N]: 'bool' }> {
    return this.each('all', names);
  }
  /**
   * The quantile of some columns, or of all that are no keys, under their own names, interpolated. Of several quantiles each is a row, and the column `quantile` says
   * which.
   *
   * @throws RangeError where one does not lie between 0 and 1
   * @example
   * const frame = fromRows([{ g: 'a', x: 1 }, { g: 'a', x: 4 }]);
   * await frame.groupBy('g').quantile(0.25, 'x').rows(); // [ { g: 'a', x: 1.75 } ]
   * await frame.groupBy('g').quantile([0, 0.5], 'x').rows(); // [{ g: 'a', quantile: 0, x: 1 }, { g: 'a', quantile: 0.5, x: 2.5 }]
   */
  quantile<const N extends Names<S>>(
    q: number,
    ...names: readonly N[]
  ): Each<S, K, N, { [C in N]: 'float64' }>;
  quantile<const N extends Names<S>>(
    qs: readonly number[],
    ...names: readonly N[]
  ): Each<S, K & { readonly quantile: 'float64' }, N, { [C in N]: 'float64' }>;
  quantile(q: number | readonly number[], ...names: readonly Names<S>[]): unknown {
    const all = typeof q === 'number' ? [q] : q;
    if (!Array.isArray(all) || all.length === 0)
      throw new TypeError(`quantile takes numbers between 0 and 1, one or an array, not ${given(q)}`);
    for (const one of all)
      if (!(one >= 0 && one <= 1))
        throw new RangeError(`quantile: q lies between 0 and 1, and is ${given(one)}`);
    if (typeof q === 'number') return this.each('quantile', names, literalNode(q));
    const columns = this.valuesOf(names);
    checkUnique('quantile', [...this.names(), 'quantile', ...columns]);
    const { columns: items, spread } = quantileRows(this.names(), columns, all);
    for (const { expr } of items) checkExpr('quantile', expr, this.plan);
    return this.grouped('quantile', items, spread);
  }
  /**
   * Of a price: the first value that is not null as `open`, the greatest as `high`, the least as `low`, and the last as `close`.
   *
   * @example
   * const frame = fromRows([{ g: 'a', x: 4 }, { g: 'a', x: 9 }, { g: 'a', x: 1 }, { g: 'a', x: 5 }]);
   * await frame.groupBy('g').ohlc('x').rows(); // [ { g: 'a', open: 4, high: 9, low: 1, close: 5 } ]
   */
  ohlc<const N extends Names<S>>(
    name: N,
  ): DataFrame<Simplify<K & { readonly [C in 'open' | 'high' | 'low' | 'close']: Resolve<S[N], S> }>> {
    const parts = { open: 'first', high: 'max', low: 'min', close: 'last' };
    const items = Object.entries(parts).map(
      ([as, fn]): Item => ({ name: as, expr: this.aggregate('ohlc', fn, name) }),
    );
    return this.grouped('ohlc', items);
  }

  /**
   * Statistics of some columns, or of all that are no keys, a row for each group: of numbers and booleans `x_count`, `x_nulls`, `x_mean`, `x_std`, `x_min`, `x_25%`,
   * `x_50%`, `x_75%` and `x_max`, of text and times counts and extremes; columns of other types are left out. Types are looked for, nothing else is computed.
   *
   * @example
   * const frame = await fromRows([{ g: 'a', x: 1 }, { g: 'a', x: 4 }]).groupBy('g').describe();
   * await frame.select('g', 'x_count', 'x_mean', 'x_75%').rows(); // [ { g: 'a', x_count: 2, x_mean: 2.5, 'x_75%': 3.25 } ]
   */
  async describe<const N extends Names<S> = DescribedNames<S> & Names<S>>(
    ...names: readonly N[]
  ): Promise<DataFrame<DescribedGroups<S, K, Exclude<N, keyof K>>>> {
    const columns = this.valuesOf(names);
    checkNames('describe', columns, this.plan.columns);
    const { describedItems } = await import('../late.js');
    return this.grouped('describe', await describedItems(this.plan, columns, {}));
  }

  /** The columns that are named, or all that are no keys. */
  private valuesOf(names: readonly string[]): readonly string[] {
    const keys = this.names();
    return names.length > 0 ? names : this.plan.columns.filter((name) => !keys.includes(name));
  }

  private each<D>(fn: string, names: readonly string[], ...more: readonly ExprNode[]): D {
    const items = this.valuesOf(names).map(
      (name): Item => ({ name, expr: this.aggregate(fn, fn, name, ...more) }),
    );
    return this.grouped(fn, items) as D;
  }

  private aggregate(where: string, fn: string, name: string, ...more: readonly ExprNode[]): ExprNode {
    const own = columnNode(name);
    const nulls = fn === 'first' || fn === 'last' ? { filter: callNode('isNotNull', own) } : {};
    const expr: ExprNode = freeze({ kind: 'aggregate', fn, args: [own, ...more], ...nulls });
    checkExpr(where, expr, this.plan);
    return expr;
  }
}
