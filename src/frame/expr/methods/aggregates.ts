import { checkOptions } from '../../../engine/known-options.js';
import { checkByName, given } from '../../given.js';
import type { Expr } from '../expr.js';
import { type AggregateNode, callNode, freeze } from '../node.js';
import type { AggregateOrder, NamesOf, Operand } from '../operand.js';
import type { SumOf } from '../terms.js';
import { nodeOf, sortKeys } from './core.js';
import { MissingMethods } from './missing.js';

/** Aggregates: nulls are left out. */
export abstract class AggregateMethods<N extends string, T> extends MissingMethods<N, T> {
  /**
   * 0 of nothing. Integers add up as int64, and what is too large for it is an error.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: null }, { x: 3 }]).select({ r: col('x').sum() }).rows(); // [ { r: 4 } ]
   */
  sum(): Expr<N, SumOf<T>> {
    return this.aggregate('sum');
  }
  /**
   * The product of all values; 1 of nothing.
   *
   * @example
   * await fromRows([{ x: 2 }, { x: 3 }]).select({ r: col('x').product() }).rows(); // [ { r: 6 } ]
   */
  product(): Expr<N, 'float64'> {
    return this.aggregate('product');
  }
  /**
   * The arithmetic mean; null of nothing.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 4 }]).select({ r: col('x').mean() }).rows(); // [ { r: 2.5 } ]
   */
  mean(): Expr<N, 'float64'> {
    return this.aggregate('mean');
  }
  /**
   * The least value; null of nothing.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 4 }]).select({ r: col('x').min() }).rows(); // [ { r: 1 } ]
   */
  min(): Expr<N, T> {
    return this.aggregate('min');
  }
  /**
   * The greatest value; NaN where there is one, null of nothing.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 4 }]).select({ r: col('x').max() }).rows(); // [ { r: 4 } ]
   */
  max(): Expr<N, T> {
    return this.aggregate('max');
  }
  /**
   * How many values are not null.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: null }]).select({ r: col('x').count() }).rows(); // [ { r: 1 } ]
   */
  count(): Expr<N, 'int64'> {
    return this.aggregate('count');
  }
  /**
   * How many different values there are, null not counted.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 1 }]).select({ r: col('x').nunique() }).rows(); // [ { r: 1 } ]
   */
  nunique(): Expr<N, 'int64'> {
    return this.aggregate('nunique');
  }
  /**
   * Standard deviation; of the sample (`ddof` 1), or of the population (0).
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 3 }]).select({ r: col('x').std({ ddof: 0 }) }).rows(); // [ { r: 1 } ]
   */
  std(options: { readonly ddof?: 0 | 1 } = {}): Expr<N, 'float64'> {
    return this.aggregate(ofPopulation('std', options) ? 'stdPopulation' : 'std');
  }
  /**
   * Variance; of the sample (`ddof` 1), or of the population (0).
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 3 }]).select({ r: col('x').var() }).rows(); // [ { r: 2 } ]
   */
  var(options: { readonly ddof?: 0 | 1 } = {}): Expr<N, 'float64'> {
    return this.aggregate(ofPopulation('var', options) ? 'varPopulation' : 'var');
  }
  /**
   * Skewness of the sample (Fisher and Pearson's, adjusted), as pandas has it.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 2 }, { x: 3 }]).select({ r: col('x').skew() }).rows(); // [ { r: 0 } ]
   */
  skew(): Expr<N, 'float64'> {
    return this.aggregate('skew');
  }
  /**
   * Kurtosis of the sample beyond that of a normal distribution (Fisher's, without bias), as pandas has it; null of less than four values.
   *
   * @example
   * const frame = fromRows([{ x: 1 }, { x: 2 }, { x: 3 }, { x: 4 }]);
   * await frame.select({ r: col('x').kurtosis().round(9) }).rows(); // [ { r: -1.2 } ]
   */
  kurtosis(): Expr<N, 'float64'> {
    return this.aggregate('kurtosis');
  }
  /**
   * The value in the middle, or the mean of the two there.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 4 }]).select({ r: col('x').median() }).rows(); // [ { r: 2.5 } ]
   */
  median(): Expr<N, 'float64'> {
    return this.aggregate('median');
  }
  /**
   * The value below which the share `q` lies, interpolated.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 5 }]).select({ r: col('x').quantile(0.25) }).rows(); // [ { r: 2 } ]
   */
  quantile(q: number): Expr<N, 'float64'> {
    if (!(q >= 0 && q <= 1)) throw new RangeError(`quantile: q lies between 0 and 1, and is ${q}`);
    return this.aggregate('quantile', q);
  }
  /**
   * Pearson's correlation with another.
   *
   * @example
   * await fromRows([{ x: 1, y: 3 }, { x: 2, y: 5 }]).select({ r: col('x').corr(col('y')) }).rows(); // [ { r: 1 } ]
   */
  corr<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'float64'> {
    return this.aggregate('corr', other);
  }
  /**
   * Covariance of the sample with another.
   *
   * @example
   * await fromRows([{ x: 1, y: 3 }, { x: 2, y: 5 }]).select({ r: col('x').cov(col('y')) }).rows(); // [ { r: 1 } ]
   */
  cov<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'float64'> {
    return this.aggregate('cov', other);
  }
  /**
   * The first value that is not null, in the order of rows or by `orderBy`.
   *
   * @example
   * await fromRows([{ x: null }, { x: 2 }]).select({ r: col('x').first() }).rows(); // [ { r: 2 } ]
   */
  first<M extends string = never>(options: AggregateOrder<M> = {}): Expr<N | M, T> {
    return this.ordered('first', options);
  }
  /**
   * The last value that is not null, in the order of rows or by `orderBy`.
   *
   * @example
   * await fromRows([{ x: 1, t: 2 }, { x: 2, t: 1 }]).select({ r: col('x').last({ orderBy: 't' }) }).rows(); // [ { r: 1 } ]
   */
  last<M extends string = never>(options: AggregateOrder<M> = {}): Expr<N | M, T> {
    return this.ordered('last', options);
  }
  /**
   * All values, in the order of rows or by `orderBy`.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 2 }]).select({ r: col('x').toList() }).rows(); // [ { r: [ 1, 2 ] } ]
   */
  toList<M extends string = never>(options: AggregateOrder<M> = {}): Expr<N | M, { readonly list: T }> {
    return this.ordered('list', options);
  }
  /**
   * All values that are not null as text, with a separator between.
   *
   * @example
   * await fromRows([{ x: 'a' }, { x: 'b' }]).select({ r: col('x').join('-') }).rows(); // [ { r: 'a-b' } ]
   */
  join<M extends string = never>(separator = ',', options: AggregateOrder<M> = {}): Expr<N | M, 'string'> {
    return this.ordered('join', options, separator);
  }
  /**
   * The most frequent value; of several that are as frequent the least.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 2 }, { x: 2 }]).select({ r: col('x').mode() }).rows(); // [ { r: 2 } ]
   */
  mode(): Expr<N, T> {
    return this.aggregate('mode');
  }
  /**
   * Whether one of them holds; false of nothing.
   *
   * @example
   * await fromRows([{ x: true }, { x: false }]).select({ r: col('x').any() }).rows(); // [ { r: true } ]
   */
  any(): Expr<N, 'bool'> {
    return this.aggregate('any');
  }
  /**
   * Whether all of them hold; true of nothing.
   *
   * @example
   * await fromRows([{ x: true }, { x: false }]).select({ r: col('x').all() }).rows(); // [ { r: false } ]
   */
  all(): Expr<N, 'bool'> {
    return this.aggregate('all');
  }
  /**
   * The value where `by` is least; of several such rows that of the first (of any, in a window that has both `orderBy` and `rows` or `range`). Rows where
   * one of both is null are left out.
   *
   * @example
   * await fromRows([{ x: 'a', y: 2 }, { x: 'b', y: 1 }]).select({ r: col('x').argMin(col('y')) }).rows(); // [ { r: 'b' } ]
   */
  argMin<O extends Expr<string, unknown>>(by: O): Expr<N | NamesOf<O>, T> {
    return this.aggregate('argMin', by);
  }
  /**
   * The value where `by` is greatest; of several such rows that of the first (of any, in a window that has both `orderBy` and `rows` or `range`). Rows where
   * one of both is null are left out.
   *
   * @example
   * await fromRows([{ x: 'a', y: 2 }, { x: 'b', y: 1 }]).select({ r: col('x').argMax(col('y')) }).rows(); // [ { r: 'a' } ]
   */
  argMax<O extends Expr<string, unknown>>(by: O): Expr<N | NamesOf<O>, T> {
    return this.aggregate('argMax', by);
  }
  /**
   * An aggregate over the rows only for which `predicate` holds.
   *
   * @example
   * await fromRows([{ x: 1, y: 2 }, { x: 5, y: 1 }]).select({ r: col('x').sum().where(col('y').gt(1)) }).rows(); // [ { r: 1 } ]
   */
  where<M extends string>(predicate: Expr<M, unknown>): Expr<N | M, T> {
    const { node } = this;
    if (node.kind !== 'aggregate' && node.kind !== 'window')
      throw new TypeError(
        `where() goes behind an aggregate, such as col('x').sum().where(…), not behind ${this}`,
      );
    const filter = node.filter ? callNode('and', node.filter, predicate.node) : predicate.node;
    return this.of(freeze({ ...node, filter }));
  }

