import { columnNode, hasWindow } from '../expr/node.js';
import * as make from '../plan/make.js';
import type { PlanNode, SortNode } from '../plan/node.js';
import { columnsOfParts, forgetOrder, IN_PLACE, mapParts, type Parts, readTasks } from './parts.js';
import type { Planner } from './planner.js';
import { sizeOf } from './split.js';
import { boundariesTask } from './task.js';

/** So many values of a partition are looked at to find the ranges of a sort. */
const SAMPLES = 4000;
/** What a sample is of where nobody knows how many rows there are. */
const UNKNOWN_SHARE = 0.05;

export function planSort(planner: Planner, node: SortNode): Parts {
  const { keys } = node;
  const input = forgetOrder(planner.parts(node.input));
  if (input.fragments.length === 1 || planner.partitions === 1)
    return mapParts(planner.gathered(input), (plan) => make.sort(plan, keys), {
      order: IN_PLACE,
    });
  // Rows are read twice, once for a sample: what is more than reading is done once.
  const columns = columnsOfParts(input);
  const rows = input.fragments.every(({ plan }) => isCheap(plan))
    ? input
    : { ...input, fragments: planner.written(input).map((key) => readTasks([key], 0, columns)) };
  const size = sizeOf(node.input, planner.facts);
  const fraction = size
    ? Math.min(1, (SAMPLES * planner.partitions) / Math.max(1, size.rows))
    : UNKNOWN_SHARE;
  const named = keys.map((key, i) => ({ ...key, expr: columnNode(`k${i}`) }));
  const samples = rows.fragments.map(({ plan, inputs }, i) =>
    planner.write(
      {
        plan: make.sample(
          make.project(
            plan,
            keys.map(({ expr }, k) => ({ name: `k${k}`, expr })),
          ),
          fraction,
          i + 1,
        ),
        inputs,
      },
      { by: 'one' },
    ),
  );
  const boundaries = boundariesTask(samples, named, planner.partitions);
  planner.tasks.set(boundaries.key, boundaries);
  const apart = planner.exchange(
    rows,
    planner.partitions,
    ({ plan, inputs }) => [
      { plan, inputs: [...inputs, boundaries.key] },
      { by: 'range', parts: planner.partitions, keys, boundaries: inputs.length },
    ],
    {
      order: IN_PLACE,
      together: keys.every(({ expr }) => expr.kind === 'column')
        ? {
            columns: keys.flatMap(({ expr }) => (expr.kind === 'column' ? [expr.name] : [])),
            hashed: false,
          }
        : undefined,
    },
  );
  return mapParts(apart, (plan) => make.sort(plan, keys));
}

/** Whether a plan does little more than read files or memory. */
function isCheap(plan: PlanNode): boolean {
  switch (plan.kind) {
    case 'scan':
      return true;
    case 'filter':
      return isCheap(plan.input);
    case 'project':
      return !plan.items.some(({ expr }) => hasWindow(expr)) && isCheap(plan.input);
    default:
      return false;
  }
}
