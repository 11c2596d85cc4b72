import type { Key } from '../../graph/task.js';
import type { ExprNode, LiteralValue, SortKey } from '../expr/node.js';
import { callNode, columnNode, literalNode, mapChildren } from '../expr/node.js';
import { needsRowOrder } from '../plan/aggregates.js';
import * as make from '../plan/make.js';
import type { Item, PlanNode } from '../plan/node.js';
import type { TaskSource } from '../plan/source.js';
import { rewrite } from '../plan/walk.js';
import type { Fragment } from './task.js';

/** The column that says where a row stood, while it is elsewhere: the number of its partition and its place in it. */
export const ORDER = '__tilework_position';
/** No partition has more rows. */
const PLACES = 2 ** 36;

/**
 * How the order of rows is kept. none: there is none. place: partitions are in order, and the rows in each. column: rows are anywhere, `ORDER`
 * says their places in `parts` partitions.
 */
export type Order =
  | { readonly kind: 'none' }
  | { readonly kind: 'place' }
  | { readonly kind: 'column'; readonly parts: number };

/** Rows with equal values of these columns are in one partition. */
export interface Together {
  readonly columns: readonly string[];
  /** By the hash of these columns, in this order, among as many partitions as the planner makes. */
  readonly hashed: boolean;
  /** Where they are known ranges of one column. */
  readonly divisions?: Divisions;
}

/** Ranges of a column, and which of them partitions are of: of the others no row passes. */
export interface Divisions {
  readonly values: readonly LiteralValue[];
  readonly indexes: readonly number[];
}

/** A relation in partitions, each a fragment that is not written yet: further operators can be put on top. */
export interface Parts {
  readonly fragments: readonly Fragment[];
  readonly order: Order;
  readonly together: Together | undefined;
  /** One plan that reads no task and has the same rows, where there is such. */
  readonly whole: PlanNode | undefined;
}

export const NO_ORDER: Order = Object.freeze({ kind: 'none' });
export const IN_PLACE: Order = Object.freeze({ kind: 'place' });

/** Columns, `ORDER` among them where rows are not in their places. */
export const columnsOfParts = ({ fragments }: Parts): readonly string[] => fragments[0]!.plan.columns;

/** Whether rows with equal values of some expressions are in one partition. */
export function liesTogether({ fragments, together }: Parts, by: readonly ExprNode[]): boolean {
  if (fragments.length === 1) return true;
  const names = by.flatMap((expr) => (expr.kind === 'column' ? [expr.name] : []));
  return by.length > 0 && together?.columns.every((name) => names.includes(name)) === true;
}

/** The same operator on top of every partition. */
export const mapParts = (
  parts: Parts,
  f: (plan: PlanNode, index: number) => PlanNode,
  changes: Partial<Pick<Parts, 'order' | 'together'>> = {},
): Parts => ({
  fragments: parts.fragments.map(({ plan, inputs }, i) => ({ plan: f(plan, i), inputs })),
  order: parts.order,
  together: parts.together,
  whole: parts.whole && f(parts.whole, 0),
  ...changes,
});

/** The items of a projection, and the column of places where there is one. */
export const carried = (parts: Parts, items: readonly Item[]): readonly Item[] =>
  parts.order.kind === 'column' ? [...items, itself(ORDER)] : items;

export const itself = (name: string): Item => ({ name, expr: columnNode(name) });

/** With the column of places, where rows have such. */
export function withPlaces(parts: Parts): Parts {
  if (parts.order.kind !== 'place') return parts;
  const fragments = parts.fragments.map(({ plan, inputs }, i): Fragment => {
    const place = callNode('add', literalNode(i * PLACES), ROW_NUMBER);
    return { plan: make.project(plan, [...plan.columns.map(itself), { name: ORDER, expr: place }]), inputs };
  });
  return {
    fragments,
    order: { kind: 'column', parts: fragments.length },
    together: parts.together,
    whole: undefined,
  };
}

/** The number of a row within its partition. */
export const ROW_NUMBER: ExprNode = Object.freeze({
  kind: 'window',
  fn: 'rowNumber',
  args: [],
  partitionBy: [],
  orderBy: [],
  ordered: true,
});

/** Rows in their places. */
export const BY_PLACE: SortKey = Object.freeze({ expr: columnNode(ORDER), descending: false, nulls: 'last' });

/** The partition that `ORDER` says. */
export const PARTITION_OF_PLACE: ExprNode = {
  kind: 'cast',
  value: callNode('floorDiv', callNode('sub', columnNode(ORDER), literalNode(1)), literalNode(PLACES)),
  to: 'int64',
  strict: true,
};

/** What depends on the order of rows depends on their places. */
export function byPlace(node: ExprNode): ExprNode {
  const inner = mapChildren(node, byPlace);
  if (!needsRowOrder(inner)) return inner;
  return Object.freeze({
    ...inner,
    orderBy: [BY_PLACE],
  }) as ExprNode;
}

/** Only some columns, and the places. */
export const pickParts = (parts: Parts, names: readonly string[]): Parts =>
  mapParts(parts, (plan) => make.pick(plan, parts.order.kind === 'column' ? [...names, ORDER] : names), {
    together: parts.together?.columns.every((name) => names.includes(name)) ? parts.together : undefined,
  });

/** The rows of each partition in the order of their places, without the column of those. */
export function sortedByPlace(parts: Parts): Parts {
  if (parts.order.kind !== 'column') return parts;
  const names = columnsOfParts(parts).filter((name) => name !== ORDER);
  return mapParts(parts, (plan) => make.pick(make.sort(plan, [BY_PLACE]), names), { order: NO_ORDER });
}

/** Without the column of places: rows in no order. */
export const forgetOrder = (parts: Parts): Parts => ({
  ...(parts.order.kind === 'column'
    ? mapParts(parts, (plan) =>
        make.pick(
          plan,
          plan.columns.filter((name) => name !== ORDER),
        ),
      )
    : parts),
  order: NO_ORDER,
});

/** A scan of one part of what some tasks wrote, in their order. */
export const readTasks = (keys: readonly Key[], part: number, columns: readonly string[]): Fragment => ({
  plan: make.scan({ from: 'tasks', inputs: keys.map((_, input) => ({ input, part })) }, columns),
  inputs: keys,
});

/** A scan of all parts of what some tasks wrote. */
export const readAll = (keys: readonly Key[], parts: number, columns: readonly string[]): Fragment => ({
  plan: make.scan(
    {
      from: 'tasks',
      inputs: keys.flatMap((_, input) => Array.from({ length: parts }, (_, part) => ({ input, part }))),
    },
    columns,
  ),
  inputs: keys,
});

/** The same plan where it stands behind others' inputs. */
export function shift(plan: PlanNode, by: number): PlanNode {
  if (by === 0) return plan;
  return rewriteScans(plan, (source) => ({
    ...source,
    inputs: source.inputs.map(({ input, part }) => ({ input: input + by, part })),
  }));
}

function rewriteScans(plan: PlanNode, f: (source: TaskSource) => TaskSource): PlanNode {
  return rewrite(plan, (node) =>
    node.kind === 'scan' && node.source.from === 'tasks'
      ? Object.freeze({ ...node, source: f(node.source) })
      : node,
  );
}
