import type { Key } from '../../graph/task.js';
import type { JoinNode } from '../plan/node.js';
import { NO_ORDER, type Parts, shift } from './parts.js';
import type { Fragment } from './task.js';

/** Rows in no order that are read of tasks. */
export const oneOf = (fragments: readonly Fragment[]): Parts => ({
  fragments,
  order: NO_ORDER,
  together: undefined,
  whole: undefined,
});

/** A join of two fragments. */
export function both(node: JoinNode, left: Fragment, right: Fragment): Fragment {
  const inputs: readonly Key[] = [...left.inputs, ...right.inputs];
  const plan = Object.freeze({ ...node, left: left.plan, right: shift(right.plan, left.inputs.length) });
  return { plan, inputs };
}
