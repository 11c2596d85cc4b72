import { callNode, columnNode, hasWindow, literalNode, type SortKey } from '../expr/node.js';
import * as make from '../plan/make.js';
import type { Item, PlanNode, SortNode } from '../plan/node.js';
import {
  columnsOfParts,
  forgetOrder,
  IN_PLACE,
  itself,
  mapParts,
  NO_ORDER,
  type Parts,
  ROW_NUMBER,
  readTasks,
} from './parts.js';
import type { Planner } from './planner.js';
import { type Size, sizeOf } from './split.js';
import { type BoundariesTask, taskOf } from './task.js';

/** So many values of a partition are looked at to find the ranges of a sort. */
const SAMPLES = 4000;
/** A share of all rows is so exact. */
const STEPS = 2 ** 20;
const PLACE = '__tilework_place';
/** What a sample is of where nobody knows how many rows there are. */
const UNKNOWN_SHARE = 0.05;

/** A sort in partitions: the rows of each range are sorted where they are. */
export function planSort(planner: Planner, node: SortNode): Parts {
  const { keys } = node;
  const input = forgetOrder(planner.parts(node.input));
  const apart =
    input.fragments.length === 1 || planner.partitions === 1
      ? planner.gathered(input)
      : ranged(planner, input, keys, { size: sizeOf(node.input, planner.facts), spread: true });
  return mapParts(apart, (plan) => make.sort(plan, keys), { order: IN_PLACE });
}

interface RangedOptions {
  /** Of the rows, at most, where it is known. */
  readonly size: Size | undefined;
  /** Whether rows of equal keys may be in several partitions, so that none has all of them. */
  readonly spread: boolean;
  /** How many ranges; default: as many as there are to be partitions. */
  readonly count?: number;
}

/** Rows apart in ranges of their sort keys, in the order of those. Where the ranges lie a sample says. */
export function ranged(
  planner: Planner,
  parts: Parts,
  keys: readonly SortKey[],
  { size, spread, count = planner.partitions }: RangedOptions,
): Parts {
  // Rows are read twice, once for a sample: what is more than reading is done once.
  const columns = columnsOfParts(parts);
  const stored = parts.fragments.every(({ plan }) => isCheap(plan)) ? undefined : planner.written(parts);
  if (stored && spread) {
    const all = { ...parts, fragments: [readTasks(stored, 0, columns)], whole: undefined };
    if (planner.measured(all) <= planner.options.broadcastBytes) return all;
  }
  const rows = stored ? { ...parts, fragments: stored.map((key) => readTasks([key], 0, columns)) } : parts;
  const fraction = size ? Math.min(1, (SAMPLES * count) / Math.max(1, size.rows)) : UNKNOWN_SHARE;
  const values = keys.map(({ expr }, i): Item => ({ name: `k${i}`, expr }));
  const samples = rows.fragments.map(({ plan, inputs }, i) =>
    planner.write({ plan: sampled(make.project(plan, values), fraction, i), inputs }, { by: 'one' }),
  );
  const named = keys.map((key, i) => ({ ...key, expr: columnNode(`k${i}`) }));
  const boundaries = planner.add(
    taskOf<BoundariesTask>('frame/boundaries', samples, { keys: named, parts: count }),
  );
  const names = keys.flatMap(({ expr }) => (expr.kind === 'column' ? [expr.name] : []));
  return planner.exchange(
    rows,
    count,
    ({ plan, inputs }) => [
      { plan, inputs: [...inputs, boundaries] },
      { by: 'range', parts: count, keys, boundaries: inputs.length, spread },
    ],
    {
      order: rows.order.kind === 'column' ? rows.order : NO_ORDER,
      together: !spread && names.length === keys.length ? { columns: names, hashed: false } : undefined,
    },
  );
}

/** Rows chosen by a hash of their places: DuckDB's own sample is another each time that several threads make it, and a task may run again. */
function sampled(plan: PlanNode, fraction: number, part: number): PlanNode {
  if (fraction >= 1) return plan;
  const place = make.project(plan, [...plan.columns.map(itself), { name: PLACE, expr: ROW_NUMBER }]);
  const hash = callNode('hash', columnNode(PLACE), literalNode(part));
  const chosen = callNode(
    'lt',
    callNode('mod', hash, literalNode(STEPS)),
    literalNode(Math.ceil(fraction * STEPS)),
  );
  return make.pick(make.filter(place, chosen), plan.columns);
}

/** Whether a plan does little more than read files or memory. */
export function isCheap(plan: PlanNode): boolean {
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
