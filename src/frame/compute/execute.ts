import { distributedBatches, distributedFiles, withDistributed } from '../distributed/index.js';
import { Database } from '../duck/database.js';
import { narrowed } from '../duck/narrow.js';
import { isDistributed } from '../engines.js';
import { FrameMemoryError } from '../errors.js';
import {
  exchanged,
  exported,
  graphOf,
  MOST_PARTITIONS,
  partitionsFor,
  printGraph,
} from '../exchange/index.js';
import type { FileKind } from '../files/copy.js';
import type { Staged, Staging } from '../files/staging.js';
import { withoutFiles } from '../files/statistics.js';
import { describeMaps } from '../map/describe.js';
import { optimize } from '../optimize/index.js';
import { type FrameOptions, partitionOptions, queryOptions } from '../options.js';
import type { PlanNode } from '../plan/node.js';
import { engineOf, inFiles } from '../plan/place.js';
import type { Batch } from '../result/column.js';
import type { Statement } from '../sql/writer.js';
import { describing, failureOf, finalStatement, statementOf, statements } from '../statement/index.js';
import { resolveMaps } from './resolve.js';

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
  const best = optimize(plan);
  await inMorePartitions(options.partitions, async (partitions) => {
    const { graph, run } = await exchanged(best, database, statements(database), {
      ...partitionOptions(options, partitions),
      gathered: true,
    });
    try {
      await use(await narrowed(await run.statement(graph.result[0]!), database));
    } finally {
      await run.close();
    }
  });
}

/** Does something in partitions; where these need more memory than there is once more, in more of them. */
async function inMorePartitions(
  partitions: number,
  work: (partitions: number) => Promise<void>,
): Promise<void> {
  for (let count = partitions; ; ) {
    try {
      return await work(count);
    } catch (error) {
      const more = moreThan(count);
      if (more === undefined || !(error instanceof FrameMemoryError)) throw error;
      count = more;
    }
  }
}

/** Of how many partitions the next attempt is; undefined where there are enough. */
const moreThan = (partitions: number): number | undefined =>
  partitions < MOST_PARTITIONS ? Math.min(MOST_PARTITIONS, partitions * 4) : undefined;

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

/** The rows of the partitions, one partition after another; of more of them, where memory is short before any row was given. */
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
  let given = false;
  for (let partitions = options.partitions!; ; ) {
    try {
      for await (const batch of batchesIn(plan, database, options, partitions)) {
        given = true;
        yield batch;
      }
      return;
    } catch (error) {
      const more = moreThan(partitions);
      if (given || more === undefined || !(error instanceof FrameMemoryError)) throw error;
      partitions = more;
    }
  }
}

async function* batchesIn(
  plan: PlanNode,
  database: Database,
  options: FrameOptions,
  partitions: number,
): AsyncGenerator<Batch, void, void> {
  const abort = options.signal && { signal: options.signal };
  const { graph, run } = await exchanged(
    plan,
    database,
    statements(database),
    partitionOptions(options, partitions),
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
