import { Delayed } from '../../delayed/delayed.js';
import { tokenize } from '../../graph/key.js';
import type { Task } from '../../graph/task.js';
import type { LazyInput } from '../../lazy/index.js';
import type { RowsCommon } from '../delayed/rows-op.js';
import { hold } from '../held/persist.js';
import { GROUP_ROWS } from '../map/rows-file.js';
import type { FrameOptions } from '../options.js';
import type { Holding } from '../plan/holding.js';
import type { PlanNode } from '../plan/node.js';
import type { Row } from '../types.js';

/** Has the partitions of a plan computed and held; the rows of each are a delayed value. */
export async function delayedOfPlan<S>(plan: PlanNode, options: FrameOptions): Promise<Delayed<Row<S>[]>[]> {
  const layout = { label: 'toDelayed', groupRows: GROUP_ROWS };
  const { holding, schema } = await hold(plan, options, { by: 'rows', layout });
  const common: RowsCommon = Object.freeze({ schema });
  return holding.parts.map(({ at }) => {
    const key = `rows-${tokenize(at)}`;
    const inputs = 'key' in at ? [at.key] : [];
    const params = 'path' in at ? { file: at.path } : {};
    const task: Task = Object.freeze({ key, op: 'frame/to-rows', inputs, params, common });
    const node: LazyInput = Object.freeze({ key, engine: holding.engine, inputs: [], tasks: () => [task] });
    // Partitions are held as long as one of the values is there.
    holdings.set(node, holding);
    return new Delayed<Row<S>[]>(node);
  });
}

const holdings = new WeakMap<LazyInput, Holding>();
