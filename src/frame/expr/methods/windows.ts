import { checkOptions } from '../../../engine/known-options.js';
import { given } from '../../given.js';
import type { Expr } from '../expr.js';
import { callNode, freeze, literalNode } from '../node.js';
import type { Operand, ShiftOptions, WindowOptions } from '../operand.js';
import type { Arithmetic, SumOf } from '../terms.js';
import { overWindow, type RankOptions, rankNode, timesNode, WINDOW_OPTIONS, windowNode } from '../window.js';
import { AggregateMethods } from './aggregates.js';
import { nodeOf } from './core.js';

/** Windows: values of other rows. */
export abstract class WindowMethods<N extends string, T> extends AggregateMethods<N, T> {
  /**
   * An aggregate or window function over the rows that have the same values in some columns, for each row; over all rows where none is named. An
   * aggregate is of all of them, unless `rows` or `range` says less.
   *
   * @example
   * await fromRows([{ g: 'a', x: 1 }, { g: 'a', x: 2 }]).select({ r: col('x').sum().over('g') }).rows(); // [ { r: 3 }, { r: 3 } ]
   */
  over<M extends string = never>(options?: WindowOptions<M>): Expr<N | M, T>;
  over<M extends string>(partitionBy: M | readonly M[]): Expr<N | M, T>;
  over(window: string | readonly string[] | WindowOptions = {}): Expr<string, T> {
    const by = typeof window === 'string' || Array.isArray(window);
    const options = (by ? { partitionBy: window } : window) as WindowOptions;
    return this.of(overWindow(this.node, options, String(this)));
  }
  /**
   * The value of `n` rows before; of rows behind where it is negative. Where there is no such row it is null, or `fill`.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 2 }]).select({ r: col('x').shift() }).rows(); // [ { r: null }, { r: 1 } ]
   * await fromRows([{ x: 1 }, { x: 2 }]).select({ r: col('x').shift(-1, { fill: 0 }) }).rows(); // [ { r: 2 }, { r: 0 } ]
   */
  shift<M extends string = never>(n = 1, options: ShiftOptions<M> = {}): Expr<N | M, T> {
    if (!Number.isInteger(n))
      throw new RangeError(`shift: the number of rows is a whole number, not ${given(n)}`);
    checkOptions('shift', options, ['fill', ...WINDOW_OPTIONS]);
    const { fill, ...window } = options;
    const fn = n < 0 ? 'lead' : 'lag';
    const value = this.window<M, T>(fn, [Math.abs(n)], window);
    if (fill === undefined) return value;
    // The window function itself would round what is put in to the column's type.
    const there = windowNode(fn, [true, Math.abs(n), false].map(nodeOf), window, true);
    return this.of(
      freeze({
        kind: 'case',
        branches: [{ when: there, value: value.node }],
        otherwise: nodeOf(fill),
      }),
    );
  }
  /**
   * The difference to the value of `n` rows before.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 4 }]).select({ r: col('x').diff() }).rows(); // [ { r: null }, { r: 3 } ]
   */
  diff<M extends string = never>(n = 1, options: WindowOptions<M> = {}): Expr<N | M, Arithmetic<T, T>> {
    checkOptions('diff', options, WINDOW_OPTIONS);
    return this.with('sub', this.shift(n, options));
  }
  /**
   * The change since `n` rows before, as a share of that.
   *
   * @example
   * await fromRows([{ x: 2 }, { x: 3 }]).select({ r: col('x').pctChange() }).rows(); // [ { r: null }, { r: 0.5 } ]
   */
  pctChange<M extends string = never>(n = 1, options: WindowOptions<M> = {}): Expr<N | M, 'float64'> {
    checkOptions('pctChange', options, WINDOW_OPTIONS);
    const before = this.shift(n, options);
    return this.sub(before).div(before) as Expr<N | M, 'float64'>;
  }
  /**
   * The sum of the values up to here; null where this is null, as in the other cumulative functions.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 2 }]).select({ r: col('x').cumSum() }).rows(); // [ { r: 1 }, { r: 3 } ]
   */
  cumSum<M extends string = never>(options: WindowOptions<M> = {}): Expr<N | M, SumOf<T>> {
    return this.cumulative('sum', options);
  }
  /**
   * The least of the values up to here.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 2 }]).select({ r: col('x').cumMin() }).rows(); // [ { r: 1 }, { r: 1 } ]
   */
  cumMin<M extends string = never>(options: WindowOptions<M> = {}): Expr<N | M, T> {
    return this.cumulative('min', options);
  }
  /**
   * The greatest of the values up to here.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 2 }]).select({ r: col('x').cumMax() }).rows(); // [ { r: 1 }, { r: 2 } ]
   */
  cumMax<M extends string = never>(options: WindowOptions<M> = {}): Expr<N | M, T> {
    return this.cumulative('max', options);
  }
  /**
   * The product of the values up to here.
   *
   * @example
   * await fromRows([{ x: 2 }, { x: 3 }]).select({ r: col('x').cumProduct() }).rows(); // [ { r: 2 }, { r: 6 } ]
   */
  cumProduct<M extends string = never>(options: WindowOptions<M> = {}): Expr<N | M, 'float64'> {
    return this.cumulative('product', options);
  }
  /**
   * How many values up to here are not null.
   *
   * @example
   * await fromRows([{ x: 2 }, { x: null }]).select({ r: col('x').cumCount() }).rows(); // [ { r: 1 }, { r: 1 } ]
   */
  cumCount<M extends string = never>(options: WindowOptions<M> = {}): Expr<N | M, 'int64'> {
    return this.window('count', [], { rows: [null, 0], ...options });
  }
  /**
   * Whether the frame has the value more than once; null is a value here.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 1 }]).select({ r: col('x').isDuplicated() }).rows(); // [ { r: true }, { r: true } ]
   */
  isDuplicated(): Expr<N, 'bool'> {
    return this.of(callNode('gt', timesNode(this.node), literalNode(1)));
  }
  /**
   * Whether the frame has the value once; null is a value here.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 2 }]).select({ r: col('x').isUnique() }).rows(); // [ { r: true }, { r: true } ]
   */
  isUnique(): Expr<N, 'bool'> {
    return this.of(callNode('eq', timesNode(this.node), literalNode(1)));
  }
  /**
   * The place among the values of the frame, or of `partitionBy`: 1 is the least. Equal values get their mean place ('average'), the least
   * ('min') or greatest ('max') of theirs, places without gaps ('dense'), or places in the order of rows ('ordinal', or 'first'). With `pct` they are shares
   * of how many values there are. Null has none.
   *
   * @example
   * await fromRows([{ x: 5 }, { x: 1 }, { x: 5 }]).select({ r: col('x').rank() }).rows(); // [ { r: 2.5 }, { r: 1 }, { r: 2.5 } ]
   * await fromRows([{ x: 5 }, { x: 1 }]).select({ r: col('x').rank({ pct: true }) }).rows(); // [ { r: 1 }, { r: 0.5 } ]
   */
  rank<M extends string = never>(options: RankOptions<M> = {}): Expr<N | M, 'float64'> {
    return this.of(rankNode(this.node, options));
  }

  private cumulative<M extends string, U>(fn: string, options: WindowOptions<M>): Expr<N | M, U> {
    const value = windowNode(fn, [this.node], { rows: [null, 0], ...options }, true);
    return this.of(
      freeze({
        kind: 'case',
        branches: [{ when: callNode('isNotNull', this.node), value }],
        otherwise: undefined,
      }),
    );
  }

  private window<M extends string, U>(
    fn: string,
    others: readonly Operand[],
    options: WindowOptions<M>,
  ): Expr<N | M, U> {
    return this.of(windowNode(fn, [this.node, ...others.map(nodeOf)], options, true));
  }
}
