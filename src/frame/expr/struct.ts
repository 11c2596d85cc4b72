import type { Expr } from './expr.js';
import type { FieldOf } from './terms.js';

/** Fields of structs: `col('place').struct.field('city')`. */
export class StructAccessor<N extends string, T> {
  constructor(private readonly of: Expr<N, T>) {}

  /**
   * A field.
   *
   * @example
   * await fromRows([{ p: { x: 1 } }]).select({ r: col('p').struct.field('x') }).rows(); // [ { r: 1 } ]
   */
  field<F extends string>(name: F): Expr<N, FieldOf<T, F>> {
    return this.of.with('struct.field', name);
  }
}
