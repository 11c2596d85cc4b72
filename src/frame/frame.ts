import type { RecordBatch, Table } from 'apache-arrow';
import type { TileArray } from '../array/array.js';
import type { DType } from '../kernels/dtype.js';
import { arrayOfPlan, type ToArrayOptions } from './arrays/to-array.js';
import { batchesOf, type FrameOptions, partitionsText, schemaOf } from './execute.js';
import {
  Expr,
  type NamesOf,
  nodeOf,
  type Operand,
  type OrderTerm,
  sortKeys,
  type TermOf,
} from './expr/expr.js';
import { columnNode, type ExprNode, freeze, hasAggregate, type LiteralValue } from './expr/node.js';
import { GroupBy } from './groupby.js';
import { type ArrowWriteOptions, writeArrow } from './io/arrow.js';
import {
  type CsvWriteOptions,
  type JsonWriteOptions,
  type ParquetWriteOptions,
  writeCsv,
  writeJson,
  writeParquet,
} from './io/write.js';
import { type JoinOptions, joinedPlan } from './joins.js';
import {
  type ApplyOptions,
  type ArrowFunction,
  applyPlan,
  type BatchFunction,
  type MapOptions,
  type ModuleFunction,
  mapPlan,
  type RowFunction,
} from './map/make.js';
import { explainPlan } from './optimize/explain.js';
import { checkExpr, checkNames, checkUnique } from './plan/check.js';
import * as make from './plan/make.js';
import type { Item, PlanNode } from './plan/node.js';

import { arrowBatches, arrowTable } from './result/arrow.js';
import { type Batch, concatBatches, type Int64As, rowsOf } from './result/column.js';
import { tableHtml } from './result/html.js';
import { tableText } from './result/text.js';
import type {
  AnySchema,
  ColumnType,
  Names,
  Resolve,
  Row,
  Schema,
  SchemaLike,
  Simplify,
  UnionType,
} from './types.js';
import { corrPlan, describePlan, foundPivot, type PivotOptions, pivotPlan } from './verbs/pivot.js';
import { Resampled, type ResampleOptions } from './verbs/resample.js';

/**
 * A frame of whatever columns: what functions take that need not know them. A `DataFrame` of no schema is no such thing: to the compiler its columns
 * are unknown, not arbitrary.
 */
export interface AnyFrame {
  readonly plan: PlanNode;
  readonly columns: readonly string[];
  explain(options?: { readonly optimized?: boolean }): string;
  explainPartitions(partitions: number, options?: FrameOptions): Promise<string>;
  schema(options?: FrameOptions): Promise<object>;
  toText(rows?: number, options?: FrameOptions): Promise<string>;
  toHtml(rows?: number, options?: FrameOptions): Promise<string>;
  compute(options?: FrameOptions): Promise<Table>;
  rows(options?: FrameOptions): Promise<Readonly<Record<string, unknown>>[]>;
  toColumns(options?: FrameOptions): Promise<Batch>;
  batches(options?: FrameOptions): AsyncGenerator<Batch, void, void>;
  count(options?: FrameOptions): Promise<number>;
}

/** Expressions by the names that their columns will have. */
export type Named<N extends string> = { readonly [name: string]: Expr<N, unknown> | Exclude<Operand, Expr> };

/** The schema that named expressions make in a frame. */
export type SchemaOfNamed<I, S> = { -readonly [K in keyof I]: Resolve<TermOf<I[K]>, S> };

/** What `select` takes: names of columns, and named expressions. */
export type Selection<S> = Names<S> | Named<Names<S>>;

type Selected<I, S> = I extends string
  ? I extends keyof S
    ? { [K in I]: S[I] }
    : unknown
  : SchemaOfNamed<I, S>;
type Intersect<U> = (U extends unknown ? (u: U) => void : never) extends (i: infer I) => void ? I : never;
/** The schema of a selection. */
export type SchemaOfSelection<I extends readonly unknown[], S> = Simplify<Intersect<Selected<I[number], S>>>;

