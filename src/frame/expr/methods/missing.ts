import type { Expr } from '../expr.js';
import type { LiteralValue } from '../node.js';
import type { NamesOf, Operand, TermOf, WindowOptions } from '../operand.js';
import { type Replacements, replaceNode } from '../replace.js';
import { type InterpolateOptions, interpolateNode } from '../series.js';
import type { Common } from '../terms.js';
import { windowNode } from '../window.js';
import { ComparisonMethods } from './comparison.js';
import { nodeOf } from './core.js';

/** Missing values: null, which is no value, and NaN, which is one. */
export abstract class MissingMethods<N extends string, T> extends ComparisonMethods<N, T> {
  /**
   * Whether there is no value. NaN is one.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: null }]).select({ r: col('x').isNull() }).rows(); // [ { r: false }, { r: true } ]
   */
  isNull(): Expr<N, 'bool'> {
    return this.with('isNull');
  }
  /**
   * Whether there is a value.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: null }]).select({ r: col('x').isNotNull() }).rows(); // [ { r: true }, { r: false } ]
   */
  isNotNull(): Expr<N, 'bool'> {
    return this.with('isNotNull');
  }
  /**
   * Whether it is NaN; null of null.
   *
   * @example
   * await fromRows([{ x: Number.NaN }]).select({ r: col('x').isNaN() }).rows(); // [ { r: true } ]
   */
  isNaN(): Expr<N, 'bool'> {
    return this.with('isNaN');
  }
  /**
   * Whether it is neither NaN nor infinite.
   *
   * @example
   * await fromRows([{ x: 0 }]).select({ r: col('x').isFinite() }).rows(); // [ { r: true } ]
   */
  isFinite(): Expr<N, 'bool'> {
    return this.with('isFinite');
  }
  /**
   * Whether it is infinite.
   *
   * @example
   * await fromRows([{ x: -1 / 0 }]).select({ r: col('x').isInfinite() }).rows(); // [ { r: true } ]
   */
  isInfinite(): Expr<N, 'bool'> {
    return this.with('isInfinite');
  }
  /**
   * A value, or another column's, where this is null.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: null }]).select({ r: col('x').fillNull(0) }).rows(); // [ { r: 1 }, { r: 0 } ]
   */
  fillNull<const O extends Operand>(value: O): Expr<N | NamesOf<O>, Common<T, TermOf<O>>> {
    return this.with('coalesce', value);
  }
  /**
   * A value, or another column's, where this is NaN.
   *
   * @example
   * await fromRows([{ x: Number.NaN }]).select({ r: col('x').fillNaN(0) }).rows(); // [ { r: 0 } ]
   */
  fillNaN<O extends Operand>(value: O): Expr<N | NamesOf<O>, T> {
    return this.with('fillNaN', value);
  }
  /**
   * Null where this equals a value.
   *
   * @example
   * await fromRows([{ x: -1 }, { x: 2 }]).select({ r: col('x').nullIf(-1) }).rows(); // [ { r: null }, { r: 2 } ]
   */
  nullIf<O extends Operand>(value: O): Expr<N | NamesOf<O>, T> {
    return this.with('nullIf', value);
  }
  /**
   * Other values for some: of texts by an object, of other values by a `Map`. What is not named stays, or becomes `otherwise`, of which values may be
   * of another type. Where there are hundreds, join a frame of them.
   *
   * @example
   * const frame = fromRows([{ s: 'a', x: 1 }, { s: 'c', x: -9 }]);
   * const size = col('s').replace({ a: 1, b: 2 }, { otherwise: null });
   * await frame.select({ size, x: col('x').replace(new Map([[-9, null]])) }).rows(); // [{ size: 1, x: 1 }, { size: null, x: null }]
   */
  replace<const V extends LiteralValue>(values: Replacements<V>): Expr<N, Common<T, TermOf<V>>>;
  replace<const V extends LiteralValue, const O extends Operand>(
    values: Replacements<V>,
    options: { readonly otherwise: O },
  ): Expr<N | NamesOf<O>, Common<TermOf<V>, TermOf<O>>>;
  replace(values: Replacements<LiteralValue>, options?: { readonly otherwise: Operand }): unknown {
    return this.of(replaceNode(this.node, values, options ? nodeOf(options.otherwise) : this.node));
  }
  /**
   * The last value that is not null, in the order of rows or of `options`.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: null }]).select({ r: col('x').fillForward() }).rows(); // [ { r: 1 }, { r: 1 } ]
   */
  fillForward<M extends string = never>(options: WindowOptions<M> = {}): Expr<N | M, T> {
    return this.of(windowNode('fillForward', [this.node], { rows: [null, 0], ...options }, true));
  }
  /**
   * The next value that is not null.
   *
   * @example
   * await fromRows([{ x: null }, { x: 2 }]).select({ r: col('x').fillBackward() }).rows(); // [ { r: 2 }, { r: 2 } ]
   */
  fillBackward<M extends string = never>(options: WindowOptions<M> = {}): Expr<N | M, T> {
    return this.of(windowNode('fillBackward', [this.node], { rows: [0, null], ...options }, true));
  }
  /**
   * Nulls between values filled on the straight line between them: rows lie one apart, in their order, or where `by` says, a column of
   * numbers or times. Before the first value and behind the last one nulls stay.
   *
   * @example
   * const frame = fromRows([{ t: 0, x: 1 }, { t: 1, x: null }, { t: 4, x: 5 }]);
   * await frame.select({ rows: col('x').interpolate(), times: col('x').interpolate({ by: 't' }) }).rows(); // [{ rows: 1, times: 1 }, { rows: 3, times: 2 }, { rows: 5, times: 5 }]
   */
  interpolate<M extends string = never>(options: InterpolateOptions<M> = {}): Expr<N | M, 'float64'> {
    return this.of(interpolateNode(this.node, options));
  }
}
