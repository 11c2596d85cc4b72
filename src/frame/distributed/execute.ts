import { Database } from '../duck/database.js';
import { narrowed } from '../duck/narrow.js';
import { FrameError } from '../errors.js';
import { graphOf } from '../exchange/index.js';
import { type FrameOptions, partitionOptions, schemaOf, statements } from '../execute.js';
import { withoutFiles } from '../io/statistics.js';
import { hasArrays } from '../map/describe.js';
import { optimize } from '../optimize/index.js';
import type { PlanNode } from '../plan/node.js';
import type { Batch } from '../result/column.js';
import type { Statement } from '../sql/writer.js';
import type { DistributedEngine } from './engine.js';
import { DistributedRun } from './run.js';

/** The rows of a plan that an engine's workers compute, one partition after another: they are fetched as they are taken. */
export async function* distributedBatches(
  plan: PlanNode,
  engine: DistributedEngine,
  options: FrameOptions,
): AsyncGenerator<Batch, void, void> {
  const database = Database.of(engine);
  const { signal } = options;
  // What cannot be computed is said of the plan as the user wrote it.
  await schemaOf(plan, options);
  const run = await start(plan, engine, database, options, false);
  try {
    let given = false;
    for (let i = 0; i < run.results.length; i++) {
      const last = i === run.results.length - 1;
      for await (const batch of database.batches(await run.statement(i), signal && { signal })) {
        if (batch.rows === 0 && (given || !last)) continue;
        given = true;
        yield batch;
      }
      await run.read(i);
    }
  } finally {
    await run.close();
  }
}

/** Does something with all rows, or with each partition, as a statement over files that are here until that is done. */
export async function withDistributed(
  plan: PlanNode,
  engine: DistributedEngine,
  options: FrameOptions,
  gathered: boolean,
  use: (statement: Statement, part: number) => Promise<void>,
): Promise<void> {
  const database = Database.of(engine);
  const run = await start(plan, engine, database, options, gathered);
  try {
    for (let i = 0; i < run.results.length; i++) {
      await use(await narrowed(await run.statement(i), database), i);
      await run.read(i);
    }
  } finally {
    await run.close();
  }
}

/** Runs the tasks of a plan, as many partitions as the workers have threads where nothing is said. */
async function start(
  plan: PlanNode,
  engine: DistributedEngine,
  database: Database,
  options: FrameOptions,
  gathered: boolean,
): Promise<DistributedRun> {
  if (hasArrays(plan))
    throw new FrameError(
      'a frame of arrays is not computed on a cluster: write it by toParquet with a local engine to where workers read it, and read that',
    );
  options.signal?.throwIfAborted();
  const best = await withoutFiles(optimize(plan), database);
  const partitions = options.partitions ?? Math.max(1, await engine.frames.threads());
  const of = partitionOptions(options, partitions);
  const graph = await graphOf(best, database, statements(database), { ...of, gathered });
  const run = new DistributedRun(graph, engine, database, statements(database), of);
  try {
    await run.tasks();
    return run;
  } catch (error) {
    await run.close();
    throw error;
  }
}