/** Without some columns. */
export type Without<S, N> = Simplify<Omit<S, N & string>>;
/** With further or changed columns. */
export type With<S, A> = Simplify<Omit<S, keyof A> & A>;
export type Renamed<S, M> = Simplify<{
  [K in keyof S as K extends keyof M ? (M[K] extends string ? M[K] : K) : K]: S[K];
}>;

/**
 * A lazy frame: named, typed columns, and the plan that makes their rows. It holds no data and is never changed: every verb gives a new
 * one. What is wrong with names is said by the verb, what is wrong with types before the first row is computed.
 *
 * @example
 * const frame = fromRows([{ x: 1, y: 'a' }, { x: 2, y: 'b' }]);
 * await frame.filter(col('x').gt(1)).rows(); // [{ x: 2, y: 'b' }]
 */
export class DataFrame<in out S = AnySchema> {
  /** @param plan what makes it, as data */
  constructor(readonly plan: PlanNode) {
    Object.freeze(this);
  }

  /** Names of the columns, in order. */
  get columns(): readonly Names<S>[] {
    return this.plan.columns as readonly Names<S>[];
  }

  /** The same frame, of which the program knows the types: `frame.withTypes<{ x: 'int64' }>()`. Nothing is checked or converted. */
  withTypes<X extends SchemaLike<X>>(): DataFrame<X> {
    return new DataFrame(this.plan);
  }

  // Columns

  /**
   * Columns by name, and new ones by expressions. Where all are aggregates, one row; an aggregate beside columns is the same in each row.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 3 }]).select('x', { share: col('x').div(col('x').sum()) }).rows(); // [{ x: 1, share: 0.25 }, { x: 3, share: 0.75 }]
   */
  select<const I extends readonly Selection<S>[]>(...items: I): DataFrame<SchemaOfSelection<I, S>> {
    const list = items.flatMap((item): Item[] =>
      typeof item === 'string' ? [{ name: item, expr: columnNode(item) }] : itemsOf(item as Named<string>),
    );
    this.check('select', list);
    const { plan } = this;
    if (
      list.length > 0 &&
      list.every(({ expr }) => hasAggregate(expr)) &&
      list.every(({ expr }) => freeOfColumns(expr))
    )
      return new DataFrame(make.aggregate(plan, [], list));
    return new DataFrame(
      make.project(
        plan,
        list.map(({ name, expr }) => ({ name, expr: make.broadcast(expr) })),
      ),
    );
  }

  /** The columns there are, and further or changed ones. */
  withColumns<const A extends Named<Names<S>>>(columns: A): DataFrame<With<S, SchemaOfNamed<A, S>>> {
    const items = itemsOf(columns as Named<string>);
    this.check('withColumns', items);
    const changed = new Map(items.map(({ name, expr }) => [name, make.broadcast(expr)]));
    const kept = this.plan.columns.map(
      (name): Item => ({ name, expr: changed.get(name) ?? columnNode(name) }),
    );
    const added = items.filter(({ name }) => !this.plan.columns.includes(name));
    const all = [...kept, ...added.map(({ name }) => ({ name, expr: changed.get(name)! }))];
    return new DataFrame(make.project(this.plan, all));
  }

  /** Other names for some columns: `{ old: 'new' }`. */
  rename<const M extends { readonly [K in Names<S>]?: string }>(names: M): DataFrame<Renamed<S, M>> {
    checkNames('rename', Object.keys(names), this.plan.columns);
    const map = names as Readonly<Record<string, string | undefined>>;
    const items = this.plan.columns.map(
      (name): Item => ({ name: map[name] ?? name, expr: columnNode(name) }),
    );
    checkUnique(
      'rename',
      items.map(({ name }) => name),
    );
    return new DataFrame(make.project(this.plan, items));
  }

  /** Without some columns. */
  drop<const N extends Names<S>>(...names: readonly N[]): DataFrame<Without<S, N>> {
    checkNames('drop', names, this.plan.columns);
    const left = this.plan.columns.filter((name) => !(names as readonly string[]).includes(name));
    return new DataFrame(make.pick(this.plan, left));
  }

