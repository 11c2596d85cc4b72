import type { Expr } from './expr.js';
import type { LiteralValue } from './node.js';
import type { LiteralTerm } from './terms.js';

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

/** Over which rows a value of other rows is looked for, and what is taken where there is none. */
export interface ShiftOptions<N extends string = string> extends WindowOptions<N> {
  /** A value of the column's type, or an expression over this row. Default: null. */
  readonly fill?: Operand<N>;
}

/** How the rows of an aggregate that depends on order are ordered; without it their own order counts. */
export interface AggregateOrder<N extends string = string> {
  readonly orderBy?: OrderTerm<N> | readonly OrderTerm<N>[];
}
