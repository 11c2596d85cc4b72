import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from '../../engine/disk/remove-tree.js';
import { withPartitions, withStatement } from '../compute/index.js';
import { distributedPartitions } from '../distributed/index.js';
import { Database } from '../duck/database.js';
import { isDistributed } from '../engines.js';
import { type HeldOutput, type Outcome, writeFragment } from '../exchange/index.js';
import { type FrameOptions, queryOptions } from '../options.js';
import { type HeldPart, Holding } from '../plan/holding.js';
import type { PlanNode } from '../plan/node.js';
import { engineOf } from '../plan/place.js';
import type { Statement } from '../sql/writer.js';
import { schemaOf } from '../statement/index.js';
import type { Schema } from '../types.js';
import { type PersistedFrame, persistedFrame } from './persisted.js';

let count = 0;

/** Has an engine compute a plan, and hold its partitions. */
export async function persistPlan<S>(plan: PlanNode, options: FrameOptions): Promise<PersistedFrame<S>> {
  const { holding, schema } = await hold(plan, options, { by: 'one' });
  return persistedFrame(holding, schema, plan.columns);
}

/** Has an engine hold the partitions of a plan, each a file. */
export async function hold(
  plan: PlanNode,
  options: FrameOptions,
  output: HeldOutput,
): Promise<{ readonly holding: Holding; readonly schema: Schema }> {
  const engine = engineOf(plan, options.engine);
  const own = { ...options, engine };
  // What cannot be computed is said of the plan as the user wrote it.
  const schema = await schemaOf(plan, own);
  if (!isDistributed(engine)) return { holding: await heldHere(plan, own, output), schema };
  const outcomes = await distributedPartitions(plan, engine, own, output);
  const keys = outcomes.map(({ key }) => key);
  const parts = outcomes.map(({ key, outcome }): HeldPart => ({ at: { key }, bytes: outcome.bytes ?? 0 }));
  const { types = {} } = outcomes[0]!.outcome;
  return { holding: new Holding(engine, types, parts, () => engine.release(keys)), schema };
}

/** In files of this process: one, or one for each partition. */
async function heldHere(
  plan: PlanNode,
  options: FrameOptions & { readonly engine: Holding['engine'] },
  output: HeldOutput,
): Promise<Holding> {
  const database = Database.of(options.engine);
  const directory = join(database.scratch(), `held-${++count}`);
  const outcomes: Outcome[] = [];
  const write = async (statement: Statement, part: number): Promise<void> => {
    const to = join(directory, String(part));
    const step = { database, options: queryOptions(options), directory: to, inputs: [] };
    outcomes[part] = await writeFragment({ params: { plan, output } }, statement, step);
  };
  try {
    if (options.partitions === undefined)
      await withStatement(plan, database, options, (statement) => write(statement, 0));
    else await withPartitions(plan, database, { ...options, partitions: options.partitions }, write);
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
  const parts = outcomes.map(({ files, bytes = 0 }): HeldPart => ({ at: { path: files[0]![0]! }, bytes }));
  return new Holding(options.engine, outcomes[0]!.types ?? {}, parts, () => removeTree(directory));
}
