import { callNode, columnNode, literalNode } from '../expr/node.js';
import * as make from '../plan/make.js';
import type { PlanNode } from '../plan/node.js';
import { hasFloats } from '../sql/finite.js';
import type { Schema } from '../types.js';

/**
 * A plan whose floats JSON can have: of NaN and infinite ones, which it has not, null is made, as pandas, Polars and JSON.stringify make it, however deep
 * in lists, structs and maps they are.
 *
 * @param schema the plan's columns
 */
export function withNumbersOfJson(plan: PlanNode, schema: Schema): PlanNode {
  const items = plan.columns.map((name) => {
    const [column, type] = [columnNode(name), schema[name]!];
    return { name, expr: hasFloats(type) ? callNode('finite', column, literalNode(null, type)) : column };
  });
  return items.every(({ expr }) => expr.kind === 'column') ? plan : make.project(plan, items);
}
