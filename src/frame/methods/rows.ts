import { checkChoice, checkOptions } from '../../engine/known-options.js';
import { Expr } from '../expr/expr.js';
import { exprNode, sortKeys } from '../expr/methods/core.js';
import { callNode, columnNode, type ExprNode, hasAggregate, hasWindow, literalNode } from '../expr/node.js';
import type { OrderTerm } from '../expr/operand.js';
import type { DataFrame } from '../frame.js';
import { checkExpr, checkNames } from '../plan/check.js';
import * as make from '../plan/make.js';
import { checkPredicate } from '../plan/mismatch.js';
import type { PlanNode } from '../plan/node.js';
import type { Names } from '../types.js';
import { type KeepOptions, mostPlan } from '../verbs/most.js';
import { type DivisionValue, dividedBy, type RangeOptions, repartitionPlan } from '../verbs/repartition.js';
import { drawnPlan, type SampleOf, type SampleOptions } from '../verbs/sample.js';
import { ColumnVerbs } from './columns.js';
import { wholeNumber } from './core.js';

/** How a sort treats rows that its columns do not tell apart, and those without values. */
export interface SortOptions {
  /** Whether rows that are equal in all columns come as they came. */
  readonly stable?: boolean;
  /** Where nulls come, ascending and descending; default: last. */
  readonly nulls?: 'first' | 'last';
}

/** Which of rows that have the same values stays. */
export interface DistinctOptions {
  readonly keep?: 'first' | 'last' | 'none';
}

const isOptions = (term: OrderTerm | SortOptions): term is SortOptions =>
  typeof term === 'object' && term !== null && ('stable' in term || 'nulls' in term);

/** Verbs that choose and order rows. */
export abstract class RowVerbs<in out S> extends ColumnVerbs<S> {
  /**
   * The rows for which all predicates hold.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 5 }, { x: null }]).filter(col('x').gt(1), col('x').lt(9)).rows(); // [ { x: 5 } ]
   */
  filter(...predicates: readonly Expr<Names<S>, unknown>[]): DataFrame<S> {
    let { plan } = this;
    for (const predicate of predicates) {
      const node = exprNode('filter', predicate);
      checkExpr('filter', node, this.plan);
      if (hasAggregate(node))
        throw new TypeError(
          'filter: an aggregate has no value for a row; use .over(…), or filter what groupBy(…).agg(…) gives',
        );
      checkPredicate('filter', node, this.plan);
      plan = filterPlan(plan, node);
    }
    return this.of(plan);
  }

  /**
   * Rows in order: of columns or expressions, `desc(…)` for descending. Nulls come last. Rows that are equal in all of them come in any order, or as they
   * came with `{ stable: true }` behind the columns, which costs a column more to sort by. With `{ nulls: 'first' }` nulls come first.
   *
   * @example
   * const frame = fromRows([{ x: 2, y: 'a' }, { x: null, y: 'b' }, { x: 3, y: 'c' }, { x: 2, y: 'd' }]);
   * await frame.sort(desc('x'), { stable: true }).rows(); // [{ x: 3, y: 'c' }, { x: 2, y: 'a' }, { x: 2, y: 'd' }, { x: null, y: 'b' }]
   * await frame.sort('x', { nulls: 'first', stable: true }).head(2).select('y').rows(); // [{ y: 'b' }, { y: 'a' }]
   */
  sort(...by: readonly (OrderTerm<Names<S>> | readonly OrderTerm<Names<S>>[] | SortOptions)[]): DataFrame<S> {
    const terms = by.flat() as readonly (OrderTerm | SortOptions)[];
    const options: SortOptions = Object.assign({}, ...terms.filter(isOptions));
    checkOptions('sort', options, ['stable', 'nulls']);
    checkChoice('sort', 'nulls', options.nulls, ['first', 'last']);
    const { stable = false, nulls = 'last' } = options;
    const given = sortKeys(terms.filter((term): term is OrderTerm => !isOptions(term)));
    const keys = given.map((key) => ({ ...key, nulls }));
    for (const { expr } of keys) checkExpr('sort', expr, this.plan);
    if (keys.length === 0) return this.of(this.plan);
    if (!stable) return this.of(make.sort(this.plan, keys));
    const last = { expr: columnNode(make.STABLE), descending: false, nulls: 'last' as const };
    const rows = make.numbered(this.plan, make.STABLE);
    return this.of(make.pick(make.sort(rows, [...keys, last]), this.plan.columns));
  }

