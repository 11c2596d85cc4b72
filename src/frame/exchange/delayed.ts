import { tasksOf } from '../../lazy/index.js';
import type { ValuesCommon, ValuesParams, ValuesValue } from '../delayed/values-op.js';
import { runTasks } from '../map/files.js';
import type { ScanNode } from '../plan/node.js';
import type { DelayedSource } from '../plan/source.js';
import { placeOf } from './applied.js';
import type { Step } from './fragments.js';
import type { Outcome } from './outcome.js';
import { IN_PLACE, type Parts, readTasks } from './parts.js';
import type { Planner } from './planner.js';
import { taskOf, type ValuesTask } from './task.js';

/** Delayed values in partitions, each of which is one of them. */
export function planDelayed(planner: Planner, node: ScanNode & { readonly source: DelayedSource }): Parts {
  const { parts, schema } = node.source;
  for (const [key, task] of tasksOf(parts)) planner.blocks.set(key, task);
  const fragments = parts.map(({ key: input, as }, part) => {
    const key = planner.add(taskOf<ValuesTask>('frame/values', [input], { schema, part, as }));
    const { plan, inputs } = readTasks([key], 0, node.columns);
    return { plan: Object.freeze({ ...plan, filters: node.filters }) as ScanNode, inputs };
  });
  return { fragments, order: IN_PLACE, together: undefined, whole: undefined };
}

let runs = 0;

/** Writes a value, which the engine holds, as rows. */
export async function writeValues({ inputs, params }: ValuesTask, step: Step): Promise<Outcome> {
  const place = placeOf(step);
  const { schema, part, as } = params;
  const own: ValuesParams = { out: place.path('rows'), part, as };
  const common: ValuesCommon = { schema };
  const key = `frame-values-held-${++runs}`;
  const [value] = await runTasks([{ key, op: 'frame/from-values', inputs, params: own, common }], place);
  return { files: [(value as ValuesValue).rows > 0 ? [own.out] : []], schema };
}