  /** Columns as other types: `{ x: 'int32' }`. */
  cast<const C extends { readonly [K in Names<S>]?: ColumnType }>(
    types: C,
    options: { readonly strict?: boolean } = {},
  ): DataFrame<With<S, C>> {
    const casts = Object.entries(types as Readonly<Record<string, ColumnType>>).map(
      ([name, type]) => [name, new Expr(columnNode(name)).cast(type, options)] as const,
    );
    checkNames('cast', Object.keys(types), this.plan.columns);
    return this.withColumns(Object.fromEntries(casts) as never) as never;
  }

  // Rows

  /** The rows for which all predicates hold. */
  filter(...predicates: readonly Expr<Names<S>, unknown>[]): DataFrame<S> {
    let { plan } = this;
    for (const { node } of predicates) {
      checkExpr('filter', node, this.plan.columns);
      if (hasAggregate(node))
        throw new TypeError(
          'filter: an aggregate has no value for a row; use .over(…), or filter what groupBy(…).agg(…) gives',
        );
      plan = filterPlan(plan, node);
    }
    return new DataFrame(plan);
  }

  /** Rows in order: of columns or expressions, `desc(…)` for descending. Nulls come last. */
  sort(...by: readonly (OrderTerm<Names<S>> | readonly OrderTerm<Names<S>>[])[]): DataFrame<S> {
    const keys = sortKeys(by.flat() as readonly OrderTerm[]);
    for (const { expr } of keys) checkExpr('sort', expr, this.plan.columns);
    return keys.length === 0 ? this : new DataFrame(make.sort(this.plan, keys));
  }

  /** The first rows, after `offset` of them. */
  limit(count: number, offset = 0): DataFrame<S> {
    wholeNumber('limit', count);
    wholeNumber('limit: offset', offset);
    return new DataFrame(make.limit(this.plan, count, offset));
  }

  /** The rows with the greatest values of some columns, the greatest first; nulls come last. */
  nLargest(count: number, ...by: readonly Names<S>[]): DataFrame<S> {
    return this.sort(by.map((name) => ({ descending: name }))).limit(count);
  }
  /** The rows with the least values of some columns, the least first; nulls come last. */
  nSmallest(count: number, ...by: readonly Names<S>[]): DataFrame<S> {
    return this.sort(by).limit(count);
  }

  /** The first rows. */
  head(count = 5): DataFrame<S> {
    return this.limit(count);
  }

  /** The rows from `start` to before `end`. */
  slice(start: number, end?: number): DataFrame<S> {
    wholeNumber('slice: start', start);
    if (end === undefined) return new DataFrame(make.limit(this.plan, undefined, start));
    wholeNumber('slice: end', end);
    return new DataFrame(make.limit(this.plan, Math.max(0, end - start), start));
  }

  /** The last rows, in their order. */
  tail(count = 5): DataFrame<S> {
    wholeNumber('tail', count);
    const row = '__tilework_tail';
    const number: ExprNode = freeze({
      kind: 'window',
      fn: 'rowNumber',
      args: [],
      partitionBy: [],
      orderBy: [],
      ordered: true,
    });
    const numbered = make.project(this.plan, [
      ...this.plan.columns.map((name): Item => ({ name, expr: columnNode(name) })),
      { name: row, expr: number },
    ]);
    const last = make.limit(
      make.sort(numbered, [{ expr: columnNode(row), descending: true, nulls: 'last' }]),
      count,
    );
    const sorted = make.sort(last, [{ expr: columnNode(row), descending: false, nulls: 'last' }]);
    return new DataFrame(make.pick(sorted, this.plan.columns));
  }

  /** About a share of the rows, each drawn by chance. */
  sample(fraction: number, options: { readonly seed?: number } = {}): DataFrame<S> {
    if (!(fraction >= 0 && fraction <= 1))
      throw new RangeError(`sample: the fraction lies between 0 and 1, and is ${fraction}`);
    return new DataFrame(make.sample(this.plan, fraction, options.seed ?? 0));
  }

  /** Each row once; with names, the first row of each combination of their values. */
  distinct(...on: readonly Names<S>[]): DataFrame<S> {
    checkNames('distinct', on, this.plan.columns);
    return new DataFrame(make.distinct(this.plan, on.length > 0 ? on : undefined));
  }

  // Missing values