  /**
   * The same rows in other partitions, for what is computed in such (`{ partitions }`): so many, in their order, or ranges of a column, sorted by it. In ranges
   * groups and joins by the column need no shuffle; where `divisions` are given, filters on the column leave out ranges.
   *
   * @throws RangeError where divisions are not in order
   * @example
   * const frame = fromRows([{ t: 12, x: 1 }, { t: 3, x: 2 }]).repartition({ by: 't', divisions: [0, 10, 20] });
   * await frame.rows({ partitions: 2 }); // [{ t: 3, x: 2 }, { t: 12, x: 1 }]
   */
  repartition(into: number | RangeOptions<Names<S>>): DataFrame<S> {
    return this.of(repartitionPlan(this.plan, into));
  }

  /**
   * The first rows, after `offset` of them.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 2 }, { x: 3 }]).limit(1, 1).rows(); // [ { x: 2 } ]
   */
  limit(count: number, offset = 0): DataFrame<S> {
    wholeNumber('limit', count);
    wholeNumber('limit: offset', offset);
    return this.of(make.limit(this.plan, count, offset));
  }

  /**
   * The rows with the greatest values of some columns, the greatest first; nulls come last. Of rows with the same values the first are taken, or the last with
   * `{ keep: 'last' }`, or with `{ keep: 'all' }` all that have the values of the last one: more rows then.
   *
   * @example
   * const frame = fromRows([{ x: 1, y: 'a' }, { x: 1, y: 'b' }, { x: 2, y: 'c' }]);
   * await frame.nLargest(2, 'x').select('y').rows(); // [{ y: 'c' }, { y: 'a' }]
   * await frame.nLargest(2, 'x', { keep: 'all' }).select('y').rows(); // [{ y: 'c' }, { y: 'a' }, { y: 'b' }]
   * await fromRows([{ x: 1 }, { x: 3 }, { x: 2 }]).nLargest(2, 'x').rows(); // [ { x: 3 }, { x: 2 } ]
   */
  nLargest(count: number, ...by: readonly (Names<S> | KeepOptions)[]): DataFrame<S> {
    return this.of(mostPlan('nLargest', this.plan, count, by));
  }
  /**
   * The rows with the least values of some columns, the least first; nulls come last. Of rows with the same values the first are taken, or the last with
   * `{ keep: 'last' }`, or with `{ keep: 'all' }` all that have the values of the last one.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 3 }, { x: 2 }]).nSmallest(2, 'x').rows(); // [ { x: 1 }, { x: 2 } ]
   */
  nSmallest(count: number, ...by: readonly (Names<S> | KeepOptions)[]): DataFrame<S> {
    return this.of(mostPlan('nSmallest', this.plan, count, by));
  }

  /**
   * The first rows.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 2 }]).head(1).rows(); // [ { x: 1 } ]
   */
  head(count = 5): DataFrame<S> {
    wholeNumber('head', count);
    return this.limit(count);
  }

  /**
   * The rows from `start` to before `end`.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 2 }, { x: 3 }]).slice(1, 3).rows(); // [ { x: 2 }, { x: 3 } ]
   */
  slice(start: number, end?: number): DataFrame<S> {
    wholeNumber('slice: start', start);
    if (end === undefined) return this.of(make.limit(this.plan, undefined, start));
    wholeNumber('slice: end', end);
    return this.of(make.limit(this.plan, Math.max(0, end - start), start));
  }

  /**
   * The rows of a frame in known divisions (`repartition({ by, divisions })`) whose value of that column lies between two, both included, as pandas' `loc` has it by
   * the index; an end that is undefined is open. In partitions, ranges that lie apart from it are not computed.
   *
   * @throws TypeError where the frame is in no known divisions
   * @example
   * const ranges = fromRows([{ day: 12 }, { day: 3 }, { day: 7 }]).repartition({ by: 'day', divisions: [0, 5, 10, 15] });
   * await ranges.loc(3, 7).rows(); // [ { day: 3 }, { day: 7 } ]
   */
  loc(from?: DivisionValue, to?: DivisionValue): DataFrame<S> {
    const column = new Expr<Names<S>>(columnNode(dividedBy(this.plan)));
    return this.filter(
      ...(from === undefined ? [] : [column.ge(from)]),
      ...(to === undefined ? [] : [column.le(to)]),
    );
  }

