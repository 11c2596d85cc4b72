import { callNode, columnNode, type ExprNode, freeze, literalNode } from '../expr/node.js';
import * as make from '../plan/make.js';
import type { PlanNode } from '../plan/node.js';
import type { ColumnType, Schema } from '../types.js';

/**
 * A plan whose floats JSON can have: of NaN and infinite ones, which it has not, null is made, as pandas, Polars and JSON.stringify make it. Those in lists
 * of lists or of structs, and in maps, are left.
 *
 * @param schema the plan's columns
 */
export function withNumbersOfJson(plan: PlanNode, schema: Schema): PlanNode {
  const items = plan.columns.map((name) => ({
    name,
    expr: finite(columnNode(name), schema[name]!) ?? columnNode(name),
  }));
  return items.every(({ expr }) => expr.kind === 'column') ? plan : make.project(plan, items);
}

/** A value with finite floats; undefined where it has no floats, or where they are left. */
function finite(value: ExprNode, type: ColumnType): ExprNode | undefined {
  if (typeof type === 'string') return isFloat(type) ? whole('isFinite', value, value) : undefined;
  if ('list' in type) return isFloat(type.list) ? callNode('list.finite', value) : undefined;
  if (!('struct' in type)) return undefined;
  let changed = false;
  const fields = Object.entries(type.struct).flatMap(([name, inner]): ExprNode[] => {
    const field = callNode('struct.field', value, literalNode(name));
    const made = finite(field, inner);
    changed ||= made !== undefined;
    return [literalNode(name), made ?? field];
  });
  return changed ? whole('isNotNull', value, callNode('struct', ...fields)) : undefined;
}

const isFloat = (type: ColumnType): boolean => type === 'float64' || type === 'float32';

/** A value where another is what a function asks for, else null. */
const whole = (fn: string, of: ExprNode, value: ExprNode): ExprNode =>
  freeze({ kind: 'case', branches: [{ when: callNode(fn, of), value }], otherwise: undefined });
