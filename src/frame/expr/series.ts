import { checkOptions } from '../../engine/known-options.js';
import { callNode, columnNode, type ExprNode, freeze, literalNode, type SortKey } from './node.js';
import type { WindowOptions } from './operand.js';
import { windowNode } from './window.js';

/** Functions of a column as a series, made of windows over windows (`plan/make.ts` puts those one above the other). */

/** Where values lie and between which they are taken for neighbours. */
export interface InterpolateOptions<N extends string = string> {
  /** A column of numbers or times that says where a row lies. Without it rows lie one apart, in their order. */
  readonly by?: N;
  readonly partitionBy?: N | readonly N[];
}

/** How fast what is before counts less: one of the four. */
export interface EwmOptions<N extends string = string> {
  /** What a new value counts, above 0 and up to 1. */
  readonly alpha?: number;
  /** 2 / (span + 1) is alpha; from 1. */
  readonly span?: number;
  /** After so many rows a value counts half; above 0. */
  readonly halflife?: number;
  /** 1 / (com + 1) is alpha; from 0. */
  readonly com?: number;
  /** Whether weights are divided by their sum (the default), or each mean is made of the value and the mean before. */
  readonly adjust?: boolean;
  /** Whether time stands still over nulls; else they count as rows. */
  readonly ignoreNulls?: boolean;
  readonly partitionBy?: N | readonly N[];
  /** Without it the order of rows counts. */
  readonly orderBy?: WindowOptions<N>['orderBy'];
}

export type EwmSumOptions<N extends string = string> = Omit<EwmOptions<N>, 'adjust'>;

export interface EwmSpreadOptions<N extends string = string> extends EwmOptions<N> {
  /** Whether the weights are taken for those of a population; else, the default, for those of a sample. */
  readonly bias?: boolean;
}

const cast = (value: ExprNode, to: 'float64' | 'int64'): ExprNode =>
  freeze({ kind: 'cast', value, to, strict: true });
const ifKnown = (node: ExprNode, value: ExprNode): ExprNode =>
  freeze({
    kind: 'case',
    branches: [{ when: callNode('isNotNull', node), value }],
    otherwise: undefined,
  });

/** Nulls filled by the values around them, as data. */
export function interpolateNode(node: ExprNode, options: InterpolateOptions): ExprNode {
  checkOptions('interpolate', options, ['by', 'partitionBy']);
  const { by, partitionBy = [] } = options;
  const over = { partitionBy, ...(by !== undefined && { orderBy: by }) };
  const place =
    by === undefined ? windowNode('rowNumber', [], over, true) : callNode('place', columnNode(by));
  const known = ifKnown(node, place);
  const before = (of: ExprNode): ExprNode =>
    windowNode('fillForward', [of], { ...over, rows: [null, 0] }, true);
  const after = (of: ExprNode): ExprNode =>
    windowNode('fillBackward', [of], { ...over, rows: [0, null] }, true);
  const share = callNode(
    'div',
    callNode('sub', place, before(known)),
    callNode('sub', after(known), before(known)),
  );
  const line = callNode(
    'add',
    before(node),
    callNode('mul', callNode('sub', after(node), before(node)), share),
  );
  return callNode('coalesce', cast(node, 'float64'), line);
}

/** How much smaller weights become within a block of rows, as an exponent of e: what is further away counts less than a double can tell. */
const RANGE = 40;

/** In which block a row lies, how far from its beginning, and what its value counts beside others. */
interface Weights {
  readonly block: ExprNode;
  readonly inBlock: ExprNode;
  /** How long a block is. */
  readonly length: number;
  readonly weight: ExprNode;
}

/**
 * The exponentially weighted mean, as data. A value counts as e to the power of its level, which grows with rows. Those powers leave the range of doubles in a
 * long series, so rows are cut into blocks in which they do not: a mean is made of its own block and the one before.
 */
export function ewmNode(node: ExprNode, options: EwmOptions): ExprNode {
  const { total, last } = weightedSums(node, 'ewmMean', options);
  return last(callNode('div', total(cast(node, 'float64')), total(ONE)));
}

/**
 * The exponentially weighted variance. A value adds its distance from the mean before it times that from the mean with it (Welford 1962), so nothing cancels. Without
 * bias it is divided by what is left of the squared sum of weights without the sum of their squares, which one value leaves nothing of.
 */
export function ewmVarNode(node: ExprNode, name: string, options: EwmSpreadOptions): ExprNode {
  const { total, squares, last, over } = weightedSums(node, name, options);
  const x = cast(node, 'float64');
  const weights = total(ONE);
  const mean = last(callNode('div', total(x), weights));
  const before = windowNode('lastValue', [mean], { ...over, rows: [null, -1] }, true);
  const step = callNode('mul', callNode('sub', x, before), callNode('sub', x, mean));
  const biased = callNode('div', total(callNode('coalesce', step, literalNode(0))), weights);
  if (options.bias) return last(biased);
  const squared = callNode('mul', weights, weights);
  const left = callNode('sub', squared, squares);
  const value = callNode('div', callNode('mul', biased, squared), left);
  const branches = [{ when: callNode('gt', left, literalNode(0)), value }];
  return last(freeze({ kind: 'case', branches, otherwise: undefined }));
}

const ONE = literalNode(1);
const EWM_OPTIONS: readonly string[] = [
  ...['alpha', 'span', 'halflife', 'com'],
  ...['adjust', 'ignoreNulls', 'bias', 'partitionBy', 'orderBy'],
];

/**
 * The exponentially weighted sum: what was there before counts less with every row, with those of nulls too. Weights of a block count from its beginning,
 * and are divided by that of the row.
 */