  /**
   * The last rows, in their order.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 2 }, { x: 3 }]).tail(2).rows(); // [ { x: 2 }, { x: 3 } ]
   */
  tail(count = 5): DataFrame<S> {
    wholeNumber('tail', count);
    const row = '__tilework_tail';
    const numbered = make.numbered(this.plan, row);
    const last = make.limit(
      make.sort(numbered, [{ expr: columnNode(row), descending: true, nulls: 'last' }]),
      count,
    );
    const sorted = make.sort(last, [{ expr: columnNode(row), descending: false, nulls: 'last' }]);
    return this.of(make.pick(sorted, this.plan.columns));
  }

  /**
   * Rows drawn by chance, in their order: about a share of them, or `{ n }` rows, each once; all, where there are not as many. With `weights` rows are drawn as often as
   * those say, and a share is exact.
   *
   * @param share between 0 and 1, or how many
   * @throws RangeError where a share does not lie between 0 and 1, or a number of rows is none
   * @example
   * await fromRows([{ x: 1 }, { x: 2 }]).sample(1).count(); // 2
   * await fromRows([{ x: 1 }, { x: 2 }, { x: 3 }]).sample({ n: 2, seed: 7 }).count(); // 2
   * await fromRows([{ x: 1, w: 0 }, { x: 2, w: 9 }]).sample({ n: 1, weights: 'w' }).rows(); // [ { x: 2, w: 9 } ]
   */
  sample(share: number | SampleOf<Names<S>>, options: SampleOptions<Names<S>> = {}): DataFrame<S> {
    return this.of(drawnPlan(this.plan, share, options));
  }

  /**
   * Each row once, in any order; with names, the first row of each combination of their values, and with `keep` the first or the last of them in the order of
   * rows, or of those that are there several times none.
   *
   * @example
   * const frame = fromRows([{ x: 1, y: 1 }, { x: 1, y: 2 }, { x: 3, y: 4 }]);
   * await frame.distinct('x').rows(); // [ { x: 1, y: 1 }, { x: 3, y: 4 } ]
   * await frame.distinct('x', { keep: 'last' }).rows(); // [ { x: 1, y: 2 }, { x: 3, y: 4 } ]
   * await frame.distinct('x', { keep: 'none' }).rows(); // [ { x: 3, y: 4 } ]
   */
  distinct(...on: readonly (Names<S> | DistinctOptions)[]): DataFrame<S> {
    const last = on.at(-1);
    const options: DistinctOptions =
      typeof last === 'object' && last !== null && !Array.isArray(last) ? last : {};
    const names = (options === last ? on.slice(0, -1) : on) as readonly Names<S>[];
    checkOptions('distinct', options, ['keep']);
    checkNames('distinct', names, this.plan.columns);
    const { keep } = options;
    checkChoice('distinct', 'keep', keep, ['first', 'last', 'none']);
    const by = names.length > 0 || keep === undefined ? names : this.columns;
    if (keep === undefined || keep === 'first')
      return this.of(make.distinct(this.plan, by.length > 0 ? by : undefined));
    return this.of(filterPlan(this.plan, keptNode(keep, by)));
  }

  /**
   * Without rows that have a null in a column, or in some of them.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: null }]).dropNulls().rows(); // [ { x: 1 } ]
   */
  dropNulls(...in_: readonly Names<S>[]): DataFrame<S> {
    checkNames('dropNulls', in_, this.plan.columns);
    const names = in_.length > 0 ? in_ : this.columns;
    return this.filter(...names.map((name) => new Expr<Names<S>>(columnNode(name)).isNotNull()));
  }
}

/** Whether a row is the last of those that have its values of some columns, or the only one. */
function keptNode(keep: 'last' | 'none', by: readonly string[]): ExprNode {
  const window = { kind: 'window', args: [], partitionBy: by.map(columnNode), orderBy: [] } as const;
  const rows: ExprNode = { ...window, fn: 'size', ordered: false };
  const place: ExprNode = { ...window, fn: 'rowNumber', ordered: true };
  return callNode('eq', keep === 'last' ? place : literalNode(1), rows);
}

/** A filter; windows in its predicate are computed first. */
function filterPlan(plan: PlanNode, predicate: ExprNode): PlanNode {
  if (!hasWindow(predicate)) return make.filter(plan, predicate);
  const name = '__tilework_keep';
  const flagged = make.select(plan, [...make.itself(plan), { name, expr: predicate }]);
  return make.pick(make.filter(flagged, columnNode(name)), plan.columns);
}
