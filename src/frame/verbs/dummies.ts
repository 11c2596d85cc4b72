import { nodeOf } from '../expr/methods/core.js';
import { callNode, columnNode, type LiteralValue, literalNode } from '../expr/node.js';
import { checkNames, checkUnique } from '../plan/check.js';
import * as make from '../plan/make.js';
import type { Item, PlanNode } from '../plan/node.js';
import { nameOf } from './pivot.js';

/** The plan of a column as columns that say, for each value, whether a row has it; in the place of the column, behind the others. */
export function dummiesPlan(plan: PlanNode, on: string, values: readonly LiteralValue[]): PlanNode {
  checkNames('toDummies', [on], plan.columns);
  const items = values.map((value): Item => {
    const column = columnNode(on);
    const same = value === null ? callNode('isNull', column) : callNode('eq', column, nodeOf(value));
    return { name: `${on}_${nameOf(value)}`, expr: callNode('coalesce', same, literalNode(false)) };
  });
  const rest = plan.columns.filter((name) => name !== on);
  checkUnique('toDummies', [...rest, ...items.map(({ name }) => name)]);
  return make.project(plan, [...make.named(rest), ...items]);
}
