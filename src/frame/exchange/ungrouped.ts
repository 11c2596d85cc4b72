import type { Database, QueryOptions } from '../duck/database.js';
import { type AggregateNode, callNode, type ExprNode, literalNode, mapChildren } from '../expr/node.js';
import * as make from '../plan/make.js';
import type { AggregatePlan, PlanNode } from '../plan/node.js';
import type { Statement } from '../sql/writer.js';
import { isCheap } from './sort.js';

/** Rows that are looked at to see how often keys come again. */
const SAMPLE = 50_000;
/** Where a partial result would have more than this share of the rows, rows themselves are passed on: a table of groups costs more than to write them. */
const MOST = 0.7;

/** What an aggregate of one row alone is; undefined where that is not so simple. */
const OF_ONE: Readonly<Record<string, (value: ExprNode) => ExprNode>> = {
  size: () => literalNode(1),
  count: (value) => caseOf(callNode('isNotNull', value), literalNode(1), literalNode(0)),
  sum: (value) => callNode('coalesce', value, literalNode(0)),
  min: (value) => value,
  max: (value) => value,
};
/** What those are of no row. */
const OF_NONE: Readonly<Record<string, ExprNode | undefined>> = {
  size: literalNode(0),
  count: literalNode(0),
  sum: literalNode(0),
};

const caseOf = (when: ExprNode, value: ExprNode, otherwise: ExprNode | undefined): ExprNode =>
  Object.freeze({ kind: 'case', branches: [{ when, value }], otherwise });

/** Each row as the partial result of itself; undefined where that cannot be said, or rows are not to be had twice at little cost. */
export function ungrouped(plan: AggregatePlan): PlanNode | undefined {
  if (!isCheap(plan.input)) return undefined;
  let known = true;
  const alone = (node: ExprNode): ExprNode => {
    if (node.kind !== 'aggregate') return mapChildren(node, alone);
    const { fn, args, filter }: AggregateNode = node;
    const ofOne = OF_ONE[fn];
    known &&= ofOne !== undefined && !node.distinct && !node.orderBy;
    if (!ofOne) return node;
    const value = ofOne(args[0]!);
    return filter ? caseOf(filter, value, OF_NONE[fn]) : value;
  };
  const items = plan.items.map(({ name, expr }) => ({ name, expr: alone(expr) }));
  return known ? make.project(plan.input, [...plan.keys, ...items]) : undefined;
}

/** Whether nearly each row is a group of its own: what groups the first rows have says how many there are of all, if keys come at random. */
export async function isScattered(
  plan: AggregatePlan,
  statementOf: (plan: PlanNode) => Promise<Statement>,
  database: Database,
  options: QueryOptions,
): Promise<boolean> {
  const keys = await statementOf(make.project(plan.input, plan.keys));
  const few = `(SELECT * FROM (${keys.sql}) AS k LIMIT ${SAMPLE})`;
  const sample = await counts(
    { ...keys, sql: `SELECT count(*), (SELECT count(*) FROM (SELECT DISTINCT * FROM ${few})) FROM ${few}` },
    database,
    options,
  );
  const [seen, distinct] = sample as readonly [number, number];
  if (shareOfGroups(seen, distinct, seen) <= MOST) return false;
  if (seen < SAMPLE) return true;
  const [all] = await counts({ ...keys, sql: `SELECT count(*) FROM (${keys.sql}) AS r` }, database, options);
  return shareOfGroups(seen, distinct, all!) > MOST;
}

/**
 * How many groups `rows` rows have, as a share of them, by how many some of them have: of G groups that are equally frequent n rows find G(1 − e^(−n/G)), about, which for
 * few is n − n²/2G.
 */
export function shareOfGroups(seen: number, distinct: number, rows: number): number {
  if (seen === 0 || distinct === seen) return 1;
  if (rows <= seen) return distinct / seen;
  const groups = (seen * seen) / (2 * (seen - distinct));
  return (groups / rows) * -Math.expm1(-rows / groups);
}

async function counts(
  statement: Statement,
  database: Database,
  options: QueryOptions,
): Promise<readonly number[]> {
  for await (const { columns } of database.batches(statement, options))
    return columns.map(({ values }) => Number(values[0]));
  return [];
}
