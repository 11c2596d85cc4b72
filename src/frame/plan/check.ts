import { ColumnError } from '../errors.js';
import { childrenOf, columnsOf, type ExprNode, hasAggregate, some } from '../expr/node.js';
import { printExpr } from '../expr/print.js';
import { given } from '../given.js';
import { onlyInCase, sameName } from '../same-name.js';
import { checkTypes } from './mismatch.js';
import type { PlanNode } from './node.js';

/** Throws a ColumnError where a name is not among the columns, with the nearest that is; a TypeError for what is no name. */
export function checkNames(where: string, names: Iterable<string>, columns: readonly string[]): void {
  for (const name of names) {
    if (typeof name !== 'string')
      throw new TypeError(
        `${where} takes names of columns, not ${given(name)}${Array.isArray(name) ? ': put ... before it' : ''}`,
      );
    if (!columns.includes(name)) throw new ColumnError(where, name, columns);
  }
}

/** Throws where an expression reads a column that a plan does not have, or needs another type than the plan is known to give. */
export function checkExpr(where: string, expr: ExprNode, plan: PlanNode): void {
  checkNames(where, columnsOf(expr), plan.columns);
  checkNested(where, expr);
  checkTypes(where, expr, plan);
}

/** Throws where an aggregate stands over what there is only when all rows are known: another aggregate, or a window. */
function checkNested(where: string, expr: ExprNode): void {
  for (const child of childrenOf(expr)) {
    checkNested(where, child);
    if (expr.kind === 'aggregate' && some(child, ({ kind }) => kind === 'aggregate' || kind === 'window'))
      throw new TypeError(
        `${where}: ${printExpr(expr)} is an aggregate over ${hasAggregate(child) ? 'an aggregate' : 'a window function'}: make a column of that before, by ${hasAggregate(child) ? 'agg' : 'withColumns'}({ name: ${printExpr(child)} })`,
      );
  }
}

/**
 * Throws where a name stands twice, or is empty: columns are found by their names. DuckDB would silently take one of two for the other that it
 * does not tell apart.
 */
export function checkUnique(where: string, names: readonly string[], remedy = 'rename one of them'): void {
  if (names.includes('')) throw new TypeError(`${where}: a column would have an empty name; give it another`);
  const same = sameName(names);
  if (same === undefined) return;
  if (same[0] === same[1])
    throw new TypeError(`${where}: two columns would be called ${JSON.stringify(same[0])}; ${remedy}`);
  throw new TypeError(`${where}: the columns ${onlyInCase(same, 'would differ')}; rename one of them`);
}
