import type { Key } from '../../graph/task.js';
import { narrowed } from '../duck/narrow.js';
import type { FileKind } from '../files/copy.js';
import { type Staging, stage } from '../files/staging.js';
import type { Statement } from '../sql/writer.js';
import type { Step } from './fragments.js';
import type { Outcome } from './outcome.js';
import { type ExportTask, type Fragment, type FrameGraph, type FrameTask, taskOf } from './task.js';

/** A graph whose result tasks take, each a partition, and their keys, in order. */
export function ending(
  graph: FrameGraph,
  taskFor: (fragment: Fragment, part: number) => FrameTask,
): { readonly graph: FrameGraph; readonly keys: readonly Key[] } {
  const tasks = new Map(graph.tasks);
  const keys = graph.result.map((fragment, part) => {
    const task = taskFor(fragment, part);
    tasks.set(task.key, task);
    return task.key;
  });
  return { graph: { ...graph, tasks, result: [] }, keys };
}

/** A graph whose result is written to files. */
export const exporting = (graph: FrameGraph, kind: FileKind, to: Staging): ReturnType<typeof ending> =>
  ending(graph, ({ plan, inputs }, part) =>
    taskOf<ExportTask>('frame/export', inputs, { plan, part, kind, to }),
  );

/** Writes a partition where it can be published from. */
export async function exportFragment(
  { params: { part, kind, to } }: ExportTask,
  statement: Statement,
  { database, options, directory }: Step,
): Promise<Outcome> {
  const own = await narrowed(statement, database);
  return { files: [], staged: await stage(own, kind, part, to, directory, database, options) };
}
