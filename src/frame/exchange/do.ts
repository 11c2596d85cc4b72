import type { AggregatePlan, PlanNode } from '../plan/node.js';
import type { TaskSource } from '../plan/source.js';
import { inputsOf } from '../plan/walk.js';
import { type Parameters, quoteName, type Statement } from '../sql/writer.js';
import { aggregateGroups, applyFunction, countRows, mergeGroups, partialOf } from './applied.js';
import { storeArray, writeBlocks } from './arrays.js';
import { writeValues } from './delayed.js';
import { exportFragment } from './export.js';
import { findBoundaries, type Step, writeFragment } from './fragments.js';
import { type Outcome, readSql } from './outcome.js';
import type { FragmentTask, FrameTask } from './task.js';
import { isScattered, ungrouped } from './ungrouped.js';

/** Makes a statement of a plan whose task sources are written as said. */
export type StatementOf = (
  plan: PlanNode,
  tasks: (source: TaskSource, parameters: Parameters) => string,
) => Promise<Statement>;

/** Does a task whose inputs have been done, here or elsewhere: their files are in reach. */
export async function doTask(task: FrameTask, statementOf: StatementOf, step: Step): Promise<Outcome> {
  const read = (source: TaskSource, parameters: Parameters): string =>
    readSql(source, step.inputs, parameters);
  switch (task.op) {
    case 'frame/fragment':
      return fragment(task, (plan) => statementOf(plan, read), step);
    case 'frame/blocks':
      return writeBlocks(task, step);
    case 'frame/values':
      return writeValues(task, step);
    case 'frame/array':
      return storeArray(task, await statementOf(task.params.plan, read), step);
    case 'frame/export':
      return exportFragment(task, await statementOf(task.params.plan, read), step);
    case 'frame/boundaries':
      return findBoundaries(task, step);
    case 'frame/offset':
      return countRows(step);
    case 'frame/apply':
      return applyFunction(task, step);
    case 'frame/groups':
      return aggregateGroups(task, step);
    case 'frame/partial':
      return partialOf(task, step);
    case 'frame/merge':
      return mergeGroups(task, step);
  }
}

/** Writes a fragment; of a partial result of groups whose keys hardly come again the rows themselves. */
async function fragment(
  task: FragmentTask,
  statementOf: (plan: PlanNode) => Promise<Statement>,
  step: Step,
): Promise<Outcome> {
  const { plan, output } = task.params;
  const { database, options } = step;
  const grouped = await statementOf(plan);
  const rows =
    plan.kind === 'aggregate' && plan.partial && plan.keys.length > 0 && output.by === 'expression'
      ? ungrouped(plan)
      : undefined;
  if (!rows || !(await isScattered(plan as AggregatePlan, statementOf, database, options)))
    return writeFragment(task, grouped, step);
  // Columns as those of partial results are: some tasks may leave the one, and some the other.
  const { types } = await database.describe(grouped, options);
  const columns = Object.entries(types).map(
    ([name, type]) => `CAST(${quoteName(name)} AS ${type}) AS ${quoteName(name)}`,
  );
  const { sql, values } = await statementOf(rows);
  return writeFragment(task, { sql: `SELECT ${columns.join(', ')} FROM (${sql}) AS u`, values }, step);
}

/** What a task reads of an input. */
export interface InputRead {
  readonly parts: ReadonlySet<number>;
  /** Inputs with the same number are read by one scan of the plan, and by no other. */
  readonly scan: number;
}

/** Which parts of the files of its inputs a task reads, by the number of the input; of the others it needs what they say beside files. */
export function partsRead(task: FrameTask): ReadonlyMap<number, InputRead> {
  const read = new Map<number, InputRead>();
  const add = (input: number, part: number, scan: number): void => {
    const before = read.get(input);
    const parts = new Set(before?.parts).add(part);
    read.set(input, { parts, scan: before && before.scan !== scan ? -1 - input : scan });
  };
  switch (task.op) {
    case 'frame/fragment':
    case 'frame/array':
    case 'frame/export': {
      let scan = 0;
      for (const source of tasksRead(task.params.plan)) {
        for (const { input, part } of source.inputs) add(input, part, scan);
        scan++;
      }
      break;
    }
    case 'frame/boundaries':
      for (const input of task.inputs.keys()) add(input, 0, 0);
      break;
    case 'frame/apply':
    case 'frame/groups':
    case 'frame/partial':
      add(0, 0, 0);
      break;
    case 'frame/blocks':
    case 'frame/values':
    case 'frame/offset':
    case 'frame/merge':
  }
  return read;
}

function* tasksRead(plan: PlanNode): Generator<TaskSource> {
  if (plan.kind === 'scan' && plan.source.from === 'tasks') yield plan.source;
  for (const input of inputsOf(plan)) yield* tasksRead(input);
}
