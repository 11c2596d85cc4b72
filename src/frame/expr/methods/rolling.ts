import { given } from '../../given.js';
import type { Expr } from '../expr.js';
import { callNode, literalNode } from '../node.js';
import {
  type EwmOptions,
  type EwmSpreadOptions,
  type EwmSumOptions,
  ewmNode,
  ewmSumNode,
  ewmVarNode,
} from '../series.js';
import type { SumOf } from '../terms.js';
import { type RollingOptions, rollingNode } from '../window.js';
import { WindowMethods } from './windows.js';

/** Aggregates over the last rows, or over a span of time, or of all rows before that count ever less. */
export abstract class RollingMethods<N extends string, T> extends WindowMethods<N, T> {
  /**
   * The sum over the last rows, or over a span of time: `rollingSum(7)`, `rollingSum('7d', { by: 'date' })`. Null where the window has less
   * than `minPeriods` values: by default as many as the rows that it has, one of a span. A span ends with the row's own time and begins
   * after the time so much before it.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 2 }, { x: 4 }]).select({ s: col('x').rollingSum(2) }).rows(); // [{ s: null }, { s: 3 }, { s: 6 }]
   */
  rollingSum<M extends string = never>(
    window: number | string,
    options: RollingOptions<M> = {},
  ): Expr<N | M, SumOf<T>> {
    return this.of(rollingNode('sum', this.node, window, options));
  }
  /**
   * The mean over the last rows, or over a span of time; see `rollingSum`.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 2 }]).select({ r: col('x').rollingMean(2) }).rows(); // [ { r: null }, { r: 1.5 } ]
   */
  rollingMean<M extends string = never>(
    window: number | string,
    options: RollingOptions<M> = {},
  ): Expr<N | M, 'float64'> {
    return this.of(rollingNode('mean', this.node, window, options));
  }
  /**
   * The least value of the last rows, or of a span of time; see `rollingSum`.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 2 }]).select({ r: col('x').rollingMin(2) }).rows(); // [ { r: null }, { r: 1 } ]
   */
  rollingMin<M extends string = never>(
    window: number | string,
    options: RollingOptions<M> = {},
  ): Expr<N | M, T> {
    return this.of(rollingNode('min', this.node, window, options));
  }
  /**
   * The greatest value of the last rows, or of a span of time; see `rollingSum`.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 2 }]).select({ r: col('x').rollingMax(2) }).rows(); // [ { r: null }, { r: 2 } ]
   */
  rollingMax<M extends string = never>(
    window: number | string,
    options: RollingOptions<M> = {},
  ): Expr<N | M, T> {
    return this.of(rollingNode('max', this.node, window, options));
  }
  /**
   * The standard deviation (of the sample) over the last rows, or over a span of time; see `rollingSum`.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 1 }]).select({ r: col('x').rollingStd(2) }).rows(); // [ { r: null }, { r: 0 } ]
   */
  rollingStd<M extends string = never>(
    window: number | string,
    options: RollingOptions<M> = {},
  ): Expr<N | M, 'float64'> {
    return this.of(rollingNode('std', this.node, window, options));
  }
  /**
   * The variance (of the sample) over the last rows, or over a span of time; see `rollingSum`.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 3 }]).select({ r: col('x').rollingVar(2) }).rows(); // [ { r: null }, { r: 2 } ]
   */
  rollingVar<M extends string = never>(
    window: number | string,
    options: RollingOptions<M> = {},
  ): Expr<N | M, 'float64'> {
    return this.of(rollingNode('var', this.node, window, options));
  }
  /**
   * The median of the last rows, or of a span of time; see `rollingSum`.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 2 }]).select({ r: col('x').rollingMedian(2) }).rows(); // [ { r: null }, { r: 1.5 } ]
   */
  rollingMedian<M extends string = never>(
    window: number | string,
    options: RollingOptions<M> = {},
  ): Expr<N | M, 'float64'> {
    return this.of(rollingNode('median', this.node, window, options));
  }
  /**
   * The value below which the share `q` lies of the last rows, or of a span of time; see `rollingSum`.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 2 }]).select({ r: col('x').rollingQuantile(0.25, 2) }).rows(); // [ { r: null }, { r: 1.25 } ]
   */
  rollingQuantile<M extends string = never>(
    q: number,
    window: number | string,
    options: RollingOptions<M> = {},
  ): Expr<N | M, 'float64'> {
    if (!(q >= 0 && q <= 1))
      throw new RangeError(`rollingQuantile: q lies between 0 and 1, and is ${given(q)}`);
    return this.of(rollingNode('quantile', this.node, window, options, [literalNode(q)]));
  }
  /**
   * The skewness (of the sample) of the last rows, or of a span of time; see `rollingSum`.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 2 }, { x: 3 }]).select({ r: col('x').rollingSkew(3) }).rows(); // [ { r: null }, { r: null }, { r: 0 } ]
   */
  rollingSkew<M extends string = never>(
    window: number | string,
    options: RollingOptions<M> = {},
  ): Expr<N | M, 'float64'> {
    return this.of(rollingNode('skew', this.node, window, options));
  }
  /**
   * The kurtosis (of the sample, beyond that of a normal distribution) of the last rows, or of a span of time; see `rollingSum`.
   *
   * @example
   * (await fromRows([{ x: 1 }, { x: 2 }, { x: 3 }, { x: 4 }]).select({ r: col('x').rollingKurtosis(4).round(9) }).rows())[3]; // { r: -1.2 }
   */
  rollingKurtosis<M extends string = never>(
    window: number | string,
    options: RollingOptions<M> = {},
  ): Expr<N | M, 'float64'> {
    return this.of(rollingNode('kurtosis', this.node, window, options));
  }
  /**
   * How many values are not null; `minPeriods` is 0 where it is not given.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: null }]).select({ r: col('x').rollingCount(2) }).rows(); // [ { r: 1 }, { r: 1 } ]
   */
  rollingCount<M extends string = never>(
    window: number | string,
    options: RollingOptions<M> = {},
  ): Expr<N | M, 'int64'> {
    return this.of(rollingNode('count', this.node, window, { minPeriods: 0, ...options }));
  }

