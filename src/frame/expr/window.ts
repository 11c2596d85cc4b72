import { checkOptions, optionNames } from '../../engine/known-options.js';
import type { Interval } from '../types.js';
import { parseDuration } from './duration.js';
import { sortKeys } from './methods/core.js';
import {
  callNode,
  columnNode,
  type ExprNode,
  type Frame,
  freeze,
  literalNode,
  mapChildren,
  type SortKey,
  some,
  type WindowNode,
  windowOf,
} from './node.js';
import type { WindowOptions } from './operand.js';

export interface RankOptions<N extends string = string> {
  readonly method?: 'average' | 'min' | 'max' | 'dense' | 'ordinal' | 'first';
  readonly descending?: boolean;
  /** Whether places are shares of the greatest that there can be: of how many values there are, of 'dense' of how many different ones. */
  readonly pct?: boolean;
  readonly partitionBy?: N | readonly N[];
}

/** How a rolling window lies. */
export interface RollingOptions<N extends string = string> {
  /** The column that says when a row is; a window that is a span of time needs it. Without it the order of rows counts. */
  readonly by?: N;
  readonly partitionBy?: N | readonly N[];
  /** How many values a window must have, or its result is null. */
  readonly minPeriods?: number;
  /** Whether the row lies in the middle of its window, not at its end. Of windows of rows only. */
  readonly center?: boolean;
}

export const WINDOW_OPTIONS = optionNames<WindowOptions>({
  partitionBy: true,
  orderBy: true,
  rows: true,
  range: true,
});

/** A window function over a window, as data. */
export function windowNode(
  fn: string,
  args: readonly ExprNode[],
  options: WindowOptions,
  ordered: boolean,
): WindowNode {
  checkOptions(`a window of ${fn === 'lag' || fn === 'lead' ? 'shift' : fn}`, options, WINDOW_OPTIONS);
  const { partitionBy = [], orderBy = [], rows, range } = options;
  if (rows && range) throw new TypeError('a window has rows or a range, not both');
  const frame = frameOf(rows, range);
  return freeze({
    kind: 'window',
    fn,
    args,
    partitionBy: (typeof partitionBy === 'string' ? [partitionBy] : partitionBy).map(columnNode),
    orderBy: sortKeys(orderBy),
    ordered: ordered || rows !== undefined,
    ...(frame && { frame }),
  });
}

function frameOf(rows: WindowOptions['rows'], range: WindowOptions['range']): Frame | undefined {
  if (rows) {
    for (const end of rows)
      if (end !== null && !Number.isInteger(end))
        throw new RangeError(`rows of a window are whole numbers or null, not ${end}`);
    return { unit: 'rows', start: rows[0], end: rows[1] };
  }
  if (!range) return undefined;
  const bound = (end: number | string | null): number | Interval | null =>
    typeof end === 'string' ? parseDuration(end) : end;
  return { unit: 'range', start: bound(range[0]), end: bound(range[1]) };
}

/** An aggregate or window function, and those within an expression, over a window. */
export function overWindow(node: ExprNode, options: WindowOptions, text: string): ExprNode {
  if (node.kind === 'aggregate') {
    if (node.distinct) throw new TypeError(`${text}.over(…): a distinct aggregate has no window`);
    const { partitionBy, orderBy, frame, ordered } = windowNode(node.fn, node.args, options, false);
    const whole = windowOf(node);
    return freeze({
      ...whole,
      partitionBy,
      orderBy: orderBy.length > 0 ? orderBy : whole.orderBy,
      ordered: whole.ordered || ordered,
      ...(frame && { frame }),
    });
  }
  if (node.kind === 'window') {
    const { partitionBy, orderBy, frame } = windowNode(node.fn, node.args, options, node.ordered);
    return freeze({
      ...node,
      partitionBy: [...node.partitionBy, ...partitionBy],
      orderBy: orderBy.length > 0 ? orderBy : node.orderBy,
      ...(frame && { frame }),
    });
  }
  // The aggregates within it: (sum - min).over(…) is sum.over(…) - min.over(…).
  if (mentions(node))
    return mapChildren(node, (child) => (mentions(child) ? overWindow(child, options, text) : child));
  throw new TypeError(`over() goes behind an aggregate or window function, not behind ${text}`);
}

const mentions = (node: ExprNode): boolean =>
  some(node, ({ kind }) => kind === 'aggregate' || kind === 'window');

