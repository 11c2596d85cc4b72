import type { Expr } from './expr.js';
import type { NamesOf, Operand } from './operand.js';
import { sliceBounds } from './str.js';

/** Functions of lists: `col('tags').list.length()`. */
export class ListAccessor<N extends string, T, E> {
  constructor(private readonly of: Expr<N, T>) {}

  /**
   * How many elements there are, nulls too.
   *
   * @example
   * await fromRows([{ l: [5, 6] }]).select({ r: col('l').list.length() }).rows(); // [ { r: 2 } ]
   */
  length(): Expr<N, 'int64'> {
    return this.of.with('list.length');
  }
  /**
   * The element at a position, from 0; negative ones count from the end. Null beyond the ends.
   *
   * @example
   * await fromRows([{ l: [5, 6] }]).select({ r: col('l').list.get(-1) }).rows(); // [ { r: 6 } ]
   */
  get<O extends Operand>(index: O): Expr<N | NamesOf<O>, E> {
    return this.of.with('list.get', index);
  }
  /**
   * The first element; null of an empty list.
   *
   * @example
   * await fromRows([{ l: [5, 6] }]).select({ r: col('l').list.first() }).rows(); // [ { r: 5 } ]
   */
  first(): Expr<N, E> {
    return this.of.with('list.get', 0);
  }
  /**
   * The last element; null of an empty list.
   *
   * @example
   * await fromRows([{ l: [5, 6] }]).select({ r: col('l').list.last() }).rows(); // [ { r: 6 } ]
   */
  last(): Expr<N, E> {
    return this.of.with('list.get', -1);
  }
  /**
   * Whether an element equals a value.
   *
   * @example
   * await fromRows([{ l: [5, 6] }]).select({ r: col('l').list.contains(6) }).rows(); // [ { r: true } ]
   */
  contains<O extends Operand>(value: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.of.with('list.contains', value);
  }
  /**
   * Nulls are left out; 0 of nothing.
   *
   * @example
   * await fromRows([{ l: [5, 6] }]).select({ r: col('l').list.sum() }).rows(); // [ { r: 11 } ]
   */
  sum(): Expr<N, E> {
    return this.of.with('list.sum');
  }
  /**
   * The mean of the elements that are not null.
   *
   * @example
   * await fromRows([{ l: [5, 6] }]).select({ r: col('l').list.mean() }).rows(); // [ { r: 5.5 } ]
   */
  mean(): Expr<N, 'float64'> {
    return this.of.with('list.mean');
  }
  /**
   * The least element.
   *
   * @example
   * await fromRows([{ l: [5, 6] }]).select({ r: col('l').list.min() }).rows(); // [ { r: 5 } ]
   */
  min(): Expr<N, E> {
    return this.of.with('list.min');
  }
  /**
   * The greatest element.
   *
   * @example
   * await fromRows([{ l: [5, 6] }]).select({ r: col('l').list.max() }).rows(); // [ { r: 6 } ]
   */
  max(): Expr<N, E> {
    return this.of.with('list.max');
  }
  /**
   * The elements in ascending order, nulls last.
   *
   * @example
   * await fromRows([{ l: [6, 5] }]).select({ r: col('l').list.sort() }).rows(); // [ { r: [ 5, 6 ] } ]
   */
  sort(): Expr<N, T> {
    return this.of.with('list.sort');
  }
  /**
   * The elements in reverse order.
   *
   * @example
   * await fromRows([{ l: [5, 6] }]).select({ r: col('l').list.reverse() }).rows(); // [ { r: [ 6, 5 ] } ]
   */
  reverse(): Expr<N, T> {
    return this.of.with('list.reverse');
  }
  /**
   * Each element once, in the order of their first places.
   *
   * @example
   * await fromRows([{ l: [6, 5, 6] }]).select({ r: col('l').list.unique() }).rows(); // [ { r: [ 6, 5 ] } ]
   */
  unique(): Expr<N, T> {
    return this.of.with('list.unique');
  }
  /**
   * Elements from `start` to before `end`, from 0; negative positions count from the end.
   *
   * @example
   * await fromRows([{ l: [5, 6, 7] }]).select({ r: col('l').list.slice(1) }).rows(); // [ { r: [ 6, 7 ] } ]
   */
  slice(start: number, end?: number): Expr<N, T> {
    return this.of.with('list.slice', ...sliceBounds(start, end));
  }
  /**
   * The elements that are not null as text, with a separator between.
   *
   * @example
   * await fromRows([{ l: [5, 6] }]).select({ r: col('l').list.join('-') }).rows(); // [ { r: '5-6' } ]
   */
  join(separator = ','): Expr<N, 'string'> {
    return this.of.with('list.join', separator);
  }
  /**
   * The elements of this and of another list; null where one is null.
   *
   * @example
   * await fromRows([{ l: [5], m: [6] }]).select({ r: col('l').list.concat(col('m')) }).rows(); // [ { r: [ 5, 6 ] } ]
   */
  concat<O extends Operand>(other: O): Expr<N | NamesOf<O>, T> {
    return this.of.with('list.concat', other);
  }
}
