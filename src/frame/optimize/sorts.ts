import { type ExprNode, some } from '../expr/node.js';
import { aggregateCalled, isOrdered } from '../plan/aggregates.js';
import type { Item, PlanNode } from '../plan/node.js';
import { inputsOf } from '../plan/walk.js';
import { over, topDown } from './walk.js';

/**
 * A sort is left out where nobody sees the order: below groups, joins, distinct rows and other sorts. It stays where something takes rows as
 * they come: limits, samples, the first of each (`distinct('key')`), first(), last() and lists, windows without an order of their own, functions
 * of users, SQL of users.
 */
export const dropSorts = (plan: PlanNode): PlanNode =>
  topDown<boolean>(plan, true, {
    below: (node, seen) => inputsOf(node).map(() => seesOrder(node, seen)),
    make: (node, inputs, seen) =>
      node.kind === 'sort' && !seen && !node.ranges ? inputs[0]! : over(node, inputsOf(node), inputs),
  });

/** Whether a node's inputs' order of rows is seen. @param seen whether its own is */
export function seesOrder(node: PlanNode, seen: boolean): boolean {
  switch (node.kind) {
    case 'aggregate':
      return ordered([...node.keys, ...node.items]);
    case 'project':
      return seen || ordered(node.items);
    case 'join':
    case 'sort':
      return false;
    case 'distinct':
      return node.on !== undefined;
    case 'filter':
    case 'explode':
    case 'unpivot':
    case 'union':
    case 'repartition':
      return seen;
    default:
      return true;
  }
}

const ordered = (items: readonly Item[]): boolean => items.some(({ expr }) => some(expr, takesAsTheyCome));

/** Whether an expression depends on the order of rows; of windows this is sure only where they have an order of their own or none matters. */
const takesAsTheyCome = (node: ExprNode): boolean =>
  node.kind === 'aggregate'
    ? node.orderBy === undefined && mayBeOrdered(node.fn)
    : node.kind === 'window' && node.orderBy.length === 0 && (node.ordered || mayBeOrdered(node.fn));

const mayBeOrdered = (fn: string): boolean => isOrdered(fn) || aggregateCalled(fn) === undefined;
