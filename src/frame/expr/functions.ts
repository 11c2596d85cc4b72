import { checkFields } from '../column-type.js';
import type { Interval } from '../types.js';
import { parseDuration } from './duration.js';
import { Expr } from './expr.js';
import { exprNode, nodeOf } from './methods/core.js';
import { callNode, callOf, type ExprNode, freeze, literalNode } from './node.js';
import type { NamesOf, Operand, TermOf, WindowOptions } from './operand.js';
import { printExpr } from './print.js';
import type { Common } from './terms.js';
import { windowNode } from './window.js';

/** The type of several operands together. */
export type CommonTerm<O extends readonly unknown[]> = O extends readonly [infer A, ...infer Rest]
  ? Rest extends readonly []
    ? TermOf<A>
    : Common<TermOf<A>, CommonTerm<Rest>>
  : TermOf<O[number]>;

/**
 * How many rows there are, in all or in a group.
 *
 * @example
 * String(count()); // size()
 */
export function count(): Expr<never, 'int64'> {
  return new Expr(freeze({ kind: 'aggregate', fn: 'size', args: [] }));
}

/**
 * The first of some operands that is not null.
 *
 * @example
 * String(coalesce(col('a'), col('b'), 0)); // coalesce(a, b, 0)
 */
export function coalesce<const O extends readonly Operand[]>(
  ...operands: O
): Expr<NamesOf<O[number]>, CommonTerm<O>> {
  return new Expr(ofSome('coalesce', operands));
}

/**
 * The least of some operands in each row; nulls are left out.
 *
 * @example
 * await fromRows([{ x: 1, y: 2 }]).select({ r: least(col('x'), col('y'), 5) }).rows(); // [ { r: 1 } ]
 */
export function least<const O extends readonly Operand[]>(
  ...operands: O
): Expr<NamesOf<O[number]>, CommonTerm<O>> {
  return new Expr(ofSome('least', operands));
}

/**
 * The greatest of some operands in each row; nulls are left out.
 *
 * @example
 * await fromRows([{ x: 1, y: 2 }]).select({ r: greatest(col('x'), col('y'), 5) }).rows(); // [ { r: 5 } ]
 */
export function greatest<const O extends readonly Operand[]>(
  ...operands: O
): Expr<NamesOf<O[number]>, CommonTerm<O>> {
  return new Expr(ofSome('greatest', operands));
}

/**
 * Operands as text, one after another; null where one is null.
 *
 * @example
 * await fromRows([{ x: 1, y: 'a' }]).select({ r: concatText(col('y'), '-', col('x')) }).rows(); // [ { r: 'a-1' } ]
 */
export function concatText<const O extends readonly Operand[]>(
  ...operands: O
): Expr<NamesOf<O[number]>, 'string'> {
  return new Expr(ofSome('concat', operands, 'concatText'));
}

/** A function of at least one operand. */
function ofSome(fn: string, operands: readonly Operand[], name = fn): ExprNode {
  if (operands.length === 0) throw new TypeError(`${name} takes at least one operand`);
  return callOf(fn, operands.map(nodeOf));
}

/**
 * A struct of named expressions.
 *
 * @throws TypeError for names that differ only in the case of letters
 * @example
 * await fromRows([{ x: 1 }]).select({ r: struct({ x: col('x'), y: 2 }) }).rows(); // [ { r: { x: 1, y: 2 } } ]
 */
export function struct<const F extends Readonly<Record<string, Operand>>>(
  fields: F,
): Expr<NamesOf<F[keyof F]>, { readonly struct: { readonly [K in keyof F]: TermOf<F[K]> } }> {
  checkFields(Object.keys(fields));
  const args = Object.entries(fields).flatMap(([name, value]): ExprNode[] => [
    literalNode(name),
    nodeOf(value),
  ]);
  return new Expr(callNode('struct', ...args));
}

/**
 * The number of the row, from 1, within its partition and in its order.
 *
 * @example
 * await fromRows([{ x: 5 }, { x: 6 }]).select({ r: rowNumber() }).rows(); // [ { r: 1 }, { r: 2 } ]
 */
export function rowNumber<M extends string = never>(options: WindowOptions<M> = {}): Expr<M, 'int64'> {
  return new Expr(windowNode('rowNumber', [], options, true));
}

/**
 * A span of time: '7d', '1h30m', '3mo'.
 *
 * @example
 * await fromRows([{ t: new Date('2024-01-31') }]).select({ r: col('t').add(duration('1mo')) }).rows(); // [ { r: 2024-02-29T00:00:00.000Z } ]
 */
export function duration(text: string): Expr<never, 'interval'> {
  return new Expr(literalNode(parseDuration(text) satisfies Interval));
}

/**
 * A choice: `when(col('x').gt(0), 'plus').otherwise('minus')`.
 *
 * @example
 * String(when(col('x').gt(0), 'plus').otherwise('minus')); // (when (x > 0) then 'plus' otherwise 'minus')
 */
export function when<N extends string, const O extends Operand>(
  predicate: Expr<N, unknown>,
  value: O,
): Case<N | NamesOf<O>, TermOf<O>> {
  return new Case([{ when: exprNode('when', predicate), value: nodeOf(value) }]);
}

/** A choice with more cases to come. */
export class Case<N extends string, T> {
  constructor(private readonly branches: readonly { readonly when: ExprNode; readonly value: ExprNode }[]) {}

  /**
   * As it will be read, so far.
   *
   * @example
   * String(when(col('x').gt(0), 'plus')); // when (x > 0) then 'plus' …
   */
  toString(): string {
    return `${this.branches.map(({ when, value }) => `when ${printExpr(when)} then ${printExpr(value)}`).join(' ')} …`;
  }

  /**
   * A further case, where none before holds.
   *
   * @example
   * String(when(col('x').gt(0), 1).when(col('x').lt(0), -1).otherwise(0)); // (when (x > 0) then 1 when (x < 0) then -1 otherwise 0)
   */
  when<M extends string, const O extends Operand>(
    predicate: Expr<M, unknown>,
    value: O,
  ): Case<N | M | NamesOf<O>, Common<T, TermOf<O>>> {
    return new Case([...this.branches, { when: exprNode('when', predicate), value: nodeOf(value) }]);
  }
  /**
   * The value where no case holds.
   *
   * @example
   * await fromRows([{ x: 1 }]).select({ r: when(col('x').gt(0), 'plus').otherwise('minus') }).rows(); // [ { r: 'plus' } ]
   */
  otherwise<const O extends Operand>(value: O): Expr<N | NamesOf<O>, Common<T, TermOf<O>>> {
    return new Expr(freeze({ kind: 'case', branches: this.branches, otherwise: nodeOf(value) }));
  }
  /**
   * Null where no case holds.
   *
   * @example
   * await fromRows([{ x: 1 }]).select({ r: when(col('x').gt(1), 'more').end() }).rows(); // [ { r: null } ]
   */
  end(): Expr<N, T> {
    return new Expr(freeze({ kind: 'case', branches: this.branches, otherwise: undefined }));
  }
}
