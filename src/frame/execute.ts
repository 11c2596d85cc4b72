import type { Engine } from '../engine/engine.js';
import { signalOf } from '../engine/signal.js';
import { blamed } from './blame.js';
import { distributedBatches, distributedFiles, withDistributed } from './distributed/index.js';
import { Database, type QueryOptions } from './duck/database.js';
import { narrowed } from './duck/narrow.js';
import { tableOf } from './duck/tables.js';
import { isDistributed } from './engines.js';
import { FrameMemoryError } from './errors.js';
import {
  exchanged,
  exported,
  graphOf,
  type PartitionOptions,
  partitionsFor,
  printGraph,
  type StatementOf,
} from './exchange/index.js';
import { engineOf, inFiles } from './held/place.js';
import type { FileKind } from './io/copy.js';
import { prepareSources } from './io/prepare.js';
import type { Staged, Staging } from './io/staging.js';
import { withoutFiles } from './io/statistics.js';
import { describeMaps } from './map/describe.js';
import { resolveMaps } from './map/resolve.js';
import { groupByDates, optimize, share } from './optimize/index.js';
import { inputsOf, type PlanNode } from './plan/node.js';
import type { Batch } from './result/column.js';
import { planSql } from './sql/plan.js';
import { sourceSql } from './sql/source.js';
import type { Statement } from './sql/writer.js';
import type { Schema } from './types.js';

/** How a frame is computed. */
export interface FrameOptions {
  readonly engine?: Engine;
  /** Interrupts the computation: its promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** How much is done, from 0 to 1, now and then. */
  readonly onProgress?: (share: number) => void;
  /**
   * Cuts the plan into so many partitions, computed apart, with exchanges between them (files in the spill directory), as a cluster does. Without it
   * DuckDB computes the plan as one, which is faster on one machine; where that needs more memory than the limit leaves, it is done in partitions after all.
   * On a cluster there are, without it, as many as its workers have threads, and more where these would take much of a worker's memory.
   */
  readonly partitions?: number;
  /** With partitions: so many bytes are little enough for one: a side of a join is given to every partition of the other, groups are finished in one; default 32 MiB, 0 for never. */
  readonly broadcastBytes?: number;
}

export const queryOptions = ({ signal: given, onProgress }: FrameOptions): QueryOptions => {
  const signal = signalOf(given);
  return { ...(signal && { signal }), ...(onProgress && { onProgress }) };
};

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

/** How the columns of plans and their types are found. */
const describing =
  (database: Database, options: QueryOptions = {}) =>
  async (plan: PlanNode): Promise<Schema> =>
    (await database.describe(await statementOf(plan, database), options)).schema;

/** What went wrong with a plan; what DuckDB has against it in the plan's words. */
const failureOf = (error: unknown, plan: PlanNode, database: Database): Promise<unknown> => {
  const describe = describing(database);
  return blamed(error, () => describeMaps(plan, describe), describe);
};

/** Columns of a plan and their types, without computing it. What cannot be computed is said here. */
export async function schemaOf(plan: PlanNode, options: FrameOptions = {}): Promise<Schema> {
  const database = Database.of(engineOf(plan, options.engine));
  const describe = describing(database);
  const best = optimize(inFiles(plan));
  try {
    return await describe(await describeMaps(best, describe));
  } catch (error) {
    throw await failureOf(error, best, database);
  }
}

/** The rows of a plan, a batch at a time. */
export async function* batchesOf(
  plan: PlanNode,
  options: FrameOptions = {},
): AsyncGenerator<Batch, void, void> {
  const engine = engineOf(plan, options.engine);
  if (isDistributed(engine)) return yield* distributedBatches(plan, engine, options);
  const database = Database.of(engine);
  const resolved = await resolveMaps(optimize(inFiles(plan)), database, { ...options, engine });
  try {
    const best = await withoutFiles(resolved.plan, database);
    if (options.partitions !== undefined) yield* partitionedBatches(best, database, options);
    else yield* wholeBatches(best, database, options);
  } catch (error) {
    throw await failureOf(error, resolved.plan, database);
  } finally {
    await resolved.dispose();
  }
}

/** As one statement; in partitions, where that needs more memory than there is, and nothing was given yet. */
async function* wholeBatches(
  plan: PlanNode,
  database: Database,
  options: FrameOptions,
): AsyncGenerator<Batch, void, void> {
  let given = false;
  try {
    for await (const batch of database.batches(await statementOf(plan, database), queryOptions(options))) {
      given = true;
      yield batch;
    }
    return;
  } catch (error) {
    if (given || !(error instanceof FrameMemoryError)) throw error;
  }
  yield* partitionedBatches(plan, database, { ...options, partitions: autoPartitions(plan, database) });
}

const autoPartitions = (plan: PlanNode, database: Database): number =>
  partitionsFor(plan, database.engine.settings.memoryLimit);

/** A plan as a statement whose columns are of our types, for what DuckDB writes itself. */
export async function finalStatement(plan: PlanNode, database: Database): Promise<Statement> {
  return narrowed(await statementOf(optimize(plan), database), database);
}

