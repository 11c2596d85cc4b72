import { typeText } from '../column-type.js';
import { FrameError } from '../errors.js';
import { childrenOf, type ExprNode } from '../expr/node.js';
import { printExpr } from '../expr/print.js';
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
  'sum product mean std var stdPopulation varPopulation skew kurtosis corr cov quantile'.split(' '),
);
const OF_TIMES = new Set(
  [
    'year month day hour minute second quarter week weekday dayOfYear daysInMonth monthName dayName bucket ceil round',
    'isLeapYear isMonthStart isMonthEnd isQuarterStart isQuarterEnd isYearStart isYearEnd',
  ]
    .join(' ')
    .split(' ')
    .map((name) => `dt.${name}`),
);
/** A cast, which takes other types too. */
const OF_ANYTHING = 'str.toInteger';
/** What takes operands of one type. */
const ALIKE = new Set([...COMPARISON, 'isIn', 'between', 'coalesce', 'nullIf', 'least', 'greatest', 'case']);

/** An expression of types that are known. */
export type Typed = readonly [expr: ExprNode, type: ColumnType];

/** Throws where DuckDB has an operation for no operands of such types, as far as they are known: it would be refused when it is computed. */
export function checkTypes(where: string, expr: ExprNode, plan: PlanNode): void {
  for (const child of childrenOf(expr)) checkTypes(where, child, plan);
  if (expr.kind === 'cast') checkCast(where, expr, plan);
  const operands = operandsOf(expr);
  const typed = operands.flatMap((operand): Typed[] => {
    const type = exprTypeOf(operand, plan);
    return type === undefined ? [] : [[operand, type]];
  });
  if (refused(expr, operands, typed)) throw new FrameError(`${where}: ${mismatch(expr, typed)}`);
}

/** Throws where numbers are to be instants, or instants numbers: of which unit, no cast can say. */
function checkCast(where: string, { value, to }: Extract<ExprNode, { kind: 'cast' }>, plan: PlanNode): void {
  const type = exprTypeOf(value, plan);
  const [from, into] = [type, to].map((each) => (each === 'date' ? undefined : kindOf(each)));
  const is = (): string =>
    `${where}: ${printExpr(value)} is ${typeText(type!)}, and no cast makes it ${typeText(to)}`;
  if (from === 'time' && into === 'number')
    throw new FrameError(`${is()}: dt.epoch() gives microseconds since 1970, dt.year() and others parts`);
  if (from === 'number' && into === 'time')
    throw new FrameError(`${is()}: dt.fromEpoch('millisecond') takes numbers for what has passed since 1970`);
}

/** Throws where a predicate is certainly no boolean, nor a number, of which all but 0 are taken for true. */
export function checkPredicate(where: string, expr: ExprNode, plan: PlanNode): void {
  const type = exprTypeOf(expr, plan);
  const kind = kindOf(type);
  if (kind === undefined || kind === 'bool' || kind === 'number') return;
  throw new FrameError(
    `${where}: ${printExpr(expr)} is ${typeText(type!)}, no bool: compare it, as in ${printExpr(expr)}.eq(…), or ask ${printExpr(expr)}.isNotNull()`,
  );
}

function operandsOf(expr: ExprNode): readonly ExprNode[] {
  if (expr.kind === 'case')
    return [...expr.branches.map(({ value }) => value), ...(expr.otherwise ? [expr.otherwise] : [])];
  return 'args' in expr ? expr.args : [];
}

function refused(expr: ExprNode, operands: readonly ExprNode[], typed: readonly Typed[]): boolean {
  const kinds = new Set(typed.map(([, type]) => kindOf(type)));
  const fn = nameOf(expr);
  if (expr.kind === 'aggregate' || expr.kind === 'window')
    return OF_NUMBERS.has(fn) && (kinds.has('text') || kinds.has('nested'));
  if (ARITHMETIC.has(fn))
    return (
      kinds.has('text') ||
      (kinds.has('number') && operands.some((operand) => isLiteral(operand) && foreign(operand.value, kinds)))
    );
  for (const operand of operands)
    if (operand.kind === 'literal' && /number|bigint/.test(typeof operand.value)) kinds.add('number');
  if (ALIKE.has(fn) && typed.length + operands.filter(isLiteral).length === operands.length)
    if (operands.some((operand) => isLiteral(operand) && foreign(operand.value, kinds))) return true;
  if (COMPARISON.has(fn)) {
    const [text, time, number] = [kinds.has('text'), kinds.has('time'), kinds.has('number')];
    return (text && (number || time || kinds.has('bool'))) || (time && number);
  }
  const first = typed[0]?.[0] === operands[0] ? kindOf(typed[0]?.[1]) : undefined;
  if (first === undefined) return false;
  if (OF_TIMES.has(fn)) return first === 'text' || first === 'number' || first === 'bool';
  const plain = first === 'number' || first === 'bool' || first === 'time';
  return plain && (/^list\./.test(fn) || (/^str\./.test(fn) && fn !== OF_ANYTHING));
}

const nameOf = (expr: ExprNode): string => ('fn' in expr ? expr.fn : expr.kind);
const isLiteral = (expr: ExprNode): expr is Extract<ExprNode, { kind: 'literal' }> => expr.kind === 'literal';

/** Whether a value is a text that certainly is none of the others' kind: as that DuckDB reads it, unless one of them is text. */
const foreign = (value: unknown, kinds: ReadonlySet<Kind | undefined>): boolean =>
  typeof value === 'string' &&
  !kinds.has('text') &&
  ((kinds.has('number') && !/\d|inf|nan/i.test(value)) ||
    (kinds.has('time') && !/\d|inf|epoch/i.test(value)));

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
  return `cannot compute ${printExpr(expr)}: ${of === '' ? '' : `${of}; `}${remedy(expr, typed)}`;
}

function remedy(expr: ExprNode, typed: readonly Typed[]): string {
  const fn = nameOf(expr);
  const kinds = typed.map(([, type]) => kindOf(type));
  const text = operandsOf(expr).find((operand) => isLiteral(operand) && typeof operand.value === 'string');
  const column = text && !kinds.includes('text') ? `; a column is col(${printExpr(text)})` : '';
  if (COMPARISON.has(fn)) return `compare what is of one type: convert one of them by cast('…')${column}`;
  if (ARITHMETIC.has(fn) && column !== '') return `${printExpr(text!)} is a text${column}`;
  if (ALIKE.has(fn)) return "its values are of one type: convert one of them by cast('…')";
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