export function ewmSumNode(node: ExprNode, options: EwmSumOptions): ExprNode {
  if ('adjust' in options && !options.adjust)
    throw new TypeError('ewmSum: adjust is of means and variances; a sum has no other weights');
  const { total, level, over } = weightedSums(node, 'ewmSum', options);
  const value = callNode('mul', total(cast(node, 'float64')), callNode('exp', callNode('neg', level)));
  const known = windowNode('count', [node], { ...over, rows: [null, 0] }, true);
  const branches = [{ when: callNode('gt', known, literalNode(0)), value }];
  return freeze({ kind: 'case', branches, otherwise: undefined });
}

interface WeightedSums {
  /** Of a value of each row up to here, times its weight. */
  readonly total: (value: ExprNode) => ExprNode;
  /** Of the squares of the weights. */
  readonly squares: ExprNode;
  /** What was made of those where there was a value. */
  readonly last: (value: ExprNode) => ExprNode;
  /** By which power of e a weight of the row itself is larger than one at the beginning of its block. */
  readonly level: ExprNode;
  readonly over: WindowOptions;
}

function weightedSums(node: ExprNode, name: string, options: EwmOptions): WeightedSums {
  checkOptions(name, options, EWM_OPTIONS);
  const alpha = alphaOf(name, options);
  const { partitionBy = [], orderBy = [], adjust = true } = options;
  // Of an alpha of 1 nothing but the last value counts: e to the power of -800 is 0.
  const decay = Math.min(-Math.log1p(-alpha), 800);
  const over = { partitionBy, orderBy };
  const row = options.ignoreNulls
    ? windowNode('count', [node], { ...over, rows: [null, 0] }, true)
    : windowNode('rowNumber', [], over, true);
  const { block, inBlock, length, weight } = adjust
    ? byRows(row, decay)
    : byLevels(node, row, alpha, decay, over);
  const sum = (weighted: (weight: ExprNode) => ExprNode): ExprNode => {
    const value = (from: number): ExprNode => {
      const power = callNode('exp', callNode('sub', inBlock, literalNode(from)));
      return ifKnown(node, weighted(callNode('mul', weight, power)));
    };
    const here = windowNode('sum', [value(0)], { ...over, rows: [null, 0] }, true);
    const before = windowNode('sum', [value(length)], { partitionBy, range: [-1, -1] }, false);
    const byBlock: SortKey = { expr: block, descending: false, nulls: 'last' };
    return callNode(
      'add',
      freeze({ ...here, partitionBy: [...here.partitionBy, block] }),
      callNode('coalesce', freeze({ ...before, orderBy: [byBlock] }), literalNode(0)),
    );
  };
  return {
    over,
    level: inBlock,
    total: (value) => sum((weighted) => callNode('mul', value, weighted)),
    squares: sum((weighted) => callNode('mul', weighted, weighted)),
    last: (value) => windowNode('fillForward', [ifKnown(node, value)], { ...over, rows: [null, 0] }, true),
  };
}

/** Weights that are divided by their sum: all the same, in blocks of so many rows. */
function byRows(row: ExprNode, decay: number): Weights {
  const rows = Math.ceil(RANGE / decay);
  return {
    block: callNode('floorDiv', row, literalNode(rows)),
    inBlock: callNode('mul', callNode('mod', row, literalNode(rows)), literalNode(decay)),
    length: rows * decay,
    weight: literalNode(1),
  };
}

/**
 * Weights where each mean is made of the one before, `gap` rows ago: y = (q^gap · y + alpha · x) / (q^gap + alpha), with q = 1 - alpha. That is the same
 * kind of mean: the level grows by ln((q^gap + alpha) / q^gap), and the value counts alpha / (q^gap + alpha).
 */
function byLevels(node: ExprNode, row: ExprNode, alpha: number, decay: number, over: WindowOptions): Weights {
  const before = windowNode('lastValue', [ifKnown(node, row)], { ...over, rows: [null, -1] }, true);
  const gap = callNode('mul', callNode('sub', row, before), literalNode(decay));
  const sum = callNode('add', callNode('exp', callNode('neg', gap)), literalNode(alpha));
  // The first value has none before it, and so no step.
  const step = ifKnown(node, callNode('add', callNode('ln', sum), gap));
  const steps = callNode('coalesce', step, literalNode(0));
  const level = windowNode('sum', [steps], { ...over, rows: [null, 0] }, true);
  const block = cast(callNode('floor', callNode('div', level, literalNode(RANGE))), 'int64');
  return {
    block,
    inBlock: callNode('sub', level, callNode('mul', block, literalNode(RANGE))),
    length: RANGE,
    weight: callNode('coalesce', callNode('div', literalNode(alpha), sum), literalNode(1)),
  };
}

function alphaOf(what: string, { alpha, span, halflife, com }: EwmOptions): number {
  const given = Object.entries({ alpha, span, halflife, com }).filter(([, value]) => value !== undefined);
  if (given.length !== 1)
    throw new TypeError(
      `${what}: say one of alpha, span, halflife and com, not ${given.map(([name]) => name).join(' and ') || 'none'}`,
    );
  const [name, value] = given[0] as [string, number];
  const [least, open] = { alpha: [0, true], span: [1, false], halflife: [0, true], com: [0, false] }[
    name
  ] as [number, boolean];
  if (
    !(open ? value > least : value >= least) ||
    (name === 'alpha' && value > 1) ||
    value === Number.POSITIVE_INFINITY
  )
    throw new RangeError(
      `${what}: ${name} is ${open ? 'above' : 'at least'} ${least}${name === 'alpha' ? ' and at most 1' : ''}, not ${value}`,
    );
  if (name === 'alpha') return value;
  if (name === 'span') return 2 / (value + 1);
  if (name === 'com') return 1 / (value + 1);
  return -Math.expm1(-Math.LN2 / value);
}
