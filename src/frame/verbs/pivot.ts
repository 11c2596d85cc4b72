import { optionNames } from '../../engine/known-options.js';
import { nodeOf } from '../expr/methods/core.js';
import { callNode, columnNode, type ExprNode, freeze, type LiteralValue, literalNode } from '../expr/node.js';
import { checkNames, checkUnique } from '../plan/check.js';
import * as make from '../plan/make.js';
import type { Item, PlanNode } from '../plan/node.js';
import { subtotals } from '../plan/subtotals.js';

/** What becomes rows, columns and cells of a pivoted frame. */
export interface PivotOptions<N extends string> {
  /** A row for each combination of their values. */
  readonly index: N | readonly N[];
  /** The column whose values become names of columns. */
  readonly on: N;
  /** The column whose values are in the cells; of a list of such each has columns of its own, called `value_name`. */
  readonly values: N | readonly N[];
  /** What becomes of several values of one cell: an aggregate of expressions. Without it they are an error. A cell without rows is null. */
  readonly aggregate?: PivotAggregate;
  /**
   * Totals of an aggregate: what the column is called that has, of each row, the aggregate of all values whose columns are there. A row of the same aggregates of each column is put to the
   * others, in which the index is null.
   */
  readonly margins?: string;
}

/** What the values of a cell are put together by. */
export type PivotAggregate =
  | 'first'
  | 'last'
  | 'sum'
  | 'mean'
  | 'min'
  | 'max'
  | 'median'
  | 'count'
  | 'nunique'
  | 'std';

export const PIVOT_OPTIONS = [
  ...optionNames<PivotOptions<string>>({
    index: true,
    on: true,
    values: true,
    aggregate: true,
    margins: true,
  }),
  'names',
];

/** The plan of a pivot whose columns are given. */
export function pivotPlan(
  plan: PlanNode,
  options: PivotOptions<string>,
  names: readonly LiteralValue[],
): PlanNode {
  const { on, aggregate, margins } = options;
  if (margins !== undefined && aggregate === undefined)
    throw new TypeError("pivot: margins are of an aggregate: say which, such as aggregate: 'sum'");
  const [index, values] = [indexOf(options), valuesOf(options)];
  checkNames('pivot', [...index, on, ...values], plan.columns);
  const places = names.map((value) =>
    value === null ? callNode('isNull', columnNode(on)) : callNode('eq', columnNode(on), nodeOf(value)),
  );
  const columns = places.map((here, i): { name: string; here: ExprNode } => ({
    name: nameOf(names[i]!),
    here,
  }));
  if (margins !== undefined) {
    const anywhere = places.reduce<ExprNode>((any, here) => callNode('or', any, here), literalNode(false));
    columns.push({ name: margins, here: anywhere });
  }
  const alone = typeof options.values === 'string';
  const items = values.flatMap((value) =>
    columns.map(
      ({ name, here }): Item => ({
        name: alone ? name : `${value}_${name}`,
        expr:
          aggregate === undefined
            ? single(columnNode(value), here, index, name)
            : cell(aggregate, columnNode(value), here),
      }),
    ),
  );
  const keys = make.named(index);
  checkUnique(
    'pivot',
    [...keys, ...items].map(({ name }) => name),
  );
  const whole = make.aggregate(plan, keys, items);
  return margins === undefined ? whole : subtotals(whole, [index, []]);
}

export const indexOf = ({ index }: PivotOptions<string>): readonly string[] =>
  typeof index === 'string' ? [index] : index;

export const valuesOf = ({ values }: PivotOptions<string>): readonly string[] =>
  typeof values === 'string' ? [values] : values;

/** What a column is called that is for a value. */
export const nameOf = (value: LiteralValue): string =>
  value instanceof Date ? value.toISOString().replace('T00:00:00.000Z', '') : String(value);

/** The value of the one row of a cell; several are an error that names it. */
function single(value: ExprNode, here: ExprNode, index: readonly string[], name: string): ExprNode {
  const row = index.flatMap((key, i): ExprNode[] => {
    const text = freeze({ kind: 'cast', value: columnNode(key), to: 'string', strict: true } as const);
    return [literalNode(`${i === 0 ? '' : ', '}${key} = `), callNode('coalesce', text, literalNode('null'))];
  });
  const message = callNode(
    'concat',
    literalNode(`pivot: column ${JSON.stringify(name)} has several rows where `),
    ...row,
    literalNode("; say what becomes of them, such as aggregate: 'sum' or 'first'"),
  );
  return freeze({
    kind: 'case',
    branches: [{ when: callNode('gt', rowsOf(here), literalNode(1)), value: callNode('fail', message) }],
    otherwise: cell('first', value, here),
  });
}

const rowsOf = (here: ExprNode): ExprNode =>
  freeze({ kind: 'aggregate', fn: 'size', args: [], filter: here });

/** An aggregate of the rows of a cell; null where there are none. */
function cell(fn: PivotAggregate, value: ExprNode, here: ExprNode): ExprNode {
  const filter = fn === 'first' || fn === 'last' ? callNode('and', callNode('isNotNull', value), here) : here;
  const aggregate: ExprNode = freeze({ kind: 'aggregate', fn, args: [value], filter });
  if (fn !== 'sum' && fn !== 'count' && fn !== 'nunique') return aggregate;
  return freeze({
    kind: 'case',
    branches: [{ when: callNode('gt', rowsOf(here), literalNode(0)), value: aggregate }],
    otherwise: undefined,
  });
}
