import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from '../../engine/disk/remove-tree.js';
import { distributedPartitions, isDistributed } from '../distributed/index.js';
import { Database } from '../duck/database.js';
import { type Outcome, writeFragment } from '../exchange/index.js';
import { type FrameOptions, queryOptions, schemaOf, withPartitions, withStatement } from '../execute.js';
import type { PlanNode } from '../plan/node.js';
import type { Statement } from '../sql/writer.js';
import { type HeldPart, Holding } from './holding.js';
import { type PersistedFrame, persistedFrame } from './persisted.js';
import { engineOf } from './place.js';

let count = 0;

/** Has an engine compute a plan, and hold its partitions. */
export async function persistPlan<S>(plan: PlanNode, options: FrameOptions): Promise<PersistedFrame<S>> {
  const engine = engineOf(plan, options.engine);
  const own = { ...options, engine };
  // What cannot be computed is said of the plan as the user wrote it.
  const schema = await schemaOf(plan, own);
  if (!isDistributed(engine)) return persistedFrame(await heldHere(plan, own), schema);
  const outcomes = await distributedPartitions(plan, engine, own);
  const keys = outcomes.map(({ key }) => key);
  const parts = outcomes.map(({ key, outcome }): HeldPart => ({ at: { key }, bytes: outcome.bytes! }));
  const { types } = outcomes[0]!.outcome;
  return persistedFrame(new Holding(engine, types!, parts, () => engine.release(keys)), schema);
}

/** In files of this process: one, or one for each partition. */
async function heldHere(
  plan: PlanNode,
  options: FrameOptions & { readonly engine: Holding['engine'] },
): Promise<Holding> {
  const database = Database.of(options.engine);
  const directory = join(database.scratch(), `held-${++count}`);
  const outcomes: Outcome[] = [];
  const write = async (statement: Statement, part: number): Promise<void> => {
    const to = join(directory, String(part));
    const step = { database, options: queryOptions(options), directory: to, inputs: [] };
    outcomes[part] = await writeFragment({ params: { plan, output: { by: 'one' } } }, statement, step);
  };
  try {
    if (options.partitions === undefined)
      await withStatement(plan, database, options, (statement) => write(statement, 0));
    else await withPartitions(plan, database, { ...options, partitions: options.partitions }, write);
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
  const parts = outcomes.map(
    ({ files, bytes }): HeldPart => ({ at: { path: files[0]![0]! }, bytes: bytes! }),
  );
  return new Holding(options.engine, outcomes[0]!.types!, parts, () => removeTree(directory));
}
