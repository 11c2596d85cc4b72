import { type ExprNode, freeze, mapChildren, windowOf } from '../expr/node.js';

/** An expression whose aggregates and windows are of the rows with the same keys; so are windows within windows. */
export function withinGroups(node: ExprNode, keys: readonly ExprNode[]): ExprNode {
  if (node.kind === 'aggregate') {
    if (node.distinct) throw new TypeError('transform: a distinct aggregate has no window');
    return withinGroups(windowOf(node), keys);
  }
  const inner = mapChildren(node, (child) => withinGroups(child, keys));
  return inner.kind === 'window' ? freeze({ ...inner, partitionBy: [...keys, ...inner.partitionBy] }) : inner;
}
