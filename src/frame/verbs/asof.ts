import { checkOptions } from '../../engine/known-options.js';
import { parseDuration } from '../expr/duration.js';
import { Expr } from '../expr/expr.js';
import { callNode, columnNode, type ExprNode, freeze, literalNode } from '../expr/node.js';
import * as make from '../plan/make.js';
import type { Item, PlanNode } from '../plan/node.js';
import { asofOf, type JoinOptions, joinPlan, keysOf, type PlainJoinOptions } from './joins.js';
import { validated } from './unique-keys.js';

const OPTIONS: readonly string[] = [
  ...['on', 'leftOn', 'rightOn', 'how', 'suffix', 'validate'],
  ...['asof', 'direction', 'tolerance'],
];

/** The plan of a join: one node, but for asof joins with the nearest row or with a tolerance, and where keys are to be unique. */
export function joinedPlan(left: PlanNode, right: PlanNode, given: JoinOptions<string, string>): PlanNode {
  checkOptions('join', given, OPTIONS);
  const { tolerance, direction = 'backward', validate, ...options } = given;
  if (validate !== undefined) return validated(joinPlan(left, right, options), validate);
  const asof = options.how === 'asof' || (options.how === undefined && options.asof !== undefined);
  if (!asof) return joinPlan(left, right, options);
  if (!['backward', 'forward', 'nearest'].includes(direction))
    throw new TypeError(
      `join: there is no direction ${JSON.stringify(direction)}; there are backward, forward, nearest`,
    );
  const join = (other: PlanNode): PlanNode =>
    direction === 'nearest'
      ? nearestPlan(left, other, options)
      : joinPlan(left, other, { ...options, direction });
  return tolerance === undefined ? join(right) : within(left, right, options, tolerance, join);
}

const choice = (when: ExprNode, value: ExprNode, otherwise?: ExprNode): ExprNode =>
  freeze({ kind: 'case', branches: [{ when, value }], otherwise });

/** Matches that lie too far apart become nulls. */
function within(
  left: PlanNode,
  right: PlanNode,
  options: PlainJoinOptions,
  tolerance: number | string,
  join: (right: PlanNode) => PlanNode,
): PlanNode {
  const [here, there] = asofOf(options, left, right);
  const far = '__tilework_asof';
  const joined = join(make.project(right, [...make.itself(right), { name: far, expr: columnNode(there) }]));
  const span = literalNode(typeof tolerance === 'string' ? parseDuration(tolerance) : tolerance);
  const reaches = (early: string, late: string): ExprNode =>
    callNode('ge', callNode('add', columnNode(early), span), columnNode(late));
  const near = callNode('and', reaches(here, far), reaches(far, here));
  const items = make.itself(joined).filter(({ name }) => name !== far);
  return make.project(
    joined,
    items.map(({ name, expr }) => ({ name, expr: left.columns.includes(name) ? expr : choice(near, expr) })),
  );
}

/** The last row of the other frame and the next, of which the nearer one is taken; the last where both are as near. */
function nearestPlan(left: PlanNode, right: PlanNode, options: PlainJoinOptions): PlanNode {
  const [here, there] = asofOf(options, left, right);
  const [leftOn, rightOn] = keysOf(options);
  const names = { last: '__tilework_last_', next: '__tilework_next_' };
  const side = (prefix: string): PlanNode =>
    make.project(right, [
      ...right.columns.map((name): Item => ({ name: `${prefix}${name}`, expr: columnNode(name) })),
      ...rightOn.map((expr, i): Item => ({ name: `${prefix}:${i}`, expr })),
    ]);
  const join = (input: PlanNode, prefix: string, direction: 'backward' | 'forward'): PlanNode =>
    joinPlan(input, side(prefix), {
      how: 'asof',
      asof: [here, `${prefix}${there}`],
      direction,
      leftOn: leftOn.map((expr) => new Expr(expr)),
      rightOn: rightOn.map((_, i) => `${prefix}:${i}`),
    });
  const joined = join(join(left, names.last, 'backward'), names.next, 'forward');
  const [last, next] = [columnNode(`${names.last}${there}`), columnNode(`${names.next}${there}`)];
  const own = columnNode(here);
  const nearer = callNode('le', callNode('sub', own, last), callNode('sub', next, own));
  const takesLast = callNode('or', callNode('isNull', next), nearer);
  // What the result has, and under which names, is as in the other directions.
  const { output } = joinPlan(left, right, options);
  return make.project(
    joined,
    output.map((column): Item => {
      if (column.side === 'left') return { name: column.name, expr: columnNode(column.column) };
      const [a, b] = [`${names.last}${column.column}`, `${names.next}${column.column}`].map(columnNode);
      return { name: column.name, expr: choice(takesLast, a!, b!) };
    }),
  );
}
