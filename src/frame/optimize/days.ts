import { callNode, columnNode, type ExprNode, freeze, type LiteralValue } from '../expr/node.js';
import { columnTypeOf } from '../plan/column-types.js';
import * as make from '../plan/make.js';
import type { AggregatePlan, Item, PlanNode } from '../plan/node.js';
import { bottomUp } from './walk.js';

/**
 * Groups by days of timestamps become groups by dates, which are timestamps again once the groups are made. Pure. A date has 4 bytes where a
 * timestamp has 8, and to find it takes half of the time of cutting a timestamp: that is done for each row, the rest for each group. Only for columns
 * that are known to be timestamps: days of a `timestamptz` are a zone's.
 */
export const groupByDates = (plan: PlanNode): PlanNode =>
  bottomUp(plan, (node) => (node.kind === 'aggregate' ? withDates(node) : node));

function withDates(node: AggregatePlan): PlanNode {
  const days = new Set(node.keys.filter(({ expr }) => isDay(expr, node.input)).map(({ name }) => name));
  if (days.size === 0) return node;
  const keys = node.keys.map(
    (key): Item =>
      days.has(key.name) && key.expr.kind === 'call'
        ? { name: key.name, expr: callNode('dt.date', key.expr.args[0]!) }
        : key,
  );
  const items = node.columns.map((name): Item => {
    const value = columnNode(name);
    return { name, expr: days.has(name) ? asTimestamp(value) : value };
  });
  return make.project(make.aggregate(node.input, keys, node.items), items);
}

const asTimestamp = (value: ExprNode): ExprNode =>
  freeze({ kind: 'cast', value, to: 'timestamp' as const, strict: true });

/** `truncate('day')`, or `bucket('1d')`, which a resampling by days is, of a column of timestamps. */
function isDay(expr: ExprNode, input: PlanNode): boolean {
  if (expr.kind !== 'call') return false;
  const [time, width, origin] = expr.args;
  if (time?.kind !== 'column' || width?.kind !== 'literal') return false;
  const daily =
    expr.fn === 'dt.truncate'
      ? width.value === 'day'
      : expr.fn === 'dt.bucket' && isOneDay(width.value) && isEpoch(origin);
  return daily && columnTypeOf(input, time.name) === 'timestamp';
}

const isOneDay = (width: LiteralValue): boolean =>
  typeof width === 'object' &&
  width !== null &&
  'days' in width &&
  width.months === 0 &&
  width.days === 1 &&
  width.microseconds === 0;

const isEpoch = (origin: ExprNode | undefined): boolean =>
  origin?.kind === 'literal' && origin.value instanceof Date && origin.value.getTime() === 0;
