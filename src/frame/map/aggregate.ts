import { type FunctionOptions, specOf } from '../../graph/given-function.js';
import { Expr } from '../expr/expr.js';
import { nodeOf } from '../expr/methods/core.js';
import { type CustomFunctions, columnNode, freeze } from '../expr/node.js';
import type { NamesOf, Operand } from '../expr/operand.js';
import type { ColumnType, ValueOf } from '../types.js';
import type { MapColumn } from './batch.js';
import { checkDeclared } from './declared.js';

/** An aggregate of your own, in three steps, so that parts of a group are aggregated apart, in several threads, and put together. */
export interface AggregateOptions<A extends readonly ColumnType[], T extends ColumnType, P>
  extends FunctionOptions {
  /** Types of its arguments: what it is given is converted to them. */
  readonly takes: A;
  /** Type of its result. */
  readonly type: T;
  /** Some rows of a group, as columns, to a partial result: plain data. Nulls are among the rows. */
  readonly chunk: (...columns: { -readonly [K in keyof A]: MapColumn<A[K]> }) => P;
  /** Several partial results to one, of parts of a group in the order of their rows. */
  readonly combine: (partials: readonly P[]) => P;
  /** A group's one partial result to its value; without it, it is the value. */
  readonly finalise?: (partial: P) => ValueOf<T> | null | undefined;
  /** What plans and errors call it. */
  readonly name?: string;
}

type Arguments<A extends readonly ColumnType[]> = { readonly [K in keyof A]: string | Operand };
type NamesIn<O> = O extends string ? O : NamesOf<O>;

/**
 * An aggregate of your own for `agg`, beside those there are: `chunk` makes partial results of some rows of a group, `combine` joins them,
 * `finalise` makes the value. All run in the engine's threads and travel as source text: what they use from outside of themselves is named
 * in `captured`.
 *
 * @returns a function of columns, or expressions, that is used like `sum`
 * @throws UnshippableFunctionError naming what a function uses and nothing provides
 * @example
 * const range = aggregate({
 *   takes: ['float64'],
 *   type: 'float64',
 *   chunk: (x) => ({ low: Math.min(...x.values), high: Math.max(...x.values) }),
 *   combine: (parts) => ({ low: Math.min(...parts.map((p) => p.low)), high: Math.max(...parts.map((p) => p.high)) }),
 *   finalise: ({ low, high }) => high - low,
 * });
 * const frame = fromRows([{ g: 'a', x: 1 }, { g: 'a', x: 4 }, { g: 'b', x: 2 }]);
 * await frame.groupBy('g').agg({ n: count(), range: range('x') }).sort('g').rows(); // [{ g: 'a', n: 2, range: 3 }, { g: 'b', n: 1, range: 0 }]
 */
export function aggregate<const A extends readonly ColumnType[], const T extends ColumnType, P>(
  options: AggregateOptions<A, T, P>,
): <const O extends Arguments<A>>(...columns: O) => Expr<NamesIn<O[number]>, T> {
  const { takes, type, chunk, combine, finalise, name = 'aggregate', captured } = options;
  checkDeclared(name, { result: type });
  for (const [i, taken] of takes.entries()) checkDeclared(`${name}: takes`, { [`argument ${i + 1}`]: taken });
  const given = captured ? { captured } : {};
  const custom: CustomFunctions = freeze({
    name,
    takes,
    type,
    chunk: specOf(chunk, given),
    combine: specOf(combine, given),
    ...(finalise && { finalise: specOf(finalise, given) }),
  });
  return (...columns) => {
    const operands = columns as readonly (string | Operand)[];
    if (operands.length !== takes.length)
      throw new TypeError(`${name} takes ${takes.length} columns, not ${operands.length}`);
    const args = operands.map((operand, i) =>
      freeze({
        kind: 'cast' as const,
        value: typeof operand === 'string' ? columnNode(operand) : nodeOf(operand),
        to: takes[i]!,
        strict: true,
      }),
    );
    return new Expr(freeze({ kind: 'aggregate' as const, fn: 'custom', args, custom }));
  };
}
