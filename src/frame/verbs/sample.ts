import { checkOptions } from '../../engine/known-options.js';
import { typeText } from '../column-type.js';
import { FrameError } from '../errors.js';
import type { Expr } from '../expr/expr.js';
import { exprNode } from '../expr/methods/core.js';
import { callNode, columnNode, type ExprNode, freeze, literalNode, type SortKey } from '../expr/node.js';
import { printExpr } from '../expr/print.js';
import { given } from '../given.js';
import { wholeNumber } from '../methods/core.js';
import { checkExpr } from '../plan/check.js';
import { exprTypeOf } from '../plan/column-types.js';
import * as make from '../plan/make.js';
import type { Item, PlanNode } from '../plan/node.js';

/** How rows are drawn. */
export interface SampleOptions<N extends string> {
  /** What chance begins with; default: 0. */
  readonly seed?: number;
  /**
   * How likely a row is drawn, a column or an expression of numbers from 0: row by row, each with a chance in proportion to its weight among those that are left. Rows
   * of weight 0, null or NaN are never drawn; a weight below 0 or without end is an error when rows are computed.
   */
  readonly weights?: N | Expr<N, unknown>;
}

/** How many rows are drawn, or which share of all. */
export type SampleOf<N extends string> = SampleOptions<N> &
  (
    | { readonly n: number; readonly fraction?: undefined }
    | { readonly fraction: number; readonly n?: undefined }
  );

interface Draw {
  readonly n?: number;
  readonly fraction?: number;
  readonly seed: number;
  readonly weights?: ExprNode;
}

const OPTIONS = ['seed', 'weights'] as const;

function drawOf(plan: PlanNode, share: number | SampleOf<string>, options: SampleOptions<string>): Draw {
  checkOptions('sample', options, OPTIONS);
  const own = typeof share === 'number' ? { fraction: share } : share;
  if (typeof share !== 'number') checkOptions('sample', share, ['n', 'fraction', ...OPTIONS]);
  const { n, fraction, seed = options.seed ?? 0, weights = options.weights } = own as SampleOf<string>;
  if ((n === undefined) === (fraction === undefined))
    throw new TypeError('sample takes a share of the rows, or how many: { n: 10 } or { fraction: 0.1 }');
  if (n !== undefined) wholeNumber('sample: n', n);
  if (fraction !== undefined && !(fraction >= 0 && fraction <= 1)) {
    const meant =
      Number.isInteger(fraction) && fraction > 1 ? `; so many rows are drawn by { n: ${fraction} }` : '';
    throw new RangeError(`sample: the fraction lies between 0 and 1, and is ${given(fraction)}${meant}`);
  }
  wholeNumber('sample: seed', seed);
  const node =
    weights === undefined
      ? undefined
      : typeof weights === 'string'
        ? columnNode(weights)
        : exprNode('sample: weights', weights);
  if (node) checkWeights(node, plan);
  return {
    ...(n !== undefined ? { n } : { fraction: fraction! }),
    seed,
    ...(node && { weights: node }),
  };
}

function checkWeights(node: ExprNode, plan: PlanNode): void {
  checkExpr('sample: weights', node, plan);
  const type = exprTypeOf(node, plan);
  if (type !== undefined && !(typeof type === 'string' && /^(u?int|float|decimal|bool)/.test(type)))
    throw new FrameError(
      `sample: weights are numbers, and ${printExpr(node)} is ${typeText(type)}: convert it by cast('float64')`,
    );
}

/** Rows drawn by chance, in their order. */
export function drawnPlan(
  plan: PlanNode,
  share: number | SampleOf<string>,
  options: SampleOptions<string>,
): PlanNode {
  const draw = drawOf(plan, share, options);
  if (draw.n === undefined)
    return draw.weights === undefined ? make.sample(plan, draw.fraction!, draw.seed) : ranked(plan, [], draw);
  // Partitions of places, by which each gives the first.
  const place: SortKey = { expr: columnNode(make.STABLE), descending: false, nulls: 'last' };
  const drawn = make.limit(make.sort(chances(plan, draw), [chance, place]), draw.n);
  return make.pick(make.sort(drawn, [place]), plan.columns);
}

/** Rows of each group drawn by chance, in the order of rows. */
export const drawnOfGroups = (
  plan: PlanNode,
  groups: readonly Item[],
  share: number | SampleOf<string>,
  options: SampleOptions<string>,
): PlanNode =>
  ranked(
    plan,
    groups.map(({ expr }) => expr),
    drawOf(plan, share, options),
  );

const CHANCE = '__tilework_chance';
const chance: SortKey = { expr: columnNode(CHANCE), descending: false, nulls: 'last' };

/** Rows with their numbers, and when the turn of each would come; those that are never drawn are not there. */
function chances(plan: PlanNode, { seed, weights }: Draw): PlanNode {
  const numbered = make.numbered(plan, make.STABLE);
  const hash = callNode('hash', callNode('hash', columnNode(make.STABLE)), literalNode(seed));
  const timed = (expr: ExprNode): PlanNode =>
    make.project(numbered, [...make.itself(numbered), { name: CHANCE, expr }]);
  if (!weights) return timed(hash);
  // Whose clock, which runs as fast as its weight is great, strikes first: the order is as of drawing one after another (Efraimidis and Spirakis 2006).
  const float = (value: ExprNode): ExprNode =>
    freeze({ kind: 'cast', value, to: 'float64', strict: true } as const);
  const uniform = callNode('mul', callNode('add', float(hash), literalNode(0.5)), literalNode(2 ** -64));
  const weight = callNode('fillNaN', float(weights), literalNode(null, 'float64'));
  const wrong = callNode('or', callNode('lt', weight, literalNode(0)), callNode('isInfinite', weight));
  const text: ExprNode = freeze({ kind: 'cast', value: weight, to: 'string', strict: true } as const);
  const found: ExprNode = freeze({
    kind: 'case',
    branches: [{ when: wrong, value: text }],
    otherwise: undefined,
  });
  const message = `sample: weights are numbers from 0, and a row has ${printExpr(weights)} = `;
  const rate: ExprNode = freeze({
    kind: 'case',
    branches: [
      {
        when: callNode(
          'and',
          callNode('refuse', found, literalNode(message)),
          callNode('gt', weight, literalNode(0)),
        ),
        value: callNode('div', callNode('neg', callNode('ln', uniform)), weight),
      },
    ],
    otherwise: undefined,
  });
  return timed(rate);
}

/** Rows whose turn is early enough among those of their group. */
function ranked(plan: PlanNode, by: readonly ExprNode[], draw: Draw): PlanNode {
  const window = { kind: 'window', args: [], partitionBy: by, ordered: false } as const;
  const size: ExprNode = freeze({ ...window, fn: 'size', orderBy: [] });
  const turn: ExprNode = freeze({ ...window, fn: 'rowNumber', orderBy: [chance] });
  const most =
    draw.n !== undefined
      ? literalNode(draw.n)
      : callNode('round', callNode('mul', literalNode(draw.fraction!, 'float64'), size), literalNode(0));
  const name = '__tilework_keep';
  const timed = chances(plan, draw);
  const turns = make.project(timed, [...make.itself(timed), { name, expr: callNode('le', turn, most) }]);
  const drawn = callNode('and', columnNode(name), callNode('isNotNull', columnNode(CHANCE)));
  return make.pick(make.filter(turns, drawn), plan.columns);
}
