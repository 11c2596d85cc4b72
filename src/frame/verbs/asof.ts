import { checkOptions } from '../../engine/known-options.js';
import { parseDuration } from '../expr/duration.js';
import { Expr } from '../expr/expr.js';
import { callNode, columnNode, type ExprNode, freeze, literalNode } from '../expr/node.js';
import { given } from '../given.js';
import { checkUnique } from '../plan/check.js';
import * as make from '../plan/make.js';
import type { Item, PlanNode } from '../plan/node.js';
import { asofOf, type JoinOptions, joinPlan, keysOf, type PlainJoinOptions } from './joins.js';
import { validated } from './unique-keys.js';

const OPTIONS: readonly string[] = [
  ...['on', 'leftOn', 'rightOn', 'how', 'suffix', 'validate', 'indicator'],
  ...['asof', 'direction', 'tolerance', 'allowExactMatches'],
];

/** What says nothing of other joins. */
const OF_ASOF = ['direction', 'tolerance', 'allowExactMatches'] as const;

/** The plan of a join: one node, but for asof joins with the nearest row or with a tolerance, and where keys are to be unique. */
export function joinedPlan(left: PlanNode, right: PlanNode, given: JoinOptions<string, string>): PlanNode {
  checkOptions('join', given, OPTIONS);
  const { indicator = false, ...options } = given;
  return indicator === false
    ? plainPlan(left, right, options)
    : indicatedPlan(left, right, options, indicator === true ? '_merge' : indicator);
}

/** A join, and of each of its rows from where it is. */
function indicatedPlan(
  left: PlanNode,
  right: PlanNode,
  options: JoinOptions<string, string>,
  name: string,
): PlanNode {
  if (typeof name !== 'string')
    throw new TypeError(`join: indicator is true or the name of a column, not ${given(name)}`);
  if (options.how === 'semi' || options.how === 'anti')
    throw new TypeError(`join: a ${options.how} join has rows of one kind: it has no indicator`);
  const marks = ['__tilework_left', '__tilework_right'] as const;
  const marked = (plan: PlanNode, mark: string): PlanNode =>
    make.project(plan, [...make.itself(plan), { name: mark, expr: literalNode(true) }]);
  const joined = plainPlan(marked(left, marks[0]), marked(right, marks[1]), options);
  const columns = make.itself(joined).filter(({ name: column }) => !marks.some((mark) => mark === column));
  checkUnique(
    'join',
    [...columns.map(({ name: column }) => column), name],
    'say another name: by indicator:',
  );
  const missing = (mark: string): ExprNode => callNode('isNull', columnNode(mark));
  const from: ExprNode = freeze({
    kind: 'case',
    branches: [
      { when: missing(marks[1]), value: literalNode('left_only') },
      { when: missing(marks[0]), value: literalNode('right_only') },
    ],
    otherwise: literalNode('both'),
  });
  return make.project(joined, [...columns, { name, expr: from }]);
}

function plainPlan(left: PlanNode, right: PlanNode, all: JoinOptions<string, string>): PlanNode {
  const { tolerance, direction = 'backward', validate, indicator: _, ...options } = all;
  const asof = options.how === 'asof' || (options.how === undefined && options.asof !== undefined);
  const stray = asof ? undefined : OF_ASOF.find((name) => all[name] !== undefined);
  if (stray !== undefined)
    throw new TypeError(`join: ${stray} is of asof joins: say which column is compared, asof: 'time'`);
  if (!['boolean', 'undefined'].includes(typeof options.allowExactMatches))
    throw new TypeError(`join: allowExactMatches is true or false, not ${given(options.allowExactMatches)}`);
  if (validate !== undefined) return validated(joinPlan(left, right, options), validate);
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
      ...(options.allowExactMatches === false && { allowExactMatches: false }),
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
