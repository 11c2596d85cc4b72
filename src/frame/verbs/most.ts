import { checkChoice, checkOptions } from '../../engine/known-options.js';
import { callNode, columnNode, type ExprNode, freeze, literalNode, type SortKey } from '../expr/node.js';
import { wholeNumber } from '../methods/core.js';
import { checkNames } from '../plan/check.js';
import * as make from '../plan/make.js';
import type { Item, PlanNode } from '../plan/node.js';
import { joinPlan } from './joins.js';

/** Which of rows that have the same values are taken: those that come first, those that come last, or all, which may be more than were asked for. */
export interface KeepOptions {
  readonly keep?: 'first' | 'last' | 'all';
}

type Where = 'nLargest' | 'nSmallest';

/** By what `nLargest(3, 'x', { keep: 'last' })` takes rows: keys of a sort, behind which the numbers of rows decide. */
function checked(where: Where, plan: PlanNode, count: number, given: readonly (string | KeepOptions)[]) {
  wholeNumber(where, count);
  const last = given.at(-1);
  const options: KeepOptions = typeof last === 'object' && last !== null && !Array.isArray(last) ? last : {};
  const by = (options === last ? given.slice(0, -1) : given) as readonly string[];
  checkOptions(where, options, ['keep']);
  checkChoice(where, 'keep', options.keep, ['first', 'last', 'all']);
  if (by.length === 0) throw new TypeError(`${where}: say by which columns, ${where}(${count}, 'x')`);
  checkNames(where, by, plan.columns);
  const { keep = 'first' } = options;
  const keys = by.map(
    (name): SortKey => ({ expr: columnNode(name), descending: where === 'nLargest', nulls: 'last' }),
  );
  const place: SortKey = { expr: columnNode(make.STABLE), descending: keep === 'last', nulls: 'last' };
  return { by, keep, keys, order: [...keys, place] };
}

/** The rows with the greatest or the least values of some columns, in that order. */
export function mostPlan(
  where: Where,
  plan: PlanNode,
  count: number,
  given: readonly (string | KeepOptions)[],
): PlanNode {
  const { by, keep, keys, order } = checked(where, plan, count, given);
  const numbered = make.numbered(plan, make.STABLE);
  if (keep !== 'all') return make.pick(make.limit(make.sort(numbered, order), count), plan.columns);
  // Whoever has the values of one of the first is among them, or as good as the last of them. Null is a value like others here: in a struct it equals itself.
  const same = '__tilework_same';
  const struct = callNode('struct', ...by.flatMap((name) => [literalNode(name), columnNode(name)]));
  const first = make.limit(make.sort(plan, keys), count);
  const values = make.distinct(make.project(first, [{ name: same, expr: struct }]));
  const marked = make.project(numbered, [...make.itself(numbered), { name: same, expr: struct }]);
  const taken = joinPlan(marked, values, { on: same, how: 'semi' });
  return make.pick(make.sort(taken, order), plan.columns);
}

/** The same of each group, in the order of rows. */
export function mostOfGroups(
  where: Where,
  plan: PlanNode,
  groups: readonly Item[],
  count: number,
  given: readonly (string | KeepOptions)[],
): PlanNode {
  const { keep, keys, order } = checked(where, plan, count, given);
  const place: ExprNode = freeze({
    kind: 'window',
    fn: keep === 'all' ? 'rank' : 'rowNumber',
    args: [],
    partitionBy: groups.map(({ expr }) => expr),
    orderBy: keep === 'all' ? keys : order,
    ordered: false,
  });
  const numbered = keep === 'all' ? plan : make.numbered(plan, make.STABLE);
  const name = '__tilework_place';
  const placed = make.project(numbered, [...make.itself(numbered), { name, expr: place }]);
  return make.pick(make.filter(placed, callNode('le', columnNode(name), literalNode(count))), plan.columns);
}
