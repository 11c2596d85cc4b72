import type { Key } from '../../graph/task.js';
import { partsOf } from '../plan/holding.js';
import type { PlanNode, ScanNode } from '../plan/node.js';
import type { HeldSource } from '../plan/source.js';
import { inputsOf } from '../plan/walk.js';
import { IN_PLACE, type Parts, readTasks } from './parts.js';
import type { Planner } from './planner.js';

type HeldScan = ScanNode & { readonly source: HeldSource };

export const isHeld = (node: PlanNode): node is HeldScan =>
  node.kind === 'scan' && node.source.from === 'held';

/** What an engine's workers hold, in the partitions that there are: each is read from what a task left before. */
export function planHeld(planner: Planner, node: HeldScan): Parts {
  const keys = keysOf(node.source);
  planner.reasons.push(`persisted: ${keys.length} partitions, as they are`);
  const fragments = keys.map(([key]) => {
    const { plan, inputs } = readTasks([key], 0, node.columns);
    return { plan: Object.freeze({ ...plan, filters: node.filters }) as ScanNode, inputs };
  });
  return { fragments, order: IN_PLACE, together: undefined, whole: undefined };
}

/** How much tasks before have left that a plan reads. */
export function heldBytes(plan: PlanNode, into = new Map<Key, number>()): Map<Key, number> {
  if (isHeld(plan)) for (const [key, bytes] of keysOf(plan.source)) into.set(key, bytes);
  for (const input of inputsOf(plan)) heldBytes(input, into);
  return into;
}

const keysOf = (source: HeldSource): readonly (readonly [Key, number])[] =>
  partsOf(source).flatMap(({ at, bytes }) => ('key' in at ? [[at.key, bytes] as const] : []));
