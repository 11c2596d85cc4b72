import {
  callOf,
  childrenOf,
  type ExprNode,
  freeze,
  type LiteralNode,
  type LiteralValue,
  literalNode,
  mapChildren,
} from '../expr/node.js';
import type { PlanNode } from '../plan/node.js';
import { allOf, conjunctsOf } from './expressions.js';

/**
 * What is certain before any row is read: logic of constants, with null as a third value, comparisons and sums of numbers. Only what DuckDB would say too,
 * of the same type: sums stay within 32 bits, as its integers of that size do; text is compared for equality only, since its order there is of bytes.
 */
function foldExpr(node: ExprNode): ExprNode {
  if (node.kind === 'column' || node.kind === 'literal') return node;
  const known = folded.get(node);
  if (known) return known;
  const inner = mapChildren(node, foldExpr);
  const result = sameChildren(node, inner) ? foldCall(node) : foldCall(inner);
  folded.set(node, result);
  folded.set(result, result);
  return result;
}

const folded = new WeakMap<ExprNode, ExprNode>();

/** A predicate: of it matters only whether it is true, so null is as good as false. */
function foldPredicate(node: ExprNode): ExprNode {
  const kept: ExprNode[] = [];
  for (const conjunct of conjunctsOf(foldExpr(node))) {
    if (isLiteral(conjunct, true)) continue;
    if (isLiteral(conjunct, false) || nullComparison(conjunct)) return FALSE;
    kept.push(conjunct);
  }
  return kept.length === 0 ? TRUE : allOf(kept);
}

/** The same node with its expressions folded; a filter that all rows pass is left out. */
export function foldNode(node: PlanNode): PlanNode {
  switch (node.kind) {
    case 'filter': {
      const predicate = foldPredicate(node.predicate);
      if (isLiteral(predicate, true)) return node.input;
      return predicate === node.predicate ? node : freeze({ ...node, predicate });
    }
    case 'project': {
      const items = foldItems(node.items);
      return items === node.items ? node : freeze({ ...node, items });
    }
    case 'aggregate': {
      const [keys, items] = [foldItems(node.keys), foldItems(node.items)];
      return keys === node.keys && items === node.items ? node : freeze({ ...node, keys, items });
    }
    default:
      return node;
  }
}

type Items = Extract<PlanNode, { kind: 'project' }>['items'];

function foldItems(items: Items): Items {
  const made = items.map(({ expr }) => foldExpr(expr));
  return made.every((expr, i) => expr === items[i]!.expr)
    ? items
    : items.map(({ name }, i) => ({ name, expr: made[i]! }));
}

const TRUE = literalNode(true);
const FALSE = literalNode(false);

const isLiteral = (node: ExprNode, value: LiteralValue): boolean =>
  node.kind === 'literal' && node.value === value;

const COMPARE: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
};

/** A comparison with null is never true. */
const nullComparison = (node: ExprNode): boolean =>
  node.kind === 'call' && Object.hasOwn(COMPARE, node.fn) && node.args.some((arg) => isLiteral(arg, null));

function foldCall(node: ExprNode): ExprNode {
  if (node.kind !== 'call') return node;
  const { fn, args } = node;
  const [a, b] = args;
  switch (fn) {
    case 'and':
    case 'or':
      return foldLogic(node, fn === 'or');
    case 'not':
      if (a?.kind === 'literal' && typeof a.value === 'boolean') return literalNode(!a.value);
      if (a?.kind === 'call' && a.fn === 'not' && isBoolean(a.args[0]!)) return a.args[0]!;
      return node;
    case 'isNull':
    case 'isNotNull':
      return a?.kind === 'literal' ? literalNode((a.value === null) === (fn === 'isNull')) : node;
    case 'add':
    case 'sub':
    case 'mul':
      return foldArithmetic(node, a, b) ?? node;
    default: {
      const test = Object.hasOwn(COMPARE, fn) ? COMPARE[fn] : undefined;
      const order = test && args.length === 2 ? orderOf(a!, b!, fn) : undefined;
      return test && order !== undefined ? literalNode(test(order)) : node;
    }
  }
}

/** `and`, and `or`, which is `and` with true and false exchanged. */
function foldLogic(node: Extract<ExprNode, { kind: 'call' }>, dominant: boolean): ExprNode {
  if (node.args.some((arg) => isLiteral(arg, dominant))) return literalNode(dominant);
  const kept = node.args.filter((arg) => !isLiteral(arg, !dominant));
  if (kept.length === node.args.length) return node;
  if (kept.length === 0) return literalNode(!dominant);
  // What is left alone must be a boolean by itself: `1 and true` is one, 1 is not.
  if (kept.length === 1) return isBoolean(kept[0]!) ? kept[0]! : node;
  return callOf(node.fn, kept);
}

function foldArithmetic(
  { fn }: Extract<ExprNode, { kind: 'call' }>,
  a: ExprNode | undefined,
  b: ExprNode | undefined,
): LiteralNode | undefined {
  const [x, y] = [smallInteger(a), smallInteger(b)];
  if (x === undefined || y === undefined) return undefined;
  const value = fn === 'add' ? x + y : fn === 'sub' ? x - y : x * y;
  return Math.abs(value) < 2 ** 31 && !Object.is(value, -0) ? literalNode(value) : undefined;
}

const smallInteger = (node: ExprNode | undefined): number | undefined =>
  node?.kind === 'literal' &&
  node.type === undefined &&
  typeof node.value === 'number' &&
  Number.isInteger(node.value) &&
  !Object.is(node.value, -0) &&
  Math.abs(node.value) < 2 ** 31
    ? node.value
    : undefined;

/** How two constants compare; undefined where only DuckDB knows. */
function orderOf(a: ExprNode, b: ExprNode, fn: string): number | undefined {
  if (a.kind !== 'literal' || b.kind !== 'literal' || a.type !== undefined || b.type !== undefined)
    return undefined;
  const [x, y] = [a.value, b.value];
  if (typeof x === 'string' && typeof y === 'string')
    return fn === 'eq' || fn === 'ne' ? Number(x !== y) : undefined;
  if (typeof x === 'boolean' && typeof y === 'boolean') return Number(x) - Number(y);
  if (typeof x === 'number' && typeof y === 'number' && Number.isFinite(x) && Number.isFinite(y))
    return Math.sign(x - y);
  return undefined;
}

const BOOLEANS = /^(eq|ne|lt|le|gt|ge|eqMissing|and|or|not|isNull|isNotNull|isIn|between)$/;

const isBoolean = (node: ExprNode): boolean =>
  node.kind === 'literal'
    ? typeof node.value === 'boolean'
    : node.kind === 'cast'
      ? node.to === 'bool'
      : node.kind === 'call' && BOOLEANS.test(node.fn);

function sameChildren(a: ExprNode, b: ExprNode): boolean {
  const after = childrenOf(b);
  return childrenOf(a).every((child, i) => child === after[i]);
}
