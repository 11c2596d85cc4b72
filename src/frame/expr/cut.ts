import { checkOptions } from '../../engine/known-options.js';
import { callNode, type ExprNode, freeze, literalNode } from './node.js';

/** What the intervals between breaks are called, and which of their ends are theirs. */
export interface CutOptions {
  /** A name for each interval; default: as they are written, such as `(0, 10]`. */
  readonly labels?: readonly string[];
  /** Whether an interval has its right end (the default), or its left one. */
  readonly right?: boolean;
  /** Whether the outermost end that would be left out, the first break or without `right` the last, belongs to its interval. */
  readonly includeLowest?: boolean;
}

/** The interval that a number lies in, as data. */
export function cutNode(node: ExprNode, breaks: readonly number[], options: CutOptions): ExprNode {
  const { right = true, includeLowest = false } = options;
  checkBreaks(breaks);
  const count = breaks.length - 1;
  const closed = (i: number): boolean => includeLowest && i === (right ? 0 : count - 1);
  const labels = options.labels ?? breaks.slice(1).map((to, i) => textOf(breaks[i]!, to, right, closed(i)));
  if (labels.length !== count)
    throw new RangeError(
      `cut: ${breaks.length} breaks make ${count} intervals, for which there are ${labels.length} labels`,
    );
  const atMost = (i: number, inclusive: boolean): ExprNode =>
    callNode(inclusive ? 'le' : 'lt', node, literalNode(breaks[i]!));
  return freeze({
    kind: 'case',
    branches: [
      { when: atMost(0, right && !includeLowest), value: literalNode(null) },
      ...labels.map((label, i) => ({ when: atMost(i + 1, right || closed(i)), value: literalNode(label) })),
    ],
    otherwise: undefined,
  });
}

/** Which of so many intervals of equal width a number lies in, as data: its label, or its place. */
export function evenCutNode(node: ExprNode, count: number, options: CutOptions): ExprNode {
  checkOptions('cut', options, ['labels', 'right']);
  const { labels, right = true } = options;
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(`cut: the number of intervals is a whole number from 1, and is ${count}`);
  if (labels && labels.length !== count)
    throw new RangeError(`cut: there are ${count} intervals, and ${labels.length} labels`);
  const x: ExprNode = freeze({ kind: 'cast', value: node, to: 'float64', strict: true } as const);
  const known = callNode('not', callNode('isNaN', x));
  const end = (fn: 'min' | 'max'): ExprNode => freeze({ kind: 'aggregate', fn, args: [x], filter: known });
  const [low, high] = [end('min'), end('max')];
  const width = callNode('div', callNode('sub', high, low), literalNode(count));
  const inner = Array.from({ length: count - 1 }, (_, i) =>
    callNode('add', low, callNode('mul', literalNode(i + 1), width)),
  );
  const label = (i: number): ExprNode => literalNode(labels ? labels[i]! : i);
  const branches = inner.map((to, i) => ({ when: callNode(right ? 'le' : 'lt', x, to), value: label(i) }));
  // Where all are the same number, it lies in the middle.
  const same = { when: callNode('eq', low, high), value: label(Math.floor((count - (right ? 1 : 0)) / 2)) };
  const unknown = {
    when: callNode('not', callNode('coalesce', known, literalNode(false))),
    value: literalNode(null),
  };
  return freeze({ kind: 'case', branches: [unknown, same, ...branches], otherwise: label(count - 1) });
}

/** Which of the intervals between quantiles of its column a number lies in, as data: its label, or its place. */
export function quantileCutNode(
  node: ExprNode,
  quantiles: number | readonly number[],
  labels: readonly string[] | undefined,
): ExprNode {
  const shares = typeof quantiles === 'number' ? evenShares(quantiles) : quantiles;
  checkShares(shares);
  const count = shares.length - 1;
  if (labels && labels.length !== count)
    throw new RangeError(`qcut: there are ${count} intervals, and ${labels.length} labels`);
  const at = (share: number): ExprNode =>
    freeze({ kind: 'aggregate', fn: 'quantile', args: [node, literalNode(share)] });
  const above = shares.slice(1).map((share, i) => ({
    when: callNode('le', node, at(share)),
    value: labels ? literalNode(labels[i]!) : literalNode(i),
  }));
  const below = { when: callNode('lt', node, at(shares[0]!)), value: literalNode(null) };
  return freeze({ kind: 'case', branches: [below, ...above], otherwise: undefined });
}

function evenShares(count: number): readonly number[] {
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(`qcut: the number of intervals is a whole number from 1, and is ${count}`);
  return Array.from({ length: count + 1 }, (_, i) => i / count);
}

function checkShares(shares: readonly number[]): void {
  if (shares.length < 2) throw new RangeError('qcut: quantiles are two numbers at least');
  for (const [i, share] of shares.entries())
    if (!(share >= 0 && share <= 1 && (i === 0 || share > shares[i - 1]!)))
      throw new RangeError(`qcut: quantiles rise from 0 to 1, and quantiles[${i}] is ${share}`);
}

const textOf = (from: number, to: number, right: boolean, closed: boolean): string =>
  `${right && !closed ? '(' : '['}${from}, ${to}${right || closed ? ']' : ')'}`;

function checkBreaks(breaks: readonly number[]): void {
  if (breaks.length < 2) throw new RangeError('cut: breaks are two numbers at least');
  for (const [i, value] of breaks.entries())
    if (Number.isNaN(value) || (i > 0 && !(value > breaks[i - 1]!)))
      throw new RangeError(`cut: breaks[${i}] is ${value}, and not greater than the one before it`);
}
