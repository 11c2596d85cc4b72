import { ColumnError } from '../errors.js';
import { columnsOf, type ExprNode } from '../expr/node.js';
import { given } from '../given.js';
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
  checkTypes(where, expr, plan);
}

/**
 * Throws where a name stands twice, or is empty: columns are found by their names. DuckDB takes names for one that differ in the case of
 * letters from A to Z only, and would silently take the one column for the other.
 */
export function checkUnique(where: string, names: readonly string[], remedy = 'rename one of them'): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    if (name === '') throw new TypeError(`${where}: a column would have an empty name; give it another`);
    const folded = name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
    const other = seen.get(folded);
    if (other === name)
      throw new TypeError(`${where}: two columns would be called ${JSON.stringify(name)}; ${remedy}`);
    if (other !== undefined)
      throw new TypeError(
        `${where}: the columns ${JSON.stringify(other)} and ${JSON.stringify(name)} would differ only in the case of letters, which SQL does not tell apart; rename one of them`,
      );
    seen.set(folded, name);
  }
}