  /** Without rows that have a null in a column, or in some of them. */
  dropNulls(...in_: readonly Names<S>[]): DataFrame<S> {
    checkNames('dropNulls', in_, this.plan.columns);
    const names = in_.length > 0 ? in_ : this.columns;
    return this.filter(...names.map((name) => new Expr<Names<S>>(columnNode(name)).isNotNull()));
  }

  /** Values in the place of nulls, by columns: `{ x: 0, name: 'unknown' }`. */
  fillNull(values: { readonly [K in Names<S>]?: Operand<Names<S>> }): DataFrame<S> {
    checkNames('fillNull', Object.keys(values), this.plan.columns);
    const columns = Object.entries(values as Readonly<Record<string, Operand>>).map(
      ([name, value]) => [name, new Expr(columnNode(name)).fillNull(value)] as const,
    );
    return this.withColumns(Object.fromEntries(columns) as never) as never;
  }

  /** The last value that is not null in the place of nulls, in the order of rows: in some columns, or all. */
  fillForward(...in_: readonly Names<S>[]): DataFrame<S> {
    return this.eachOf('fillForward', in_, (column) => column.fillForward());
  }
  /** The next value that is not null in the place of nulls, in the order of rows: in some columns, or all. */
  fillBackward(...in_: readonly Names<S>[]): DataFrame<S> {
    return this.eachOf('fillBackward', in_, (column) => column.fillBackward());
  }

  // Groups and joins

  /** Groups of rows that have the same values; `groupBy('a', { year: col('date').dt.year() }).agg({ … })`. */
  groupBy<const K extends readonly Selection<S>[]>(...keys: K): GroupBy<S, SchemaOfSelection<K, S>> {
    const items = keys.flatMap((key): Item[] =>
      typeof key === 'string' ? [{ name: key, expr: columnNode(key) }] : itemsOf(key as Named<string>),
    );
    this.check('groupBy', items);
    return new GroupBy(this.plan, items);
  }

  /**
   * Rows in buckets of time, such as '15m', '1d' or '1mo' wide, counted from 1970-01-01: `resample('time', '1d').agg({ … })`.
   *
   * @example
   * const frame = fromRows([{ t: new Date('2024-01-01T10:00Z'), x: 1 }, { t: new Date('2024-01-01T11:00Z'), x: 3 }]);
   * await frame.resample('t', '1d').agg({ mean: col('x').mean() }).rows(); // [{ t: 2024-01-01T00:00:00.000Z, mean: 2 }]
   */
  resample<const T extends Names<S>, const B extends Names<S> = never>(
    time: T,
    every: string,
    options: ResampleOptions<B> = {},
  ): Resampled<S, Simplify<Pick<S, B> & Pick<S, T>>> {
    return new Resampled(this.plan, time, every, options);
  }

  /** One row of aggregates of the whole frame. */
  agg<const A extends Named<Names<S>>>(aggregates: A): DataFrame<SchemaOfNamed<A, S>> {
    return new GroupBy<S, Record<never, never>>(this.plan, []).agg(aggregates) as never;
  }

  /**
   * Rows of this frame beside those of another that match. Columns of the other that are here too get a suffix (`_right`), unless they
   * are what is joined on.
   */
  join<R, const O extends JoinOptions<Names<S>, Names<R>>>(
    other: DataFrame<R>,
    options: O,
  ): DataFrame<Joined<S, R, O>> {
    return new DataFrame(joinedPlan(this.plan, other.plan, options as JoinOptions<string, string>));
  }

  /** How many rows there are of each value. */
  valueCounts<const N extends Names<S>>(
    ...names: readonly N[]
  ): DataFrame<Simplify<Pick<S, N> & { readonly count: 'int64' }>> {
    const keys = names.length > 0 ? names : (this.columns as readonly N[]);
    checkNames('valueCounts', keys, this.plan.columns);
    const counted = make.aggregate(
      this.plan,
      keys.map((name) => ({ name, expr: columnNode(name) })),
      [{ name: 'count', expr: freeze({ kind: 'aggregate', fn: 'size', args: [] }) }],
    );
    return new DataFrame(
      make.sort(counted, [
        { expr: columnNode('count'), descending: true, nulls: 'last' },
        ...keys.map((name) => ({ expr: columnNode(name), descending: false, nulls: 'last' as const })),
      ]),
    );
  }

