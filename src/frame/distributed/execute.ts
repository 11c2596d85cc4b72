import type { Key } from '../../graph/task.js';
import type { DType } from '../../kernels/dtype.js';
import type { Missing } from '../arrays/nulls.js';
import { Database } from '../duck/database.js';
import { narrowed } from '../duck/narrow.js';
import type { DistributedEngine } from '../engines.js';
import {
  type ArrayTask,
  ending,
  exporting,
  type FrameGraph,
  fragmentTask,
  graphOf,
  type HeldOutput,
  type Outcome,
  partitionsFor,
  taskOf,
} from '../exchange/index.js';
import type { FileKind } from '../files/copy.js';
import type { Staged, Staging } from '../files/staging.js';
import { withoutFiles } from '../files/statistics.js';
import { optimize } from '../optimize/index.js';
import { type FrameOptions, partitionOptions, queryOptions } from '../options.js';
import type { PlanNode } from '../plan/node.js';
import type { Batch } from '../result/column.js';
import type { Statement } from '../sql/writer.js';
import { schemaOf, statements } from '../statement/index.js';
import { DistributedRun, measured } from './run.js';

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
  const { run } = await runOf(plan, engine, options);
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

/** Does something with all rows as a statement over files that are here until that is done. */
export async function withDistributed(
  plan: PlanNode,
  engine: DistributedEngine,
  options: FrameOptions,
  use: (statement: Statement) => Promise<void>,
): Promise<void> {
  const database = Database.of(engine);
  const { run } = await runOf(plan, engine, options, { gathered: true });
  try {
    await use(await narrowed(await run.statement(0), database));
    await run.read(0);
  } finally {
    await run.close();
  }
}

/** Has the workers write the partitions of a plan to files. */
export async function distributedFiles(
  plan: PlanNode,
  engine: DistributedEngine,
  options: FrameOptions,
  kind: FileKind,
  to: Staging,
): Promise<readonly Staged[]> {
  const { run, keys } = await runOf(plan, engine, options, { ended: (graph) => exporting(graph, kind, to) });
  try {
    return (await run.outcomes(keys)).flatMap(({ staged }) => staged!);
  } finally {
    await run.close();
  }
}

/** Numbers that workers hold, a partition in each file, until the keys are released. */
export interface HeldNumbers {
  readonly key: Key;
  /** Rows of row groups. */
  readonly groups: readonly number[];
  /** The first that is missing, counted within the partition. */
  readonly missing?: Missing;
}

/** Has the workers store the partitions of a plan, all of whose columns are of one dtype, for blocks of an array. */
export async function distributedNumbers(
  plan: PlanNode,
  dtype: DType,
  chunkRows: number,
  engine: DistributedEngine,
  options: FrameOptions,
): Promise<readonly HeldNumbers[]> {
  const { run, keys } = await runOf(plan, engine, options, {
    ended: (graph) =>
      ending(graph, (fragment) =>
        taskOf<ArrayTask>('frame/array', fragment.inputs, { plan: fragment.plan, dtype, chunkRows }),
      ),
  });
  try {
    const outcomes = await run.outcomes(keys);
    run.keep(keys);
    return outcomes.map(({ groups, missing }, i) => ({
      key: keys[i]!,
      groups: groups!,
      ...(missing && { missing }),
    }));
  } finally {
    await run.close();
  }
}

/** What a partition's task left, which the engine keeps until the key is released. */
export interface HeldOutcome {
  readonly key: Key;
  readonly outcome: Outcome;
}

/** Has the workers compute the partitions of a plan, and keep them. */
export async function distributedPartitions(
  plan: PlanNode,
  engine: DistributedEngine,
  options: FrameOptions,
  output: HeldOutput,
): Promise<readonly HeldOutcome[]> {
  const { run, keys } = await runOf(plan, engine, options, {
    ended: (graph) => ending(graph, (fragment) => fragmentTask(fragment, output)),
  });
  try {
    const outcomes = await run.outcomes(keys);
    run.keep(keys);
    return outcomes.map((outcome, i) => ({ key: keys[i]!, outcome }));
  } finally {
    await run.close();
  }
}

interface Ending {
  /** Whether the result is to be one fragment, that does nothing but read. */
  readonly gathered?: boolean;
  /** What tasks are to make of the result's fragments, and the keys of these, which are kept. */
  readonly ended?: (graph: FrameGraph) => { readonly graph: FrameGraph; readonly keys: readonly Key[] };
}

/** A plan's run by the workers, to be closed. */
async function runOf(
  plan: PlanNode,
  engine: DistributedEngine,
  options: FrameOptions,
  { gathered = false, ended = (graph) => ({ graph, keys: [] }) }: Ending = {},
): Promise<{ readonly run: DistributedRun; readonly keys: readonly Key[] }> {
  const database = Database.of(engine);
  const { graph: whole, held } = await graphFor(plan, engine, database, options, gathered);
  const { graph, keys } = ended(whole);
  const run = new DistributedRun(
    graph,
    keys,
    held,
    engine,
    database,
    statements(database),
    queryOptions(options),
  );
  return { run, keys };
}

/** In how many partitions a plan is computed where nobody says: one for each thread at least, and so many that none takes much of a worker's memory. */
async function partitionsOn(engine: DistributedEngine, plan: PlanNode): Promise<number> {
  const { threads, memoryLimit } = await engine.frames.workers();
  return partitionsFor(plan, memoryLimit, Math.max(1, threads));
}

/** The tasks of a plan; the engine holds those that were measured. */
async function graphFor(
  plan: PlanNode,
  engine: DistributedEngine,
  database: Database,
  options: FrameOptions,
  gathered: boolean,
): Promise<{ readonly graph: FrameGraph; readonly held: readonly Key[] }> {
  options.signal?.throwIfAborted();
  const best = await withoutFiles(optimize(plan), database);
  const partitions = options.partitions ?? (await partitionsOn(engine, best));
  const of = partitionOptions(options, partitions);
  const held: Key[] = [];
  try {
    const graph = await graphOf(
      best,
      database,
      statements(database),
      { ...of, gathered },
      async (part, keys) => {
        const { written, held: more } = await measured(part, keys, engine, options.signal);
        held.push(...more);
        return written;
      },
    );
    return { graph, held };
  } catch (error) {
    engine.release(held);
    throw error;
  }
}
