import { checkOptions } from '../../engine/known-options.js';
import { parseDuration } from '../expr/duration.js';
import { Expr } from '../expr/expr.js';
import { callNode, columnNode, type ExprNode, literalNode } from '../expr/node.js';
import { DataFrame } from '../frame.js';
import { GroupBy } from '../groupby.js';
import { checkNames, checkUnique } from '../plan/check.js';
import * as make from '../plan/make.js';
import type { Item, PlanNode } from '../plan/node.js';
import type { Named, SchemaOfNamed } from '../schemas.js';
import type { Names, Simplify } from '../types.js';
import { joinPlan } from './joins.js';

/** Which buckets `resample` makes. */
export interface ResampleOptions<N extends string> {
  /** Each combination of the values of these columns has buckets of its own. */
  readonly by?: N | readonly N[];
  /** Whether buckets without rows, between the first and the last, are rows too: sums and counts are 0 there, all else is null. */
  readonly empty?: boolean;
  /** From where buckets are counted, a time or its ISO text: a Monday for weeks that begin on Mondays. Default: 1970-01-01, a Thursday. */
  readonly origin?: Date | string;
}

/** Aggregates that are 0 of no rows. */
const ZERO = new Set(['sum', 'count', 'size', 'nunique']);

/** Rows in buckets of time, to be aggregated. */
export class Resampled<S, K> {
  constructor(
    private readonly plan: PlanNode,
    private readonly time: string,
    private readonly every: string,
    private readonly options: ResampleOptions<string>,
  ) {
    checkOptions('resample', options, ['by', 'empty', 'origin']);
    const { months, days, microseconds } = parseDuration(every);
    if (months + days + microseconds <= 0)
      throw new RangeError(`resample: the width of buckets is a span of time above 0, not ${every}`);
    checkNames('resample', [time, ...this.by], plan.columns);
    checkUnique('resample', [...this.by, time]);
  }

  private get by(): readonly string[] {
    const { by = [] } = this.options;
    return typeof by === 'string' ? [by] : by;
  }

  /**
   * A row for each bucket, in the order of time: its beginning, under the name of the column of times, and aggregates by name.
   *
   * @example
   * const frame = fromRows([{ t: new Date('2024-01-01T10:00Z'), x: 1 }, { t: new Date('2024-01-03T09:00Z'), x: 2 }]);
   * await frame.resample('t', '1d', { empty: true }).agg({ n: count() }).select('n').rows(); // [{ n: 1 }, { n: 0 }, { n: 1 }]
   */
  agg<const A extends Named<Names<S>>>(aggregates: A): DataFrame<Simplify<K & SchemaOfNamed<A, S>>> {
    const { by, time } = this;
    const bucket = new Expr(columnNode(time)).dt.bucket(
      this.every,
      this.options.origin === undefined ? {} : { origin: this.options.origin },
    ).node;
    const keys = [...make.named(by), { name: time, expr: bucket }];
    const known = make.filter(this.plan, callNode('isNotNull', columnNode(time)));
    const grouped = new GroupBy<S, Record<never, never>>(known, keys).agg(aggregates).plan;
    const whole = this.options.empty ? this.filled(grouped) : grouped;
    const order = [...by, time].map((name) => ({
      expr: columnNode(name),
      descending: false,
      nulls: 'last' as const,
    }));
    return new DataFrame(make.sort(whole, order));
  }

  /** With the buckets that have no rows. */
  private filled(grouped: PlanNode): PlanNode {
    const { by, time } = this;
    const at = (fn: 'min' | 'max'): ExprNode => ({ kind: 'aggregate', fn, args: [columnNode(time)] });
    const series = callNode('series', at('min'), at('max'), literalNode(parseDuration(this.every)));
    const keys = make.named(by);
    const buckets = make.explode(make.aggregate(grouped, keys, [{ name: time, expr: series }]), [time]);
    const same = '__tilework_same';
    // Keys may be null, and null is a key like others: they are compared as structs, which are equal where their fields are.
    const struct = callNode(
      'struct',
      ...[...by, time].flatMap((name) => [literalNode(name), columnNode(name)]),
    );
    const keyed = (plan: PlanNode): PlanNode =>
      make.project(plan, [...make.itself(plan), { name: same, expr: struct }]);
    const values = grouped.columns.filter((name) => name !== time && !by.includes(name));
    const joined = joinPlan(keyed(buckets), make.pick(keyed(grouped), [...values, same]), {
      on: same,
      how: 'left',
    });
    const zero = new Set(this.zeros(grouped));
    const items = grouped.columns.map((name): Item => {
      const own = columnNode(name);
      return { name, expr: zero.has(name) ? callNode('coalesce', own, literalNode(0)) : own };
    });
    return make.project(joined, items);
  }

  private zeros(grouped: PlanNode): string[] {
    if (grouped.kind !== 'aggregate') return [];
    return grouped.items
      .filter(({ expr }) => expr.kind === 'aggregate' && ZERO.has(expr.fn))
      .map(({ name }) => name);
  }
}