  // Shape

  /** A row for each element of lists; an empty list or null gives a row of null. */
  explode<const L extends Names<S>>(...lists: readonly L[]): DataFrame<Exploded<S, L>> {
    checkNames('explode', lists, this.plan.columns);
    return new DataFrame(make.explode(this.plan, lists));
  }

  /** Columns become rows: of each, its name in one column and its value in another. What is not named among `ids` or `values` is left out. */
  melt<
    const I extends Names<S> = never,
    const V extends Names<S> = Exclude<Names<S>, I>,
    const X extends string = 'variable',
    const Y extends string = 'value',
  >(options: {
    readonly ids?: readonly I[];
    readonly values?: readonly V[];
    /** What the column of names is called; default `variable`. */
    readonly variable?: X;
    /** What the column of values is called; default `value`. */
    readonly value?: Y;
  }): DataFrame<Melted<S, I, V, X, Y>> {
    const { ids = [], variable = 'variable', value = 'value' } = options;
    const values =
      options.values ?? this.plan.columns.filter((name) => !(ids as readonly string[]).includes(name));
    checkNames('melt', [...ids, ...values], this.plan.columns);
    checkUnique('melt', [...ids, variable, value]);
    const input = make.pick(this.plan, [...ids, ...values]);
    return new DataFrame(make.unpivot(input, ids, values, variable, value));
  }

  /**
   * Values of one column as columns: a row for each combination of `index`, a column for each of `names`, which are values of `on`. Without names
   * they are looked for first, and the frame is promised.
   *
   * @example
   * const frame = fromRows([{ d: 1, k: 'a', x: 5 }, { d: 1, k: 'b', x: 6 }, { d: 2, k: 'a', x: 7 }]);
   * const pivoted = frame.pivot({ index: 'd', on: 'k', values: 'x', names: ['a', 'b'] });
   * await pivoted.sort('d').rows(); // [{ d: 1, a: 5, b: 6 }, { d: 2, a: 7, b: null }]
   */
  pivot(options: PivotOptions<Names<S>> & { readonly names: readonly LiteralValue[] }): DataFrame;
  pivot(
    options: PivotOptions<Names<S>> & { readonly names?: undefined },
    run?: FrameOptions,
  ): Promise<DataFrame>;
  pivot(
    options: PivotOptions<string> & { readonly names?: readonly LiteralValue[] | undefined },
    run: FrameOptions = {},
  ): DataFrame | Promise<DataFrame> {
    return options.names
      ? new DataFrame(pivotPlan(this.plan, options, options.names))
      : foundPivot(this.plan, options, run);
  }

  // Functions

  /**
   * A function of yours over batches of rows, run in the engine's threads: it gets columns as typed arrays, and returns the columns that
   * `schema` declares, as many rows as it likes. Batches come in the order of rows, and so do results. The function travels as source text:
   * what it uses from outside of itself is named in `captured`.
   *
   * @throws UnshippableFunctionError naming what the function uses and nothing provides. When computed: FunctionError where it threw (with
   *   its stack and the rows) or returned what `schema` does not say
   * @example
   * const frame = fromColumns({ x: Float64Array.of(1, 4, 9) }, { schema: { x: 'float64' } });
   * const roots = frame.mapPartitions(({ columns: { x } }) => ({ root: x.values.map(Math.sqrt) }), { schema: { root: 'float64' } });
   * await roots.rows(); // [{ root: 1 }, { root: 2 }, { root: 3 }]
   */
  mapPartitions<const X extends Schema>(
    fn: ArrowFunction<X>,
    options: MapOptions<X> & { readonly arrow: true },
  ): DataFrame<X>;
  mapPartitions<const X extends Schema>(
    fn: BatchFunction<S, X> | ModuleFunction,
    options: MapOptions<X> & { readonly arrow?: false },
  ): DataFrame<X>;
  mapPartitions<const X extends Schema>(fn: unknown, options: MapOptions<X>): DataFrame<X> {
    return new DataFrame(mapPlan(this.plan, fn, options));
  }

