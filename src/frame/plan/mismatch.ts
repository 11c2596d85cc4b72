import { FrameError } from '../errors.js';
import { childrenOf, type ExprNode } from '../expr/node.js';
import { printExpr } from '../expr/print.js';
import { typeText } from '../result/type-text.js';
import type { ColumnType } from '../types.js';
import { exprTypeOf } from './column-types.js';
import type { PlanNode } from './node.js';

/** Types that go together in arithmetic and comparisons. */
type Kind = 'number' | 'text' | 'bool' | 'time' | 'nested' | 'other';

/** What a type is; undefined for what is not known. */
function kindOf(type: ColumnType | undefined): Kind | undefined {
  if (type === undefined || type === 'null') return undefined;
  if (typeof type !== 'string') return 'nested';
  if (/^(u?int|float|decimal)/.test(type)) return 'number';
  if (type === 'string') return 'text';
  if (type === 'bool') return 'bool';
  return /^(date|timestamp)/.test(type) ? 'time' : 'other';
}

const ARITHMETIC = new Set(['add', 'sub', 'mul', 'div', 'mod', 'pow', 'neg', 'abs', 'sqrt', 'exp', 'ln']);
const COMPARISON = new Set(['eq', 'ne', 'lt', 'le', 'gt', 'ge']);
const OF_NUMBERS = new Set(
  'sum product mean std var stdPopulation varPopulation skew corr cov quantile'.split(' '),
);
const OF_TIMES = new Set(
  'year month day hour minute second quarter week weekday dayOfYear daysInMonth monthName dayName'
    .split(' ')
    .map((name) => `dt.${name}`),
);
/** A cast, which takes other types too. */
const OF_ANYTHING = 'str.toInteger';
/** A text that certainly is no number: what stands beside a number is read as one. */
const noNumber = (value: unknown): boolean => typeof value === 'string' && !/\d|inf|nan/i.test(value);

/** An expression of types that are known. */
export type Typed = readonly [expr: ExprNode, type: ColumnType];

/** What DuckDB has for no column of such types, as far as they are known: it would be refused when it is computed. */
export function checkTypes(where: string, expr: ExprNode, plan: PlanNode): void {
  for (const child of childrenOf(expr)) checkTypes(where, child, plan);
  if (expr.kind !== 'call' && expr.kind !== 'aggregate' && expr.kind !== 'window') return;
  const typed = expr.args.flatMap((arg): Typed[] => {
    const type = exprTypeOf(arg, plan);
    return type === undefined ? [] : [[arg, type]];
  });
  if (typed.length > 0 && refused(expr, typed)) throw new FrameError(`${where}: ${mismatch(expr, typed)}`);
}

function refused(
  { kind, fn, args }: Extract<ExprNode, { readonly fn: string }>,
  typed: readonly Typed[],
): boolean {
  const kinds = new Set(typed.map(([, type]) => kindOf(type)));
  if (kind !== 'call') return OF_NUMBERS.has(fn) && (kinds.has('text') || kinds.has('nested'));
  if (ARITHMETIC.has(fn)) return kinds.has('text');
  if (COMPARISON.has(fn)) {
    for (const arg of args)
      if (arg.kind === 'literal') {
        if (typeof arg.value === 'number' || typeof arg.value === 'bigint') kinds.add('number');
        if (noNumber(arg.value) && kinds.has('number')) kinds.add('text');
      }
    return (
      (kinds.has('text') && (kinds.has('number') || kinds.has('bool') || kinds.has('time'))) ||
      (kinds.has('time') && kinds.has('number'))
    );
  }
  const first = typed[0]![0] === args[0] ? kindOf(typed[0]![1]) : undefined;
  if (first === undefined) return false;
  if (OF_TIMES.has(fn)) return first === 'text' || first === 'number' || first === 'bool';
  const plain = first === 'number' || first === 'bool' || first === 'time';
  return plain && (/^list\./.test(fn) || (/^str\./.test(fn) && fn !== OF_ANYTHING));
}

/** Whether values of two types are equal to none of the other without a conversion that may fail. */
export function incomparable(a: ColumnType | undefined, b: ColumnType | undefined): boolean {
  const [one, other] = [kindOf(a), kindOf(b)];
  if (one === undefined || other === undefined || one === other) return false;
  return [one, other].includes('text') || ([one, other].includes('time') && [one, other].includes('number'));
}

/** Two keys of a join that are never equal, and what to do. */
export const joinMismatch = (left: string, one: ColumnType, right: string, other: ColumnType): string =>
  `join: ${left} is ${typeText(one)} in this frame, and ${right} is ${typeText(other)} in the other; convert one of them before, by cast({ … })`;

/** What an expression cannot be computed of, and what to do. */
export function mismatch(expr: ExprNode, typed: readonly Typed[]): string {
  const of = typed.map(([part, type]) => `${printExpr(part)} is ${typeText(type)}`).join(', ');
  return `cannot compute ${printExpr(expr)}: ${of}; ${remedy(expr, typed)}`;
}

function remedy(expr: ExprNode, typed: readonly Typed[]): string {
  const fn = 'fn' in expr ? expr.fn : '';
  const kinds = typed.map(([, type]) => kindOf(type));
  if (expr.kind === 'call' && COMPARISON.has(fn))
    return "compare what is of one type: convert one of them by cast('…')";
  if (fn === 'add' && kinds.every((kind) => kind === 'text')) return 'texts are put together by concatText';
  if (ARITHMETIC.has(fn) && kinds.includes('time'))
    return "what is added to a time is a span, duration('1d'); what is subtracted may be another time, new Date('2024-01-01')";
  if (/^str\./.test(fn)) return "it is a function of text: convert the column by cast('string')";
  if (/^dt\./.test(fn))
    return "it is a function of times: convert the column by cast('timestamp'), or by str.toTimestamp('…')";
  if (/^list\./.test(fn)) return 'it is a function of lists';
  if (OF_NUMBERS.has(fn))
    return `${fn} takes numbers: name columns of such, or convert this one by cast('float64')`;
  return `convert ${typed.length === 1 ? 'it' : 'one of them'} by cast('…')`;
}
