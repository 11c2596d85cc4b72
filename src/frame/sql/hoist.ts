import { columnNode, type ExprNode, mapChildren, some } from '../expr/node.js';
import type { Item } from '../plan/node.js';
import { SCALAR } from './functions.js';

/**
 * Functions whose meaning depends on the types of their arguments (`macros.ts`). DuckDB chooses their overloads before it knows the types of
 * aggregates and windows, so that these get columns of their own first.
 */
const TYPED: ReadonlySet<string> = new Set(
  Object.entries(SCALAR)
    .filter(([, template]) => template('x', 'x', 'x').includes('tw_'))
    .map(([name]) => name),
);

const late = ({ kind }: ExprNode): boolean => kind === 'aggregate' || kind === 'window';
const typed = (node: ExprNode): boolean =>
  (node.kind === 'call' && TYPED.has(node.fn)) ||
  (node.kind === 'cast' && typeof node.to === 'string' && /^u?int\d/.test(node.to));

/**
 * Items cut in two where that is needed: aggregates and windows by names of their own beside the items that stay whole, and what is made
 * of them. Undefined where nothing is to be cut.
 */
export function hoisted(
  items: readonly Item[],
): { readonly first: readonly Item[]; readonly then: readonly Item[] } | undefined {
  const cut = ({ expr }: Item): boolean => some(expr, (node) => typed(node) && some(node, late));
  if (!items.some(cut)) return undefined;
  const first: Item[] = [];
  const parts = new Map<ExprNode, string>();
  const replaced = (node: ExprNode): ExprNode => {
    if (!late(node)) return mapChildren(node, replaced);
    const name = parts.get(node) ?? `__tilework_part${parts.size}`;
    if (!parts.has(node)) first.push({ name, expr: node });
    parts.set(node, name);
    return columnNode(name);
  };
  const then = items.map((item): Item => {
    if (cut(item)) return { name: item.name, expr: replaced(item.expr) };
    if (!some(item.expr, late)) return item;
    return { name: item.name, expr: replaced(item.expr) };
  });
  return { first, then };
}
