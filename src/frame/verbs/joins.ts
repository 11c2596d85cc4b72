import { FrameError } from '../errors.js';
import type { Expr } from '../expr/expr.js';
import { callNode, columnNode, type ExprNode, freeze } from '../expr/node.js';
import { printExpr } from '../expr/print.js';
import { checkExpr, checkNames, checkUnique } from '../plan/check.js';
import { exprTypeOf } from '../plan/column-types.js';
import * as make from '../plan/make.js';
import { incomparable, joinMismatch } from '../plan/mismatch.js';
import type { Item, JoinHow, JoinNode, PlanNode } from '../plan/node.js';

/** How two frames are joined. */
export interface JoinOptions<L extends string, R extends string> {
  /** Columns of both, of the same names, whose values are equal. */
  readonly on?: (L & R) | readonly (L & R)[];
  /** Columns or expressions of this frame … */
  readonly leftOn?: JoinKey<L> | readonly JoinKey<L>[];
  /** … and of the other, in the same order, whose values are equal. Nulls are equal to nothing. */
  readonly rightOn?: JoinKey<R> | readonly JoinKey<R>[];
  /**
   * inner (the default): matches only. left, right, full: rows of that side, or of both, that match nothing too, with nulls. semi: rows of this
   * frame that match; anti: that do not. cross: all pairs. asof: each row of this frame with the last (or, 'forward', next) row of the other.
   */
  readonly how?: JoinHow;
  /** What is put behind names of the other frame that are here too; default `_right`. */
  readonly suffix?: string;
  /** Of an asof join: the column that is compared, of both frames or of each. */
  readonly asof?: (L & R) | readonly [L, R];
  readonly direction?: 'backward' | 'forward' | 'nearest';
  /** Of an asof join: whether a row of just the same place matches; default: true. */
  readonly allowExactMatches?: boolean;
  /** Of an asof join: how far the compared columns may lie apart, as a number or a span of time ('10m'); beyond it nothing matches. */
  readonly tolerance?: number | string;
  /**
   * What is expected of the keys: 'one_to_one' (or '1:1') that both frames have each once, 'one_to_many' ('1:m') that this one has, 'many_to_one' ('m:1')
   * that the other has, 'many_to_many' ('m:m') nothing. What is otherwise is a FrameError with such a key, when the join is computed. Null keys do not count.
   */
  readonly validate?: JoinValidate;
  /** A column of this name behind all others that says whether a row is 'left_only', 'right_only' or 'both'; `true` calls it `_merge`. */
  readonly indicator?: string | boolean;
}

/** How often a key is in this frame and in the other, as pandas and Polars say it. */
export type JoinValidate = `${'one' | 'many'}_to_${'one' | 'many'}` | `${'1' | 'm'}:${'1' | 'm'}`;

/** What is joined on: a column or an expression. */
export type JoinKey<N extends string> = N | Expr<N, unknown>;

const HOWS: readonly JoinHow[] = ['inner', 'left', 'right', 'full', 'semi', 'anti', 'cross', 'asof'];

/** Options of a join that is one node: which rows are nearest, two say together (`asof.ts`). */
export type PlainJoinOptions = Omit<
  JoinOptions<string, string>,
  'direction' | 'tolerance' | 'validate' | 'indicator'
> & {
  readonly direction?: 'backward' | 'forward';
};

