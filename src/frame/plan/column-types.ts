import { typeText } from '../column-type.js';
import type { ExprNode } from '../expr/node.js';
import { printName } from '../expr/print.js';
import type { ColumnType } from '../types.js';
import type { PlanNode } from './node.js';

/** Beyond so many steps a type is not followed: chains of ten thousand verbs ask for it at each. */
const FAR = 200;

/**
 * The type of a plan's column, where it can be followed to a source or a cast; undefined where only DuckDB knows. Decimals are unknown: their
 * digits are not in our types.
 */
export function columnTypeOf(plan: PlanNode, column: string): ColumnType | undefined {
  let node = plan;
  let name = column;
  for (let steps = 0; steps < FAR; steps++) {
    switch (node.kind) {
      case 'scan':
        return 'schema' in node.source ? known(node.source.schema[name]) : undefined;
      case 'project':
      case 'aggregate': {
        const items = node.kind === 'project' ? node.items : node.keys;
        const expr = items.find((item) => item.name === name)?.expr;
        if (expr?.kind === 'cast') return known(expr.to);
        if (expr?.kind !== 'column') return undefined;
        name = expr.name;
        break;
      }
      case 'join': {
        const output = node.output.find((item) => item.name === name);
        if (!output || output.side === 'both') return undefined;
        name = output.column;
        node = node[output.side];
        continue;
      }
      case 'explode':
        if (node.lists.includes(name)) return undefined;
        break;
      case 'unpivot':
        if (name === node.variable || name === node.value) return undefined;
        break;
      case 'filter':
      case 'sort':
      case 'limit':
      case 'distinct':
      case 'sample':
      case 'repartition':
        break;
      case 'map':
        return known(node.schema[name]);
      default:
        return undefined;
    }
    node = node.input;
  }
  return undefined;
}

/** The type of an expression over a plan, where that is a column or a cast. */
export const exprTypeOf = (expr: ExprNode, plan: PlanNode): ColumnType | undefined =>
  expr.kind === 'column' ? columnTypeOf(plan, expr.name) : expr.kind === 'cast' ? known(expr.to) : undefined;

/** Of more columns than these the first are named. */
const NAMED = 12;

/** The columns of a plan, with the types that can be followed, and how far it is. */
export function planText(plan: PlanNode): string {
  const columns = plan.columns.slice(0, NAMED).map((name) => {
    const type = columnTypeOf(plan, name);
    return type === undefined ? printName(name) : `${printName(name)}: ${typeText(type)}`;
  });
  if (plan.columns.length > NAMED) columns.push(`… (${plan.columns.length} in all)`);
  const source = plan.kind === 'scan' && plan.filters.length === 0 ? plan.source : undefined;
  const state =
    source?.from === 'memory'
      ? `${source.table.rows === 1 ? '1 row' : `${source.table.rows} rows`} in memory`
      : source?.from === 'held'
        ? 'persisted'
        : 'not computed';
  return `[${columns.join(', ')}], ${state}`;
}

const known = (type: ColumnType | undefined): ColumnType | undefined =>
  type === undefined || JSON.stringify(type).includes('"decimal"') ? undefined : type;
