import { blockRows } from '../arrays/block-rows.js';
import type { BlocksCommon, BlocksParams, BlocksValue } from '../arrays/blocks-op.js';
import { firstNull } from '../arrays/nulls.js';
import { runTasks } from '../map/files.js';
import { copyStatement } from '../map/store.js';
import { readFooter } from '../parquet/footer.js';
import type { ScanNode } from '../plan/node.js';
import type { ArraySource } from '../plan/source.js';
import type { Statement } from '../sql/writer.js';
import type { Schema } from '../types.js';
import { placeOf } from './applied.js';
import type { Step } from './fragments.js';
import type { Outcome } from './outcome.js';
import { IN_PLACE, type Parts, readTasks } from './parts.js';
import type { Planner } from './planner.js';
import { type ArrayTask, type BlocksTask, taskOf } from './task.js';

/** An array in partitions: each reads some rows of its blocks. */
export function planArray(planner: Planner, node: ScanNode & { readonly source: ArraySource }): Parts {
  const { graph, rows } = blockRows(node.source);
  for (const [key, task] of graph) planner.blocks.set(key, task);
  const { schema } = node.source;
  const keys = rows.map((blocks) => planner.add(taskOf<BlocksTask>('frame/blocks', blocks, { schema })));
  const count = Math.min(planner.partitions, keys.length);
  const at = (part: number): number => Math.floor((keys.length * part) / count);
  const fragments = Array.from({ length: count }, (_, part) => {
    const { plan, inputs } = readTasks(keys.slice(at(part), at(part + 1)), 0, node.columns);
    return { plan: Object.freeze({ ...plan, filters: node.filters }) as ScanNode, inputs };
  });
  return { fragments, order: IN_PLACE, together: undefined, whole: undefined };
}

let runs = 0;

/** Writes blocks, which the engine holds, as rows. */
export async function writeBlocks({ inputs, params: { schema } }: BlocksTask, step: Step): Promise<Outcome> {
  const place = placeOf(step);
  const out = place.path('rows');
  const key = `frame-blocks-held-${++runs}`;
  const params: BlocksParams = { out };
  const common: BlocksCommon = { schema };
  const [value] = await runTasks([{ key, op: 'frame/from-blocks', inputs, params, common }], place);
  return { files: [(value as BlocksValue).rows > 0 ? [out] : []], schema };
}

/** Stores numbers in row groups of whole blocks. */
export async function storeArray(
  { params: { plan, dtype, chunkRows } }: ArrayTask,
  statement: Statement,
  step: Step,
): Promise<Outcome> {
  const { database, options } = step;
  const schema: Schema = Object.fromEntries(plan.columns.map((name) => [name, dtype]));
  const file = placeOf(step).path('numbers');
  await database.execute(copyStatement(statement, schema, file, chunkRows, 'toArray'), options);
  const footer = readFooter(file);
  const missing = firstNull(file, footer, plan.columns, dtype);
  const groups = footer.groups.map(({ rows }) => rows);
  return { files: [[file]], schema, groups, ...(missing && { missing }) };
}
