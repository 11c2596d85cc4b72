import {
  childrenOf,
  columnNode,
  type ExprNode,
  freeze,
  hasAggregate,
  hasWindow,
  mapChildren,
  type SortKey,
  windowOf,
} from '../expr/node.js';
import { keyOf } from '../expr/same.js';
import type {
  AggregatePlan,
  DistinctNode,
  ExplodeNode,
  FilterNode,
  Item,
  LimitNode,
  PlanNode,
  ProjectNode,
  Ranges,
  RepartitionNode,
  SampleNode,
  ScanNode,
  SortNode,
  UnionNode,
  UnpivotNode,
} from './node.js';
import type { Source } from './source.js';

/** Makes nodes of plans, frozen. What is wrong with names is said by `check.ts` before. */

export const scan = (
  source: Source,
  columns: readonly string[],
  filters: readonly ExprNode[] = [],
): ScanNode => freeze({ kind: 'scan', source, columns, filters });

export const project = (input: PlanNode, items: readonly Item[]): ProjectNode =>
  freeze({ kind: 'project', input, items, columns: items.map(({ name }) => name) });

/**
 * Named expressions of which a window may be over another window, as SQL has it not: what is inside becomes a column of a plan below.
 */
export function select(input: PlanNode, items: readonly Item[]): ProjectNode {
  const sameOf = equals();
  const inner = new Map<ExprNode, string>();
  const outside = (node: ExprNode): ExprNode =>
    node.kind === 'window' && childrenOf(node).some(hasWindow)
      ? mapChildren(node, inside)
      : mapChildren(node, outside);
  const inside = (node: ExprNode): ExprNode => {
    if (node.kind !== 'window') return mapChildren(node, inside);
    const window = sameOf(node);
    const name = inner.get(window) ?? `__tilework_inner${inner.size}`;
    inner.set(window, name);
    return columnNode(name);
  };
  const outer = items.map(({ name, expr }): Item => ({ name, expr: outside(expr) }));
  if (inner.size === 0) return project(input, items);
  return project(
    select(input, [...itself(input), ...[...inner].map(([expr, name]) => ({ name, expr }))]),
    outer,
  );
}

/** Of equal expressions the first that was asked for: what stands several times is computed once. Parts that are shared are looked at once. */
function equals(): (node: ExprNode) => ExprNode {
  const first = new Map<string, { readonly node: ExprNode; readonly id: string }>();
  const known = new Map<ExprNode, { readonly node: ExprNode; readonly id: string }>();
  const entryOf = (node: ExprNode): { readonly node: ExprNode; readonly id: string } => {
    let entry = known.get(node);
    if (!entry) {
      const key = keyOf(mapChildren(node, (child) => columnNode(entryOf(child).id)));
      entry = first.get(key) ?? { node, id: `\0${first.size}` };
      first.set(key, entry);
      known.set(node, entry);
    }
    return entry;
  };
  return (node) => entryOf(node).node;
}

/** What a stable sort calls the numbers of rows: of them only the order matters. */
export const STABLE = '__tilework_order';

/** All columns, and the number of each row from 1, by a name. */
export function numbered(input: PlanNode, name: string): ProjectNode {
  const row: ExprNode = freeze({
    kind: 'window',
    fn: 'rowNumber',
    args: [],
    partitionBy: [],
    orderBy: [],
    ordered: true,
  });
  return project(input, [...itself(input), { name, expr: row }]);
}

/** Columns by their names, as they are. */
export const named = (names: readonly string[]): Item[] =>
  names.map((name) => ({ name, expr: columnNode(name) }));

/** All columns as they are. */
export const itself = ({ columns }: PlanNode): Item[] => named(columns);

/** Only the columns of some names. */
export const pick = (input: PlanNode, names: readonly string[]): PlanNode =>
  names.length === input.columns.length && names.every((name, i) => name === input.columns[i])
    ? input
    : project(input, named(names));

export const filter = (input: PlanNode, predicate: ExprNode): FilterNode =>
  freeze({ kind: 'filter', input, predicate, columns: input.columns });

export const aggregate = (input: PlanNode, keys: readonly Item[], items: readonly Item[]): AggregatePlan =>
  freeze({ kind: 'aggregate', input, keys, items, columns: [...keys, ...items].map(({ name }) => name) });

export const sort = (input: PlanNode, keys: readonly SortKey[], ranges?: Ranges): SortNode =>
  freeze({ kind: 'sort', input, keys, columns: input.columns, ...(ranges && { ranges }) });

export const repartition = (input: PlanNode, partitions: number): RepartitionNode =>
  freeze({ kind: 'repartition', input, partitions, columns: input.columns });

export const limit = (input: PlanNode, count: number | undefined, offset = 0): LimitNode =>
  freeze({ kind: 'limit', input, count, offset, columns: input.columns });

export const distinct = (input: PlanNode, on?: readonly string[]): DistinctNode =>
  freeze({ kind: 'distinct', input, ...(on && { on }), columns: input.columns });

export const union = (inputs: readonly PlanNode[], columns: readonly string[]): UnionNode =>
  freeze({ kind: 'union', inputs, columns });

export const explode = (input: PlanNode, lists: readonly string[]): ExplodeNode =>
  freeze({ kind: 'explode', input, lists, columns: input.columns });

export const unpivot = (
  input: PlanNode,
  ids: readonly string[],
  values: readonly string[],
  variable: string,
  value: string,
): UnpivotNode =>
  freeze({ kind: 'unpivot', input, values, variable, value, columns: [...ids, variable, value] });

export const sample = (input: PlanNode, fraction: number, seed: number): SampleNode =>
  freeze({ kind: 'sample', input, fraction, seed, columns: input.columns });

/** Aggregates that stand alone in a list of columns are of the whole frame: the same value in each row. */
export function broadcast(expr: ExprNode): ExprNode {
  if (!hasAggregate(expr)) return expr;
  if (expr.kind !== 'aggregate') return expr.kind === 'window' ? expr : mapChildren(expr, broadcast);
  return windowOf(expr);
}