/**
 * Does something with the same, where what stands below it (functions, exchanges) has been computed; it is there until that is done. What needs more
 * memory as one statement than there is is done once more, in partitions.
 */
export async function withStatement(
  plan: PlanNode,
  database: Database,
  options: FrameOptions,
  use: (statement: Statement) => Promise<void>,
): Promise<void> {
  const engine = engineOf(plan, options.engine);
  if (isDistributed(engine)) return withDistributed(plan, engine, options, use);
  const { plan: resolved, dispose } = await resolveMaps(optimize(inFiles(plan)), database, options);
  try {
    let { partitions } = options;
    if (partitions === undefined)
      try {
        return await use(await finalStatement(resolved, database));
      } catch (error) {
        if (!(error instanceof FrameMemoryError)) throw await failureOf(error, resolved, database);
        partitions = autoPartitions(resolved, database);
      }
    await gatheredStatement(resolved, database, { ...options, partitions }, use);
  } finally {
    await dispose();
  }
}

// In partitions

export const partitionOptions = (options: FrameOptions, partitions: number): PartitionOptions => ({
  ...queryOptions(options),
  partitions,
  ...(options.broadcastBytes !== undefined && { broadcastBytes: options.broadcastBytes }),
});

/** Makes statements for a database. */
export const statements =
  (database: Database): StatementOf =>
  (plan, tasks) =>
    statementOf(plan, database, tasks);

/** Has the partitions of a plan written to files, each by a task; one, where nobody says how many and memory suffices. */
export async function exportedFiles(
  plan: PlanNode,
  database: Database,
  options: FrameOptions,
  kind: FileKind,
  to: Staging,
): Promise<readonly Staged[]> {
  const engine = engineOf(plan, options.engine);
  if (isDistributed(engine)) return distributedFiles(plan, engine, options, kind, to);
  const { plan: resolved, dispose } = await resolveMaps(optimize(inFiles(plan)), database, options);
  const best = optimize(resolved);
  const write = (partitions: number): Promise<readonly Staged[]> =>
    exported(best, database, statements(database), partitionOptions(options, partitions), kind, to);
  try {
    const { partitions } = options;
    if (partitions !== undefined) return await write(partitions);
    return await write(1).catch((error: unknown) => {
      if (!(error instanceof FrameMemoryError)) throw error;
      return write(autoPartitions(best, database));
    });
  } finally {
    await dispose();
  }
}

async function gatheredStatement(
  plan: PlanNode,
  database: Database,
  options: FrameOptions & { readonly partitions: number },
  use: (statement: Statement) => Promise<void>,
): Promise<void> {
  const { graph, run } = await exchanged(optimize(plan), database, statements(database), {
    ...partitionOptions(options, options.partitions),
    gathered: true,
  });
  try {
    await use(await narrowed(await run.statement(graph.result[0]!), database));
  } finally {
    await run.close();
  }
}

/** Does something with each partition of a plan, one after another, in this process. */
export async function withPartitions(
  plan: PlanNode,
  database: Database,
  options: FrameOptions & { readonly partitions: number },
  use: (statement: Statement, part: number) => Promise<void>,
): Promise<void> {
  const { plan: resolved, dispose } = await resolveMaps(optimize(inFiles(plan)), database, options);
  const of = partitionOptions(options, options.partitions);
  try {
    const { graph, run } = await exchanged(optimize(resolved), database, statements(database), of);
    try {
      for (const [part, fragment] of graph.result.entries()) {
        await use(await run.statement(fragment), part);
        await run.read(fragment);
      }
    } finally {
      await run.close();
    }
  } finally {
    await dispose();
  }
}

/** The fragments and exchanges of a plan, as text. */
export async function partitionsText(
  plan: PlanNode,
  partitions: number,
  options: FrameOptions,
): Promise<string> {
  const database = Database.of(engineOf(plan, options.engine));
  const best = await withoutFiles(optimize(inFiles(plan)), database);
  return printGraph(
    await graphOf(best, database, statements(database), partitionOptions(options, partitions)),
  );
}

/** The rows of the partitions, one partition after another. */
async function* partitionedBatches(
  plan: PlanNode,
  database: Database,
  options: FrameOptions,
): AsyncGenerator<Batch, void, void> {
  // What cannot be computed is said of the plan as the user wrote it.
  const { signal } = options;
  const abort = signal && { signal };
  const describe = describing(database, abort);
  await describe(await describeMaps(plan, describe));
  const { graph, run } = await exchanged(
    plan,
    database,
    statements(database),
    partitionOptions(options, options.partitions!),
  );
  try {
    let given = false;
    for (const [i, fragment] of graph.result.entries()) {
      const last = i === graph.result.length - 1;
      const statement = await run.statement(fragment);
      for await (const batch of database.batches(statement, abort)) {
        if (batch.rows === 0 && (given || !last)) continue;
        given = true;
        yield batch;
      }
      await run.read(fragment);
      options.onProgress?.((graph.tasks.size + i + 1) / (graph.tasks.size + graph.result.length));
    }
  } finally {
    await run.close();
  }
}