  /**
   * The exponentially weighted mean, as pandas has it: of the values up to here, each of which counts 1 - `alpha` times as much as the one behind
   * it. How fast is said by one of `alpha`, `span`, `halflife` and `com`. Nulls count nothing, but time passes over them; there the mean stays what it
   * was.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 2 }, { x: 4 }]).select({ r: col('x').ewmMean({ alpha: 0.5, adjust: false }) }).rows(); // [ { r: 1 }, { r: 1.5 }, { r: 2.75 } ]
   */
  ewmMean<M extends string = never>(options: EwmOptions<M>): Expr<N | M, 'float64'> {
    return this.of(ewmNode(this.node, options));
  }

  /**
   * The exponentially weighted sum, by the weights of `ewmMean`: each value counts 1 - `alpha` times as much as the one behind it, and the last 1. Nulls count nothing,
   * but time passes over them, and the sum becomes less; not so with `ignoreNulls`.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 2 }, { x: null }]).select({ r: col('x').ewmSum({ alpha: 0.5 }).round(9) }).rows(); // [ { r: 1 }, { r: 2.5 }, { r: 1.25 } ]
   */
  ewmSum<M extends string = never>(options: EwmSumOptions<M>): Expr<N | M, 'float64'> {
    return this.of(ewmSumNode(this.node, options));
  }

  /**
   * The exponentially weighted variance, by the weights of `ewmMean`: of a sample, null of one value, or with `bias` of all there is. Nulls as there.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 2 }, { x: 4 }]).select({ r: col('x').ewmVar({ alpha: 0.5, adjust: false, bias: true }) }).rows(); // [ { r: 0 }, { r: 0.25 }, { r: 1.6875 } ]
   */
  ewmVar<M extends string = never>(options: EwmSpreadOptions<M>): Expr<N | M, 'float64'> {
    return this.of(ewmVarNode(this.node, 'ewmVar', options));
  }

  /**
   * The exponentially weighted standard deviation: the root of `ewmVar`.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 2 }]).select({ r: col('x').ewmStd({ alpha: 0.5, adjust: false, bias: true }) }).rows(); // [ { r: 0 }, { r: 0.5 } ]
   */
  ewmStd<M extends string = never>(options: EwmSpreadOptions<M>): Expr<N | M, 'float64'> {
    return this.of(callNode('sqrt', ewmVarNode(this.node, 'ewmStd', options)));
  }
}
