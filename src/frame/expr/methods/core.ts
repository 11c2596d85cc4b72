import { given } from '../../given.js';
import type { Expr } from '../expr.js';
import { callOf, columnNode, type ExprNode, type LiteralValue, literalNode, type SortKey } from '../node.js';
import type { Descending, Operand, OrderTerm } from '../operand.js';
import { printExpr } from '../print.js';

declare const NAMES: unique symbol;
declare const TYPE: unique symbol;

/** What all expressions are: a node, and, for the compiler, the names and the type of the columns that it reads. Methods are added by family. */
export abstract class ExprCore<N extends string, T> {
  declare readonly [NAMES]: N;
  declare readonly [TYPE]: T;

  /** @param node what it is, as data */
  constructor(readonly node: ExprNode) {
    Object.freeze(this);
  }

  /**
   * As the column will be read.
   *
   * @example
   * String(col('x').add(1)); // (x + 1)
   */
  toString(): string {
    return printExpr(this.node);
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** Operators of JavaScript would compute with the text of the expression, and what comes of it be a value in each row. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === 'string') return this.toString();
    throw new TypeError(
      `${this.toString()} is an expression: operators such as +, > and == do not compute with it; methods do: .add(…), .gt(…), .eq(…)`,
    );
  }

  /**
   * A scalar function of this and other operands.
   *
   * @example
   * String(col('x').with('add', 1)); // (x + 1)
   */
  with<M extends string, U>(fn: string, ...others: Operand[]): Expr<N | M, U> {
    return this.of(callOf(fn, [this.node, ...others.map(nodeOf)]));
  }

  /** Another expression: families do not know the class that has them all. */
  protected abstract of<M extends string, U>(node: ExprNode): Expr<M, U>;
}

/** The expression of an operand. Throws a TypeError for what is none. */
export function nodeOf(operand: Operand): ExprNode {
  if (operand instanceof ExprCore) return operand.node;
  if (Array.isArray(operand)) return callOf('listOf', operand.map(nodeOf));
  const type = typeof operand;
  const value =
    operand === null ||
    type === 'boolean' ||
    type === 'number' ||
    type === 'bigint' ||
    type === 'string' ||
    operand instanceof Date ||
    operand instanceof Uint8Array ||
    (type === 'object' && 'microseconds' in (operand as object));
  if (!value)
    throw new TypeError(
      `an operand is an expression or a value (number, bigint, string, boolean, Date, Uint8Array, null, list), not ${notOperand(operand)}`,
    );
  if (operand instanceof Date && Number.isNaN(operand.getTime()))
    throw new TypeError('an operand is an invalid Date');
  return literalNode(operand as LiteralValue);
}

/** What stands where an operand should, and what was forgotten of it. */
function notOperand(value: unknown): string {
  if (typeof value === 'function') return 'a function: where it is a method, call it';
  const open = typeof value === 'object' && value !== null && 'otherwise' in value;
  return open ? 'a choice without an end: put .otherwise(…) or .end() behind it' : given(value);
}

/** The expression that is given. Throws a TypeError for values and names: they are none. */
export function exprNode(where: string, expr: unknown): ExprNode {
  if (expr instanceof ExprCore) return expr.node;
  const remedy =
    typeof expr === 'boolean'
      ? ': columns are compared by methods, not by >, === or &&'
      : typeof expr === 'string'
        ? `: a column is col(${JSON.stringify(expr)})`
        : '';
  throw new TypeError(`${where} takes expressions, such as col('x').gt(0), not ${given(expr)}${remedy}`);
}

/** How rows are to be ordered, as data. */
export function sortKeys(terms: OrderTerm | readonly OrderTerm[]): SortKey[] {
  const list = (Array.isArray(terms) ? terms : [terms]) as readonly OrderTerm[];
  return list.map((term) => {
    const descending = typeof term === 'object' && term !== null && 'descending' in term;
    const key = descending ? (term as Descending).descending : (term as string | Expr);
    if (typeof key !== 'string' && !(key instanceof ExprCore))
      throw new TypeError(
        `an order is of names of columns, expressions or desc('x'), not of ${descending ? `{ descending: ${given(key)} }` : given(key)}`,
      );
    return { expr: typeof key === 'string' ? columnNode(key) : key.node, descending, nulls: 'last' };
  });
}