  /**
   * A function of yours for each row, run in the engine's threads: it gets the row as an object and returns an object of the columns that
   * `schema` declares, or the value itself where that is one. Only the columns that the function reads are given to it. With `keep` the
   * frame's columns stay beside the new ones.
   *
   * @throws as `mapPartitions`; ColumnError where the function reads a column that is none
   * @example
   * const frame = fromRows([{ name: 'Ada', age: 36 }, { name: 'Bob', age: null }]);
   * await frame.apply((row) => row.age === null ? null : (row.name ?? '').length * 100, { schema: { n: 'int32' } }).rows(); // [{ n: 300 }, { n: null }]
   */
  apply<const X extends Schema>(
    fn: RowFunction<S, X> | ModuleFunction,
    options: ApplyOptions<X> & { readonly keep: true },
  ): DataFrame<With<S, X>>;
  apply<const X extends Schema>(
    fn: RowFunction<S, X> | ModuleFunction,
    options: ApplyOptions<X>,
  ): DataFrame<X>;
  apply<const X extends Schema>(fn: unknown, options: ApplyOptions<X>): DataFrame {
    return new DataFrame(applyPlan(this.plan, fn, options));
  }

  // Looking

  /**
   * Statistics of the columns: how many values and nulls, mean, standard deviation, extremes and quartiles. Types are looked for, nothing else is
   * computed.
   *
   * @example
   * const frame = await fromRows([{ x: 1 }, { x: 4 }]).describe();
   * await frame.filter(col('statistic').isIn(['mean', 'max'])).rows(); // [{ statistic: 'mean', x: 2.5 }, { statistic: 'max', x: 4 }]
   */
  async describe(options: FrameOptions = {}): Promise<DataFrame> {
    return new DataFrame(await describePlan(this.plan, options));
  }

  /** Correlations of some columns, or of all of numbers: a row and a column for each. */
  async corr(...names: readonly Names<S>[]): Promise<DataFrame> {
    return new DataFrame(await corrPlan(this.plan, names, {}));
  }

  /**
   * The plan as text, as it was written and as it is computed: the last step first, what it is made from below it. With `optimized`
   * only one of the two.
   *
   * @example
   * const frame = fromRows([{ x: 1, y: 2, z: 3 }]).select('x', 'y').filter(col('x').gt(1)).select('y');
   * frame.explain({ optimized: true }); // 'scan memory (1 rows) [y] where (x > 1)'
   */
  explain(options: { readonly optimized?: boolean } = {}): string {
    return explainPlan(this.plan, options.optimized);
  }

  /**
   * How the plan is computed in partitions (`compute({ partitions })`): the fragments, and the exchanges between them.
   *
   * @throws RangeError where `partitions` is no whole number from 1
   * @example
   * const frame = fromRows([{ g: 'a', x: 1 }, { g: 'b', x: 2 }]).groupBy('g').agg({ n: count() });
   * const text = await frame.explainPartitions(4);
   * text.split('\n')[0]; // '1: 4 tasks'
   */
  explainPartitions(partitions: number, options: FrameOptions = {}): Promise<string> {
    return partitionsText(this.plan, partitions, options);
  }

  /** Names and types of the columns. What cannot be computed, for its types, is said here. */
  async schema(options: FrameOptions = {}): Promise<S> {
    return (await schemaOf(this.plan, options)) as S;
  }

  /** As it is printed: the first rows. */
  async toText(rows = 10, options: FrameOptions = {}): Promise<string> {
    const batch = await this.firstRows(rows + 1, options);
    return tableText(cut(batch, rows), batch.rows > rows);
  }

  /** The first rows as HTML. */
  async toHtml(rows = 10, options: FrameOptions = {}): Promise<string> {
    const batch = await this.firstRows(rows + 1, options);
    return tableHtml(cut(batch, rows), batch.rows > rows);
  }

  // Computing

  /** All rows as an Arrow table. */
  async compute(options: FrameOptions = {}): Promise<Table> {
    const batches: Batch[] = [];
    for await (const batch of batchesOf(this.plan, options)) batches.push(batch);
    return arrowTable(batches);
  }

