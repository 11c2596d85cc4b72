import { Expr } from '../expr/expr.js';
import { columnNode, type ExprNode, hasAggregate, mapChildren } from '../expr/node.js';
import type { Operand } from '../expr/operand.js';
import type { DataFrame } from '../frame.js';
import { checkByName, given } from '../given.js';
import { checkNames, checkUnique } from '../plan/check.js';
import { itemsOf, selected } from '../plan/items.js';
import * as make from '../plan/make.js';
import type { Item } from '../plan/node.js';
import type {
  Named,
  Renamed,
  SchemaOfNamed,
  SchemaOfSelection,
  Selection,
  With,
  Without,
} from '../schemas.js';
import type { ColumnType, Names } from '../types.js';
import { FrameCore } from './core.js';

/** Verbs that make columns of columns. */
export abstract class ColumnVerbs<in out S> extends FrameCore<S> {
  /**
   * Columns by name, and new ones by expressions. Where all are aggregates, one row; an aggregate beside columns is the same in each row.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 3 }]).select('x', { share: col('x').div(col('x').sum()) }).rows(); // [{ x: 1, share: 0.25 }, { x: 3, share: 0.75 }]
   */
  select<const I extends readonly Selection<S>[]>(...items: I): DataFrame<SchemaOfSelection<I, S>> {
    const list = selected('select', items);
    if (list.length === 0) throw new TypeError('select: there is no column; a frame has at least one');
    this.check('select', list);
    const { plan } = this;
    if (
      list.length > 0 &&
      list.every(({ expr }) => hasAggregate(expr)) &&
      list.every(({ expr }) => freeOfColumns(expr))
    )
      return this.of(make.aggregate(plan, [], list));
    return this.of(
      make.select(
        plan,
        list.map(({ name, expr }) => ({ name, expr: make.broadcast(expr) })),
      ),
    );
  }

  /**
   * The columns there are, and further or changed ones.
   *
   * @example
   * await fromRows([{ x: 1 }]).withColumns({ y: col('x').add(1), z: 'a' }).rows(); // [ { x: 1, y: 2, z: 'a' } ]
   */
  withColumns<const A extends Named<Names<S>>>(columns: A): DataFrame<With<S, SchemaOfNamed<A, S>>> {
    const items = itemsOf('withColumns', columns as Named<string>);
    this.check('withColumns', items);
    const changed = new Map(items.map(({ name, expr }) => [name, make.broadcast(expr)]));
    const kept = this.plan.columns.map(
      (name): Item => ({ name, expr: changed.get(name) ?? columnNode(name) }),
    );
    const added = items.filter(({ name }) => !this.plan.columns.includes(name));
    const all = [...kept, ...added.map(({ name }) => ({ name, expr: changed.get(name)! }))];
    checkUnique(
      'withColumns',
      all.map(({ name }) => name),
    );
    return this.of(make.select(this.plan, all));
  }

  /**
   * Other names for some columns: `{ old: 'new' }`; or for all, by a function of the old name, which is called at once.
   *
   * @example
   * await fromRows([{ x: 1, y: 2 }]).rename({ x: 'a' }).rows(); // [ { a: 1, y: 2 } ]
   * fromRows([{ 'Unit Price': 1 }]).rename((name) => name.toLowerCase().replaceAll(' ', '_')).columns; // [ 'unit_price' ]
   */
  rename(names: (name: Names<S>) => string): DataFrame;
  rename<const M extends { readonly [K in Names<S>]?: string }>(names: M): DataFrame<Renamed<S, M>>;
  rename(given_: object): unknown {
    const names =
      typeof given_ === 'function'
        ? Object.fromEntries(this.plan.columns.map((name) => [name, given_(name)]))
        : given_;
    checkByName('rename', names, "new names by the old, { old: 'new' }");
    checkNames('rename', Object.keys(names), this.plan.columns);
    const map = names as Readonly<Record<string, string | undefined>>;
    for (const [old, name] of Object.entries(map))
      if (name !== undefined && typeof name !== 'string')
        throw new TypeError(`rename: the new name of ${JSON.stringify(old)} is a text, not ${given(name)}`);
    const items = this.plan.columns.map(
      (name): Item => ({ name: map[name] ?? name, expr: columnNode(name) }),
    );
    checkUnique(
      'rename',
      items.map(({ name }) => name),
    );
    return this.of(make.project(this.plan, items));
  }

