import { FrameError } from '../errors.js';
import {
  type AggregateNode,
  type CustomFunctions,
  columnNode,
  type ExprNode,
  freeze,
  literalNode,
  mapChildren,
  some,
} from '../expr/node.js';
import * as make from '../plan/make.js';
import type { AggregatePlan, Item, PlanNode } from '../plan/node.js';
import { quoteName } from '../sql/writer.js';
import type { AggregateCommon } from './aggregate-op.js';

type CustomNode = AggregateNode & { readonly custom: CustomFunctions };

const isCustom = (node: ExprNode): node is CustomNode =>
  node.kind === 'aggregate' && node.custom !== undefined;

/** Whether a node of a plan has aggregates of users. */
export const hasCustom = (node: PlanNode): node is AggregatePlan =>
  node.kind === 'aggregate' && node.items.some(({ expr }) => some(expr, isCustom));

/** The same aggregates with nulls of the right types in the place of users' own: to see what types there are. */
export function typedAggregate(node: AggregatePlan, input: PlanNode): PlanNode {
  const typed = (expr: ExprNode): ExprNode =>
    isCustom(expr)
      ? freeze({ kind: 'cast', value: literalNode(null), to: expr.custom.type, strict: true })
      : mapChildren(expr, typed);
  return make.aggregate(
    input,
    node.keys,
    node.items.map(({ name, expr }) => ({ name, expr: typed(expr) })),
  );
}

/** Aggregates of users: which columns of stored rows are the keys of groups, and which the arguments of each. */
export type CustomAggregates = Omit<AggregateCommon, 'input'>;

/** An aggregation taken apart: users' aggregates, the others, and what is computed of both. */
export interface SplitAggregate {
  /** Names of users' aggregates, for errors. */
  readonly label: string;
  readonly functions: CustomAggregates;
  /** Keys and arguments, from the input. */
  readonly rows: readonly Item[];
  /** Aggregates of DuckDB's. */
  readonly others: readonly Item[];
  /** Results, of keys and of aggregates of both kinds. */
  readonly items: readonly Item[];
}

export function splitCustoms(node: AggregatePlan): SplitAggregate {
  const customs: { name: string; node: CustomNode }[] = [];
  const others: Item[] = [];
  // Each aggregate becomes a column of its own, and expressions of them are computed at the end.
  const apart = (expr: ExprNode): ExprNode => {
    if (expr.kind !== 'aggregate') return mapChildren(expr, apart);
    const list = isCustom(expr) ? customs : others;
    const name = `__tilework_${isCustom(expr) ? 'custom' : 'other'}_${list.length}`;
    if (isCustom(expr)) customs.push({ name, node: expr });
    else others.push({ name, expr });
    return columnNode(name);
  };
  const items = node.items.map(({ name, expr }) => ({ name, expr: apart(expr) }));
  for (const { node: own } of customs)
    if (own.filter || own.distinct || own.orderBy)
      throw new FrameError(
        `${own.custom.name}: an aggregate of your own has no filter, distinct or order: filter or sort the frame before it`,
      );
  const keys = node.keys.map(({ name }) => name);
  return {
    label: customs.map((custom) => custom.node.custom.name).join(', '),
    functions: {
      keys,
      aggregates: customs.map(({ name, node: own }) => ({
        name,
        functions: own.custom,
        args: own.args.map((_, i) => `${name}_${i}`),
      })),
    },
    rows: [
      ...node.keys,
      ...customs.flatMap(({ name, node: own }) =>
        own.args.map((expr, i) => ({ name: `${name}_${i}`, expr })),
      ),
    ],
    others,
    items: [...keys.map((name) => ({ name, expr: columnNode(name) })), ...items],
  };
}

/** Rows of two plans that have the same keys; null is a key like others. */
export function joinedByKeys(left: PlanNode, right: PlanNode, keys: readonly string[]): PlanNode {
  const on = keys.map((name) => `l.${quoteName(name)} IS NOT DISTINCT FROM r.${quoteName(name)}`);
  const added = right.columns.filter((name) => !keys.includes(name));
  return freeze({
    kind: 'sql',
    text: `SELECT l.*, ${added.map((name) => `r.${quoteName(name)}`).join(', ')} FROM l JOIN r ON ${on.join(' AND ') || 'true'}`,
    inputs: [
      { name: 'l', plan: left },
      { name: 'r', plan: right },
    ],
    columns: [...left.columns, ...added],
  });
}