  /** All rows as objects. Integers of 64 bits are numbers where those are exact, else bigints; `int64` asks for always the one or the other. */
  async rows(options: FrameOptions & { readonly int64?: Int64As } = {}): Promise<Row<S>[]> {
    const rows: Record<string, unknown>[] = [];
    for await (const batch of batchesOf(this.plan, options)) rowsOf(batch, rows, options.int64);
    return rows as Row<S>[];
  }

  /**
   * Rows one after another, computed as they are taken.
   *
   * @example
   * const seen: unknown[] = [];
   * for await (const row of fromRows([{ x: 1 }, { x: 2 }])) seen.push(row.x);
   * seen; // [ 1, 2 ]
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Row<S>, void, void> {
    for await (const batch of batchesOf(this.plan)) {
      const rows: Record<string, unknown>[] = [];
      rowsOf(batch, rows);
      yield* rows as Row<S>[];
    }
  }

  /** All rows by columns: numbers and times as typed arrays (dates in days, times in microseconds), others as arrays. */
  async toColumns(options: FrameOptions = {}): Promise<Batch> {
    const batches: Batch[] = [];
    for await (const batch of batchesOf(this.plan, options)) batches.push(batch);
    return concatBatches(batches, { rows: 0, columns: [] });
  }

  /**
   * Some columns as an array of numbers: a column by its name as a 1-dimensional one, several (default: all) as a 2-dimensional one. Its
   * dtype is what holds all of them. The rows are computed now, into a temporary file that the array's blocks are read from.
   *
   * @throws FrameError where a column is not of numbers, or has a null: the message says which, and what to do
   * @example
   * const array = await fromRows([{ a: 1, b: 2.5 }, { a: 3, b: 4 }]).toArray();
   * await array.sum(0).compute(); // [4. 6.5]
   */
  toArray(columns?: Names<S> | readonly Names<S>[], options: ToArrayOptions = {}): Promise<TileArray<DType>> {
    return arrayOfPlan(this.plan, columns, options);
  }

  /** Rows as they are computed, a batch of some tens of thousands at a time: what is not taken is not computed. */
  batches(options: FrameOptions = {}): AsyncGenerator<Batch, void, void> {
    return batchesOf(this.plan, options);
  }

  /**
   * Writes all rows as Parquet: one file, or a directory of them (`partitionBy`, `fileSize`). It stands at `path` when it is whole, not before.
   *
   * @throws FileError where something is at `path` already, or it cannot be written
   * @example
   * const frame = fromRows([{ year: 2023, x: 1 }, { year: 2024, x: 2 }]);
   * await frame.toParquet('doc/years', { partitionBy: 'year', overwrite: true });
   * await (await readParquet('doc/years')).filter(col('year').eq(2024)).rows(); // [ { x: 2, year: 2024 } ]
   */
  async toParquet(path: string, options: ParquetWriteOptions<Names<S>> = {}): Promise<void> {
    await writeParquet(this.plan, path, options);
  }

  /** Writes all rows as CSV; packed where the path ends in `.gz` or `.zst`. It stands at `path` when it is whole, not before. */
  async toCsv(path: string, options: CsvWriteOptions = {}): Promise<void> {
    await writeCsv(this.plan, path, options);
  }

  /** Writes all rows as JSON objects, one a line or in one array. It stands at `path` when it is whole, not before. */
  async toJson(path: string, options: JsonWriteOptions = {}): Promise<void> {
    await writeJson(this.plan, path, options);
  }

  /** Writes all rows as Arrow IPC: a file (Feather) or a stream. It stands at `path` when it is whole, not before. */
  async toArrow(path: string, options: ArrowWriteOptions = {}): Promise<void> {
    await writeArrow(this.plan, path, options);
  }

  /** Rows as they are computed, as Arrow record batches: for what takes a stream of them. */
  arrowBatches(options: FrameOptions = {}): AsyncGenerator<RecordBatch, void, void> {
    return arrowBatches(batchesOf(this.plan, options));
  }

  /** How many rows there are. */
  async count(options: FrameOptions = {}): Promise<number> {
    const plan = make.aggregate(
      this.plan,
      [],
      [{ name: 'count', expr: freeze({ kind: 'aggregate', fn: 'size', args: [] }) }],
    );
    for await (const { columns } of batchesOf(plan, options)) return Number(columns[0]!.values[0]);
    return 0;
  }

