import type { PlanNode } from '../plan/node.js';
import type { ColumnType } from '../types.js';

/**
 * The type of a plan's column, where it can be followed to a source or a cast; undefined where only DuckDB knows. Decimals are unknown: their
 * digits are not in our types.
 */
export function columnTypeOf(plan: PlanNode, column: string): ColumnType | undefined {
  let node = plan;
  let name = column;
  for (;;) {
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
}

const known = (type: ColumnType | undefined): ColumnType | undefined =>
  type === undefined || JSON.stringify(type).includes('"decimal"') ? undefined : type;