  /**
   * Without some columns.
   *
   * @example
   * await fromRows([{ x: 1, y: 2 }]).drop('y').rows(); // [ { x: 1 } ]
   */
  drop<const N extends Names<S>>(...names: readonly N[]): DataFrame<Without<S, N>> {
    checkNames('drop', names, this.plan.columns);
    const left = this.plan.columns.filter((name) => !(names as readonly string[]).includes(name));
    if (left.length === 0) throw new TypeError('drop: no column would be left; a frame has at least one');
    return this.of(make.pick(this.plan, left));
  }

  /**
   * Columns as other types: `{ x: 'int32' }`.
   *
   * @example
   * await fromRows([{ x: '1' }, { x: 'a' }]).cast({ x: 'int32' }, { strict: false }).rows(); // [ { x: 1 }, { x: null } ]
   */
  cast<const C extends { readonly [K in Names<S>]?: ColumnType }>(
    types: C,
    options: { readonly strict?: boolean } = {},
  ): DataFrame<With<S, C>> {
    checkByName('cast', types, "types by columns, { x: 'int32' }");
    checkNames('cast', Object.keys(types), this.plan.columns);
    const casts = Object.entries(types as Readonly<Record<string, ColumnType>>).map(
      ([name, type]) => [name, new Expr(columnNode(name)).cast(type, options)] as const,
    );
    return this.withColumns(Object.fromEntries(casts) as never) as never;
  }

  /**
   * Values in the place of nulls, by columns: `{ x: 0, name: 'unknown' }`.
   *
   * @example
   * await fromRows([{ x: 1, y: 'a' }, { x: null, y: null }]).fillNull({ x: 0, y: '?' }).rows(); // [ { x: 1, y: 'a' }, { x: 0, y: '?' } ]
   */
  fillNull(values: { readonly [K in Names<S>]?: Operand<Names<S>> }): DataFrame<S> {
    checkByName('fillNull', values, 'values by columns, { x: 0 }');
    checkNames('fillNull', Object.keys(values), this.plan.columns);
    const columns = Object.entries(values as Readonly<Record<string, Operand>>).map(
      ([name, value]) => [name, new Expr(columnNode(name)).fillNull(value)] as const,
    );
    this.check(
      'fillNull',
      columns.map(([name, { node: expr }]) => ({ name, expr })),
    );
    return this.withColumns(Object.fromEntries(columns) as never) as never;
  }

  /**
   * The last value that is not null in the place of nulls, in the order of rows: in some columns, or all.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: null }]).fillForward().rows(); // [ { x: 1 }, { x: 1 } ]
   */
  fillForward(...in_: readonly Names<S>[]): DataFrame<S> {
    return this.eachOf('fillForward', in_, (column) => column.fillForward());
  }
  /**
   * The next value that is not null in the place of nulls, in the order of rows: in some columns, or all.
   *
   * @example
   * await fromRows([{ x: null }, { x: 1 }]).fillBackward('x').rows(); // [ { x: 1 }, { x: 1 } ]
   */
  fillBackward(...in_: readonly Names<S>[]): DataFrame<S> {
    return this.eachOf('fillBackward', in_, (column) => column.fillBackward());
  }

  private eachOf(
    where: string,
    names: readonly Names<S>[],
    change: (column: Expr<Names<S>, unknown>) => Expr<Names<S>, unknown>,
  ): DataFrame<S> {
    checkNames(where, names, this.plan.columns);
    const columns = (names.length > 0 ? names : this.columns).map(
      (name) => [name, change(new Expr(columnNode(name)))] as const,
    );
    return this.withColumns(Object.fromEntries(columns) as never) as never;
  }
}

/** Whether no column stands outside of an aggregate. */
function freeOfColumns(node: ExprNode): boolean {
  if (node.kind === 'column' || node.kind === 'window') return false;
  if (node.kind === 'aggregate') return true;
  let free = true;
  mapChildren(node, (child) => {
    free &&= freeOfColumns(child);
    return child;
  });
  return free;
}
