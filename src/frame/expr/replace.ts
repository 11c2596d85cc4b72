import { callNode, type ExprNode, freeze, type LiteralValue, literalNode } from './node.js';

/** Values by those that they stand for: texts as properties, others by a `Map`. */
export type Replacements<V extends LiteralValue> = Readonly<Record<string, V>> | ReadonlyMap<LiteralValue, V>;

/** A value for each that is named, as data; `otherwise` for all else. */
export function replaceNode(
  node: ExprNode,
  values: Replacements<LiteralValue>,
  otherwise: ExprNode,
): ExprNode {
  const pairs = values instanceof Map ? [...values] : Object.entries(values);
  if (pairs.length === 0) return otherwise;
  const branches = pairs.map(([from, to]) => ({
    when: from === null ? callNode('isNull', node) : callNode('eq', node, literalNode(from)),
    value: literalNode(to),
  }));
  return freeze({ kind: 'case', branches, otherwise });
}
