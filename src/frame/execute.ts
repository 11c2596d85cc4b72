import type { Engine } from '../engine/engine.js';
import { Database, type QueryOptions } from './duck/database.js';
import { tableOf } from './duck/tables.js';
import { prepareSources } from './io/prepare.js';
import { describeMaps, resolveMaps } from './map/resolve.js';
import { optimize } from './optimize/index.js';
import { inputsOf, type PlanNode } from './plan/node.js';
import type { Batch } from './result/column.js';
import { planSql } from './sql/plan.js';
import { sourceSql } from './sql/source.js';
import { quoteName, type Statement } from './sql/writer.js';
import type { Schema } from './types.js';

/** How a frame is computed. */
export interface FrameOptions {
  readonly engine?: Engine;
  /** Interrupts the computation: its promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** How much is done, from 0 to 1, now and then. */
  readonly onProgress?: (share: number) => void;
}

export const queryOptions = ({ signal, onProgress }: FrameOptions): QueryOptions => ({
  ...(signal && { signal }),
  ...(onProgress && { onProgress }),
});

/** A plan as a statement for a database that its rows in memory were put into. */
export async function statementOf(plan: PlanNode, database: Database): Promise<Statement> {
  await prepareSources(plan, database);
  const tables = new Map<Batch, string>();
  for (const rows of memoryOf(plan)) tables.set(rows, await tableOf(database, rows));
  const { sql, values } = planSql(plan, (node, parameters) =>
    sourceSql(node, parameters, { table: (rows) => tables.get(rows)! }),
  );
  return { sql, values };
}

function memoryOf(plan: PlanNode, into = new Set<Batch>()): Set<Batch> {
  if (plan.kind === 'scan' && plan.source.from === 'memory') into.add(plan.source.table);
  for (const input of inputsOf(plan)) memoryOf(input, into);
  return into;
}

/** Columns of a plan and their types, without computing it. What cannot be computed is said here. */
export async function schemaOf(plan: PlanNode, options: FrameOptions = {}): Promise<Schema> {
  const database = Database.of(options.engine);
  const describe = async (part: PlanNode): Promise<Schema> =>
    (await database.describe(await statementOf(part, database))).schema;
  return describe(await describeMaps(optimize(plan), describe));
}

/** The rows of a plan, a batch at a time. */
export async function* batchesOf(
  plan: PlanNode,
  options: FrameOptions = {},
): AsyncGenerator<Batch, void, void> {
  const database = Database.of(options.engine);
  const resolved = await resolveMaps(optimize(plan), database, options);
  try {
    yield* database.batches(await statementOf(resolved.plan, database), queryOptions(options));
  } finally {
    await resolved.dispose();
  }
}

/** A plan as a statement whose columns are of our types, for what DuckDB writes itself. */
export async function finalStatement(plan: PlanNode, database: Database): Promise<Statement> {
  const statement = await statementOf(optimize(plan), database);
  const { wide } = await database.describe(statement);
  if (wide.length === 0) return statement;
  // Sums of integers have 128 bits in DuckDB; to us they are int64, and what does not fit is an error.
  const casts = wide.map((name) => `CAST(${quoteName(name)} AS BIGINT) AS ${quoteName(name)}`);
  return { ...statement, sql: `SELECT * REPLACE (${casts.join(', ')}) FROM (${statement.sql}) AS f` };
}
