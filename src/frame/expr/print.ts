import type { Interval } from '../types.js';
import type { ExprNode, LiteralValue, SortKey } from './node.js';

const INFIX: Readonly<Record<string, string>> = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  floorDiv: '//',
  mod: '%',
  pow: '**',
  eq: '==',
  ne: '!=',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
  and: 'and',
  or: 'or',
  xor: 'xor',
};

/** The name of a column, in quotes where it is not one word. */
export const printName = (name: string): string =>
  /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? name : JSON.stringify(name);

/** An expression as people read it. Not SQL. */
export function printExpr(node: ExprNode): string {
  switch (node.kind) {
    case 'column':
      return printName(node.name);
    case 'literal':
      return printLiteral(node.value);
    case 'call': {
      const operator = INFIX[node.fn];
      if (operator !== undefined && node.args.length === 2)
        return `(${printExpr(node.args[0]!)} ${operator} ${printExpr(node.args[1]!)})`;
      return `${node.fn}(${node.args.map(printExpr).join(', ')})`;
    }
    case 'cast':
      return `${node.strict ? 'cast' : 'tryCast'}(${printExpr(node.value)}, ${typeof node.to === 'string' ? node.to : JSON.stringify(node.to)})`;
    case 'case': {
      const branches = node.branches.map(
        ({ when, value }) => `when ${printExpr(when)} then ${printExpr(value)}`,
      );
      return `(${branches.join(' ')}${node.otherwise ? ` otherwise ${printExpr(node.otherwise)}` : ''})`;
    }
    case 'aggregate': {
      const order = node.orderBy ? ` order by ${node.orderBy.map(printKey).join(', ')}` : '';
      const filter =
        node.filter && node.fn !== 'first' && node.fn !== 'last' ? ` where ${printExpr(node.filter)}` : '';
      return `${node.fn}(${node.distinct ? 'distinct ' : ''}${node.args.map(printExpr).join(', ')}${order})${filter}`;
    }
    case 'window': {
      const parts = [
        node.partitionBy.length > 0 ? `by ${node.partitionBy.map(printExpr).join(', ')}` : '',
        node.orderBy.length > 0 ? `order by ${node.orderBy.map(printKey).join(', ')}` : '',
        node.frame ? `${node.frame.unit} ${printBound(node.frame.start)}..${printBound(node.frame.end)}` : '',
      ].filter((part) => part !== '');
      return `${node.fn}(${node.args.map(printExpr).join(', ')}) over (${parts.join(' ')})`;
    }
  }
}

export const printKey = ({ expr, descending }: SortKey): string =>
  `${printExpr(expr)}${descending ? ' descending' : ''}`;

function printLiteral(value: LiteralValue): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "\\'")}'`;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `bytes(${value.length})`;
  if (typeof value === 'bigint') return `${value}n`;
  if (value !== null && typeof value === 'object') return printInterval(value);
  return String(value);
}

const printInterval = ({ months, days, microseconds }: Interval): string =>
  `interval(${months} months, ${days} days, ${microseconds} µs)`;

const printBound = (bound: number | Interval | null): string =>
  bound === null ? '' : typeof bound === 'number' ? String(bound) : printInterval(bound);
