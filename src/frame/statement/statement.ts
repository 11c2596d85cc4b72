import type { Database } from '../duck/database.js';
import { narrowed } from '../duck/narrow.js';
import { tableOf } from '../duck/tables.js';
import type { StatementOf } from '../exchange/index.js';
import { prepareSources } from '../files/prepare.js';
import { groupByDates, optimize, share } from '../optimize/index.js';
import type { PlanNode } from '../plan/node.js';
import { inputsOf } from '../plan/walk.js';
import type { Batch } from '../result/column.js';
import { planSql } from '../sql/plan.js';
import { sourceSql } from '../sql/source.js';
import type { Statement } from '../sql/writer.js';

/** A plan as a statement for a database that its rows in memory were put into. */
export async function statementOf(
  plan: PlanNode,
  database: Database,
  tasks?: Parameters<StatementOf>[1],
): Promise<Statement> {
  await prepareSources(plan, database);
  const tables = new Map<Batch, string>();
  for (const rows of memoryOf(plan)) tables.set(rows, await tableOf(database, rows));
  const { sql, values } = planSql(share(groupByDates(plan)), (node, parameters) =>
    sourceSql(node, parameters, { table: (rows) => tables.get(rows)!, ...(tasks && { tasks }) }),
  );
  return { sql, values };
}

function memoryOf(plan: PlanNode, into = new Set<Batch>()): Set<Batch> {
  if (plan.kind === 'scan' && plan.source.from === 'memory') into.add(plan.source.table);
  for (const input of inputsOf(plan)) memoryOf(input, into);
  return into;
}

/** Makes statements for a database. */
export const statements =
  (database: Database): StatementOf =>
  (plan, tasks) =>
    statementOf(plan, database, tasks);

/** A plan as a statement whose columns are of our types, for what DuckDB writes itself. */
export async function finalStatement(plan: PlanNode, database: Database): Promise<Statement> {
  return narrowed(await statementOf(optimize(plan), database), database);
}
