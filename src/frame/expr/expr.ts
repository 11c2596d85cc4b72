import type {
  Arithmetic,
  ColumnType,
  Common,
  ElementOf,
  FieldOf,
  Interval,
  LiteralTerm,
  Ref,
  SumOf,
  ValueOf,
} from '../types.js';
import { DateAccessor } from './dt.js';
import { parseDuration } from './duration.js';
import { ListAccessor } from './list.js';
import {
  type AggregateNode,
  type CallNode,
  callNode,
  columnNode,
  type ExprNode,
  type Frame,
  freeze,
  type LiteralValue,
  literalNode,
  type SortKey,
  some,
  type WindowNode,
} from './node.js';
import { printExpr } from './print.js';
import { StringAccessor } from './str.js';
import { StructAccessor } from './struct.js';

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

  add<O extends Operand>(other: O): Expr<N | NamesOf<O>, Arithmetic<T, TermOf<O>>> {
    return this.with('add', other);
  }
  sub<O extends Operand>(other: O): Expr<N | NamesOf<O>, Arithmetic<T, TermOf<O>>> {
    return this.with('sub', other);
  }
  mul<O extends Operand>(other: O): Expr<N | NamesOf<O>, Arithmetic<T, TermOf<O>>> {
    return this.with('mul', other);
  }
  /** Division; of integers too it is float64. */
  div<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'float64'> {
    return this.with('div', other);
  }
  /** Division rounded down. */
  floorDiv<O extends Operand>(other: O): Expr<N | NamesOf<O>, Arithmetic<T, TermOf<O>>> {
    return this.with('floorDiv', other);
  }
  /** What `floorDiv` leaves: of the divisor's sign. */
  mod<O extends Operand>(other: O): Expr<N | NamesOf<O>, Arithmetic<T, TermOf<O>>> {
    return this.with('mod', other);
  }
  pow<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'float64'> {
    return this.with('pow', other);
  }
  neg(): Expr<N, T> {
    return this.with('neg');
  }
  abs(): Expr<N, T> {
    return this.with('abs');
  }
  sign(): Expr<N, 'int8'> {
    return this.with('sign');
  }
  /** Square root; NaN of negative numbers. */
  sqrt(): Expr<N, 'float64'> {
    return this.with('sqrt');
  }
  cbrt(): Expr<N, 'float64'> {
    return this.with('cbrt');
  }
  exp(): Expr<N, 'float64'> {
    return this.with('exp');
  }
  /** Natural logarithm; -Infinity of 0, NaN of negative numbers. */
  log(): Expr<N, 'float64'> {
    return this.with('ln');
  }
  log10(): Expr<N, 'float64'> {
    return this.with('log10');
  }
  log2(): Expr<N, 'float64'> {
    return this.with('log2');
  }
  sin(): Expr<N, 'float64'> {
    return this.with('sin');
  }
  cos(): Expr<N, 'float64'> {
    return this.with('cos');
  }
  tan(): Expr<N, 'float64'> {
    return this.with('tan');
  }
  arcsin(): Expr<N, 'float64'> {
    return this.with('arcsin');
  }
  arccos(): Expr<N, 'float64'> {
    return this.with('arccos');
  }
  arctan(): Expr<N, 'float64'> {
    return this.with('arctan');
  }
  arctan2<O extends Operand>(x: O): Expr<N | NamesOf<O>, 'float64'> {
    return this.with('arctan2', x);
  }
  radians(): Expr<N, 'float64'> {
    return this.with('radians');
  }
  degrees(): Expr<N, 'float64'> {
    return this.with('degrees');
  }
  floor(): Expr<N, T> {
    return this.with('floor');
  }
  ceil(): Expr<N, T> {
    return this.with('ceil');
  }
  trunc(): Expr<N, T> {
    return this.with('trunc');
  }
  /** Rounded to so many decimals; halves to even, as NumPy does. */
  round(decimals = 0): Expr<N, T> {
    return this.with('round', decimals);
  }
  /** Between `low` and `high`, which stand for what lies beyond. */
  clip<A extends Operand, B extends Operand>(low: A, high: B): Expr<N | NamesOf<A> | NamesOf<B>, T> {
    return this.with('clip', low, high);
  }

  // Comparison and logic: null where an operand is null, and true and false where that is certain

  eq<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('eq', other);
  }
  ne<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('ne', other);
  }
  lt<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('lt', other);
  }
  le<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('le', other);
  }
  gt<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('gt', other);
  }
  ge<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('ge', other);
  }
  /** As `eq`, but null equals null. */
  eqMissing<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('eqMissing', other);
  }
  /** From `low` to `high`, both included. */
  between<A extends Operand, B extends Operand>(low: A, high: B): Expr<N | NamesOf<A> | NamesOf<B>, 'bool'> {
    return this.with('between', low, high);
  }
  isIn(values: readonly LiteralValue[]): Expr<N, 'bool'> {
    return this.with('isIn', ...values);
  }
  and<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('and', other);
  }
  or<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('or', other);
  }
  xor<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('xor', other);
  }
  not(): Expr<N, 'bool'> {
    return this.with('not');
  }

  // Missing values

  isNull(): Expr<N, 'bool'> {
    return this.with('isNull');
  }
  isNotNull(): Expr<N, 'bool'> {
    return this.with('isNotNull');
  }
  isNaN(): Expr<N, 'bool'> {
    return this.with('isNaN');
  }
  isFinite(): Expr<N, 'bool'> {
    return this.with('isFinite');
  }
  isInfinite(): Expr<N, 'bool'> {
    return this.with('isInfinite');
  }
  /** A value, or another column's, where this is null. */
  fillNull<const O extends Operand>(value: O): Expr<N | NamesOf<O>, Common<T, TermOf<O>>> {
    return this.with('coalesce', value);
  }
  fillNaN<O extends Operand>(value: O): Expr<N | NamesOf<O>, T> {
    return this.with('fillNaN', value);
  }
  /** Null where this equals a value. */
  nullIf<O extends Operand>(value: O): Expr<N | NamesOf<O>, T> {
    return this.with('nullIf', value);
  }
  /** The last value that is not null, in the order of rows or of `options`. */
  fillForward<M extends string = never>(options: WindowOptions<M> = {}): Expr<N | M, T> {
    return this.window('fillForward', [], { rows: [null, 0], ...options });
  }
  /** The next value that is not null. */
  fillBackward<M extends string = never>(options: WindowOptions<M> = {}): Expr<N | M, T> {
    return this.window('fillBackward', [], { rows: [0, null], ...options });
  }

  // Conversion

  /** As another type. What cannot be converted is an error when it is computed; null with `{ strict: false }`. */
  cast<const C extends ColumnType>(to: C, options: { readonly strict?: boolean } = {}): Expr<N, C> {
    return new Expr(freeze({ kind: 'cast', value: this.node, to, strict: options.strict ?? true }));
  }

  // Aggregates: nulls are left out

  /** 0 of nothing. Integers add up as int64, and what is too large for it is an error. */
  sum(): Expr<N, SumOf<T>> {
    return this.aggregate('sum');
  }
  product(): Expr<N, 'float64'> {
    return this.aggregate('product');
  }
  mean(): Expr<N, 'float64'> {
    return this.aggregate('mean');
  }
  min(): Expr<N, T> {
    return this.aggregate('min');
  }
  max(): Expr<N, T> {
    return this.aggregate('max');
  }
  /** How many values are not null. */
  count(): Expr<N, 'int64'> {
    return this.aggregate('count');
  }
  /** How many different values there are, null not counted. */
  nunique(): Expr<N, 'int64'> {
    return this.aggregate('nunique');
  }
  /** Standard deviation; of the sample (`ddof` 1), or of the population (0). */
  std(options: { readonly ddof?: 0 | 1 } = {}): Expr<N, 'float64'> {
    return this.aggregate(options.ddof === 0 ? 'stdPopulation' : 'std');
  }
  /** Variance; of the sample (`ddof` 1), or of the population (0). */
  var(options: { readonly ddof?: 0 | 1 } = {}): Expr<N, 'float64'> {
    return this.aggregate(options.ddof === 0 ? 'varPopulation' : 'var');
  }
  skew(): Expr<N, 'float64'> {
    return this.aggregate('skew');
  }
  median(): Expr<N, 'float64'> {
    return this.aggregate('median');
  }
  /** The value below which the share `q` lies, interpolated. */
  quantile(q: number): Expr<N, 'float64'> {
    if (!(q >= 0 && q <= 1)) throw new RangeError(`quantile: q lies between 0 and 1, and is ${q}`);
    return this.aggregate('quantile', q);
  }
  /** Pearson's correlation with another. */
  corr<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'float64'> {
    return this.aggregate('corr', other);
  }
  cov<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'float64'> {
    return this.aggregate('cov', other);
  }
  /** The first value that is not null, in the order of rows or by `orderBy`. */
  first<M extends string = never>(options: AggregateOrder<M> = {}): Expr<N | M, T> {
    return this.ordered('first', options);
  }
  last<M extends string = never>(options: AggregateOrder<M> = {}): Expr<N | M, T> {
    return this.ordered('last', options);
  }
  /** All values, in the order of rows or by `orderBy`. */
  toList<M extends string = never>(options: AggregateOrder<M> = {}): Expr<N | M, { readonly list: T }> {
    return this.ordered('list', options);
  }
  /** All values as text, with a separator between. */
  join<M extends string = never>(separator = ',', options: AggregateOrder<M> = {}): Expr<N | M, 'string'> {
    return this.ordered('join', options, separator);
  }
  /** The most frequent value. */
  mode(): Expr<N, T> {
    return this.aggregate('mode');
  }
  any(): Expr<N, 'bool'> {
    return this.aggregate('any');
  }
  all(): Expr<N, 'bool'> {
    return this.aggregate('all');
  }
  /** The value where `by` is least. */
  argMin<O extends Expr<string, unknown>>(by: O): Expr<N | NamesOf<O>, T> {
    return this.aggregate('argMin', by);
  }
  /** The value where `by` is greatest. */
  argMax<O extends Expr<string, unknown>>(by: O): Expr<N | NamesOf<O>, T> {
    return this.aggregate('argMax', by);
  }
  /** An aggregate over the rows only for which `predicate` holds. */
  where<M extends string>(predicate: Expr<M, unknown>): Expr<N | M, T> {
    const { node } = this;
    if (node.kind !== 'aggregate' && node.kind !== 'window')
      throw new TypeError(
        `where() goes behind an aggregate, such as col('x').sum().where(…), not behind ${this}`,
      );
    return new Expr(freeze({ ...node, filter: predicate.node }));
  }

  // Windows

  /** An aggregate or window function over the rows that have the same values in some columns, for each row. */
  over<M extends string = never>(window: M | readonly M[] | WindowOptions<M>): Expr<N | M, T> {
    const options: WindowOptions<M> =
      typeof window === 'string' || Array.isArray(window)
        ? { partitionBy: window as M | readonly M[] }
        : (window as WindowOptions<M>);
    return new Expr(overWindow(this.node, options, String(this)));
  }
  /** The value of `n` rows before; of rows behind where it is negative. */
  shift<M extends string = never>(n = 1, options: WindowOptions<M> = {}): Expr<N | M, T> {
    return n < 0 ? this.window('lead', [-n], options) : this.window('lag', [n], options);
  }
  /** The difference to the value of `n` rows before. */
  diff<M extends string = never>(n = 1, options: WindowOptions<M> = {}): Expr<N | M, Arithmetic<T, T>> {
    return this.with('sub', this.shift(n, options));
  }
  /** The change since `n` rows before, as a share of that. */
  pctChange<M extends string = never>(n = 1, options: WindowOptions<M> = {}): Expr<N | M, 'float64'> {
    const before = this.shift(n, options);
    return this.sub(before).div(before) as Expr<N | M, 'float64'>;
  }
  cumSum<M extends string = never>(options: WindowOptions<M> = {}): Expr<N | M, SumOf<T>> {
    return this.window('sum', [], { rows: [null, 0], ...options });
  }
  cumMin<M extends string = never>(options: WindowOptions<M> = {}): Expr<N | M, T> {
    return this.window('min', [], { rows: [null, 0], ...options });
  }
  cumMax<M extends string = never>(options: WindowOptions<M> = {}): Expr<N | M, T> {
    return this.window('max', [], { rows: [null, 0], ...options });
  }
  cumProduct<M extends string = never>(options: WindowOptions<M> = {}): Expr<N | M, 'float64'> {
    return this.window('product', [], { rows: [null, 0], ...options });
  }
  cumCount<M extends string = never>(options: WindowOptions<M> = {}): Expr<N | M, 'int64'> {
    return this.window('count', [], { rows: [null, 0], ...options });
  }
  /**
   * The place among the values of the frame, or of `partitionBy`: 1 is the least. Equal values get their mean place ('average'), the
   * least ('min') or greatest ('max') of theirs, places without gaps ('dense'), or places in the order of rows ('ordinal'). Null has none.
   */
  rank<M extends string = never>(options: RankOptions<M> = {}): Expr<N | M, 'float64'> {
    return new Expr(rankNode(this.node, options));
  }

  // Accessors

  /** Functions of text. */
  get str(): StringAccessor<N> {
    return new StringAccessor(this);
  }
  /** Functions of dates, times and instants. */
  get dt(): DateAccessor<N, T> {
    return new DateAccessor(this);
  }
  /** Functions of lists. */
  get list(): ListAccessor<N, T, ElementOf<T>> {
    return new ListAccessor(this);
  }
  /** Fields of structs. */
  get struct(): StructAccessor<N, T> {
    return new StructAccessor(this);
  }
  /** A field of a struct. */
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

