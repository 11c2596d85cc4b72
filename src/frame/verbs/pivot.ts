import { type FrameOptions, schemaOf } from '../execute.js';
import { Expr } from '../expr/expr.js';
import { nodeOf } from '../expr/methods/core.js';
import { callNode, columnNode, type ExprNode, freeze, type LiteralValue, literalNode } from '../expr/node.js';
import { DataFrame } from '../frame.js';
import { checkNames, checkUnique } from '../plan/check.js';
import * as make from '../plan/make.js';
import type { Item, PlanNode } from '../plan/node.js';
import type { AnySchema, Schema } from '../types.js';

/** What becomes rows, columns and cells of a pivoted frame. */
export interface PivotOptions<N extends string> {
  /** A row for each combination of their values. */
  readonly index: N | readonly N[];
  /** The column whose values become names of columns. */
  readonly on: N;
  /** The column whose values are in the cells. */
  readonly values: N;
  /** What becomes of several values of one cell: an aggregate of expressions, the first by default. A cell without rows is null. */
  readonly aggregate?: PivotAggregate;
}

export type PivotAggregate =
  | 'first'
  | 'last'
  | 'sum'
  | 'mean'
  | 'min'
  | 'max'
  | 'median'
  | 'count'
  | 'nunique'
  | 'std';

/** The plan of a pivot whose columns are given. */
export function pivotPlan(
  plan: PlanNode,
  options: PivotOptions<string>,
  names: readonly LiteralValue[],
): PlanNode {
  const { on, values, aggregate = 'first' } = options;
  const index = indexOf(options);
  checkNames('pivot', [...index, on, values], plan.columns);
  const items = names.map((value): Item => {
    const here =
      value === null ? callNode('isNull', columnNode(on)) : callNode('eq', columnNode(on), nodeOf(value));
    return { name: nameOf(value), expr: cell(aggregate, columnNode(values), here) };
  });
  const keys = index.map((name): Item => ({ name, expr: columnNode(name) }));
  checkUnique(
    'pivot',
    [...keys, ...items].map(({ name }) => name),
  );
  return make.aggregate(plan, keys, items);
}

/** The plan of a pivot with a column for each value that there is, in their order. */
export async function foundPivot(
  plan: PlanNode,
  options: PivotOptions<string>,
  run: FrameOptions,
): Promise<DataFrame> {
  const { on } = options;
  checkNames('pivot', [...indexOf(options), on, options.values], plan.columns);
  const there = make.distinct(make.pick(plan, [on]));
  const sorted = make.sort(there, [{ expr: columnNode(on), descending: false, nulls: 'last' }]);
  const found = await new DataFrame(sorted).rows(run);
  if (found.length > LIMIT)
    throw new RangeError(
      `pivot: ${JSON.stringify(on)} has ${found.length} values, and a frame of more than ${LIMIT} columns is no use; group first, or name the columns that are wanted by names:`,
    );
  return new DataFrame(
    pivotPlan(
      plan,
      options,
      found.map((row) => row[on] as LiteralValue),
    ),
  );
}

/** Columns that a pivot finds at most. */
const LIMIT = 10_000;

const indexOf = ({ index }: PivotOptions<string>): readonly string[] =>
  typeof index === 'string' ? [index] : index;

const nameOf = (value: LiteralValue): string =>
  value instanceof Date ? value.toISOString().replace('T00:00:00.000Z', '') : String(value);

/** An aggregate of the rows of a cell; null where there are none. */
function cell(fn: PivotAggregate, value: ExprNode, here: ExprNode): ExprNode {
  const filter = fn === 'first' || fn === 'last' ? callNode('and', callNode('isNotNull', value), here) : here;
  const aggregate: ExprNode = freeze({ kind: 'aggregate', fn, args: [value], filter });
  if (fn !== 'sum' && fn !== 'count' && fn !== 'nunique') return aggregate;
  const rows: ExprNode = freeze({ kind: 'aggregate', fn: 'size', args: [], filter: here });
  return freeze({
    kind: 'case',
    branches: [{ when: callNode('gt', rows, literalNode(0)), value: aggregate }],
    otherwise: undefined,
  });
}

