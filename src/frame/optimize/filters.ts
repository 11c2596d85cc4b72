import { childrenOf, columnsOf, type ExprNode, freeze, hasWindow } from '../expr/node.js';
import { keyOf, sameExpr } from '../expr/same.js';
import { columnTypeOf } from '../plan/column-types.js';
import * as make from '../plan/make.js';
import type { FilterNode, JoinNode, PlanNode, ProjectNode } from '../plan/node.js';
import {
  allOf,
  conjunctsOf,
  exprMap,
  fallible,
  MAX_DEPTH,
  readsOnly,
  substitutable,
  substitute,
  substitutedDepth,
} from './expressions.js';

/**
 * Filters sink as far as they can: the sooner a row is left out, the less is done with it; in a scan the reader need not read it. Each of the
 * operands of `and` sinks by itself. They go
 *
 * - through select by what its columns are made of; not past windows, whose rows they would change, unless they keep whole partitions;
 * - through sort, repartition, distinct and groupBy on what the groups have in common;
 * - through concat into all of its inputs, where all have the columns and of one type;
 * - through joins to the side whose columns they read, if that side's rows are not filled up with nulls afterwards. Where a filter leaves
 *   no row that is filled up, an outer join is an inner one, and it sinks all the same. What may fail stays above joins: a row without
 *   a match was never asked before;
 * - never through limit or sample, where which rows are taken depends on how many come.
 */
export function sinkFilter({ input, predicate }: FilterNode): PlanNode {
  return sink(conjunctsOf(predicate), input, 0);
}

/** One filter for a chain of them, so that what holds of each is looked at once. */
export function mergeFilters(node: PlanNode): PlanNode {
  if (node.kind !== 'filter' || node.input.kind !== 'filter') return node;
  const chain: FilterNode[] = [];
  let input: PlanNode = node;
  for (; input.kind === 'filter'; input = input.input) chain.push(input);
  return make.filter(
    input,
    allOf(unique(chain.reverse().flatMap(({ predicate }) => conjunctsOf(predicate)))),
  );
}

/** Each once. */
function unique(predicates: readonly ExprNode[]): readonly ExprNode[] {
  const seen = new Set<string>();
  return predicates.filter((predicate) => {
    const key = keyOf(predicate);
    return !seen.has(key) && seen.add(key);
  });
}

/** Filters sink through so many nodes at most: this recurses. */
const MAX_SINK = 200;

function sink(predicates: readonly ExprNode[], input: PlanNode, depth: number): PlanNode {
  if (predicates.length === 0) return input;
  const here = (kept: readonly ExprNode[], below: PlanNode): PlanNode =>
    kept.length === 0 ? below : make.filter(below, allOf(kept));
  if (depth > MAX_SINK) return here(predicates, input);
  /** Sinks what can go below, over an input that is one of this node's. */
  const through = (
    test: (predicate: ExprNode) => boolean,
    below: PlanNode,
    remake: (input: PlanNode) => PlanNode,
    as: (predicate: ExprNode) => ExprNode = (predicate) => predicate,
  ): PlanNode => {
    const [movable, kept] = split(predicates, test);
    if (movable.length === 0) return here(kept, input);
    return here(kept, remake(sink(movable.map(as), below, depth + 1)));
  };
  switch (input.kind) {
    case 'scan':
      return freeze({ ...input, filters: [...input.filters, ...predicates] });
    case 'filter':
      return sink([...conjunctsOf(input.predicate), ...predicates], input.input, depth + 1);
    case 'project': {
      const of = exprMap(input.items);
      return through(
        (predicate) => passesProject(predicate, input, of),
        input.input,
        (below) => make.project(below, input.items),
        (predicate) => substitute(predicate, of),
      );
    }
    case 'aggregate': {
      const of = exprMap(input.keys);
      return through(
        (predicate) => of.size > 0 && readsOnly(predicate, of) && fits(predicate, of),
        input.input,
        (below) => make.aggregate(below, input.keys, input.items),
        (predicate) => substitute(predicate, of),
      );
    }
    case 'sort':
      return make.sort(sink(predicates, input.input, depth + 1), input.keys, input.ranges);
    case 'repartition':
      return make.repartition(sink(predicates, input.input, depth + 1), input.partitions);
    case 'distinct': {
      const on = input.on && new Set(input.on);
      return through(
        (predicate) => !on || readsOnly(predicate, on),
        input.input,
        (below) => make.distinct(below, input.on),
      );
    }
    case 'explode': {
      const others = new Set(input.columns.filter((name) => !input.lists.includes(name)));
      return through(
        (predicate) => readsOnly(predicate, others),
        input.input,
        (below) => make.explode(below, input.lists),
      );
    }
    case 'unpivot': {
      const { values, variable, value } = input;
      const ids = input.columns.filter((name) => name !== variable && name !== value);
      const set = new Set(ids);
      return through(
        (predicate) => readsOnly(predicate, set),
        input.input,
        (below) => make.unpivot(below, ids, values, variable, value),
      );
    }
    case 'union': {
      const [movable, kept] = split(predicates, (predicate) => alikeIn(predicate, input.inputs));
      if (movable.length === 0) return here(kept, input);
      const inputs = input.inputs.map((below) => sink(movable, below, depth + 1));
      return here(kept, make.union(inputs, input.columns));
    }
    case 'join':
      return sinkIntoJoin(predicates, input, depth, here);
    default:
      return here(predicates, input);
  }
}

