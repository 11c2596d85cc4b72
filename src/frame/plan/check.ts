import { ColumnError } from '../errors.js';
import { columnsOf, type ExprNode } from '../expr/node.js';

/** Throws a ColumnError where a name is not among the columns, with the nearest that is. */
export function checkNames(where: string, names: Iterable<string>, columns: readonly string[]): void {
  for (const name of names) if (!columns.includes(name)) throw new ColumnError(where, name, columns);
}

export const checkExpr = (where: string, expr: ExprNode, columns: readonly string[]): void =>
  checkNames(where, columnsOf(expr), columns);

/** Throws where a name stands twice: columns are found by their names. */
export function checkUnique(where: string, names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name))
      throw new TypeError(
        `${where}: two columns would be called ${JSON.stringify(name)}; rename one of them`,
      );
    seen.add(name);
  }
}
