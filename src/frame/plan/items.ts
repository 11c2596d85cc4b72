import { ExprCore, nodeOf } from '../expr/methods/core.js';
import { columnNode } from '../expr/node.js';
import type { Operand } from '../expr/operand.js';
import { checkByName } from '../given.js';
import type { Named } from '../schemas.js';
import type { Item } from './node.js';

/** Named expressions as items of a plan. Throws a TypeError where they have no names, or are none. */
export function itemsOf(where: string, named: Named<string>): Item[] {
  if (named instanceof ExprCore) throw new TypeError(`${where}: ${named} needs a name: { name: ${named} }`);
  checkByName(where, named, "expressions by name, { total: col('x').sum() }");
  return Object.entries(named).map(([name, value]) => ({ name, expr: nodeOf(value as Operand) }));
}

/** Names of columns and named expressions, one after another, as items of a plan. */
export const selected = (where: string, list: readonly unknown[]): Item[] =>
  list.flatMap((item): Item[] => {
    if (typeof item === 'string') return [{ name: item, expr: columnNode(item) }];
    if (Array.isArray(item))
      throw new TypeError(
        `${where} takes names one by one, ${where}('a', 'b'), not an array: put ... before it`,
      );
    return itemsOf(where, item as Named<string>);
  });