function sinkIntoJoin(
  predicates: readonly ExprNode[],
  join: JoinNode,
  depth: number,
  here: (kept: readonly ExprNode[], below: PlanNode) => PlanNode,
): PlanNode {
  const of = { left: new Map<string, ExprNode>(), right: new Map<string, ExprNode>() };
  for (const { name, side, column } of join.output)
    if (side !== 'both') of[side].set(name, { kind: 'column', name: column });
  const how = innerWhere(predicates, join, of);
  const open = {
    left: how !== 'right' && how !== 'full',
    right: how === 'inner' || how === 'right' || how === 'cross',
  };
  const down: Record<'left' | 'right', ExprNode[]> = { left: [], right: [] };
  const kept: ExprNode[] = [];
  for (const predicate of predicates) {
    const side = (['left', 'right'] as const).find(
      (name) => open[name] && !fallible(predicate) && readsOnly(predicate, of[name]),
    );
    if (side) down[side].push(substitute(predicate, of[side]));
    else kept.push(predicate);
  }
  if (kept.length === predicates.length && how === join.how) return here(kept, join);
  const made = freeze({
    ...join,
    how,
    left: sink(down.left, join.left, depth + 1),
    right: sink(down.right, join.right, depth + 1),
  });
  return here(kept, made);
}

/** The kind of join that it comes to where rows filled up with nulls do not pass. */
function innerWhere(
  predicates: readonly ExprNode[],
  { how }: JoinNode,
  of: Readonly<Record<'left' | 'right', ReadonlyMap<string, ExprNode>>>,
): JoinNode['how'] {
  if (how !== 'left' && how !== 'right') return how;
  const filled = of[how === 'left' ? 'right' : 'left'];
  return predicates.some((predicate) => refusesNulls(predicate, filled)) ? 'inner' : how;
}

/** Functions that are null where an operand is. */
const STRICT =
  /^(add|sub|mul|neg|abs|eq|ne|lt|le|gt|ge|not|str\.(length|lower|upper)|dt\.(year|month|day|hour))$/;
const COMPARES = /^(eq|ne|lt|le|gt|ge)$/;

/** Whether a predicate is surely not true where all columns of some names are null. */
function refusesNulls(node: ExprNode, names: ReadonlyMap<string, unknown>): boolean {
  if (node.kind !== 'call') return false;
  const first = node.args[0];
  if (node.fn === 'isNotNull' || node.fn === 'isIn' || node.fn === 'between')
    return first !== undefined && strictIn(first, names);
  if (node.fn === 'and') return node.args.some((arg) => refusesNulls(arg, names));
  if (node.fn === 'or') return node.args.every((arg) => refusesNulls(arg, names));
  return COMPARES.test(node.fn) && node.args.some((arg) => strictIn(arg, names));
}

const strictIn = (node: ExprNode, names: ReadonlyMap<string, unknown>): boolean =>
  node.kind === 'column'
    ? names.has(node.name)
    : node.kind === 'call' &&
      STRICT.test(node.fn) &&
      childrenOf(node).some((child) => strictIn(child, names));

function passesProject(
  predicate: ExprNode,
  { items }: ProjectNode,
  of: ReadonlyMap<string, ExprNode>,
): boolean {
  if (!fits(predicate, of)) return false;
  const windows = items.flatMap(({ expr }) => windowsOf(expr));
  // Where windows are computed for whole partitions, partitions may be left out before.
  return (
    [...columnsOf(predicate)].every((name) => {
      const expr = of.get(name)!;
      return (
        !hasWindow(expr) &&
        windows.every(({ partitionBy }) => partitionBy.some((part) => sameExpr(part, expr)))
      );
    }) &&
    (windows.length === 0 || columnsOf(predicate).size > 0)
  );
}

/** Whether a predicate may be over what its columns are made of. */
const fits = (predicate: ExprNode, of: ReadonlyMap<string, ExprNode>): boolean =>
  [...columnsOf(predicate)].every((name) => of.has(name) && substitutable(of.get(name)!)) &&
  substitutedDepth(predicate, of) <= MAX_DEPTH;

type WindowExpr = Extract<ExprNode, { kind: 'window' }>;

function windowsOf(node: ExprNode, into: WindowExpr[] = []): WindowExpr[] {
  if (node.kind === 'window') into.push(node);
  for (const child of childrenOf(node)) windowsOf(child, into);
  return into;
}

/** Whether what a predicate reads is in all inputs, and of one type: concat makes one of several, before which a value may be another. */
const alikeIn = (predicate: ExprNode, inputs: readonly PlanNode[]): boolean =>
  [...columnsOf(predicate)].every((name) => {
    const types = inputs.map((input) =>
      input.columns.includes(name) ? columnTypeOf(input, name) : undefined,
    );
    return types[0] !== undefined && types.every((type) => JSON.stringify(type) === JSON.stringify(types[0]));
  });

function split<T>(list: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  const [yes, no]: [T[], T[]] = [[], []];
  for (const item of list) (test(item) ? yes : no).push(item);
  return [yes, no];
}
