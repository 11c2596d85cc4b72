import { stat } from 'node:fs/promises';
import type { Engine } from '../../engine/engine.js';
import type { Key, Task } from '../../graph/task.js';
import type { Database, QueryOptions } from '../duck/database.js';
import type { RowGroup } from '../parquet/footer.js';
import * as make from '../plan/make.js';
import type { PlanNode } from '../plan/node.js';
import type { FileInfo } from '../plan/source.js';
import { arrayOf, type Batch } from '../result/column.js';
import type { Schema } from '../types.js';
import { restored } from './errors.js';
import { storedSchema } from './op.js';
import { restoreItems } from './store.js';

/** Where and with what a function of a plan is computed. */
export interface Place {
  readonly database: Database;
  readonly engine: Engine;
  readonly options: QueryOptions;
  /** A file of its own, by a name. */
  readonly path: (name: string) => string;
}

/** Tasks of one function at most: each takes some row groups. */
const TASKS = 256;

/** Row groups shared out to tasks. */
export function shares(
  groups: readonly RowGroup[],
): { readonly own: readonly RowGroup[]; readonly firstRow: number; readonly behind: number }[] {
  const each = Math.max(1, Math.ceil(groups.length / TASKS));
  const made = [];
  let firstRow = 0;
  for (let from = 0; from < groups.length; from += each) {
    const own = groups.slice(from, from + each);
    made.push({ own, firstRow, behind: from + own.length });
    firstRow += own.reduce((sum, { rows }) => sum + rows, 0);
  }
  return made;
}

interface RunTasks {
  readonly retries?: number | undefined;
  /** Whose values are wanted; all, where absent. */
  readonly outputs?: readonly Key[];
  readonly priorities?: ReadonlyMap<Key, number>;
}

/** Runs tasks; their values in the order of the tasks. */
export async function runTasks(
  tasks: readonly Task[],
  { engine, options: { signal } }: Place,
  run: RunTasks = {},
): Promise<unknown[]> {
  const { retries, outputs = tasks.map(({ key }) => key) } = run;
  const values = new Map<string, unknown>();
  try {
    using results = await engine.run(new Map(tasks.map((task) => [task.key, task])), outputs, {
      ...(signal && { signal }),
      ...(retries !== undefined && { retries }),
      priorities: run.priorities ?? new Map(tasks.map(({ key }, index) => [key, index])),
      onOutput: (key, result) => {
        if ('value' in result) values.set(key, result.value);
      },
    });
    void results;
  } catch (error) {
    throw restored(error);
  }
  return outputs.map((key) => values.get(key));
}

/** A scan of files that our tasks wrote, typed as the frame is. */
export async function filesScan(
  written: readonly { readonly path: string; readonly rows: number }[],
  schema: Schema,
  columns: readonly string[] = Object.keys(schema),
): Promise<PlanNode> {
  if (written.length === 0) return emptyScan(schema, columns);
  const files = await Promise.all(
    written.map(async ({ path, rows }): Promise<FileInfo> => {
      const { size, mtimeMs } = await stat(path);
      return { path, bytes: size, modified: mtimeMs, rows };
    }),
  );
  const source = Object.freeze({
    from: 'files',
    format: 'parquet',
    files,
    options: {},
    schema: storedSchema(schema),
  } as const);
  const scan = make.scan(source, columns);
  const items = restoreItems(schema).filter(({ name }) => columns.includes(name));
  return items.every(({ expr }) => expr.kind === 'column') ? scan : make.project(scan, items);
}

export function emptyScan(schema: Schema, names: readonly string[] = Object.keys(schema)): PlanNode {
  const columns = Object.entries(schema).map(([name, type]) => {
    const Typed = arrayOf(type);
    return { name, type, values: Typed ? new Typed(0) : [], valid: undefined };
  });
  const table: Batch = { rows: 0, columns };
  return make.scan(Object.freeze({ from: 'memory', schema, table } as const), names);
}