  private eachOf(
    where: string,
    names: readonly Names<S>[],
    change: (column: Expr<Names<S>, unknown>) => Expr<Names<S>, unknown>,
  ): DataFrame<S> {
    checkNames(where, names, this.plan.columns);
    const columns = (names.length > 0 ? names : this.columns).map(
      (name) => [name, change(new Expr(columnNode(name)))] as const,
    );
    return this.withColumns(Object.fromEntries(columns) as never) as never;
  }

  private check(where: string, items: readonly Item[]): void {
    for (const { expr } of items) checkExpr(where, expr, this.plan.columns);
    checkUnique(
      where,
      items.map(({ name }) => name),
    );
  }

  private async firstRows(count: number, options: FrameOptions): Promise<Batch> {
    const batches: Batch[] = [];
    for await (const batch of batchesOf(make.limit(this.plan, count), options)) batches.push(batch);
    return concatBatches(batches, { rows: 0, columns: [] });
  }
}

/** The schema of a join. */
export type Joined<S, R, O> = O extends { readonly how: 'semi' | 'anti' }
  ? S
  : Simplify<S & SuffixedColumns<Omit<R, Shared<O>>, S, O>>;

/** Names of what is joined on that are the same in both, and so in the result once. */
type Shared<O> = JoinedOn<O> | (O extends { readonly asof: infer A extends string } ? A : never);
type JoinedOn<O> = O extends { readonly on: infer K }
  ? OneOf<K>
  : O extends { readonly leftOn: infer L; readonly rightOn: infer R }
    ? SamePlace<L, R>
    : never;
type OneOf<K> = (K extends readonly (infer N)[] ? N : K) & string;
type SamePlace<L, R> = L extends readonly unknown[]
  ? { [I in keyof L]: I extends keyof R ? (L[I] extends R[I] ? L[I] : never) : never }[number] & string
  : L extends R
    ? L & string
    : never;

/** Lists as their elements. */
export type Exploded<S, L> = {
  -readonly [K in keyof S]: K extends L ? (S[K] extends { readonly list: infer E } ? E : ColumnType) : S[K];
} & {};

/** Columns that have become rows. */
export type Melted<S, I extends keyof S, V extends keyof S, X extends string, Y extends string> = Simplify<
  Pick<S, I> & { [K in X]: 'string' } & { [K in Y]: UnionType<S[V]> }
>;

type SuffixedColumns<R, S, O> = {
  [K in keyof R as K extends keyof S ? `${K & string}${SuffixOf<O>}` : K]: R[K];
};
type SuffixOf<O> = O extends { readonly suffix: infer X extends string } ? X : '_right';

/** Named expressions as items of a plan. */
export const itemsOf = (named: Named<string>): Item[] =>
  Object.entries(named).map(([name, value]) => ({ name, expr: nodeOf(value as Operand) }));

/** A filter; windows in its predicate are computed first. */
function filterPlan(plan: PlanNode, predicate: ExprNode): PlanNode {
  if (!someWindow(predicate)) return make.filter(plan, predicate);
  const name = '__tilework_keep';
  const flagged = make.project(plan, [
    ...plan.columns.map((column): Item => ({ name: column, expr: columnNode(column) })),
    { name, expr: predicate },
  ]);
  return make.pick(make.filter(flagged, columnNode(name)), plan.columns);
}

import { mapChildren, hasWindow as someWindow } from './expr/node.js';

/** Whether no column stands outside of an aggregate. */
function freeOfColumns(node: ExprNode): boolean {
  if (node.kind === 'column' || node.kind === 'window') return false;
  if (node.kind === 'aggregate') return true;
  let free = true;
  mapChildren(node, (child) => {
    free &&= freeOfColumns(child);
    return child;
  });
  return free;
}

export function wholeNumber(what: string, value: number): void {
  if (!Number.isInteger(value) || value < 0)
    throw new RangeError(`${what} is a whole number from 0, not ${value}`);
}

const cut = (batch: Batch, rows: number): Batch => (batch.rows > rows ? { ...batch, rows } : batch);

export type { NamesOf };
