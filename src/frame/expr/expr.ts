import type {
  Arithmetic,
  ColumnType,
  Common,
  ElementOf,
  FieldOf,
  LiteralTerm,
  Ref,
  SumOf,
  ValueOf,
} from '../types.js';
import { DateAccessor } from './dt.js';
import { ListAccessor } from './list.js';
import {
  type AggregateNode,
  callNode,
  columnNode,
  type ExprNode,
  freeze,
  type LiteralValue,
  literalNode,
  type SortKey,
} from './node.js';
import { printExpr } from './print.js';
import { StringAccessor } from './str.js';
import { StructAccessor } from './struct.js';
import {
  interpolateNode,
  overWindow,
  type RankOptions,
  type RollingOptions,
  rankNode,
  rollingNode,
  timesNode,
  windowNode,
} from './window.js';

declare const NAMES: unique symbol;
declare const TYPE: unique symbol;

/** A value of JavaScript where an expression can stand. Strings are text, not names of columns: those are `col('name')`. */
export type Literal = LiteralValue | readonly Literal[];

/** An operand: an expression or a value. */
export type Operand<N extends string = string> = Expr<N, unknown> | Literal;

/** Names of the columns that an operand reads. */
export type NamesOf<O> = O extends Expr<infer N, unknown> ? N : never;
/** The type term of an operand. */
export type TermOf<O> = O extends Expr<string, infer T> ? T : LiteralTerm<O>;

/** How rows are ordered within a window or an aggregate: a column or expression, or several; `desc(…)` for descending. */
export type OrderTerm<N extends string = string> = N | Expr<N, unknown> | Descending<N>;
export interface Descending<N extends string = string> {
  readonly descending: N | Expr<N, unknown>;
}

/** Over which rows a window function runs. */
export interface WindowOptions<N extends string = string> {
  readonly partitionBy?: N | readonly N[];
  /** Without it the order of rows counts. */
  readonly orderBy?: OrderTerm<N> | readonly OrderTerm<N>[];
  /** Rows from so many before (negative) to so many behind; null has no end. */
  readonly rows?: readonly [number | null, number | null];
  /** Values of `orderBy` from so much before to so much behind: numbers, or durations such as '7d'. */
  readonly range?: readonly [number | string | null, number | string | null];
}

/**
 * An expression over the columns of a frame: a description, computed when the frame is. The type says which columns it reads and of what
 * type it is, so that a frame whose schema is known refuses it at compile time.
 *
 * @example
 * String(col('delay').gt(0)); // (delay > 0)
 */
export class Expr<N extends string = string, T = unknown> {
  declare readonly [NAMES]: N;
  declare readonly [TYPE]: T;

  /** @param node what it is, as data */
  constructor(readonly node: ExprNode) {
    Object.freeze(this);
  }

