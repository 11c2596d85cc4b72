import { checkOptions } from '../../engine/known-options.js';
import { checkType } from '../column-type.js';
import { given } from '../given.js';
import type { ColumnType } from '../types.js';
import { DateAccessor } from './dt.js';
import { ListAccessor } from './list.js';
import { nodeOf } from './methods/core.js';
import { RollingMethods } from './methods/rolling.js';
import { columnNode, type ExprNode, freeze } from './node.js';
import type { Descending, Literal } from './operand.js';
import { StringAccessor } from './str.js';
import { StructAccessor } from './struct.js';
import type { ElementOf, FieldOf, LiteralTerm, Ref } from './terms.js';

/**
 * An expression over the columns of a frame: a description, computed when the frame is. The type says which columns it reads and of what
 * type it is, so that a frame whose schema is known refuses it at compile time.
 *
 * @example
 * String(col('delay').gt(0)); // (delay > 0)
 */
export class Expr<N extends string = string, T = unknown> extends RollingMethods<N, T> {
  /**
   * As another type. What cannot be converted is an error when it is computed; null with `{ strict: false }`.
   *
   * @example
   * await fromRows([{ x: '12' }]).select({ r: col('x').cast('int32') }).rows(); // [ { r: 12 } ]
   */
  cast<const C extends ColumnType>(to: C, options: { readonly strict?: boolean } = {}): Expr<N, C> {
    checkType(to);
    checkOptions('cast', options, ['strict']);
    return new Expr(freeze({ kind: 'cast', value: this.node, to, strict: options.strict ?? true }));
  }

  /**
   * Functions of text.
   *
   * @example
   * await fromRows([{ s: 'Ab' }]).select({ r: col('s').str.lower() }).rows(); // [ { r: 'ab' } ]
   */
  get str(): StringAccessor<N> {
    return new StringAccessor(this);
  }
  /**
   * Functions of dates, times and instants.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29') }]).select({ r: col('t').dt.month() }).rows(); // [ { r: 2 } ]
   */
  get dt(): DateAccessor<N, T> {
    return new DateAccessor(this);
  }
  /**
   * Functions of lists.
   *
   * @example
   * await fromRows([{ l: [1, 2] }]).select({ r: col('l').list.sum() }).rows(); // [ { r: 3 } ]
   */
  get list(): ListAccessor<N, T, ElementOf<T>> {
    return new ListAccessor(this);
  }
  /**
   * Fields of structs.
   *
   * @example
   * await fromRows([{ p: { x: 1 } }]).select({ r: col('p').struct.field('x') }).rows(); // [ { r: 1 } ]
   */
  get struct(): StructAccessor<N, T> {
    return new StructAccessor(this);
  }
  /**
   * A field of a struct.
   *
   * @example
   * await fromRows([{ p: { x: 1 } }]).select({ r: col('p').field('x') }).rows(); // [ { r: 1 } ]
   */
  field<F extends string>(name: F): Expr<N, FieldOf<T, F>> {
    return this.struct.field(name);
  }

  protected of<M extends string, U>(node: ExprNode): Expr<M, U> {
    return new Expr(node);
  }
}

/**
 * The column of a name.
 *
 * @example
 * String(col('delay').add(1)); // (delay + 1)
 */
export function col<const N extends string>(name: N): Expr<N, Ref<N>> {
  if (typeof name !== 'string') throw new TypeError(`col() takes a column's name, not ${given(name)}`);
  return new Expr(columnNode(name));
}

/**
 * A value as an expression, of a type where one is given.
 *
 * @example
 * String(lit('a')); // 'a'
 */
export function lit<const V extends Literal>(value: V): Expr<never, LiteralTerm<V>>;
export function lit<const C extends ColumnType>(value: Literal, type: C): Expr<never, C>;
export function lit(value: Literal, type?: ColumnType): Expr<never, unknown> {
  const expr = new Expr<never>(nodeOf(value));
  return type === undefined ? expr : expr.cast(type);
}

/**
 * Descending order of a column or expression.
 *
 * @example
 * desc('delay'); // { descending: 'delay' }
 */
export function desc<const N extends string>(key: N | Expr<N, unknown>): Descending<N> {
  return { descending: key };
}
