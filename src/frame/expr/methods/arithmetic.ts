import { type CutOptions, cutNode, evenCutNode, quantileCutNode } from '../cut.js';
import type { Expr } from '../expr.js';
import type { NamesOf, Operand, TermOf } from '../operand.js';
import type { Arithmetic } from '../terms.js';
import { ExprCore } from './core.js';

/** Arithmetic, signs and rounding. */
export abstract class ArithmeticMethods<N extends string, T> extends ExprCore<N, T> {
  /**
   * The sum with another; of a time and a span, the time so much later.
   *
   * @example
   * await fromRows([{ x: 1, y: 2 }]).select({ r: col('x').add(col('y')) }).rows(); // [ { r: 3 } ]
   */
  add<O extends Operand>(other: O): Expr<N | NamesOf<O>, Arithmetic<T, TermOf<O>>> {
    return this.with('add', other);
  }
  /**
   * The difference to another; of two instants a span, of two dates a number of days.
   *
   * @example
   * await fromRows([{ x: 1, y: 2 }]).select({ r: col('x').sub(col('y')) }).rows(); // [ { r: -1 } ]
   */
  sub<O extends Operand>(other: O): Expr<N | NamesOf<O>, Arithmetic<T, TermOf<O>>> {
    return this.with('sub', other);
  }
  /**
   * The product with another.
   *
   * @example
   * await fromRows([{ x: 3 }]).select({ r: col('x').mul(2) }).rows(); // [ { r: 6 } ]
   */
  mul<O extends Operand>(other: O): Expr<N | NamesOf<O>, Arithmetic<T, TermOf<O>>> {
    return this.with('mul', other);
  }
  /**
   * Division; of integers too it is float64.
   *
   * @example
   * await fromRows([{ x: 3 }]).select({ r: col('x').div(2) }).rows(); // [ { r: 1.5 } ]
   */
  div<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'float64'> {
    return this.with('div', other);
  }
  /**
   * Division rounded down; of integers null where the divisor is 0.
   *
   * @example
   * await fromRows([{ x: -7 }]).select({ r: col('x').floorDiv(2) }).rows(); // [ { r: -4 } ]
   */
  floorDiv<O extends Operand>(other: O): Expr<N | NamesOf<O>, Arithmetic<T, TermOf<O>>> {
    return this.with('floorDiv', other);
  }
  /**
   * What `floorDiv` leaves: of the divisor's sign.
   *
   * @example
   * await fromRows([{ x: -7 }]).select({ r: col('x').mod(3) }).rows(); // [ { r: 2 } ]
   */
  mod<O extends Operand>(other: O): Expr<N | NamesOf<O>, Arithmetic<T, TermOf<O>>> {
    return this.with('mod', other);
  }
  /**
   * The power, as a float.
   *
   * @example
   * await fromRows([{ x: 3 }]).select({ r: col('x').pow(2) }).rows(); // [ { r: 9 } ]
   */
  pow<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'float64'> {
    return this.with('pow', other);
  }
  /**
   * With the other sign.
   *
   * @example
   * await fromRows([{ x: 3 }]).select({ r: col('x').neg() }).rows(); // [ { r: -3 } ]
   */
  neg(): Expr<N, T> {
    return this.with('neg');
  }
  /**
   * Without the sign.
   *
   * @example
   * await fromRows([{ x: -3 }]).select({ r: col('x').abs() }).rows(); // [ { r: 3 } ]
   */
  abs(): Expr<N, T> {
    return this.with('abs');
  }
  /**
   * -1, 0 or 1; NaN of NaN.
   *
   * @example
   * await fromRows([{ x: -3 }]).select({ r: col('x').sign() }).rows(); // [ { r: -1 } ]
   */
  sign(): Expr<N, T> {
    return this.with('sign');
  }
  /**
   * Rounded down to a whole number.
   *
   * @example
   * await fromRows([{ x: -1.5 }]).select({ r: col('x').floor() }).rows(); // [ { r: -2 } ]
   */
  floor(): Expr<N, T> {
    return this.with('floor');
  }
  /**
   * Rounded up to a whole number.
   *
   * @example
   * await fromRows([{ x: -1.5 }]).select({ r: col('x').ceil() }).rows(); // [ { r: -1 } ]
   */
  ceil(): Expr<N, T> {
    return this.with('ceil');
  }
  /**
   * Without what is behind the point.
   *
   * @example
   * await fromRows([{ x: -1.5 }]).select({ r: col('x').trunc() }).rows(); // [ { r: -1 } ]
   */
  trunc(): Expr<N, T> {
    return this.with('trunc');
  }
  /**
   * Rounded to so many decimals; halves to even, as NumPy does.
   *
   * @example
   * await fromRows([{ x: 2.5 }, { x: 3.5 }]).select({ r: col('x').round() }).rows(); // [ { r: 2 }, { r: 4 } ]
   */
  round(decimals = 0): Expr<N, T> {
    return this.with('round', decimals);
  }
  /**
   * Between `low` and `high`, which stand for what lies beyond; a bound that is null, or not given, does not bound.
   *
   * @example
   * await fromRows([{ x: -3 }]).select({ r: col('x').clip(0) }).rows(); // [ { r: 0 } ]
   * await fromRows([{ x: 12 }]).select({ r: col('x').clip(0, 10) }).rows(); // [ { r: 10 } ]
   */
  clip<A extends Operand, B extends Operand = null>(low: A, high?: B): Expr<N | NamesOf<A> | NamesOf<B>, T> {
    return this.with('clip', low, high ?? null);
  }
  /**
   * The interval between two breaks that a number lies in, by its label: with its right end, as pandas' `cut`, or its left one. Null where it lies in none, as NaN does.
   * Of a number, as many intervals of equal width, between the least and the greatest of the whole column, which both lie within: without labels their places, counted from 0.
   *
   * @throws RangeError where breaks do not rise, or labels are not one for each interval
   * @example
   * await fromRows([{ x: 1 }, { x: 4 }, { x: 9 }]).select({ r: col('x').cut(2) }).rows(); // [ { r: 0 }, { r: 0 }, { r: 1 } ]
   * const ages = fromRows([{ age: 10 }, { age: 11 }, { age: 70 }]);
   * await ages.select({ r: col('age').cut([0, 10, 65], { labels: ['child', 'adult'] }) }).rows(); // [ { r: 'child' }, { r: 'adult' }, { r: null } ]
   */
  cut(breaks: readonly number[], options?: CutOptions): Expr<N, 'string'>;
  cut(
    count: number,
    options: { readonly labels: readonly string[]; readonly right?: boolean },
  ): Expr<N, 'string'>;
  cut(count: number, options?: { readonly labels?: undefined; readonly right?: boolean }): Expr<N, 'int32'>;
  cut(breaks: number | readonly number[], options: CutOptions = {}): Expr<N, never> {
    return this.of(
      typeof breaks === 'number'
        ? evenCutNode(this.node, breaks, options)
        : cutNode(this.node, breaks, options),
    );
  }
  /**
   * Which of the intervals between quantiles of the whole column a number lies in, counted from 0, or its label: as many intervals of about as many rows each, or
   * those between the quantiles given. The right end is an interval's own, and the first has both. Where several quantiles are the same number, the intervals
   * between them are empty. NaN counts as the greatest number.
   *
   * @throws RangeError where quantiles do not rise from 0 to 1, or labels are not one for each interval
   * @example
   * const frame = fromRows([{ x: 1 }, { x: 2 }, { x: 3 }, { x: 40 }]);
   * await frame.select({ half: col('x').qcut(2), part: col('x').qcut([0, 0.75, 1], { labels: ['most', 'top'] }) }).tail(2).rows(); // [{ half: 1, part: 'most' }, { half: 1, part: 'top' }]
   */
  qcut(quantiles: number | readonly number[], options?: { readonly labels?: undefined }): Expr<N, 'int32'>;
  qcut(
    quantiles: number | readonly number[],
    options: { readonly labels: readonly string[] },
  ): Expr<N, 'string'>;
  qcut(
    quantiles: number | readonly number[],
    { labels }: { readonly labels?: readonly string[] | undefined } = {},
  ): Expr<N, never> {
    return this.of(quantileCutNode(this.node, quantiles, labels));
  }
}
