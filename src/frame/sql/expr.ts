import type { CastNode, ExprNode, Frame, LiteralNode, SortKey, WindowNode } from '../expr/node.js';
import { isOrdered } from '../plan/aggregates.js';
import type { Interval } from '../types.js';
import { type Extreme, inOrderOf, inRowOrder, isExtreme, overFrame, overPartition } from './extremes.js';
import { finiteSql } from './finite.js';
import { AGGREGATE, HERE, OF_LIST, SCALAR, WINDOW } from './functions.js';
import { isInterval, type Parameters, quoteName, typeName } from './writer.js';

/** The column that numbers rows where their order counts. */
export const ROW = '__tilework_row';

/** An expression as SQL; values of users become parameters. */
export function exprSql(
  node: ExprNode,
  parameters: Parameters,
  column: (name: string) => string = quoteName,
): string {
  const sql = (child: ExprNode): string => exprSql(child, parameters, column);
  switch (node.kind) {
    case 'column':
      return column(node.name);
    case 'literal':
      return literalSql(node, parameters);
    case 'call': {
      if (node.fn === 'struct') return structSql(node.args, sql);
      if (node.fn === 'finite') return finiteSql(sql(node.args[0]!), (node.args[1] as LiteralNode).type!);
      if (node.fn === 'mul') {
        const at = node.args.findIndex((arg) => arg.kind === 'literal' && isInterval(arg.value));
        if (at >= 0)
          return timesSql((node.args[at] as LiteralNode).value as Interval, sql(node.args[1 - at]!));
      }
      if (Object.hasOwn(OF_LIST, node.fn)) return OF_LIST[node.fn]!(node.args.map(sql));
      return rowOf(SCALAR, node.fn, 'function')(...node.args.map(sql));
    }
    case 'cast':
      return castSql(node, sql(node.value));
    case 'case': {
      const branches = node.branches.map(({ when, value }) => `WHEN ${sql(when)} THEN ${sql(value)}`);
      return `CASE ${branches.join(' ')}${node.otherwise ? ` ELSE ${sql(node.otherwise)}` : ''} END`;
    }
    case 'aggregate': {
      const template = rowOf(AGGREGATE, node.fn, 'aggregate');
      const args = node.args.map(sql);
      const order = node.orderBy?.map((key) => keySql(key, parameters)).join(', ');
      if (isExtreme(node.fn)) {
        const [value = '', by = ''] = args;
        const filter = node.filter && sql(node.filter);
        if (order !== undefined) return inOrderOf(node.fn, value, by, order, filter);
        return inRowOrder(node.fn, value, by, quoteName(ROW)) + filterSql(filter);
      }
      if (node.distinct) args[0] = `DISTINCT ${args[0]}`;
      if (order !== undefined || isOrdered(node.fn))
        args[args.length - 1] = `${args[args.length - 1]} ORDER BY ${order || quoteName(ROW)}`;
      return behind(template(...args), filterSql(node.filter && sql(node.filter)));
    }
    case 'window': {
      const args = node.args.map(sql);
      if (isExtreme(node.fn)) return extremeOver(node, node.fn, args, parameters);
      const call = Object.hasOwn(WINDOW, node.fn)
        ? WINDOW[node.fn]!(...args)
        : rowOf(AGGREGATE, node.fn, 'window function')(...args);
      return behind(call, `${filterSql(node.filter && sql(node.filter))}${overSql(node, parameters)}`);
    }
  }
}

/** What has a fraction is cut where it becomes an integer, not rounded. */
function castSql({ value, to, strict }: CastNode, sql: string): string {
  const cut = typeof to === 'string' && /^u?int/.test(to) && !isText(value);
  return `${strict ? 'CAST' : 'TRY_CAST'}(${cut ? `tw_integral(${sql})` : sql} AS ${typeName(to)})`;
}

/** Whether it is certainly text: parameters between which a case chooses have no type by which an overload could be found. */
const isText = (node: ExprNode): boolean =>
  node.kind === 'literal'
    ? typeof node.value === 'string'
    : node.kind === 'case' &&
      [...node.branches.map(({ value }) => value), ...(node.otherwise ? [node.otherwise] : [])].every(isText);

/** Every aggregate of a template gets what stands behind it: `coalesce(sum(x), 0)` has it inside. */
const behind = (call: string, text: string): string =>
  call.includes(HERE) ? call.replaceAll(HERE, text) : `${call}${text}`;

const filterSql = (predicate: string | undefined): string =>
  predicate === undefined ? '' : ` FILTER (WHERE ${predicate})`;

/** The extreme of a window's whole partition, or of a frame within it. */
function extremeOver(
  node: WindowNode,
  fn: Extreme,
  [value = '', by = '']: readonly string[],
  parameters: Parameters,
): string {
  const filter = node.filter ? exprSql(node.filter, parameters) : '';
  const keys = node.orderBy.map((key) => keySql(key, parameters)).join(', ');
  const row = quoteName(ROW);
  if (!node.frame)
    return overPartition(fn, value, by, {
      partition: partitionSql(node, parameters),
      order: keys || row,
      filter,
    });
  const call = keys ? AGGREGATE[fn](value, by) : overFrame(fn, value, by, row);
  return `${call}${filterSql(filter || undefined)}${overSql(node, parameters)}`;
}

