import { checkOptions } from '../../engine/known-options.js';
import type { LiteralValue } from '../expr/node.js';
import type { DataFrame } from '../frame.js';
import { checkByName } from '../given.js';
import { checkFrameOptions, type FrameOptions } from '../options.js';
import { checkNames, checkUnique } from '../plan/check.js';
import * as make from '../plan/make.js';
import type { Dummies, Exploded, Melted, Pivoted } from '../schemas.js';
import type { Names } from '../types.js';
import { dummiesPlan } from '../verbs/dummies.js';
import {
  indexOf,
  PIVOT_OPTIONS,
  type PivotAggregate,
  type PivotOptions,
  pivotPlan,
  valuesOf,
} from '../verbs/pivot.js';
import { StatisticVerbs } from './statistics.js';

const namesOf = (names: string | readonly string[]): readonly string[] =>
  typeof names === 'string' ? [names] : names;

/** Verbs that make rows of columns and columns of rows. */
export abstract class ShapeVerbs<in out S> extends StatisticVerbs<S> {
  /**
   * A row for each element of lists; an empty list or null gives a row of null.
   *
   * @example
   * await fromRows([{ id: 1, tags: ['a', 'b'] }, { id: 2, tags: [] }]).explode('tags').rows(); // [{ id: 1, tags: 'a' }, { id: 1, tags: 'b' }, { id: 2, tags: null }]
   */
  explode<const L extends Names<S>>(...lists: readonly L[]): DataFrame<Exploded<S, L>> {
    checkNames('explode', lists, this.plan.columns);
    return this.of(make.explode(this.plan, lists));
  }

  /**
   * Columns become rows: of each, its name in one column and its value in another. What is not named among `ids` or `values` is left out.
   *
   * @example
   * const melted = fromRows([{ id: 1, a: 5, b: 6 }]).melt({ ids: 'id' });
   * await melted.rows(); // [{ id: 1, variable: 'a', value: 5 }, { id: 1, variable: 'b', value: 6 }]
   */
  melt<
    const I extends Names<S> = never,
    const V extends Names<S> = Exclude<Names<S>, I>,
    const X extends string = 'variable',
    const Y extends string = 'value',
  >(
    options: {
      readonly ids?: I | readonly I[];
      readonly values?: V | readonly V[];
      /** What the column of names is called; default `variable`. */
      readonly variable?: X;
      /** What the column of values is called; default `value`. */
      readonly value?: Y;
    } = {},
  ): DataFrame<Melted<S, I, V, X, Y>> {
    checkByName('melt', options, "options, such as { ids: ['id'] }");
    checkOptions('melt', options, ['ids', 'values', 'variable', 'value']);
    const { variable = 'variable', value = 'value' } = options;
    const ids = namesOf(options.ids ?? []);
    const values = namesOf(options.values ?? this.plan.columns.filter((name) => !ids.includes(name)));
    checkNames('melt', [...ids, ...values], this.plan.columns);
    checkUnique('melt', [...ids, variable, value]);
    const input = make.pick(this.plan, [...ids, ...values]);
    return this.of(make.unpivot(input, ids, values, variable, value));
  }

  /**
   * Values of one column as columns: a row for each combination of `index`, a column for each of `names`, which are values of `on`. Without names
   * they are looked for first, and the frame is promised. Several rows of one cell are put together by `aggregate`, and an error without.
   *
   * @example
   * const frame = fromRows([{ d: 1, k: 'a', x: 5 }, { d: 1, k: 'b', x: 6 }, { d: 2, k: 'a', x: 7 }]);
   * const pivoted = frame.pivot({ index: 'd', on: 'k', values: 'x', names: ['a', 'b'] });
   * await pivoted.sort('d').rows(); // [{ d: 1, a: 5, b: 6 }, { d: 2, a: 7, b: null }]
   * const totals = frame.pivot({ index: 'd', on: 'k', values: 'x', aggregate: 'sum', margins: 'all', names: ['a', 'b'] });
   * await totals.sort('d').rows(); // [{ d: 1, a: 5, b: 6, all: 11 }, { d: 2, a: 7, b: null, all: 7 }, { d: null, a: 12, b: 6, all: 18 }]
   */
  pivot<
    const I extends Names<S>,
    const V extends Names<S>,
    const L extends readonly LiteralValue[],
    const A extends PivotAggregate = 'first',
    const M extends string = never,
  >(
    options: PivotOptions<Names<S>> & {
      readonly index: I | readonly I[];
      readonly values: V;
      readonly aggregate?: A;
      readonly margins?: M;
      readonly names: L;
    },
  ): DataFrame<Pivoted<S, I, V, L, A, M>>;
  pivot(
    options: PivotOptions<Names<S>> & {
      readonly values: readonly Names<S>[];
      readonly names: readonly LiteralValue[];
    },
  ): DataFrame;
  pivot(
    options: PivotOptions<Names<S>> & { readonly names?: undefined },
    run?: FrameOptions,
  ): Promise<DataFrame>;
  pivot(
    options: PivotOptions<string> & { readonly names?: readonly LiteralValue[] | undefined },
    run: FrameOptions = {},
  ): DataFrame | Promise<DataFrame> {
    checkByName('pivot', options, "options, such as { index: 'i', on: 'k', values: 'x' }");
    checkOptions('pivot', options, PIVOT_OPTIONS);
    if (Array.isArray(options.on))
      throw new TypeError(
        'pivot: on is one column, not an array: put several into one before, by concatText',
      );
    checkFrameOptions('pivot', run);
    const { plan } = this;
    if (options.names) return this.of(pivotPlan(plan, options, options.names));
    return import('../late.js').then(async ({ foundNames }) => {
      checkNames('pivot', [...indexOf(options), ...valuesOf(options)], plan.columns);
      return this.of(pivotPlan(plan, options, await foundNames('pivot', plan, options.on, run)));
    });
  }

  /**
   * A column as columns of booleans, one for each of its values, behind the other columns: `b_x` is true where `b` is 'x'. Null has no column, and
   * is false in all. Without names, which are values of the column, they are looked for first, and the frame is promised.
   *
   * @example
   * const frame = fromRows([{ id: 1, b: 'x' }, { id: 2, b: 'y' }]);
   * await frame.toDummies('b', { names: ['x', 'y'] }).rows(); // [{ id: 1, b_x: true, b_y: false }, { id: 2, b_x: false, b_y: true }]
   */
  toDummies<const N extends Names<S>, const L extends readonly LiteralValue[]>(
    column: N,
    options: { readonly names: L },
  ): DataFrame<Dummies<S, N, L>>;
  toDummies(
    column: Names<S>,
    options?: { readonly names?: undefined },
    run?: FrameOptions,
  ): Promise<DataFrame>;
  toDummies(
    column: string,
    options: { readonly names?: readonly LiteralValue[] | undefined } = {},
    run: FrameOptions = {},
  ): DataFrame | Promise<DataFrame> {
    checkOptions('toDummies', options, ['names']);
    checkFrameOptions('toDummies', run);
    const { plan } = this;
    const { names } = options;
    if (names) return this.of(dummiesPlan(plan, column, names));
    return import('../late.js').then(async ({ foundNames }) => {
      const found = await foundNames('toDummies', plan, column, run);
      return this.of(
        dummiesPlan(
          plan,
          column,
          found.filter((value) => value !== null),
        ),
      );
    });
  }
}
