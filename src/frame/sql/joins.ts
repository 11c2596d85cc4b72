import { type ExprNode, hasAggregate, hasWindow } from '../expr/node.js';
import type { JoinNode, PlanNode } from '../plan/node.js';
import { inputsOf } from '../plan/walk.js';
import { exprSql } from './expr.js';
import { Parameters, quoteName } from './writer.js';

/** What writes the plans that are joined. */
export interface PlanWriter {
  readonly parameters: Parameters;
  select(plan: PlanNode): string;
  /** A name for a table that no other has. */
  alias(): string;
}

/** Joined tables as they stand in FROM, what their rows must satisfy, and where each column of the result comes from. */
interface Region {
  readonly from: string;
  readonly tables: number;
  readonly where: readonly string[];
  /** Written where they are used: a value of the user's that no statement mentions cannot be bound to it. */
  readonly columns: ReadonlyMap<string, (parameters: Parameters) => string>;
}

/** Longer expressions stay columns of a subquery, so that chains of them do not grow without end. */
const INLINE_LENGTH = 200;

const KEYWORDS = {
  inner: 'JOIN',
  left: 'LEFT JOIN',
  right: 'RIGHT JOIN',
  full: 'FULL JOIN',
  semi: 'SEMI JOIN',
  anti: 'ANTI JOIN',
  cross: 'CROSS JOIN',
  asof: 'ASOF LEFT JOIN',
} as const;

/** Whether a plan is a join, or filters and simple columns of one. */
export const isJoined = (plan: PlanNode): boolean =>
  plan.kind === 'join' ||
  (plan.kind === 'filter' && isJoined(plan.input)) ||
  (plan.kind === 'project' && isSimple(plan) && isJoined(plan.input));

const isSimple = (plan: Extract<PlanNode, { kind: 'project' }>): boolean =>
  plan.items.every(({ expr }) => !hasWindow(expr) && !hasAggregate(expr));

/**
 * A tree of joins as one SELECT. A SELECT for each would do, but DuckDB chooses the order of joins among the tables of one FROM
 * only: subqueries with columns of their own are walls to it.
 */
export function joinedSql(plan: PlanNode, writer: PlanWriter): string {
  return select(regionOf(plan, writer), writer);
}

function regionOf(plan: PlanNode, writer: PlanWriter): Region {
  if (!isJoined(plan)) return table(plan, writer);
  if (plan.kind === 'join') return join(plan, writer);
  if (plan.kind === 'filter') {
    const input = regionOf(plan.input, writer);
    return { ...input, where: [...input.where, sqlIn(input, plan.predicate, writer)] };
  }
  if (plan.kind !== 'project') return table(plan, writer);
  const input = regionOf(plan.input, writer);
  const columns = new Map(plan.items.map(({ name, expr }) => [name, sqlOf(input, expr)] as const));
  const long = plan.items.some(
    ({ name, expr }) => expr.kind !== 'column' && columns.get(name)!(new Parameters()).length > INLINE_LENGTH,
  );
  const region = { ...input, columns };
  return long ? derived(select(region, writer), plan.columns, writer) : region;
}

function select({ from, where, columns }: Region, { parameters }: PlanWriter): string {
  const items = [...columns].map(([name, sql]) => `${sql(parameters)} AS ${quoteName(name)}`);
  return `SELECT ${items.join(', ')} FROM ${from}${where.length > 0 ? ` WHERE ${where.join(' AND ')}` : ''}`;
}

const table = (plan: PlanNode, writer: PlanWriter): Region =>
  derived(writer.select(plan), plan.columns, writer);

function derived(sql: string, names: readonly string[], writer: PlanWriter): Region {
  const alias = writer.alias();
  const columns = new Map(names.map((name) => [name, () => `${alias}.${quoteName(name)}`]));
  return { from: `(${sql}) AS ${alias}`, tables: 1, where: [], columns };
}

/**
 * Whether a plan reads what tasks left. Of several files DuckDB knows how many rows there are and nothing of their values: it took pairs of a few thousand
 * rows by a column of 25 values for a few rows, and made millions of them. So such joins stay in their order.
 */
const readsTasks = (plan: PlanNode): boolean =>
  plan.kind === 'scan' ? plan.source.from === 'tasks' : inputsOf(plan).some(readsTasks);

function join(node: JoinNode, writer: PlanWriter): Region {
  const { how } = node;
  // What holds for rows of one side may be asked after the join, unless the join makes rows of its own for that side.
  const side = readsTasks(node) ? table : regionOf;
  const left = how === 'right' || how === 'full' ? table(node.left, writer) : side(node.left, writer);
  const right = how === 'inner' || how === 'cross' ? side(node.right, writer) : table(node.right, writer);
  const on = node.on.map((pair) => `${sqlIn(left, pair.left, writer)} = ${sqlIn(right, pair.right, writer)}`);
  if (node.asof) {
    const operator = (node.asof.direction === 'backward' ? '>' : '<') + (node.asof.strict ? '' : '=');
    const [here, there] = [sqlIn(left, node.asof.left, writer), sqlIn(right, node.asof.right, writer)];
    // DuckDB 1.5 takes null for the greatest value there is in some of these joins, as behind groups.
    on.push(`(${here} IS NOT NULL) = (${there} IS NOT NULL)`);
    on.push(`${here} ${operator} ${there}`);
  }
  const condition = how === 'cross' ? '' : ` ON ${on.join(' AND ') || 'true'}`;
  const columns = new Map(
    node.output.map(({ name, side, column, other }) => [
      name,
      side === 'both'
        ? (parameters: Parameters) =>
            `coalesce(${left.columns.get(column)!(parameters)}, ${right.columns.get(other ?? column)!(parameters)})`
        : (side === 'left' ? left : right).columns.get(column)!,
    ]),
  );
  return {
    from: `${left.from} ${KEYWORDS[how]} ${right.tables > 1 ? `(${right.from})` : right.from}${condition}`,
    tables: left.tables + right.tables,
    where: [...left.where, ...right.where],
    columns,
  };
}

const sqlOf =
  ({ columns }: Region, expr: ExprNode) =>
  (parameters: Parameters): string =>
    exprSql(expr, parameters, (name) => columns.get(name)!(parameters));

const sqlIn = (region: Region, expr: ExprNode, { parameters }: PlanWriter): string =>
  sqlOf(region, expr)(parameters);
