import type { Key } from '../../graph/task.js';
import type { Database, QueryOptions } from '../duck/database.js';
import type { FileKind } from '../files/copy.js';
import type { Staged, Staging } from '../files/staging.js';
import { describeMaps } from '../map/describe.js';
import type { PlanNode } from '../plan/node.js';
import type { Schema } from '../types.js';
import type { StatementOf } from './do.js';
import { exporting } from './export.js';
import { factsOf } from './facts.js';
import { heldBytes } from './held.js';
import { planPartitions } from './planner.js';
import { ExchangeRun } from './run.js';
import type { FrameGraph } from './task.js';

export { doTask, type InputRead, partsRead, type StatementOf } from './do.js';
export { ending, exporting } from './export.js';
export { writeFragment } from './fragments.js';
export { type Outcome, PART, readSql } from './outcome.js';
export { printGraph } from './print.js';
export { ExchangeRun } from './run.js';
export { MOST_PARTITIONS, partitionsFor } from './split.js';
export {
  type ArrayTask,
  type Fragment,
  type FrameGraph,
  type FrameTask,
  fragmentTask,
  type HeldOutput,
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

/** Has some tasks of a graph run. @returns bytes of the files that each left */
export type Measure = (graph: FrameGraph, keys: readonly Key[]) => Promise<ReadonlyMap<Key, number>>;

/**
 * A plan cut into fragments and exchanges. What is best chosen by how much tasks before leave is chosen when that has been measured: the graph is made
 * again, with the same tasks so far. Without a measure it is chosen as if all were large.
 */
export async function graphOf(
  plan: PlanNode,
  database: Database,
  statementOf: StatementOf,
  { partitions, broadcastBytes = BROADCAST_BYTES, gathered = false }: PartitionOptions,
  measure?: Measure,
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
  const written = heldBytes(plan);
  for (;;) {
    const graph = planPartitions(plan, { ...facts, written }, { partitions, broadcastBytes, gathered });
    if (!measure || graph.wanted.length === 0) return graph;
    for (const [key, bytes] of await measure(graph, graph.wanted)) written.set(key, bytes);
  }
}

/** Runs the exchanges of a plan; what is left to do is in the fragments of `graph.result`. Close the run afterwards. */
export async function exchanged(
  plan: PlanNode,
  database: Database,
  statementOf: StatementOf,
  options: PartitionOptions,
): Promise<{ readonly graph: FrameGraph; readonly run: ExchangeRun }> {
  const run = new ExchangeRun(database, statementOf, options);
  try {
    const graph = await graphOf(plan, database, statementOf, options, run.measure);
    await run.tasks(graph);
    return { graph, run };
  } catch (error) {
    await run.close();
    throw error;
  }
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
  const run = new ExchangeRun(database, statementOf, options);
  try {
    const whole = await graphOf(plan, database, statementOf, options, run.measure);
    const { graph, keys } = exporting(whole, kind, to);
    await run.tasks(graph);
    return keys.flatMap((key) => run.outcome(key).staged!);
  } finally {
    await run.close();
  }
}
