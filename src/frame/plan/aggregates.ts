import { type AggregateNode, callNode, type ExprNode, literalNode } from '../expr/node.js';

/** An aggregate over parts of the rows and then over what came of them. */
export interface Decomposition {
  /** What is computed of each part, whose number is given: expressions with aggregates. */
  readonly partials: (args: readonly ExprNode[], part: number) => readonly ExprNode[];
  /** The aggregate that puts the partials of several parts together, of each. */
  readonly merge: readonly string[];
  /** The result, from the partials of all parts together. */
  readonly finish: (partials: readonly ExprNode[]) => ExprNode;
}

/** What plans know of an aggregate; `sql/functions.ts` says what it is in SQL. */
export interface Aggregate {
  /** Absent where the rows themselves must come together. */
  readonly decompose?: Decomposition;
  /** The same where parts come in the order of rows, as the rows in each do. */
  readonly decomposeInOrder?: Decomposition;
  /** Whether the order of rows matters. */
  readonly ordered?: boolean;
}

const aggregateOf = (fn: string, args: readonly ExprNode[]): AggregateNode => ({
  kind: 'aggregate',
  fn,
  args,
});

/** Null of an expression's type, which only DuckDB knows: the least of no rows. */
export const nullLike = (expr: ExprNode): AggregateNode => ({
  kind: 'aggregate',
  fn: 'min',
  args: [expr],
  filter: literalNode(false),
});

/** The aggregate of the parts' aggregates is the aggregate of all. */
const itself = (fn: string): Decomposition => ({
  partials: (args) => [aggregateOf(fn, args)],
  merge: [fn],
  finish: ([whole]) => whole!,
});
/** Counts are added; a sum of integers has 128 bits, a count 64. */
const counted = (fn: string): Decomposition => ({
  partials: (args) => [aggregateOf(fn, args)],
  merge: ['sum'],
  finish: ([n]) => ({ kind: 'cast', value: n!, to: 'int64', strict: true }),
});

const field = (value: ExprNode, name: string): ExprNode => callNode('struct.field', value, literalNode(name));

/**
 * Count, mean and squared deviations of parts make those of the whole (Chan, Golub and LeVeque 1979): as accurate as one pass over all rows,
 * however far the mean is from 0.
 * @param least with fewer values there is no result
 * @param less what the count of values is made smaller by
 */
const deviations = (least: number, less: number, root: boolean): Decomposition => ({
  partials: (args) => [
    callNode(
      'struct',
      literalNode('n'),
      { kind: 'cast', value: aggregateOf('count', args), to: 'float64', strict: true },
      literalNode('mean'),
      callNode('coalesce', aggregateOf('mean', args), literalNode(0)),
      literalNode('squares'),
      callNode(
        'coalesce',
        callNode('mul', aggregateOf('varPopulation', args), aggregateOf('count', args)),
        literalNode(0),
      ),
    ),
  ],
  merge: ['mergeDeviations'],
  finish: ([whole]) => {
    const n = field(whole!, 'n');
    const variance = callNode('div', field(whole!, 'squares'), callNode('sub', n, literalNode(less)));
    return {
      kind: 'case',
      branches: [
        {
          when: callNode('ge', n, literalNode(least)),
          value: root ? callNode('sqrt', variance) : variance,
        },
      ],
      otherwise: undefined,
    };
  },
});

const mean: Decomposition = {
  partials: (args) => [
    aggregateOf('sum', [callNode('addend', ...args)]),
    aggregateOf('count', args),
    nullLike(args[0]!),
  ],
  merge: ['sum', 'sum', 'min'],
  finish: ([total, n, like]) => callNode('meanOf', total!, n!, like!),
};

/** The extreme of each part and which part that is: of parts that have the same the first. */
const extreme = (fn: 'argMin' | 'argMax'): Decomposition => ({
  partials: ([value, by], part) => [
    callNode(
      'struct',
      literalNode('by'),
      { ...aggregateOf(fn === 'argMin' ? 'min' : 'max', [by!]), filter: callNode('isNotNull', value!) },
      literalNode('part'),
      literalNode(part),
      literalNode('value'),
      aggregateOf(fn, [value!, by!]),
    ),
  ],
  merge: [fn === 'argMin' ? 'firstLeast' : 'firstGreatest'],
  finish: ([whole]) => field(whole!, 'value'),
});

const AGGREGATES = {
  sum: { decompose: itself('sum') },
  product: { decompose: itself('product') },
  mean: { decompose: mean },
  min: { decompose: itself('min') },
  max: { decompose: itself('max') },
  count: { decompose: counted('count') },
  size: { decompose: counted('size') },
  nunique: {},
  std: { decompose: deviations(2, 1, true) },
  var: { decompose: deviations(2, 1, false) },
  stdPopulation: { decompose: deviations(1, 0, true) },
  varPopulation: { decompose: deviations(1, 0, false) },
  /** Of partial deviations; no user's. */
  mergeDeviations: {},
  skew: {},
  kurtosis: {},
  corr: {},
  cov: {},
  median: {},
  quantile: {},
  first: { ordered: true },
  last: { ordered: true },
  list: { ordered: true },
  join: { ordered: true },
  mode: {},
  any: { decompose: itself('any') },
  all: { decompose: itself('all') },
  argMin: { ordered: true, decomposeInOrder: extreme('argMin') },
  argMax: { ordered: true, decomposeInOrder: extreme('argMax') },
  /** Of partial extremes; no user's. */
  firstLeast: {},
  firstGreatest: {},
} as const satisfies Readonly<Record<string, Aggregate>>;

export type AggregateName = keyof typeof AGGREGATES;

/** Undefined for what is a function over windows only. */
export const aggregateCalled = (fn: string): Aggregate | undefined =>
  Object.hasOwn(AGGREGATES, fn) ? AGGREGATES[fn as AggregateName] : undefined;

/** Whether an aggregate depends on the order of rows. */
export const isOrdered = (fn: string): boolean => aggregateCalled(fn)?.ordered === true;

/** Whether an expression itself depends on the order of rows. */
export const needsRowOrder = (node: ExprNode): boolean =>
  (node.kind === 'window' && node.ordered && node.orderBy.length === 0) ||
  (node.kind === 'aggregate' && node.orderBy === undefined && isOrdered(node.fn));
