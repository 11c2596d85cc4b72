import { checkOptions } from '../../engine/known-options.js';
import { callNode, columnNode, freeze, windowOf } from '../expr/node.js';
import type { DataFrame } from '../frame.js';
import { checkByName, given } from '../given.js';
import { GroupBy } from '../groupby.js';
import { checkNames, checkUnique } from '../plan/check.js';
import { selected } from '../plan/items.js';
import * as make from '../plan/make.js';
import type { Joined, Named, SchemaOfNamed, SchemaOfSelection, Selection } from '../schemas.js';
import type { Names, Simplify } from '../types.js';
import { joinedPlan } from '../verbs/asof.js';
import type { JoinOptions } from '../verbs/joins.js';
import { Resampled, type ResampleOptions } from '../verbs/resample.js';
import { FrameCore } from './core.js';
import { RowVerbs } from './rows.js';

const isOptions = (term: unknown): term is { readonly normalize?: boolean } =>
  typeof term === 'object' && term !== null && !Array.isArray(term);

/** Verbs that bring rows of the same values together, within a frame or of two. */
export abstract class GroupVerbs<in out S> extends RowVerbs<S> {
  /**
   * Groups of rows that have the same values; `groupBy('a', { year: col('date').dt.year() }).agg({ … })`.
   *
   * @example
   * const frame = fromRows([{ x: 1 }, { x: 2 }, { x: 4 }]);
   * await frame.groupBy({ even: col('x').mod(2).eq(0) }).sum('x').sort('even').rows(); // [{ even: false, x: 1 }, { even: true, x: 6 }]
   */
  groupBy<const K extends readonly Selection<S>[]>(...keys: K): GroupBy<S, SchemaOfSelection<K, S>> {
    const items = selected('groupBy', keys);
    this.check('groupBy', items);
    return new GroupBy(this.plan, items);
  }

  /**
   * Rows in buckets of time, such as '15m', '1d' or '1mo' wide, counted from 1970-01-01: `resample('time', '1d').agg({ … })`. Within a bucket rows are in the order of
   * time, which `first()`, `last()`, `toList()` and `ohlc` go by.
   *
   * @example
   * const frame = fromRows([{ t: new Date('2024-01-01T10:00Z'), x: 1 }, { t: new Date('2024-01-01T11:00Z'), x: 3 }]);
   * await frame.resample('t', '1d').agg({ mean: col('x').mean() }).rows(); // [{ t: 2024-01-01T00:00:00.000Z, mean: 2 }]
   */
  resample<const T extends Names<S>, const B extends Names<S> = never>(
    time: T,
    every: string,
    options: ResampleOptions<B> = {},
  ): Resampled<S, Simplify<Pick<S, B> & Pick<S, T>>> {
    return new Resampled(this.plan, time, every, options);
  }

  /**
   * One row of aggregates of the whole frame.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 2 }]).agg({ n: count(), max: col('x').max() }).rows(); // [ { n: 2, max: 2 } ]
   */
  agg<const A extends Named<Names<S>>>(aggregates: A): DataFrame<SchemaOfNamed<A, S>> {
    return new GroupBy<S, Record<never, never>>(this.plan, []).agg(aggregates) as never;
  }

  /**
   * Rows of this frame beside those of another that match. Columns of the other that are here too get a suffix (`_right`), unless they
   * are what is joined on.
   *
   * @example
   * const [a, b] = [fromRows([{ id: 1, x: 5 }]), fromRows([{ id: 1, x: 6, y: 'a' }])];
   * await a.join(b, { on: 'id' }).rows(); // [ { id: 1, x: 5, x_right: 6, y: 'a' } ]
   * await a.select('id').join(fromRows([{ id: 2 }]), { on: 'id', how: 'full', indicator: 'from' }).sort('id').rows(); // [{ id: 1, from: 'left_only' }, { id: 2, from: 'right_only' }]
   */
  join<R, const O extends JoinOptions<Names<S>, Names<R>>>(
    other: DataFrame<R>,
    options: O,
  ): DataFrame<Joined<S, R, O>> {
    if (!(other instanceof FrameCore)) throw new TypeError(`join takes another frame, not ${given(other)}`);
    checkByName('join', options, "options behind the other frame, such as { on: 'id' }");
    return this.of(joinedPlan(this.plan, other.plan, options as JoinOptions<string, string>));
  }

  /**
   * How many rows there are of each value, or with `normalize` which share of all rows they are, as `proportion`; the most first, null too.
   *
   * @example
   * const frame = fromRows([{ x: 'a' }, { x: 'b' }, { x: 'b' }, { x: 'b' }]);
   * await frame.valueCounts('x').rows(); // [{ x: 'b', count: 3 }, { x: 'a', count: 1 }]
   * await frame.valueCounts('x', { normalize: true }).rows(); // [{ x: 'b', proportion: 0.75 }, { x: 'a', proportion: 0.25 }]
   */
  valueCounts<const N extends Names<S>>(
    ...names: readonly N[]
  ): DataFrame<Simplify<Pick<S, N> & { readonly count: 'int64' }>>;
  valueCounts<const N extends Names<S>>(
    ...names: readonly [...N[], { readonly normalize: true }]
  ): DataFrame<Simplify<Pick<S, N> & { readonly proportion: 'float64' }>>;
  valueCounts(...given: readonly unknown[]): unknown {
    const last = given.at(-1);
    const options = isOptions(last) ? last : {};
    const names = (options === last ? given.slice(0, -1) : given) as readonly string[];
    checkOptions('valueCounts', options, ['normalize']);
    const keys: readonly string[] = names.length > 0 ? names : this.columns;
    checkNames('valueCounts', keys, this.plan.columns);
    checkUnique('valueCounts', [...keys, options.normalize ? 'proportion' : 'count']);
    const counted = make.aggregate(this.plan, make.named(keys), [
      { name: 'count', expr: freeze({ kind: 'aggregate', fn: 'size', args: [] }) },
    ]);
    const n = columnNode('count');
    const sorted = make.sort(counted, [
      { expr: n, descending: true, nulls: 'last' },
      ...keys.map((name) => ({ expr: columnNode(name), descending: false, nulls: 'last' as const })),
    ]);
    if (!options.normalize) return this.of(sorted);
    const all = windowOf({ kind: 'aggregate', fn: 'sum', args: [n] });
    return this.of(
      make.project(sorted, [...make.named(keys), { name: 'proportion', expr: callNode('div', n, all) }]),
    );
  }
}
