import type { Database, QueryOptions } from '../duck/database.js';
import type { FileKind } from '../io/copy.js';
import type { Staged, Staging } from '../io/staging.js';
import { describeMaps } from '../map/describe.js';
import type { PlanNode } from '../plan/node.js';
import type { Schema } from '../types.js';
import type { StatementOf } from './do.js';
import { exporting } from './export.js';
import { factsOf } from './facts.js';
import { planPartitions } from './planner.js';
import { ExchangeRun } from './run.js';
import type { FrameGraph } from './task.js';

export { doTask, partsRead, type StatementOf } from './do.js';
export { ending, exporting } from './export.js';
export { type Outcome, readSql } from './outcome.js';
export { printGraph } from './print.js';
export { ExchangeRun } from './run.js';
export { partitionsFor } from './split.js';
export {
  type ArrayTask,
  type Fragment,
  type FrameGraph,
  type FrameTask,
  fragmentTask,
  taskOf,
} from './task.js';

/** Up to so many bytes a side of a join is given to every partition of the other. */
const BROADCAST_BYTES = 32 * 2 ** 20;

export interface PartitionOptions extends QueryOptions {
  readonly partitions: number;
  readonly broadcastBytes?: number;
  /** Whether the result is to be one fragment, that does nothing but read. */
  readonly gathered?: boolean;
}

/** A plan cut into fragments and exchanges. */
export async function graphOf(
  plan: PlanNode,
  database: Database,
  statementOf: StatementOf,
  { partitions, broadcastBytes = BROADCAST_BYTES, gathered = false }: PartitionOptions,
): Promise<FrameGraph> {
  if (!Number.isInteger(partitions) || partitions < 1)
    throw new RangeError(`partitions is a whole number from 1, not ${partitions}`);
  const none = (): never => {
    throw new TypeError('a frame reads no task');
  };
  // Types are of the plan as it is without functions of users: of those is known what they give.
  const known = new Map<PlanNode, PlanNode>();
  const describe = async (node: PlanNode): Promise<Schema> =>
    (await database.describe(await statementOf(node, none))).schema;
  const facts = await factsOf(plan, database, async (node) =>
    statementOf(await describeMaps(node, describe, known), none),
  );
  return planPartitions(plan, facts, { partitions, broadcastBytes, gathered });
}

/** Runs the exchanges of a plan; what is left to do is in the fragments of `graph.result`. Close the run afterwards. */
export async function exchanged(
  plan: PlanNode,
  database: Database,
  statementOf: StatementOf,
  options: PartitionOptions,
): Promise<{ readonly graph: FrameGraph; readonly run: ExchangeRun }> {
  const graph = await graphOf(plan, database, statementOf, options);
  const run = new ExchangeRun(graph, database, statementOf, options);
  try {
    await run.tasks();
  } catch (error) {
    await run.close();
    throw error;
  }
  return { graph, run };
}

/** Runs a plan whose partitions are written to files, each by a task. @returns the files, in the order of the partitions */
export async function exported(
  plan: PlanNode,
  database: Database,
  statementOf: StatementOf,
  options: PartitionOptions,
  kind: FileKind,
  to: Staging,
): Promise<readonly Staged[]> {
  const { graph, keys } = exporting(await graphOf(plan, database, statementOf, options), kind, to);
  const run = new ExchangeRun(graph, database, statementOf, options);
  try {
    await run.tasks();
    return keys.flatMap((key) => run.outcome(key).staged!);
  } finally {
    await run.close();
  }
}