/** The plan of a join. Throws where columns do not exist or options contradict each other. */
export function joinPlan(left: PlanNode, right: PlanNode, options: PlainJoinOptions): JoinNode {
  const {
    how = options.asof === undefined ? 'inner' : 'asof',
    suffix = '_right',
    direction = 'backward',
    allowExactMatches = true,
  } = options;
  if (!HOWS.includes(how))
    throw new TypeError(
      `join: there is no ${JSON.stringify(how)} join; ${/^outer$/i.test(how) ? 'an outer join is "full"; ' : ''}there are ${HOWS.join(', ')}`,
    );
  const [leftOn, rightOn] = keysOf(options);
  for (const key of leftOn) checkExpr('join: left', key, left);
  for (const key of rightOn) checkExpr('join: right', key, right);
  for (const [i, key] of leftOn.entries()) checkComparable([key, left], [rightOn[i]!, right]);
  if (how === 'cross' && leftOn.length > 0) throw new TypeError('join: a cross join joins on nothing');
  if (how !== 'cross' && how !== 'asof' && leftOn.length === 0)
    throw new TypeError(
      'join: say on what, by on: or by leftOn: and rightOn:; for all pairs use how: "cross"',
    );
  const asof = how === 'asof' ? asofOf(options, left, right) : undefined;
  const shared = new Set(
    leftOn.flatMap((key, i) => {
      const other = rightOn[i]!;
      return key.kind === 'column' && other.kind === 'column' && key.name === other.name ? [key.name] : [];
    }),
  );
  if (asof && asof[0] === asof[1]) shared.add(asof[0]);
  const output: JoinNode['output'][number][] = left.columns.map((name) => ({
    name,
    side:
      how === 'right' && shared.has(name) ? 'right' : how === 'full' && shared.has(name) ? 'both' : 'left',
    column: name,
  }));
  if (how !== 'semi' && how !== 'anti')
    for (const name of right.columns) {
      if (shared.has(name)) continue;
      output.push({
        name: left.columns.includes(name) ? `${name}${suffix}` : name,
        side: 'right',
        column: name,
      });
    }
  const columns = output.map(({ name }) => name);
  checkUnique('join', columns, 'rename one of them, or say another suffix: by suffix:');
  const on = leftOn.map((key, i) => ({ left: key, right: rightOn[i]! }));
  return freeze({
    kind: 'join',
    left,
    right: asof ? candidates(right, rightOn, asof[1], direction) : right,
    how,
    on,
    ...(asof && {
      asof: {
        left: columnNode(asof[0]),
        right: columnNode(asof[1]),
        direction,
        ...(!allowExactMatches && { strict: true as const }),
      },
    }),
    output,
    columns,
  });
}

/**
 * The rows that an asof join may take: null is nowhere, and of those at the same place the last in the order of rows is meant, or forward the first.
 * DuckDB takes any of them.
 */
function candidates(
  right: PlanNode,
  keys: readonly ExprNode[],
  at: string,
  direction: 'backward' | 'forward',
): PlanNode {
  const known = make.filter(right, callNode('isNotNull', columnNode(at)));
  const fn = direction === 'backward' ? 'last' : 'first';
  const by = [...keys, columnNode(at)].map(
    (expr, i): Item => ({ name: expr.kind === 'column' ? expr.name : `__tilework_key${i}`, expr }),
  );
  const places = [...new Map(by.map((key) => [key.name, key])).values()];
  const rest = right.columns.filter((name) => !places.some((key) => key.name === name));
  const items = rest.map(
    (name): Item => ({ name, expr: { kind: 'aggregate', fn, args: [columnNode(name)] } }),
  );
  return make.pick(make.aggregate(known, places, items), right.columns);
}

const listOf = (keys: JoinKey<string> | readonly JoinKey<string>[] | undefined): readonly ExprNode[] =>
  (keys === undefined
    ? []
    : Array.isArray(keys)
      ? (keys as readonly JoinKey<string>[])
      : [keys as JoinKey<string>]
  ).map((key) => (typeof key === 'string' ? columnNode(key) : key.node));

/** Throws where the columns of a pair are known to be of types that are never equal. */
function checkComparable(left: readonly [ExprNode, PlanNode], right: readonly [ExprNode, PlanNode]): void {
  const [one, other] = [left, right].map(([expr, plan]) => exprTypeOf(expr, plan));
  if (incomparable(one, other))
    throw new FrameError(joinMismatch(printExpr(left[0]), one!, printExpr(right[0]), other!));
}

/** What two frames are joined on, in pairs. */
export function keysOf({
  on,
  leftOn,
  rightOn,
}: PlainJoinOptions): [readonly ExprNode[], readonly ExprNode[]] {
  if (on !== undefined) {
    if (leftOn !== undefined || rightOn !== undefined)
      throw new TypeError('join: give on:, or leftOn: and rightOn:, not both');
    return [listOf(on), listOf(on)];
  }
  const [left, right] = [listOf(leftOn), listOf(rightOn)];
  if (left.length !== right.length)
    throw new TypeError(`join: leftOn has ${left.length} keys and rightOn ${right.length}; they are pairs`);
  return [left, right];
}

/** The columns that an asof join compares. Throws where there is none. */
export function asofOf(
  options: PlainJoinOptions,
  left: PlanNode,
  right: PlanNode,
): readonly [string, string] {
  if (options.asof === undefined) throw new TypeError('join: an asof join compares a column: asof: "time"');
  const pair: readonly [string, string] =
    typeof options.asof === 'string' ? [options.asof, options.asof] : options.asof;
  checkNames('join: asof', [pair[0]], left.columns);
  checkNames('join: asof', [pair[1]], right.columns);
  checkComparable([columnNode(pair[0]), left], [columnNode(pair[1]), right]);
  return pair;
}
