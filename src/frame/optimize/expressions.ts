import { callNode, childrenOf, columnsOf, type ExprNode, mapChildren, some } from '../expr/node.js';
import type { Item } from '../plan/node.js';

/**
 * Expressions that are put into one another are no deeper than this. DuckDB plans an expression of a depth of 900 in half a minute, and refuses
 * more than a thousand of them or of nested statements: chains of ten thousand verbs become some hundred statements of this depth.
 */
export const MAX_DEPTH = 32;

const depths = new WeakMap<ExprNode, number>();

/** How deep an expression is. */
function depthOf(node: ExprNode): number {
  if (node.kind === 'column' || node.kind === 'literal') return 1;
  let depth = depths.get(node);
  if (depth === undefined) {
    depth = 1 + childrenOf(node).reduce((most, child) => Math.max(most, depthOf(child)), 0);
    depths.set(node, depth);
  }
  return depth;
}

/** An expression over what its columns are made of. */
export function substitute(node: ExprNode, of: ReadonlyMap<string, ExprNode>): ExprNode {
  if (node.kind === 'column') return of.get(node.name) ?? node;
  return node.kind === 'literal' ? node : mapChildren(node, (child) => substitute(child, of));
}

/** How deep an expression would be over what its columns are made of. */
export function substitutedDepth(node: ExprNode, of: ReadonlyMap<string, ExprNode>): number {
  if (node.kind === 'column') return depthOf(of.get(node.name) ?? node);
  return 1 + childrenOf(node).reduce((most, child) => Math.max(most, substitutedDepth(child, of)), 0);
}

/**
 * Whether an expression may stand where the column of its value stood. A bare literal may not: DuckDB fits the type of a number to what it
 * stands beside, and a column's not.
 */
export const substitutable = (node: ExprNode): boolean => node.kind !== 'literal';

/** Predicates of which all must hold: the operands of `and`. */
export function conjunctsOf(node: ExprNode): readonly ExprNode[] {
  const found: ExprNode[] = [];
  const stack = [node];
  while (stack.length > 0) {
    const next = stack.pop()!;
    if (next.kind === 'call' && next.fn === 'and') stack.push(...next.args.toReversed());
    else found.push(next);
  }
  return found;
}

/** One predicate of several, as a tree that is not deep. */
export function allOf(predicates: readonly ExprNode[]): ExprNode {
  if (predicates.length === 1) return predicates[0]!;
  const half = Math.ceil(predicates.length / 2);
  return callNode('and', allOf(predicates.slice(0, half)), allOf(predicates.slice(half)));
}

const FALLIBLE = /^str\.to/;

/** Whether a value may be an error: what was computed for fewer rows must not be computed for more. */
export const fallible = (node: ExprNode): boolean =>
  some(node, (part) => (part.kind === 'cast' ? part.strict : part.kind === 'call' && FALLIBLE.test(part.fn)));

/** Whether an expression reads none but some columns. */
export function readsOnly(node: ExprNode, names: { has(name: string): boolean }): boolean {
  for (const name of columnsOf(node)) if (!names.has(name)) return false;
  return true;
}

export const exprMap = (items: readonly Item[]): ReadonlyMap<string, ExprNode> =>
  new Map(items.map(({ name, expr }) => [name, expr]));
