import type { Resolve, SumOf } from '../expr/terms.js';
import type { DataFrame } from '../frame.js';
import { GroupBy } from '../groupby.js';
import type { Names, Simplify } from '../types.js';
import { GroupVerbs } from './groups.js';

/** A frame of the columns N, and of what an aggregate makes of each. */
type Whole<S, N extends string, T extends { [C in N]: unknown }> = DataFrame<
  Simplify<{ readonly [C in N]: Resolve<T[C], S> }>
>;

/** One row of the same aggregate of some columns. Others, and such of different kinds, are made by `agg`. */
export abstract class StatisticVerbs<in out S> extends GroupVerbs<S> {
  /**
   * One row: the sums of some columns, or of all, under their own names.
   *
   * @example
   * await fromRows([{ x: 1, y: 10 }, { x: 5, y: 20 }]).sum('x').rows(); // [ { x: 6 } ]
   */
  sum<const N extends Names<S>>(...names: readonly N[]): Whole<S, N, { [C in N]: SumOf<S[C]> }> {
    return this.together.sum(...names) as never;
  }
  /**
   * One row: the means of some columns, or of all, under their own names.
   *
   * @example
   * await fromRows([{ x: 1, y: 10 }, { x: 5, y: 20 }]).mean('x').rows(); // [ { x: 3 } ]
   */
  mean<const N extends Names<S>>(...names: readonly N[]): Whole<S, N, { [C in N]: 'float64' }> {
    return this.together.mean(...names) as never;
  }
  /**
   * One row: the least values of some columns, or of all, under their own names.
   *
   * @example
   * await fromRows([{ x: 1, y: 10 }, { x: 5, y: 20 }]).min('x').rows(); // [ { x: 1 } ]
   */
  min<const N extends Names<S>>(...names: readonly N[]): Whole<S, N, Pick<S, N>> {
    return this.together.min(...names) as never;
  }
  /**
   * One row: the greatest values of some columns, or of all, under their own names.
   *
   * @example
   * await fromRows([{ x: 1, y: 10 }, { x: 5, y: 20 }]).max('x').rows(); // [ { x: 5 } ]
   */
  max<const N extends Names<S>>(...names: readonly N[]): Whole<S, N, Pick<S, N>> {
    return this.together.max(...names) as never;
  }
  /**
   * One row: the medians of some columns, or of all, under their own names.
   *
   * @example
   * await fromRows([{ x: 1, y: 10 }, { x: 5, y: 20 }]).median('x').rows(); // [ { x: 3 } ]
   */
  median<const N extends Names<S>>(...names: readonly N[]): Whole<S, N, { [C in N]: 'float64' }> {
    return this.together.median(...names) as never;
  }
  /**
   * One row: the standard deviations (of the sample) of some columns, or of all, under their own names.
   *
   * @example
   * await fromRows([{ x: 1, y: 10 }, { x: 5, y: 20 }]).std('x').rows(); // [ { x: 2.8284271247461903 } ]
   */
  std<const N extends Names<S>>(...names: readonly N[]): Whole<S, N, { [C in N]: 'float64' }> {
    return this.together.std(...names) as never;
  }
  /**
   * One row: the variances (of the sample) of some columns, or of all, under their own names.
   *
   * @example
   * await fromRows([{ x: 1, y: 10 }, { x: 5, y: 20 }]).var('x').rows(); // [ { x: 8 } ]
   */
  var<const N extends Names<S>>(...names: readonly N[]): Whole<S, N, { [C in N]: 'float64' }> {
    return this.together.var(...names) as never;
  }
  /**
   * One row: the numbers of different values, null not counted, of some columns, or of all, under their own names.
   *
   * @example
   * await fromRows([{ x: 1, y: 10 }, { x: 5, y: 20 }]).nunique('x').rows(); // [ { x: 2 } ]
   */
  nunique<const N extends Names<S>>(...names: readonly N[]): Whole<S, N, { [C in N]: 'int64' }> {
    return this.together.nunique(...names) as never;
  }
  /**
   * One row: the value of each column below which the share `q` of its values lies, interpolated; of some columns, or of all. Of several shares each is a row, and
   * the column `quantile` says which.
   *
   * @throws RangeError where one does not lie between 0 and 1
   * @example
   * const frame = fromRows([{ x: 1, y: 10 }, { x: 5, y: 20 }]);
   * await frame.quantile(0.25).rows(); // [ { x: 2, y: 12.5 } ]
   * await frame.quantile([0.25, 0.5], 'x').rows(); // [{ quantile: 0.25, x: 2 }, { quantile: 0.5, x: 3 }]
   */
  quantile<const N extends Names<S>>(q: number, ...names: readonly N[]): DataFrame<{ [C in N]: 'float64' }>;
  quantile<const N extends Names<S>>(
    qs: readonly number[],
    ...names: readonly N[]
  ): DataFrame<Simplify<{ quantile: 'float64' } & { [C in N]: 'float64' }>>;
  quantile(q: number | readonly number[], ...names: readonly Names<S>[]): unknown {
    return typeof q === 'number' ? this.together.quantile(q, ...names) : this.together.quantile(q, ...names);
  }

  /** All rows as one group. */
  private get together(): GroupBy<S, Record<never, never>> {
    return new GroupBy(this.plan, []);
  }
}