const NUMERIC = /^(u?int\d|float|decimal)/;
const ORDERED = new Set<unknown>(['string', 'date', 'time', 'timestamp', 'timestamptz', 'uuid']);
const STATISTICS = ['count', 'nulls', 'mean', 'std', 'min', '25%', '50%', '75%', 'max'] as const;

/**
 * Statistics of columns, a row each: of numbers and booleans as numbers, of text and times counts and extremes as text; columns of other types are
 * left out.
 */
export async function describePlan(plan: PlanNode, run: FrameOptions): Promise<PlanNode> {
  const schema = await schemaOf(plan, run);
  const columns = plan.columns.filter((name) => numeric(schema[name]) || ORDERED.has(schema[name]));
  if (columns.length === 0) throw new TypeError('describe: there is no column of numbers, text or times');
  const statistic = (name: string, what: (typeof STATISTICS)[number]): ExprNode => {
    const own = columnNode(name);
    const value: ExprNode =
      schema[name] === 'bool' ? { kind: 'cast', value: own, to: 'float64', strict: true } : own;
    const aggregate = (fn: string, ...more: ExprNode[]): ExprNode => ({
      kind: 'aggregate',
      fn,
      args: [value, ...more],
    });
    if (what === 'count' || what === 'min' || what === 'max') return aggregate(what);
    if (what === 'nulls')
      return callNode('sub', { kind: 'aggregate', fn: 'size', args: [] }, aggregate('count'));
    if (!numeric(schema[name])) return literalNode(null);
    if (what === 'mean' || what === 'std') return aggregate(what);
    return aggregate('quantile', literalNode(Number.parseInt(what, 10) / 100));
  };
  const rows = STATISTICS.map((what) => {
    const items = columns.map((name): Item => {
      const to = numeric(schema[name]) ? 'float64' : 'string';
      return { name, expr: { kind: 'cast', value: statistic(name, what), to, strict: true } };
    });
    const label: ExprNode = literalNode(what);
    const row = make.aggregate(plan, [], items);
    const named = [{ name: 'statistic', expr: label }, ...pass(columns)];
    return make.project(row, named);
  });
  checkUnique('describe', ['statistic', ...columns]);
  return make.union(rows, ['statistic', ...columns]);
}

const numeric = (type: unknown): boolean =>
  type === 'bool' || (typeof type === 'string' && NUMERIC.test(type));
const pass = (names: readonly string[]): Item[] => names.map((name) => ({ name, expr: columnNode(name) }));

/** Pearson's correlations of columns, a row and a column each; of all columns of numbers where none is named. */
export async function corrPlan(
  plan: PlanNode,
  names: readonly string[],
  run: FrameOptions,
): Promise<PlanNode> {
  checkNames('corr', names, plan.columns);
  const columns = names.length > 0 ? names : await numericColumns(plan, run);
  if (columns.length === 0) throw new TypeError('corr: there is no column of numbers');
  checkUnique('corr', ['column', ...columns]);
  const float = (name: string): Expr => new Expr(columnNode(name)).cast('float64');
  const rows = columns.map((name) => {
    const items = columns.map((other): Item => ({ name: other, expr: float(name).corr(float(other)).node }));
    return make.project(make.aggregate(plan, [], items), [
      { name: 'column', expr: literalNode(name) },
      ...pass(columns),
    ]);
  });
  return make.union(rows, ['column', ...columns]);
}

async function numericColumns(plan: PlanNode, run: FrameOptions): Promise<readonly string[]> {
  const schema: Schema & AnySchema = await schemaOf(plan, run);
  return plan.columns.filter((name) => numeric(schema[name]));
}
