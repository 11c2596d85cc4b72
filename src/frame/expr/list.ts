import type { Expr, NamesOf, Operand } from './expr.js';

/** Functions of lists: `col('tags').list.length()`. */
export class ListAccessor<N extends string, T, E> {
  constructor(private readonly of: Expr<N, T>) {}

  length(): Expr<N, 'int64'> {
    return this.of.with('list.length');
  }
  /** The element at a position, from 0; negative ones count from the end. Null beyond the ends. */
  get<O extends Operand>(index: O): Expr<N | NamesOf<O>, E> {
    return this.of.with('list.get', index);
  }
  first(): Expr<N, E> {
    return this.of.with('list.get', 0);
  }
  last(): Expr<N, E> {
    return this.of.with('list.get', -1);
  }
  contains<O extends Operand>(value: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.of.with('list.contains', value);
  }
  sum(): Expr<N, E> {
    return this.of.with('list.sum');
  }
  mean(): Expr<N, 'float64'> {
    return this.of.with('list.mean');
  }
  min(): Expr<N, E> {
    return this.of.with('list.min');
  }
  max(): Expr<N, E> {
    return this.of.with('list.max');
  }
  sort(): Expr<N, T> {
    return this.of.with('list.sort');
  }
  reverse(): Expr<N, T> {
    return this.of.with('list.reverse');
  }
  unique(): Expr<N, T> {
    return this.of.with('list.unique');
  }
  /** Elements from `start` to before `end`, from 0. */
  slice(start: number, end?: number): Expr<N, T> {
    return this.of.with(
      'list.slice',
      start < 0 ? start : start + 1,
      end === undefined ? null : end < 0 ? end - 1 : end,
    );
  }
  join(separator = ','): Expr<N, 'string'> {
    return this.of.with('list.join', separator);
  }
  concat<O extends Operand>(other: O): Expr<N | NamesOf<O>, T> {
    return this.of.with('list.concat', other);
  }
}