const partitionSql = ({ partitionBy }: WindowNode, parameters: Parameters): string =>
  partitionBy.length > 0
    ? `PARTITION BY ${partitionBy.map((expr) => exprSql(expr, parameters)).join(', ')}`
    : '';

function overSql(node: WindowNode, parameters: Parameters): string {
  const partition = partitionSql(node, parameters);
  const order =
    node.orderBy.length > 0
      ? node.orderBy.map((key) => keySql(key, parameters))
      : node.ordered
        ? [quoteName(ROW)]
        : [];
  // Without a frame of its own an aggregate is of all rows of its partition; SQL's would end at the current row.
  const whole = order.length > 0 && (!Object.hasOwn(WINDOW, node.fn) || /^(first|last)Value$/.test(node.fn));
  const parts = [
    ...(partition ? [partition] : []),
    ...(order.length > 0 ? [`ORDER BY ${order.join(', ')}`] : []),
    ...(node.frame
      ? [frameSql(node.frame)]
      : whole
        ? ['ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING']
        : []),
  ];
  return ` OVER (${parts.join(' ')})`;
}

function frameSql({ unit, start, end }: Frame): string {
  const bound = (value: number | Interval | null, side: 'PRECEDING' | 'FOLLOWING'): string => {
    if (value === null) return `UNBOUNDED ${side}`;
    if (value === 0) return 'CURRENT ROW';
    if (typeof value === 'number') return `${Math.abs(value)} ${value < 0 ? 'PRECEDING' : 'FOLLOWING'}`;
    const back = value.months < 0 || value.days < 0 || value.microseconds < 0;
    return `${intervalSql(back ? negated(value) : value)} ${back ? 'PRECEDING' : 'FOLLOWING'}`;
  };
  return `${unit === 'rows' ? 'ROWS' : 'RANGE'} BETWEEN ${bound(start, 'PRECEDING')} AND ${bound(end, 'FOLLOWING')}`;
}

const negated = ({ months, days, microseconds }: Interval): Interval => ({
  months: -months,
  days: -days,
  microseconds: -microseconds,
});

/** A key of an ORDER BY. */
export const keySql = ({ expr, descending, nulls }: SortKey, parameters: Parameters): string =>
  `${exprSql(expr, parameters)}${descending ? ' DESC' : ''} NULLS ${nulls === 'first' ? 'FIRST' : 'LAST'}`;

function structSql(args: readonly ExprNode[], sql: (node: ExprNode) => string): string {
  const fields: string[] = [];
  for (let i = 0; i < args.length; i += 2) {
    const name = args[i]!;
    if (name.kind !== 'literal') throw new TypeError('names of fields are literals');
    fields.push(`${quoteName(String(name.value))} := ${sql(args[i + 1]!)}`);
  }
  return `struct_pack(${fields.join(', ')})`;
}

/** Numbers, booleans and instants are written out, since nothing but digits is in them; text and bytes are bound. */
function literalSql({ value }: LiteralNode, parameters: Parameters): string {
  if (value === null) return 'NULL';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return numberSql(value);
  if (value instanceof Date) return dateSql(value);
  if (isInterval(value)) return intervalSql(value);
  return parameters.bind(value);
}

function numberSql(value: number): string {
  if (Number.isNaN(value)) return "'nan'::DOUBLE";
  if (!Number.isFinite(value)) return value > 0 ? "'inf'::DOUBLE" : "'-inf'::DOUBLE";
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return value < 0 ? `(${value})` : String(value);
  // With an exponent it is a double; without, a decimal.
  const text = value.toExponential();
  return value < 0 || Object.is(value, -0) ? `(${Object.is(value, -0) ? '-0e0' : text})` : text;
}

/** Midnight is a date: it compares with dates and timestamps alike. */
function dateSql(value: Date): string {
  const text = value.toISOString();
  const year = /^(\+|-)/.test(text) ? undefined : text.slice(0, 10);
  if (year === undefined) return `make_timestamp(${BigInt(value.getTime()) * 1000n})`;
  return text.endsWith('T00:00:00.000Z') ? `DATE '${year}'` : `TIMESTAMP '${year} ${text.slice(11, 23)}'`;
}

const intervalSql = ({ months, days, microseconds }: Interval): string =>
  `(to_months(${months}) + to_days(${days}) + to_microseconds(${microseconds}))`;

/** A span so many times: DuckDB's own product takes numbers of 32 bits. */
function timesSql({ months, days, microseconds }: Interval, times: string): string {
  const [whole, rest] = [{ months, days, microseconds: 0 }, `(${microseconds}::BIGINT * ${times})`];
  const parts = [
    ...(months !== 0 || days !== 0 ? [`${intervalSql(whole)} * ${times}`] : []),
    ...(microseconds !== 0 || (months === 0 && days === 0)
      ? [`to_microseconds(CAST(${rest} AS BIGINT))`]
      : []),
  ];
  return `(${parts.join(' + ')})`;
}

function rowOf<T>(table: Readonly<Record<string, T>>, name: string, what: string): T {
  const row = Object.hasOwn(table, name) ? table[name] : undefined;
  if (row === undefined) throw new TypeError(`no ${what} is called ${JSON.stringify(name)}`);
  return row;
}
