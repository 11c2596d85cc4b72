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
/** What text and times have of them. */
const OF_ORDERED: ReadonlySet<string> = new Set(['count', 'nulls', 'min', 'max']);
const STATISTICS = ['count', 'nulls', 'mean', 'std', 'min', '25%', '50%', '75%', 'max'] as const;

/**
 * Statistics of columns, a row each: of numbers and booleans as numbers, of text and times counts and extremes as text; columns of other types are
 * left out.
 */
export async function describePlan(plan: PlanNode, run: FrameOptions): Promise<PlanNode> {
  const schema = await schemaOf(plan, run);
  const columns = plan.columns.filter((name) => numeric(schema[name]) || ORDERED.has(schema[name]));
  if (columns.length === 0) throw new TypeError('describe: there is no column of numbers, text or times');
  const rows = STATISTICS.map((what) => {
    const items = columns.map((name): Item => {
      const to = numeric(schema[name]) ? 'float64' : 'string';
      return { name, expr: { kind: 'cast', value: statisticOf(name, what, schema[name]), to, strict: true } };
    });
    const label: ExprNode = literalNode(what);
    const row = make.aggregate(plan, [], items);
    const named = [{ name: 'statistic', expr: label }, ...make.named(columns)];
    return make.project(row, named);
  });
  checkUnique('describe', ['statistic', ...columns]);
  return make.union(rows, ['statistic', ...columns]);
}

/** One of the statistics of a column; null where its type has none such. */
function statisticOf(name: string, what: (typeof STATISTICS)[number], type: unknown): ExprNode {
  const own = columnNode(name);
  const value: ExprNode = type === 'bool' ? { kind: 'cast', value: own, to: 'float64', strict: true } : own;
  const aggregate = (fn: string, ...more: ExprNode[]): ExprNode => ({
    kind: 'aggregate',
    fn,
    args: [value, ...more],
  });
  if (what === 'count' || what === 'min' || what === 'max') return aggregate(what);
  if (what === 'nulls')
    return callNode('sub', { kind: 'aggregate', fn: 'size', args: [] }, aggregate('count'));
  if (!numeric(type)) return nullLike(own);
  if (what === 'mean' || what === 'std') return aggregate(what);
  return aggregate('quantile', literalNode(Number.parseInt(what, 10) / 100));
}

/** Statistics of columns of groups, by `x_count` and its like; columns of types that have none are left out. */
export async function describedItems(
  plan: PlanNode,
  names: readonly string[],
  run: FrameOptions,
): Promise<readonly Item[]> {
  const schema = await schemaOf(plan, run);
  const columns = names.filter((name) => numeric(schema[name]) || ORDERED.has(schema[name]));
  if (columns.length === 0) throw new TypeError('describe: there is no column of numbers, text or times');
  return columns.flatMap((name) =>
    STATISTICS.filter((what) => numeric(schema[name]) || OF_ORDERED.has(what)).map((what): Item => {
      const extreme = what === 'min' || what === 'max';
      const expr = statisticOf(name, what, extreme ? undefined : schema[name]);
      const float = !extreme && what !== 'count' && what !== 'nulls';
      return {
        name: `${name}_${what}`,
        expr: float ? { kind: 'cast', value: expr, to: 'float64', strict: true } : expr,
      };
    }),
  );
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
