import type { FunctionSpec } from '../../graph/function-spec.js';
import type { Task } from '../../graph/task.js';
import { readFooter } from '../parquet/footer.js';
import type { MapFunction } from '../plan/node.js';
import type { Schema } from '../types.js';
import type { AggregateCommon, AggregateParams, AggregateValue, OpenGroup } from './aggregate-op.js';
import { combineTasks, openGroups } from './aggregate-tasks.js';
import type { CustomAggregates } from './customs.js';
import { resultSchema } from './describe.js';
import { type Place, runTasks, shares } from './files.js';
import type { MapCommon, MapParams, MapValue } from './op.js';
import type { StoredRows } from './rows-file.js';

/** Users' functions over stored rows, run as tasks of the engine's threads. */

/** Files that threads wrote, in the order of their rows, and what their columns are to the frame. */
export interface Written {
  readonly files: readonly { readonly path: string; readonly rows: number }[];
  readonly schema: Schema;
}

/**
 * A function of batches, rows or groups.
 *
 * @param before how many rows of the frame stand before these: a function is told the numbers of its rows
 */
export async function runFunction(
  node: MapFunction,
  input: StoredRows,
  place: Place,
  before = 0,
): Promise<Written> {
  const tasks = functionTasks(node, input, before, (index) => place.path(`part-${index}`));
  const values = (await runTasks(tasks, place, { retries: node.retries })) as MapValue[];
  const files = tasks.map(({ params }, i) => ({ path: (params as MapParams).out, rows: values[i]!.rows }));
  return { files: files.filter(({ rows }) => rows > 0), schema: resultSchema(node, input.schema) };
}

let runs = 0;

/**
 * The tasks of a function over stored rows, each of which writes a file.
 *
 * @param before how many rows of the frame stand before these
 * @param out the file that a task writes, by its number
 */
function functionTasks(
  node: MapFunction,
  { file, schema: input }: StoredRows,
  before: number,
  out: (index: number) => string,
): Task[] {
  const { groups } = readFooter(file);
  const common: MapCommon = {
    fn: node.fn as FunctionSpec,
    label: node.name,
    per: node.per,
    input,
    output: node.schema,
    batchRows: node.batchRows,
    keep: node.per === 'group' ? node.keys.map(({ name }) => name) : node.keep,
    arrow: node.arrow,
  };
  const run = ++runs;
  return shares(groups).map(({ own, firstRow, behind }, index): Task => {
    const params: MapParams = {
      file,
      groups: own,
      firstRow: before + firstRow,
      out: out(index),
      ...(node.per === 'group' && { behind }),
    };
    return { key: `frame-map-${run}-${index}`, op: 'frame/map', inputs: [], params, common };
  });
}

/** Aggregates of users of the groups of sorted rows; without keys of all rows, be there none. */
export async function runGroups(
  aggregates: CustomAggregates,
  input: StoredRows,
  place: Place,
): Promise<Written> {
  const { common, run, written, groups } = await aggregated(aggregates, input, place);
  const out = (index: number): string => place.path(`last-${index}`);
  const last = combineTasks(groups, common, run, { out, whole: common.keys.length === 0 });
  if (last.outputs.length > 0) await runTasks(last.tasks, place, { outputs: last.outputs });
  const joined = last.outputs.map((_, i) => ({ path: out(i), rows: 1 }));
  return { files: [...written, ...joined], schema: groupsSchema(aggregates, input.schema) };
}

/** A partial result of aggregates of all rows; undefined where there are none. */
export async function runPartial(
  aggregates: CustomAggregates,
  input: StoredRows,
  place: Place,
): Promise<OpenGroup | undefined> {
  const { common, run, groups } = await aggregated(aggregates, input, place);
  const last = combineTasks(groups, common, run, { whole: false });
  if (last.outputs.length === 0) return undefined;
  const [group] = await runTasks(last.tasks, place, { outputs: last.outputs });
  return group as OpenGroup;
}

/** Partial results, in the order of their rows, as one; … */
export async function mergePartials(
  aggregates: CustomAggregates,
  input: Schema,
  partials: readonly OpenGroup[],
  place: Place,
): Promise<OpenGroup | undefined> {
  if (partials.length === 0) return undefined;
  const last = combineTasks([partials], { ...aggregates, input }, nextRun(), { whole: false });
  const [group] = await runTasks(last.tasks, place, { outputs: last.outputs });
  return group as OpenGroup;
}

/** … and as the row of their result. */
export async function finishPartials(
  aggregates: CustomAggregates,
  input: Schema,
  partials: readonly OpenGroup[],
  place: Place,
): Promise<Written> {
  const path = place.path('last');
  const groups = partials.length > 0 ? [partials] : [];
  const last = combineTasks(groups, { ...aggregates, input }, nextRun(), { out: () => path, whole: true });
  await runTasks(last.tasks, place, { outputs: last.outputs });
  return { files: [{ path, rows: 1 }], schema: groupsSchema(aggregates, input) };
}

const nextRun = (): string => `frame-aggregate-${++runs}`;

const groupsSchema = ({ keys, aggregates }: CustomAggregates, input: Schema): Schema =>
  Object.fromEntries([
    ...keys.map((name) => [name, input[name]!] as const),
    ...aggregates.map(({ name, functions }) => [name, functions.type] as const),
  ]);

async function aggregated(aggregates: CustomAggregates, { file, schema }: StoredRows, place: Place) {
  const common: AggregateCommon = { ...aggregates, input: schema };
  const run = nextRun();
  const tasks = shares(readFooter(file).groups).map(({ own, firstRow }, index): Task => {
    const params: AggregateParams = { file, groups: own, firstRow, out: place.path(`part-${index}`) };
    return { key: `${run}-${index}`, op: 'frame/aggregate', inputs: [], params, common };
  });
  const values = (await runTasks(tasks, place)) as AggregateValue[];
  const written = tasks
    .map(({ params }, i) => ({ path: (params as AggregateParams).out, rows: values[i]!.rows }))
    .filter(({ rows }) => rows > 0);
  return { common, run, written, groups: openGroups(values) };
}
