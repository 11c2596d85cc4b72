import type { FunctionSpec } from '../../graph/function-spec.js';
import type { ColumnType, Interval } from '../types.js';

/** An expression over the columns of a relation, as plain frozen data. */
export type ExprNode = ColumnNode | LiteralNode | CallNode | CastNode | CaseNode | AggregateNode | WindowNode;

export type LiteralValue = null | boolean | number | bigint | string | Date | Uint8Array | Interval;

export interface ColumnNode {
  readonly kind: 'column';
  readonly name: string;
}

export interface LiteralNode {
  readonly kind: 'literal';
  readonly value: LiteralValue;
  /** Where the value alone does not say. */
  readonly type?: ColumnType;
}

/** A scalar function of the table in `sql/functions.ts`. */
export interface CallNode {
  readonly kind: 'call';
  readonly fn: string;
  readonly args: readonly ExprNode[];
}

export interface CastNode {
  readonly kind: 'cast';
  readonly value: ExprNode;
  readonly to: ColumnType;
  /** Whether what cannot be converted is an error; else it becomes null. */
  readonly strict: boolean;
}

export interface CaseNode {
  readonly kind: 'case';
  readonly branches: readonly { readonly when: ExprNode; readonly value: ExprNode }[];
  readonly otherwise: ExprNode | undefined;
}

/** An aggregate function of the table in `sql/functions.ts`. */
export interface AggregateNode {
  readonly kind: 'aggregate';
  readonly fn: string;
  readonly args: readonly ExprNode[];
  readonly distinct?: boolean;
  readonly filter?: ExprNode;
  /** For aggregates that depend on order; without it the order of rows counts. */
  readonly orderBy?: readonly SortKey[];
  /** What the aggregate `custom` does. */
  readonly custom?: CustomFunctions;
}

/** A user's own aggregate, as data. */
export interface CustomFunctions {
  readonly name: string;
  readonly takes: readonly ColumnType[];
  readonly type: ColumnType;
  readonly chunk: FunctionSpec;
  readonly combine: FunctionSpec;
  readonly finalise?: FunctionSpec;
}

/** One end of a window frame: rows or a span before (negative) or behind; null has no end. */
export interface Frame {
  readonly unit: 'rows' | 'range';
  readonly start: number | Interval | null;
  readonly end: number | Interval | null;
}

/** A window function, or an aggregate over a window. */
export interface WindowNode {
  readonly kind: 'window';
  readonly fn: string;
  readonly args: readonly ExprNode[];
  readonly filter?: ExprNode;
  readonly partitionBy: readonly ExprNode[];
  readonly orderBy: readonly SortKey[];
  /** Whether it depends on the order of rows where `orderBy` is empty. */
  readonly ordered: boolean;
  readonly frame?: Frame;
}

export interface SortKey {
  readonly expr: ExprNode;
  readonly descending: boolean;
  readonly nulls: 'first' | 'last';
}

/** The expressions directly in another. */
export function childrenOf(node: ExprNode): readonly ExprNode[] {
  switch (node.kind) {
    case 'column':
    case 'literal':
      return [];
    case 'call':
      return node.args;
    case 'cast':
      return [node.value];
    case 'case':
      return [
        ...node.branches.flatMap(({ when, value }) => [when, value]),
        ...(node.otherwise ? [node.otherwise] : []),
      ];
    case 'aggregate':
      return [
        ...node.args,
        ...(node.filter ? [node.filter] : []),
        ...(node.orderBy ?? []).map(({ expr }) => expr),
      ];
    case 'window':
      return [
        ...node.args,
        ...(node.filter ? [node.filter] : []),
        ...node.partitionBy,
        ...node.orderBy.map(({ expr }) => expr),
      ];
  }
}

/** The same expression over other children, each made by `f`. */
export function mapChildren(node: ExprNode, f: (child: ExprNode) => ExprNode): ExprNode {
  const keys = (orderBy: readonly SortKey[]): SortKey[] =>
    orderBy.map((key) => ({ ...key, expr: f(key.expr) }));
  switch (node.kind) {
    case 'column':
    case 'literal':
      return node;
    case 'call':
      return freeze({ ...node, args: node.args.map(f) });
    case 'cast':
      return freeze({ ...node, value: f(node.value) });
    case 'case':
      return freeze({
        ...node,
        branches: node.branches.map(({ when, value }) => ({ when: f(when), value: f(value) })),
        otherwise: node.otherwise && f(node.otherwise),
      });
    case 'aggregate':
      return freeze({
        ...node,
        args: node.args.map(f),
        ...(node.filter && { filter: f(node.filter) }),
        ...(node.orderBy && { orderBy: keys(node.orderBy) }),
      });
    case 'window':
      return freeze({
        ...node,
        args: node.args.map(f),
        ...(node.filter && { filter: f(node.filter) }),
        partitionBy: node.partitionBy.map(f),
        orderBy: keys(node.orderBy),
      });
  }
}

/** Names of the columns that an expression reads. */
export function columnsOf(node: ExprNode, into = new Set<string>()): Set<string> {
  if (node.kind === 'column') into.add(node.name);
  else for (const child of childrenOf(node)) columnsOf(child, into);
  return into;
}

/** Whether any part of an expression is so. */
export const some = (node: ExprNode, test: (node: ExprNode) => boolean): boolean =>
  test(node) || childrenOf(node).some((child) => some(child, test));

/** Whether an expression has an aggregate that no window is over. */
export const hasAggregate = (node: ExprNode): boolean => some(node, ({ kind }) => kind === 'aggregate');
export const hasWindow = (node: ExprNode): boolean => some(node, ({ kind }) => kind === 'window');

export const freeze = <T extends object>(node: T): Readonly<T> => Object.freeze(node);

export const columnNode = (name: string): ColumnNode => freeze({ kind: 'column', name });
export const literalNode = (value: LiteralValue, type?: ColumnType): LiteralNode =>
  freeze({ kind: 'literal', value, ...(type !== undefined && { type }) });
export const callNode = (fn: string, ...args: ExprNode[]): CallNode => callOf(fn, args);
/** A call of as many arguments as there are: a list of users' values may be longer than what functions can be called with. */
export const callOf = (fn: string, args: readonly ExprNode[]): CallNode => freeze({ kind: 'call', fn, args });

/** Aggregates, besides `first` and `last`, whose value over a window depends on the order of rows. */
const ORDERED: ReadonlySet<string> = new Set(['list', 'join', 'argMin', 'argMax']);

/** An aggregate over all rows, or over those of a partition that is put in later. */
export function windowOf({ fn, args, filter, orderBy = [] }: AggregateNode): WindowNode {
  const base = { kind: 'window', partitionBy: [], orderBy } as const;
  if (fn !== 'first' && fn !== 'last')
    return freeze({ ...base, fn, args, ordered: ORDERED.has(fn), ...(filter && { filter }) });
  // The filter leaves out nulls, which the window function does by itself, and maybe more: of those rows null is taken.
  const value = freeze({
    kind: 'case',
    branches: [{ when: filter!, value: args[0]! }],
    otherwise: undefined,
  } as const);
  const nullsOnly = filter?.kind === 'call' && filter.fn === 'isNotNull';
  return freeze({ ...base, fn: `${fn}Value`, args: [nullsOnly ? args[0]! : value], ordered: true });
}
