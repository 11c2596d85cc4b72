import { Expr } from '../expr/expr.js';
import { callNode, columnNode, type ExprNode, literalNode } from '../expr/node.js';
import type { FrameOptions } from '../options.js';
import { nullLike } from '../plan/aggregates.js';
import { checkNames, checkUnique } from '../plan/check.js';
import * as make from '../plan/make.js';
import type { Item, PlanNode } from '../plan/node.js';
import { schemaOf } from '../statement/index.js';
import type { AnySchema, Schema } from '../types.js';

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
    if (!numeric(schema[name])) return nullLike(own);
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
    const named = [{ name: 'statistic', expr: label }, ...make.named(columns)];
    return make.project(row, named);
  });
  checkUnique('describe', ['statistic', ...columns]);
  return make.union(rows, ['statistic', ...columns]);
}

const numeric = (type: unknown): boolean =>
  type === 'bool' || (typeof type === 'string' && NUMERIC.test(type));

/** Pearson's correlations or covariances of columns, a row and a column each; of all columns of numbers where none is named. */
export async function pairsPlan(
  fn: 'corr' | 'cov',
  plan: PlanNode,
  names: readonly string[],
  run: FrameOptions,
): Promise<PlanNode> {
  checkNames(fn, names, plan.columns);
  const columns = names.length > 0 ? names : await numericColumns(plan, run);
  if (columns.length === 0) throw new TypeError(`${fn}: there is no column of numbers`);
  checkUnique(fn, ['column', ...columns]);
  const float = (name: string): Expr => new Expr(columnNode(name)).cast('float64');
  const rows = columns.map((name) => {
    const items = columns.map((other): Item => ({ name: other, expr: float(name)[fn](float(other)).node }));
    return make.project(make.aggregate(plan, [], items), [
      { name: 'column', expr: literalNode(name) },
      ...make.named(columns),
    ]);
  });
  return make.union(rows, ['column', ...columns]);
}

async function numericColumns(plan: PlanNode, run: FrameOptions): Promise<readonly string[]> {
  const schema: Schema & AnySchema = await schemaOf(plan, run);
  return plan.columns.filter((name) => numeric(schema[name]));
}
