import { given } from '../../given.js';
import type { Expr } from '../expr.js';
import { callOf, type LiteralValue } from '../node.js';
import type { NamesOf, Operand } from '../operand.js';
import { nodeOf } from './core.js';
import { MathMethods } from './math.js';

/** Comparison and logic: null where an operand is null, and true and false where that is certain. */
export abstract class ComparisonMethods<N extends string, T> extends MathMethods<N, T> {
  /**
   * Whether they are equal. NaN equals itself.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: null }]).select({ r: col('x').eq(1) }).rows(); // [ { r: true }, { r: null } ]
   */
  eq<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('eq', other);
  }
  /**
   * Whether they differ.
   *
   * @example
   * await fromRows([{ x: 1 }]).select({ r: col('x').ne(1) }).rows(); // [ { r: false } ]
   */
  ne<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('ne', other);
  }
  /**
   * Whether it is less. NaN is greater than all numbers.
   *
   * @example
   * await fromRows([{ x: 1 }]).select({ r: col('x').lt(2) }).rows(); // [ { r: true } ]
   */
  lt<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('lt', other);
  }
  /**
   * Whether it is less or equal.
   *
   * @example
   * await fromRows([{ x: 1 }]).select({ r: col('x').le(1) }).rows(); // [ { r: true } ]
   */
  le<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('le', other);
  }
  /**
   * Whether it is greater.
   *
   * @example
   * await fromRows([{ x: 1 }]).select({ r: col('x').gt(1) }).rows(); // [ { r: false } ]
   */
  gt<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('gt', other);
  }
  /**
   * Whether it is greater or equal.
   *
   * @example
   * await fromRows([{ x: 1 }]).select({ r: col('x').ge(1) }).rows(); // [ { r: true } ]
   */
  ge<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('ge', other);
  }
  /**
   * As `eq`, but null equals null.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: null }]).select({ r: col('x').eqMissing(null) }).rows(); // [ { r: false }, { r: true } ]
   */
  eqMissing<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('eqMissing', other);
  }
  /**
   * From `low` to `high`, both included.
   *
   * @example
   * await fromRows([{ x: 2 }]).select({ r: col('x').between(1, 2) }).rows(); // [ { r: true } ]
   */
  between<A extends Operand, B extends Operand>(low: A, high: B): Expr<N | NamesOf<A> | NamesOf<B>, 'bool'> {
    return this.with('between', low, high);
  }
  /**
   * Whether it is one of some values; null where it is null. Of tens of thousands and more, a join with `how: 'semi'` is faster.
   *
   * @example
   * await fromRows([{ x: 'a' }]).select({ r: col('x').isIn(['a', 'b']) }).rows(); // [ { r: true } ]
   */
  isIn(values: readonly LiteralValue[]): Expr<N, 'bool'> {
    if (!Array.isArray(values))
      throw new TypeError(`isIn takes a list of values, isIn(['a', 'b']), not ${given(values)}`);
    return this.of(callOf('isIn', [this.node, ...values.filter((value) => value !== null).map(nodeOf)]));
  }
  /**
   * Whether both hold; false where one is false, even beside null.
   *
   * @example
   * await fromRows([{ a: true, b: false }, { a: false, b: null }]).select({ r: col('a').and(col('b')) }).rows(); // [ { r: false }, { r: false } ]
   */
  and<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('and', other);
  }
  /**
   * Whether one of them holds; true where one is true, even beside null.
   *
   * @example
   * await fromRows([{ a: false, b: false }, { a: true, b: null }]).select({ r: col('a').or(col('b')) }).rows(); // [ { r: false }, { r: true } ]
   */
  or<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('or', other);
  }
  /**
   * Whether just one of them holds.
   *
   * @example
   * await fromRows([{ a: true, b: false }]).select({ r: col('a').xor(col('b')) }).rows(); // [ { r: true } ]
   */
  xor<O extends Operand>(other: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.with('xor', other);
  }
  /**
   * Whether it does not hold.
   *
   * @example
   * await fromRows([{ a: true }]).select({ r: col('a').not() }).rows(); // [ { r: false } ]
   */
  not(): Expr<N, 'bool'> {
    return this.with('not');
  }
}