  private aggregate<M extends string, U>(fn: string, ...others: Operand[]): Expr<N | M, U> {
    const node: AggregateNode = { kind: 'aggregate', fn, args: [this.node, ...others.map(nodeOf)] };
    return this.of(freeze(node));
  }

  private ordered<M extends string, U>(
    fn: string,
    { orderBy }: AggregateOrder<M>,
    ...others: Operand[]
  ): Expr<N | M, U> {
    const node: AggregateNode = {
      kind: 'aggregate',
      fn,
      args: [this.node, ...others.map(nodeOf)],
      ...(orderBy !== undefined && { orderBy: sortKeys(orderBy) }),
      ...(fn === 'first' || fn === 'last' ? { filter: callNode('isNotNull', this.node) } : {}),
    };
    return this.of(freeze(node));
  }
}

/** Whether a spread is one of a population, as `ddof` says. */
function ofPopulation(where: string, options: { readonly ddof?: 0 | 1 }): boolean {
  checkByName(where, options, '{ ddof: 0 }');
  checkOptions(where, options, ['ddof']);
  const { ddof = 1 } = options;
  if (ddof !== 0 && ddof !== 1) throw new RangeError(`${where}: ddof is 0 or 1, not ${given(ddof)}`);
  return ddof === 0;
}
