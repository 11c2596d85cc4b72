import { childrenOf, type ExprNode, hasWindow } from '../expr/node.js';
import * as make from '../plan/make.js';
import type { PlanNode, ProjectNode } from '../plan/node.js';
import { exprMap, MAX_DEPTH, substitutable, substitute, substitutedDepth } from './expressions.js';

/**
 * One select after another is one: each is a statement within a statement to DuckDB, of which it allows some hundred. They stay two where
 * something would be computed more than once, where a window would be within a window, and where expressions would be too deep. A
 * select of all columns as they are is nothing.
 */
export function mergeProjects(node: ProjectNode): PlanNode {
  let { input, items } = node;
  while (input.kind === 'project') {
    const of = exprMap(input.items);
    if (!mergeable(items, of)) break;
    items = items.map(({ name, expr }) => ({ name, expr: substitute(expr, of) }));
    input = input.input;
  }
  const same =
    items.length === input.columns.length &&
    items.every(
      ({ name, expr }, i) => expr.kind === 'column' && expr.name === name && name === input.columns[i],
    );
  if (same) return input;
  return input === node.input ? node : make.project(input, items);
}

function mergeable(items: ProjectNode['items'], of: ReadonlyMap<string, ExprNode>): boolean {
  const reads = new Map<string, number>();
  let nested = false;
  let literal = false;
  const read = (node: ExprNode, inWindow: boolean, top: boolean): void => {
    if (node.kind === 'column') {
      const made = of.get(node.name);
      if (made === undefined) return;
      reads.set(node.name, (reads.get(node.name) ?? 0) + 1);
      nested ||= inWindow && hasWindow(made);
      literal ||= !top && !substitutable(made);
      return;
    }
    for (const child of childrenOf(node)) read(child, inWindow || node.kind === 'window', false);
  };
  for (const { expr } of items) read(expr, false, true);
  if (nested || literal) return false;
  for (const [name, times] of reads) {
    const kind = of.get(name)!.kind;
    if (times > 1 && kind !== 'column' && kind !== 'literal') return false;
  }
  return items.every(({ expr }) => substitutedDepth(expr, of) <= MAX_DEPTH);
}
