import { tokenize } from '../../graph/key.js';
import { type AggregateNode, callNode, columnNode, type ExprNode, mapChildren, some } from '../expr/node.js';
import { aggregateCalled } from './aggregates.js';
import * as make from './make.js';
import type { AggregatePlan, Item, PlanNode } from './node.js';

/** The three steps of an aggregation in parts. */
export interface PartialPlans {
  /** Partials of the rows of a part, whose number is given, by keys. */
  readonly partial: (input: PlanNode, part?: number) => PlanNode;
  /** Partials of several parts put together; by some of the keys only, where `by` says so, with other aggregates in the places of the others. */
  readonly merge: (input: PlanNode, by?: readonly Item[], others?: readonly Item[]) => PlanNode;
  /** The results, from partials that are put together. */
  readonly finish: (input: PlanNode) => PlanNode;
}

/**
 * How an aggregation is done in parts; undefined where rows themselves must come together.
 *
 * @param inOrder whether parts come in the order of rows, as the rows in each do
 */
export function partialPlans(node: AggregatePlan, inOrder = false): PartialPlans | undefined {
  const partials: ((part: number) => Item)[] = [];
  const merges: Item[] = [];
  const finished = new Map<string, ExprNode>();
  for (const aggregate of aggregatesOf(node)) {
    const known = aggregateCalled(aggregate.fn);
    const decompose = known?.decompose ?? (inOrder ? known?.decomposeInOrder : undefined);
    if (!decompose || aggregate.distinct || aggregate.orderBy) return undefined;
    const token = tokenize(aggregate);
    if (finished.has(token)) continue;
    const columns = decompose.merge.map((fn, i) => {
      const name = `__tilework_partial_${partials.length}`;
      partials.push((part) => ({
        name,
        expr: filtered(decompose.partials(aggregate.args, part)[i]!, aggregate.filter),
      }));
      merges.push({ name, expr: { kind: 'aggregate', fn, args: [columnNode(name)] } });
      return columnNode(name);
    });
    finished.set(token, decompose.finish(columns));
  }
  const keys = make.named(node.keys.map(({ name }) => name));
  const finish = (expr: ExprNode): ExprNode =>
    expr.kind === 'aggregate' ? finished.get(tokenize(expr))! : mapChildren(expr, finish);
  const results = [...keys, ...node.items.map(({ name, expr }) => ({ name, expr: finish(expr) }))];
  return {
    partial: (input, part = 0) =>
      make.aggregate(
        input,
        node.keys,
        partials.map((partial) => partial(part)),
      ),
    merge: (input, by = keys, others = []) => make.aggregate(input, by, [...others, ...merges]),
    finish: (input) => make.project(input, results),
  };
}

/** Every aggregate in an expression of some rows only. */
function filtered(expr: ExprNode, filter: AggregateNode['filter']): ExprNode {
  if (!filter) return expr;
  if (expr.kind === 'aggregate')
    return { ...expr, filter: expr.filter ? callNode('and', expr.filter, filter) : filter };
  return mapChildren(expr, (child) => filtered(child, filter));
}

/** The aggregates of a plan, each once. */
export function aggregatesOf(node: AggregatePlan): readonly AggregateNode[] {
  const found: AggregateNode[] = [];
  for (const { expr } of node.items)
    some(expr, (inner) => {
      if (inner.kind === 'aggregate') found.push(inner);
      return false;
    });
  return found;
}