/** The place of a value among others, as data. */
export function rankNode(node: ExprNode, options: RankOptions): ExprNode {
  checkOptions('rank', options, ['method', 'descending', 'pct', 'partitionBy']);
  const { method = 'average', descending = false, pct = false, partitionBy = [] } = options;
  const key: SortKey = { expr: node, descending, nulls: 'last' };
  const keys = typeof partitionBy === 'string' ? [partitionBy] : partitionBy;
  const window = (
    fn: string,
    orderBy: readonly SortKey[],
    extra: readonly ExprNode[] = [],
    args: readonly ExprNode[] = [],
  ): ExprNode =>
    freeze({
      kind: 'window',
      fn,
      args,
      partitionBy: [...keys.map(columnNode), ...extra],
      orderBy,
      ordered: fn === 'rowNumber',
    });
  const least = window('rank', [key]);
  const ties = window('size', [], [node]);
  const places: Record<string, ExprNode> = {
    min: least,
    dense: window('denseRank', [key]),
    ordinal: window('rowNumber', [key]),
    first: window('rowNumber', [key]),
    max: callNode('sub', callNode('add', least, ties), literalNode(1)),
    average: callNode('add', least, callNode('div', callNode('sub', ties, literalNode(1)), literalNode(2))),
  };
  const place = Object.hasOwn(places, method) ? places[method] : undefined;
  if (!place)
    throw new TypeError(
      `rank: no method is called ${JSON.stringify(method)}; there are ${Object.keys(places).join(', ')}`,
    );
  const value = freeze({ kind: 'cast', value: place, to: 'float64', strict: true } as const);
  // Of different values there are as many up to one, this way and the other, and one more.
  const different = (): ExprNode =>
    callNode(
      'sub',
      callNode('add', places.dense!, window('denseRank', [{ ...key, descending: !descending }])),
      literalNode(1),
    );
  const most = (): ExprNode => (method === 'dense' ? different() : window('count', [], [], [node]));
  return freeze({
    kind: 'case',
    branches: [{ when: callNode('isNotNull', node), value: pct ? callNode('div', value, most()) : value }],
    otherwise: undefined,
  });
}

/** How often a value is there. */
export const timesNode = (node: ExprNode): ExprNode =>
  freeze({ kind: 'window', fn: 'size', args: [], partitionBy: [node], orderBy: [], ordered: false });

/** An aggregate over a rolling window, as data. */
export function rollingNode(
  fn: string,
  node: ExprNode,
  window: number | string,
  options: RollingOptions,
  more: readonly ExprNode[] = [],
): ExprNode {
  checkOptions(`rolling ${fn}`, options, ['by', 'partitionBy', 'minPeriods', 'center']);
  const { by, partitionBy, center = false } = options;
  const over = {
    ...(partitionBy !== undefined && { partitionBy }),
    ...(by !== undefined && { orderBy: by }),
  };
  const { span, periods } =
    typeof window === 'string' ? spanOf(fn, window, by, center) : rowsOf(fn, window, center);
  const { minPeriods = periods } = options;
  const frame = (name: string): ExprNode =>
    freeze({
      ...windowNode(name, name === fn ? [node, ...more] : [node], over, by === undefined),
      frame: span,
    });
  if (minPeriods <= 0) return frame(fn);
  return freeze({
    kind: 'case',
    branches: [{ when: callNode('ge', frame('count'), literalNode(minPeriods)), value: frame(fn) }],
    otherwise: undefined,
  });
}

function rowsOf(fn: string, rows: number, center: boolean): { span: Frame; periods: number } {
  if (!Number.isInteger(rows) || rows < 1)
    throw new RangeError(
      `rolling ${fn}: a window has a whole number of rows, at least 1, or is a span of time such as '7d'; it is ${rows}`,
    );
  const before = center ? Math.floor(rows / 2) : rows - 1;
  return { span: { unit: 'rows', start: -before, end: rows - 1 - before }, periods: rows };
}

function spanOf(
  fn: string,
  text: string,
  by: string | undefined,
  center: boolean,
): { span: Frame; periods: number } {
  if (by === undefined)
    throw new TypeError(`rolling ${fn}: a span of time needs the column of times: { by: 'time' }`);
  if (center) throw new TypeError(`rolling ${fn}: center is of windows of rows, not of spans of time`);
  const { months, days, microseconds } = parseDuration(text);
  // The time exactly so much before is outside: times have microseconds.
  const start = { months: -months, days: -days, microseconds: 1 - microseconds };
  return { span: { unit: 'range', start, end: 0 }, periods: 1 };
}
