import { checkOptions } from '../../engine/known-options.js';
import { parseDuration } from '../expr/duration.js';
import { Expr } from '../expr/expr.js';
import {
  callNode,
  columnNode,
  type ExprNode,
  freeze,
  literalNode,
  mapChildren,
  type SortKey,
} from '../expr/node.js';
import { DataFrame } from '../frame.js';
import { GroupBy } from '../groupby.js';
import { checkNames, checkUnique } from '../plan/check.js';
import * as make from '../plan/make.js';
import type { AggregatePlan, Item, PlanNode } from '../plan/node.js';
import type { Named, SchemaOfNamed } from '../schemas.js';
import type { Names, Simplify } from '../types.js';
import { GroupStatistics } from './group-statistics.js';
import { joinPlan } from './joins.js';

/** Which buckets `resample` makes. */
export interface ResampleOptions<N extends string> {
  /** Each combination of the values of these columns has buckets of its own. */
  readonly by?: N | readonly N[];
  /** Whether buckets without rows, between the first and the last, are rows too: sums and counts are 0 there, products 1, `any` false and `all` true, all else is null. */
  readonly empty?: boolean;
  /** From where buckets are counted, a time or its ISO text: a Monday for weeks that begin on Mondays. Default: 1970-01-01, a Thursday. */
  readonly origin?: Date | string;
}

/** Aggregates that are not null of no rows. */
const OF_NONE: Readonly<Record<string, ExprNode>> = {
  ...Object.fromEntries(['sum', 'count', 'size', 'nunique'].map((fn) => [fn, literalNode(0)])),
  product: literalNode(1),
  any: literalNode(false),
  all: literalNode(true),
};

/** Rows in buckets of time, to be aggregated. */
export class Resampled<S, K> extends GroupStatistics<S, K> {
  constructor(
    protected readonly plan: PlanNode,
    private readonly time: string,
    private readonly every: string,
    private readonly options: ResampleOptions<string>,
  ) {
    super();
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
    const { known, keys } = this.bucketed();
    return this.ordered(
      new GroupBy<S, Record<never, never>>(known, keys).agg(aggregates).plan as AggregatePlan,
    );
  }

  protected names(): string[] {
    return [...this.by, this.time];
  }

  protected grouped<X>(
    where: string,
    items: readonly Item[],
    then = (groups: PlanNode): PlanNode => groups,
  ): DataFrame<X> {
    const { known, keys } = this.bucketed();
    checkUnique(where, [...this.names(), ...items.map(({ name }) => name)]);
    return this.ordered(make.aggregate(known, keys, items), then);
  }

  /** The rows whose time is known, and what they are grouped by. */
  private bucketed(): { readonly known: PlanNode; readonly keys: readonly Item[] } {
    const { by, time } = this;
    const { origin } = this.options;
    const bucket = new Expr(columnNode(time)).dt.bucket(this.every, origin === undefined ? {} : { origin });
    return {
      known: make.filter(this.plan, callNode('isNotNull', columnNode(time))),
      keys: [...make.named(by), { name: time, expr: bucket.node }],
    };
  }

  /** Groups in the order of time, where that is asked for with the buckets that have no rows. */
  private ordered<X>(given: AggregatePlan, then = (groups: PlanNode): PlanNode => groups): DataFrame<X> {
    const grouped = inTime(given, this.time);
    const whole = this.options.empty ? this.filled(grouped) : grouped;
    const order = this.names().map((name) => ({
      expr: columnNode(name),
      descending: false,
      nulls: 'last' as const,
    }));
    return new DataFrame(then(make.sort(whole, order)));
  }

  /** With the buckets that have no rows. */
  private filled(grouped: AggregatePlan): PlanNode {
    const { by, time } = this;
    const at = (fn: 'min' | 'max'): ExprNode => ({ kind: 'aggregate', fn, args: [columnNode(time)] });
    const series = callNode('series', at('min'), at('max'), literalNode(parseDuration(this.every)));
    const keys = make.named(by);
    const spans = make.aggregate(grouped, keys, [{ name: time, expr: series }]);
    // Of no rows at all there is no first bucket.
    const known = make.filter(spans, callNode('isNotNull', columnNode(time)));
    const buckets = make.explode(known, [time]);
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
    const none = this.ofNone(grouped);
    const items = grouped.columns.map((name): Item => {
      const [own, value] = [columnNode(name), none.get(name)];
      return { name, expr: value ? callNode('coalesce', own, value) : own };
    });
    return make.project(joined, items);
  }

  /** What aggregates are in buckets without rows, where that is not null. */
  private ofNone({ items }: AggregatePlan): ReadonlyMap<string, ExprNode> {
    return new Map(
      items.flatMap(({ name, expr }) => {
        const value =
          expr.kind === 'aggregate' && Object.hasOwn(OF_NONE, expr.fn) ? OF_NONE[expr.fn] : undefined;
        return value ? [[name, value] as const] : [];
      }),
    );
  }
}

/** Aggregates that depend on the order of rows. */
const OF_ORDER: ReadonlySet<string> = new Set(['first', 'last', 'list', 'join']);

/** The same aggregates where rows of a bucket come in the order of time, and those of the same time in their own. */
function inTime(plan: AggregatePlan, time: string): AggregatePlan {
  const keys = [time, make.STABLE].map(
    (name): SortKey => ({ expr: columnNode(name), descending: false, nulls: 'last' }),
  );
  let found = false;
  const ordered = (node: ExprNode): ExprNode => {
    if (node.kind !== 'aggregate') return mapChildren(node, ordered);
    if (!OF_ORDER.has(node.fn) || node.orderBy) return node;
    found = true;
    return freeze({ ...node, orderBy: keys });
  };
  const items = plan.items.map(({ name, expr }): Item => ({ name, expr: ordered(expr) }));
  return found ? make.aggregate(make.numbered(plan.input, make.STABLE), plan.keys, items) : plan;
}