  // Arithmetic

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
   * Square root; NaN of negative numbers.
   *
   * @example
   * await fromRows([{ x: 9 }]).select({ r: col('x').sqrt() }).rows(); // [ { r: 3 } ]
   */
  sqrt(): Expr<N, 'float64'> {
    return this.with('sqrt');
  }
  /**
   * Cube root.
   *
   * @example
   * await fromRows([{ x: -8 }]).select({ r: col('x').cbrt() }).rows(); // [ { r: -2 } ]
   */
  cbrt(): Expr<N, 'float64'> {
    return this.with('cbrt');
  }
  /**
   * e to the power of it.
   *
   * @example
   * await fromRows([{ x: 0 }]).select({ r: col('x').exp() }).rows(); // [ { r: 1 } ]
   */
  exp(): Expr<N, 'float64'> {
    return this.with('exp');
  }
  /**
   * Natural logarithm; -Infinity of 0, NaN of negative numbers.
   *
   * @example
   * await fromRows([{ x: 1 }]).select({ r: col('x').log() }).rows(); // [ { r: 0 } ]
   */
  log(): Expr<N, 'float64'> {
    return this.with('ln');
  }
  /**
   * Logarithm to the base 10.
   *
   * @example
   * await fromRows([{ x: 100 }]).select({ r: col('x').log10() }).rows(); // [ { r: 2 } ]
   */
  log10(): Expr<N, 'float64'> {
    return this.with('log10');
  }
  /**
   * Logarithm to the base 2.
   *
   * @example
   * await fromRows([{ x: 8 }]).select({ r: col('x').log2() }).rows(); // [ { r: 3 } ]
   */
  log2(): Expr<N, 'float64'> {
    return this.with('log2');
  }
  /**
   * Sine of radians; NaN of infinities.
   *
   * @example
   * await fromRows([{ x: 0 }]).select({ r: col('x').sin() }).rows(); // [ { r: 0 } ]
   */
  sin(): Expr<N, 'float64'> {
    return this.with('sin');
  }
  /**
   * Cosine of radians; NaN of infinities.
   *
   * @example
   * await fromRows([{ x: 0 }]).select({ r: col('x').cos() }).rows(); // [ { r: 1 } ]
   */
  cos(): Expr<N, 'float64'> {
    return this.with('cos');
  }
  /**
   * Tangent of radians; NaN of infinities.
   *
   * @example
   * await fromRows([{ x: 0 }]).select({ r: col('x').tan() }).rows(); // [ { r: 0 } ]
   */
  tan(): Expr<N, 'float64'> {
    return this.with('tan');
  }
  /**
   * Inverse sine in radians; NaN outside of -1 to 1.
   *
   * @example
   * await fromRows([{ x: 0 }]).select({ r: col('x').arcsin() }).rows(); // [ { r: 0 } ]
   */
  arcsin(): Expr<N, 'float64'> {
    return this.with('arcsin');
  }
  /**
   * Inverse cosine in radians; NaN outside of -1 to 1.
   *
   * @example
   * await fromRows([{ x: 1 }]).select({ r: col('x').arccos() }).rows(); // [ { r: 0 } ]
   */
  arccos(): Expr<N, 'float64'> {
    return this.with('arccos');
  }
  /**
   * Inverse tangent in radians.
   *
   * @example
   * await fromRows([{ x: 0 }]).select({ r: col('x').arctan() }).rows(); // [ { r: 0 } ]
   */
  arctan(): Expr<N, 'float64'> {
    return this.with('arctan');
  }
  /**
   * The angle of the point (x, this) in radians.
   *
   * @example
   * await fromRows([{ y: 0, x: 1 }]).select({ r: col('y').arctan2(col('x')) }).rows(); // [ { r: 0 } ]
   */
  arctan2<O extends Operand>(x: O): Expr<N | NamesOf<O>, 'float64'> {
    return this.with('arctan2', x);
  }
  /**
   * Degrees as radians.
   *
   * @example
   * await fromRows([{ x: 0 }]).select({ r: col('x').radians() }).rows(); // [ { r: 0 } ]
   */
  radians(): Expr<N, 'float64'> {
    return this.with('radians');
  }
  /**
   * Radians as degrees.
   *
   * @example
   * await fromRows([{ x: Math.PI }]).select({ r: col('x').degrees() }).rows(); // [ { r: 180 } ]
   */
  degrees(): Expr<N, 'float64'> {
    return this.with('degrees');
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
   * Between `low` and `high`, which stand for what lies beyond; a bound that is null does not bound.
   *
   * @example
   * await fromRows([{ x: 12 }]).select({ r: col('x').clip(0, 10) }).rows(); // [ { r: 10 } ]
   */
  clip<A extends Operand, B extends Operand>(low: A, high: B): Expr<N | NamesOf<A> | NamesOf<B>, T> {
    return this.with('clip', low, high);
  }

  // Comparison and logic: null where an operand is null, and true and false where that is certain

  /**
   * Whether they are equal. NaN equals itself.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: null }]).select({ r: col('x').eq(1) }).rows(); // [ { r: true }, { r: null } ]
   */
  eq<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('eq', other);
  }
  /**
   * Whether they differ.
   *
   * @example
   * await fromRows([{ x: 1 }]).select({ r: col('x').ne(1) }).rows(); // [ { r: false } ]
   */
  ne<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('ne', other);
  }
  /**
   * Whether it is less. NaN is greater than all numbers.
   *
   * @example
   * await fromRows([{ x: 1 }]).select({ r: col('x').lt(2) }).rows(); // [ { r: true } ]
   */
  lt<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('lt', other);
  }
  /**
   * Whether it is less or equal.
   *
   * @example
   * await fromRows([{ x: 1 }]).select({ r: col('x').le(1) }).rows(); // [ { r: true } ]
   */
  le<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('le', other);
  }
  /**
   * Whether it is greater.
   *
   * @example
   * await fromRows([{ x: 1 }]).select({ r: col('x').gt(1) }).rows(); // [ { r: false } ]
   */
  gt<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('gt', other);
  }
  /**
   * Whether it is greater or equal.
   *
   * @example
   * await fromRows([{ x: 1 }]).select({ r: col('x').ge(1) }).rows(); // [ { r: true } ]
   */
  ge<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('ge', other);
  }
  /**
   * As `eq`, but null equals null.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: null }]).select({ r: col('x').eqMissing(null) }).rows(); // [ { r: false }, { r: true } ]
   */
  eqMissing<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('eqMissing', other);
  }
  /**
   * From `low` to `high`, both included.
   *
   * @example
   * await fromRows([{ x: 2 }]).select({ r: col('x').between(1, 2) }).rows(); // [ { r: true } ]
   */
  between<A extends Operand, B extends Operand>(low: A, high: B): Expr<N | NamesOf<A> | NamesOf<B>, 'bool'> {
    return this.with('between', low, high);
  }
  /**
   * Whether it is one of some values; null where it is null.
   *
   * @example
   * await fromRows([{ x: 'a' }]).select({ r: col('x').isIn(['a', 'b']) }).rows(); // [ { r: true } ]
   */
  isIn(values: readonly LiteralValue[]): Expr<N, 'bool'> {
    return this.with('isIn', ...values.filter((value) => value !== null));
  }
  /**
   * Whether both hold; false where one is false, even beside null.
   *
   * @example
   * await fromRows([{ a: true, b: false }, { a: false, b: null }]).select({ r: col('a').and(col('b')) }).rows(); // [ { r: false }, { r: false } ]
   */
  and<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('and', other);
  }
  /**
   * Whether one of them holds; true where one is true, even beside null.
   *
   * @example
   * await fromRows([{ a: false, b: false }, { a: true, b: null }]).select({ r: col('a').or(col('b')) }).rows(); // [ { r: false }, { r: true } ]
   */
  or<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('or', other);
  }
  /**
   * Whether just one of them holds.
   *
   * @example
   * await fromRows([{ a: true, b: false }]).select({ r: col('a').xor(col('b')) }).rows(); // [ { r: true } ]
   */
  xor<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('xor', other);
  }
  /**
   * Whether it does not hold.
   *
   * @example
   * await fromRows([{ a: true }]).select({ r: col('a').not() }).rows(); // [ { r: false } ]
   */
  not(): Expr<N, 'bool'> {
    return this.with('not');
  }

  // Missing values

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
   * The last value that is not null, in the order of rows or of `options`.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: null }]).select({ r: col('x').fillForward() }).rows(); // [ { r: 1 }, { r: 1 } ]
   */
  fillForward<M extends string = never>(options: WindowOptions<M> = {}): Expr<N | M, T> {
    return this.window('fillForward', [], { rows: [null, 0], ...options });
  }
  /**
   * The next value that is not null.
   *
   * @example
   * await fromRows([{ x: null }, { x: 2 }]).select({ r: col('x').fillBackward() }).rows(); // [ { r: 2 }, { r: 2 } ]
   */
  fillBackward<M extends string = never>(options: WindowOptions<M> = {}): Expr<N | M, T> {
    return this.window('fillBackward', [], { rows: [0, null], ...options });
  }

  // Conversion

  /**
   * As another type. What cannot be converted is an error when it is computed; null with `{ strict: false }`.
   *
   * @example
   * await fromRows([{ x: '12' }]).select({ r: col('x').cast('int32') }).rows(); // [ { r: 12 } ]
   */
  cast<const C extends ColumnType>(to: C, options: { readonly strict?: boolean } = {}): Expr<N, C> {
    return new Expr(freeze({ kind: 'cast', value: this.node, to, strict: options.strict ?? true }));
  }

  // Aggregates: nulls are left out

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
    return this.aggregate(options.ddof === 0 ? 'stdPopulation' : 'std');
  }
  /**
   * Variance; of the sample (`ddof` 1), or of the population (0).
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 3 }]).select({ r: col('x').var() }).rows(); // [ { r: 2 } ]
   */
  var(options: { readonly ddof?: 0 | 1 } = {}): Expr<N, 'float64'> {
    return this.aggregate(options.ddof === 0 ? 'varPopulation' : 'var');
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
   * The value where `by` is least.
   *
   * @example
   * await fromRows([{ x: 'a', y: 2 }, { x: 'b', y: 1 }]).select({ r: col('x').argMin(col('y')) }).rows(); // [ { r: 'b' } ]
   */
  argMin<O extends Expr<string, unknown>>(by: O): Expr<N | NamesOf<O>, T> {
    return this.aggregate('argMin', by);
  }
  /**
   * The value where `by` is greatest.
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
    return new Expr(freeze({ ...node, filter }));
  }

  // Windows

  /**
   * An aggregate or window function over the rows that have the same values in some columns, for each row. An aggregate is of all of them,
   * unless `rows` or `range` says less.
   *
   * @example
   * await fromRows([{ g: 'a', x: 1 }, { g: 'a', x: 2 }]).select({ r: col('x').sum().over('g') }).rows(); // [ { r: 3 }, { r: 3 } ]
   */
  over<M extends string = never>(window: M | readonly M[] | WindowOptions<M>): Expr<N | M, T> {
    const options: WindowOptions<M> =
      typeof window === 'string' || Array.isArray(window)
        ? { partitionBy: window as M | readonly M[] }
        : (window as WindowOptions<M>);
    return new Expr(overWindow(this.node, options, String(this)));
  }
  /**
   * The value of `n` rows before; of rows behind where it is negative.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 2 }]).select({ r: col('x').shift() }).rows(); // [ { r: null }, { r: 1 } ]
   */
  shift<M extends string = never>(n = 1, options: WindowOptions<M> = {}): Expr<N | M, T> {
    return n < 0 ? this.window('lead', [-n], options) : this.window('lag', [n], options);
  }
  /**
   * The difference to the value of `n` rows before.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 4 }]).select({ r: col('x').diff() }).rows(); // [ { r: null }, { r: 3 } ]
   */
  diff<M extends string = never>(n = 1, options: WindowOptions<M> = {}): Expr<N | M, Arithmetic<T, T>> {
    return this.with('sub', this.shift(n, options));
  }
  /**
   * The change since `n` rows before, as a share of that.
   *
   * @example
   * await fromRows([{ x: 2 }, { x: 3 }]).select({ r: col('x').pctChange() }).rows(); // [ { r: null }, { r: 0.5 } ]
   */
  pctChange<M extends string = never>(n = 1, options: WindowOptions<M> = {}): Expr<N | M, 'float64'> {
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
    return new Expr(rollingNode('sum', this.node, window, options));
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
    return new Expr(rollingNode('mean', this.node, window, options));
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
    return new Expr(rollingNode('min', this.node, window, options));
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
    return new Expr(rollingNode('max', this.node, window, options));
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
    return new Expr(rollingNode('std', this.node, window, options));
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
    return new Expr(rollingNode('var', this.node, window, options));
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
    return new Expr(rollingNode('median', this.node, window, options));
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
    return new Expr(rollingNode('count', this.node, window, { minPeriods: 0, ...options }));
  }

  /**
   * Nulls between values filled on the straight line between them, at the places that `by` says: a column of numbers or times by which the
   * rows are ordered. Before the first value and behind the last one nulls stay.
   *
   * @example
   * await fromRows([{ t: 0, x: 1 }, { t: 1, x: null }, { t: 4, x: 5 }]).select({ x: col('x').interpolate({ by: 't' }) }).rows(); // [{ x: 1 }, { x: 2 }, { x: 5 }]
   */
  interpolate<M extends string>(options: {
    readonly by: M;
    readonly partitionBy?: M | readonly M[];
  }): Expr<N | M, 'float64'> {
    return new Expr(interpolateNode(this.node, options));
  }
  /**
   * Whether the frame has the value more than once; null is a value here.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 1 }]).select({ r: col('x').isDuplicated() }).rows(); // [ { r: true }, { r: true } ]
   */
  isDuplicated(): Expr<N, 'bool'> {
    return new Expr(callNode('gt', timesNode(this.node), literalNode(1)));
  }
  /**
   * Whether the frame has the value once; null is a value here.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 2 }]).select({ r: col('x').isUnique() }).rows(); // [ { r: true }, { r: true } ]
   */
  isUnique(): Expr<N, 'bool'> {
    return new Expr(callNode('eq', timesNode(this.node), literalNode(1)));
  }

  /**
   * The place among the values of the frame, or of `partitionBy`: 1 is the least. Equal values get their mean place ('average'), the least
   * ('min') or greatest ('max') of theirs, places without gaps ('dense'), or places in the order of rows ('ordinal'). Null has none.
   *
   * @example
   * await fromRows([{ x: 5 }, { x: 1 }, { x: 5 }]).select({ r: col('x').rank() }).rows(); // [ { r: 2.5 }, { r: 1 }, { r: 2.5 } ]
   */
  rank<M extends string = never>(options: RankOptions<M> = {}): Expr<N | M, 'float64'> {
    return new Expr(rankNode(this.node, options));
  }

  // Accessors

  /**
   * Functions of text.
   *
   * @example
   * await fromRows([{ s: 'Ab' }]).select({ r: col('s').str.lower() }).rows(); // [ { r: 'ab' } ]
   */
  get str(): StringAccessor<N> {
    return new StringAccessor(this);
  }
  /**
   * Functions of dates, times and instants.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29') }]).select({ r: col('t').dt.month() }).rows(); // [ { r: 2 } ]
   */
  get dt(): DateAccessor<N, T> {
    return new DateAccessor(this);
  }
  /**
   * Functions of lists.
   *
   * @example
   * await fromRows([{ l: [1, 2] }]).select({ r: col('l').list.sum() }).rows(); // [ { r: 3 } ]
   */
  get list(): ListAccessor<N, T, ElementOf<T>> {
    return new ListAccessor(this);
  }
  /**
   * Fields of structs.
   *
   * @example
   * await fromRows([{ p: { x: 1 } }]).select({ r: col('p').struct.field('x') }).rows(); // [ { r: 1 } ]
   */
  get struct(): StructAccessor<N, T> {
    return new StructAccessor(this);
  }
  /**
   * A field of a struct.
   *
   * @example
   * await fromRows([{ p: { x: 1 } }]).select({ r: col('p').field('x') }).rows(); // [ { r: 1 } ]
   */
  field<F extends string>(name: F): Expr<N, FieldOf<T, F>> {
    return this.struct.field(name);
  }

  /** As the column will be read. */
  toString(): string {
    return printExpr(this.node);
  }

  /** A scalar function of this and other operands. */
  with<M extends string, U>(fn: string, ...others: Operand[]): Expr<N | M, U> {
    return new Expr(callNode(fn, this.node, ...others.map(nodeOf)));
  }

  private aggregate<M extends string, U>(fn: string, ...others: Operand[]): Expr<N | M, U> {
    const node: AggregateNode = { kind: 'aggregate', fn, args: [this.node, ...others.map(nodeOf)] };
    return new Expr(freeze(node));
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
    return new Expr(freeze(node));
  }

  private cumulative<M extends string, U>(fn: string, options: WindowOptions<M>): Expr<N | M, U> {
    const value = windowNode(fn, [this.node], { rows: [null, 0], ...options }, true);
    return new Expr(
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
    return new Expr(windowNode(fn, [this.node, ...others.map(nodeOf)], options, true));
  }
}

export interface AggregateOrder<N extends string = string> {
  readonly orderBy?: OrderTerm<N> | readonly OrderTerm<N>[];
}

/** The expression of an operand. Throws a TypeError for what is none. */
export function nodeOf(operand: Operand): ExprNode {
  if (operand instanceof Expr) return operand.node;
  if (Array.isArray(operand)) return callNode('listOf', ...operand.map(nodeOf));
  const type = typeof operand;
  const value =
    operand === null ||
    type === 'boolean' ||
    type === 'number' ||
    type === 'bigint' ||
    type === 'string' ||
    operand instanceof Date ||
    operand instanceof Uint8Array ||
    (type === 'object' && 'microseconds' in (operand as object));
  if (!value)
    throw new TypeError(
      `an operand is an expression or a value (number, bigint, string, boolean, Date, Uint8Array, null, list), not ${type === 'object' ? Object.prototype.toString.call(operand) : type}`,
    );
  if (operand instanceof Date && Number.isNaN(operand.getTime()))
    throw new TypeError('an operand is an invalid Date');
  return literalNode(operand as LiteralValue);
}

/** How rows are to be ordered, as data. */
export function sortKeys(terms: OrderTerm | readonly OrderTerm[]): SortKey[] {
  const list = (Array.isArray(terms) ? terms : [terms]) as readonly OrderTerm[];
  return list.map((term) => {
    const descending = typeof term === 'object' && !(term instanceof Expr);
    const key = descending ? (term as Descending).descending : (term as string | Expr);
    return { expr: typeof key === 'string' ? columnNode(key) : key.node, descending, nulls: 'last' };
  });
}

/**
 * The column of a name.
 *
 * @example
 * String(col('delay').add(1)); // (delay + 1)
 */
export function col<const N extends string>(name: N): Expr<N, Ref<N>> {
  if (typeof name !== 'string') throw new TypeError(`col() takes a column's name, not ${typeof name}`);
  return new Expr(columnNode(name));
}

/**
 * A value as an expression, of a type where one is given.
 *
 * @example
 * String(lit('a')); // 'a'
 */
export function lit<const V extends Literal>(value: V): Expr<never, LiteralTerm<V>>;
export function lit<const C extends ColumnType>(value: Literal, type: C): Expr<never, C>;
export function lit(value: Literal, type?: ColumnType): Expr<never, unknown> {
  const node = nodeOf(value);
  return new Expr(type === undefined ? node : freeze({ kind: 'cast', value: node, to: type, strict: true }));
}

/**
 * Descending order of a column or expression.
 *
 * @example
 * desc('delay'); // { descending: 'delay' }
 */
export function desc<const N extends string>(key: N | Expr<N, unknown>): Descending<N> {
  return { descending: key };
}

/** The value type that an expression of a frame's column yields. */
export type ExprValue<T> = ValueOf<T>;
