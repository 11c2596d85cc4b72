import type { Expr } from '../expr.js';
import type { NamesOf, Operand } from '../operand.js';
import { ArithmeticMethods } from './arithmetic.js';

/** Roots, logarithms and angles, as float64. */
export abstract class MathMethods<N extends string, T> extends ArithmeticMethods<N, T> {
  /**
   * Square root; NaN of negative numbers.
   *
   * @example
   * await fromRows([{ x: 9 }]).select({ r: col('x').sqrt() }).rows(); // [ { r: 3 } ]
   */
  sqrt(): Expr<N, 'float64'> {
    return this.with('sqrt');
  }
  /**
   * Cube root.
   *
   * @example
   * await fromRows([{ x: -8 }]).select({ r: col('x').cbrt() }).rows(); // [ { r: -2 } ]
   */
  cbrt(): Expr<N, 'float64'> {
    return this.with('cbrt');
  }
  /**
   * e to the power of it.
   *
   * @example
   * await fromRows([{ x: 0 }]).select({ r: col('x').exp() }).rows(); // [ { r: 1 } ]
   */
  exp(): Expr<N, 'float64'> {
    return this.with('exp');
  }
  /**
   * Natural logarithm; -Infinity of 0, NaN of negative numbers.
   *
   * @example
   * await fromRows([{ x: 1 }]).select({ r: col('x').log() }).rows(); // [ { r: 0 } ]
   */
  log(): Expr<N, 'float64'> {
    return this.with('ln');
  }
  /**
   * Logarithm to the base 10.
   *
   * @example
   * await fromRows([{ x: 100 }]).select({ r: col('x').log10() }).rows(); // [ { r: 2 } ]
   */
  log10(): Expr<N, 'float64'> {
    return this.with('log10');
  }
  /**
   * Logarithm to the base 2.
   *
   * @example
   * await fromRows([{ x: 8 }]).select({ r: col('x').log2() }).rows(); // [ { r: 3 } ]
   */
  log2(): Expr<N, 'float64'> {
    return this.with('log2');
  }
  /**
   * Sine of radians; NaN of infinities.
   *
   * @example
   * await fromRows([{ x: 0 }]).select({ r: col('x').sin() }).rows(); // [ { r: 0 } ]
   */
  sin(): Expr<N, 'float64'> {
    return this.with('sin');
  }
  /**
   * Cosine of radians; NaN of infinities.
   *
   * @example
   * await fromRows([{ x: 0 }]).select({ r: col('x').cos() }).rows(); // [ { r: 1 } ]
   */
  cos(): Expr<N, 'float64'> {
    return this.with('cos');
  }
  /**
   * Tangent of radians; NaN of infinities.
   *
   * @example
   * await fromRows([{ x: 0 }]).select({ r: col('x').tan() }).rows(); // [ { r: 0 } ]
   */
  tan(): Expr<N, 'float64'> {
    return this.with('tan');
  }
  /**
   * Inverse sine in radians; NaN outside of -1 to 1.
   *
   * @example
   * await fromRows([{ x: 0 }]).select({ r: col('x').arcsin() }).rows(); // [ { r: 0 } ]
   */
  arcsin(): Expr<N, 'float64'> {
    return this.with('arcsin');
  }
  /**
   * Inverse cosine in radians; NaN outside of -1 to 1.
   *
   * @example
   * await fromRows([{ x: 1 }]).select({ r: col('x').arccos() }).rows(); // [ { r: 0 } ]
   */
  arccos(): Expr<N, 'float64'> {
    return this.with('arccos');
  }
  /**
   * Inverse tangent in radians.
   *
   * @example
   * await fromRows([{ x: 0 }]).select({ r: col('x').arctan() }).rows(); // [ { r: 0 } ]
   */
  arctan(): Expr<N, 'float64'> {
    return this.with('arctan');
  }
  /**
   * The angle of the point (x, this) in radians.
   *
   * @example
   * await fromRows([{ y: 0, x: 1 }]).select({ r: col('y').arctan2(col('x')) }).rows(); // [ { r: 0 } ]
   */
  arctan2<O extends Operand>(x: O): Expr<N | NamesOf<O>, 'float64'> {
    return this.with('arctan2', x);
  }
  /**
   * Degrees as radians.
   *
   * @example
   * await fromRows([{ x: 0 }]).select({ r: col('x').radians() }).rows(); // [ { r: 0 } ]
   */
  radians(): Expr<N, 'float64'> {
    return this.with('radians');
  }
  /**
   * Radians as degrees.
   *
   * @example
   * await fromRows([{ x: Math.PI }]).select({ r: col('x').degrees() }).rows(); // [ { r: 180 } ]
   */
  degrees(): Expr<N, 'float64'> {
    return this.with('degrees');
  }
}
