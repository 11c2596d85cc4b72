import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenGroup } from '../map/aggregate-op.js';
import type { Place } from '../map/files.js';
import type { StoredRows } from '../map/rows-file.js';
import {
  finishPartials,
  mergePartials,
  runFunction,
  runGroups,
  runPartial,
  type Written,
} from '../map/run.js';
import type { Step } from './fragments.js';
import type { Outcome } from './outcome.js';
import type { ApplyTask, GroupsTask, MergeTask, PartialTask } from './task.js';

/** Users' functions of a graph, done by the engine's threads. */

/** How many rows there are up to the end of stored rows. */
export function countRows({ inputs: [rows, before] }: Step): Outcome {
  return { files: [], rows: (before?.rows ?? 0) + rows!.rows! };
}

export async function applyFunction({ params }: ApplyTask, step: Step): Promise<Outcome> {
  const [rows, before] = step.inputs;
  return filesOf(await runFunction(params, storedIn(rows!), placeOf(step), before?.rows));
}

export async function aggregateGroups({ params }: GroupsTask, step: Step): Promise<Outcome> {
  return filesOf(await runGroups(params, storedIn(step.inputs[0]!), placeOf(step)));
}

export async function partialOf({ params }: PartialTask, step: Step): Promise<Outcome> {
  const rows = storedIn(step.inputs[0]!);
  return { files: [], schema: rows.schema, partial: await runPartial(params, rows, placeOf(step)) };
}

export async function mergeGroups({ params: { aggregates, last } }: MergeTask, step: Step): Promise<Outcome> {
  const schema = step.inputs[0]!.schema!;
  const partials = step.inputs.flatMap(({ partial }): readonly OpenGroup[] => (partial ? [partial] : []));
  if (last) return filesOf(await finishPartials(aggregates, schema, partials, placeOf(step)));
  return { files: [], schema, partial: await mergePartials(aggregates, schema, partials, placeOf(step)) };
}

const storedIn = ({ files, schema }: Outcome): StoredRows => ({ file: files[0]![0]!, schema: schema! });

const filesOf = ({ files, schema }: Written): Outcome => ({ files: [files.map(({ path }) => path)], schema });

/** Where a task's functions are run. */
export function placeOf({ database, options, directory }: Step): Place {
  mkdirSync(directory, { recursive: true });
  return { database, engine: database.engine, options, path: (name) => join(directory, `${name}.parquet`) };
}