export interface RankOptions<N extends string = string> {
  readonly method?: 'average' | 'min' | 'max' | 'dense' | 'ordinal';
  readonly descending?: boolean;
  readonly partitionBy?: N | readonly N[];
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

/** A window function over a window, as data. */
export function windowNode(
  fn: string,
  args: readonly ExprNode[],
  options: WindowOptions,
  ordered: boolean,
): WindowNode {
  const { partitionBy = [], orderBy = [], rows, range } = options;
  if (rows && range) throw new TypeError('a window has rows or a range, not both');
  const frame = frameOf(rows, range);
  return freeze({
    kind: 'window',
    fn,
    args,
    partitionBy: (typeof partitionBy === 'string' ? [partitionBy] : partitionBy).map(columnNode),
    orderBy: sortKeys(orderBy),
    ordered: ordered || rows !== undefined,
    ...(frame && { frame }),
  });
}

function frameOf(rows: WindowOptions['rows'], range: WindowOptions['range']): Frame | undefined {
  if (rows) {
    for (const end of rows)
      if (end !== null && !Number.isInteger(end))
        throw new RangeError(`rows of a window are whole numbers or null, not ${end}`);
    return { unit: 'rows', start: rows[0], end: rows[1] };
  }
  if (!range) return undefined;
  const bound = (end: number | string | null): number | Interval | null =>
    typeof end === 'string' ? parseDuration(end) : end;
  return { unit: 'range', start: bound(range[0]), end: bound(range[1]) };
}

function overWindow(node: ExprNode, options: WindowOptions, text: string): ExprNode {
  if (node.kind === 'aggregate') {
    const { fn, args, filter, orderBy, distinct } = node;
    if (distinct) throw new TypeError(`${text}.over(…): a distinct aggregate has no window`);
    const window = windowNode(
      fn === 'first' ? 'firstValue' : fn === 'last' ? 'lastValue' : fn,
      args,
      options,
      orderBy === undefined && (fn === 'list' || fn === 'join' || fn === 'first' || fn === 'last'),
    );
    return freeze({
      ...window,
      ...(filter && fn !== 'first' && fn !== 'last' && { filter }),
      ...(orderBy && window.orderBy.length === 0 && { orderBy }),
    });
  }
  if (node.kind === 'window') {
    const { partitionBy, orderBy, frame } = windowNode(node.fn, node.args, options, node.ordered);
    return freeze({
      ...node,
      partitionBy: [...node.partitionBy, ...partitionBy],
      orderBy: orderBy.length > 0 ? orderBy : node.orderBy,
      ...(frame && { frame }),
    });
  }
  if (node.kind === 'call') {
    // The aggregates within it: (sum - min).over(…) is sum.over(…) - min.over(…).
    const call: CallNode = {
      ...node,
      args: node.args.map((arg) => (mentions(arg) ? overWindow(arg, options, text) : arg)),
    };
    if (node.args.some(mentions)) return freeze(call);
  }
  throw new TypeError(`over() goes behind an aggregate or window function, not behind ${text}`);
}

const mentions = (node: ExprNode): boolean =>
  some(node, ({ kind }) => kind === 'aggregate' || kind === 'window');

function rankNode(node: ExprNode, options: RankOptions): ExprNode {
  const { method = 'average', descending = false, partitionBy = [] } = options;
  const key: SortKey = { expr: node, descending, nulls: 'last' };
  const keys = typeof partitionBy === 'string' ? [partitionBy] : partitionBy;
  const window = (
    fn: string,
    orderBy: readonly SortKey[],
    extra: readonly ExprNode[] = [],
    args: readonly ExprNode[] = [],
  ): ExprNode =>
    freeze({
      kind: 'window',
      fn,
      args,
      partitionBy: [...keys.map(columnNode), ...extra],
      orderBy,
      ordered: fn === 'rowNumber',
    });
  const least = window('rank', [key]);
  const ties = window('size', [], [node]);
  const places: Record<string, ExprNode> = {
    min: least,
    dense: window('denseRank', [key]),
    ordinal: window('rowNumber', [key]),
    max: callNode('sub', callNode('add', least, ties), literalNode(1)),
    average: callNode('add', least, callNode('div', callNode('sub', ties, literalNode(1)), literalNode(2))),
  };
  const place = Object.hasOwn(places, method) ? places[method] : undefined;
  if (!place)
    throw new TypeError(
      `rank: no method is called ${JSON.stringify(method)}; there are ${Object.keys(places).join(', ')}`,
    );
  return freeze({
    kind: 'case',
    branches: [
      {
        when: callNode('isNotNull', node),
        value: freeze({ kind: 'cast', value: place, to: 'float64', strict: true } as const),
      },
    ],
    otherwise: undefined,
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
