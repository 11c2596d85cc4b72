import { callNode, columnNode, type ExprNode, freeze, literalNode } from '../expr/node.js';
import { printExpr } from '../expr/print.js';
import * as make from '../plan/make.js';
import type { Item, JoinNode, PlanNode } from '../plan/node.js';
import { type JoinValidate, joinPlan } from './joins.js';

/** Which sides of a join have each key once. */
const UNIQUE: Readonly<Record<JoinValidate, readonly ('left' | 'right')[]>> = {
  one_to_one: ['left', 'right'],
  one_to_many: ['left'],
  many_to_one: ['right'],
  many_to_many: [],
  '1:1': ['left', 'right'],
  '1:m': ['left'],
  'm:1': ['right'],
  'm:m': [],
};

/** The column of what is wrong with a side's keys. */
const FOUND = '__tilework_repeated';

/**
 * A join that is an error when it is computed, where a side that is said to have each key once has one more often. What was found beside the keys
 * is one row, by which the joined rows go before any is given. Null keys match nothing, and may be there often.
 */
export function validated(join: JoinNode, validate: JoinValidate): PlanNode {
  if (!Object.hasOwn(UNIQUE, validate))
    throw new TypeError(
      `join: validate is no ${JSON.stringify(validate)}; there are ${Object.keys(UNIQUE).join(', ')}`,
    );
  if (join.how === 'cross' || join.how === 'asof')
    throw new TypeError(`join: validate is of joins on equal keys, not of ${join.how} joins`);
  return UNIQUE[validate].reduce<PlanNode>((joined, side) => {
    const keys = join.on.map((pair) => pair[side]);
    const row = repeated(join[side], keys);
    const message = `join: validate is ${JSON.stringify(validate)}, and the ${side} frame has more than one row of `;
    const checked = make.filter(
      joinPlan(joined, row, { how: 'cross' }),
      callNode('refuse', columnNode(FOUND), literalNode(message)),
    );
    return make.pick(checked, joined.columns);
  }, join);
}

/** One row: the least of the keys that several rows have, as text; null where there is none. */
function repeated(plan: PlanNode, keys: readonly ExprNode[]): PlanNode {
  const named = keys.map((expr, i): Item => ({ name: `__tilework_key_${i}`, expr }));
  const rows = '__tilework_rows';
  const known = named
    .map(({ name }): ExprNode => callNode('isNotNull', columnNode(name)))
    .reduce((all, each) => callNode('and', all, each));
  const groups = make.aggregate(make.filter(make.project(plan, named), known), make.named(names(named)), [
    { name: rows, expr: freeze({ kind: 'aggregate', fn: 'size', args: [] }) },
  ]);
  const text = named.flatMap(({ name }, i): ExprNode[] => [
    literalNode(`${i === 0 ? '' : ', '}${printExpr(keys[i]!)} = `),
    columnNode(name),
  ]);
  return make.aggregate(
    groups,
    [],
    [
      {
        name: FOUND,
        expr: freeze({
          kind: 'aggregate',
          fn: 'min',
          args: [callNode('concat', ...text)],
          filter: callNode('gt', columnNode(rows), literalNode(1)),
        }),
      },
    ],
  );
}

const names = (items: readonly Item[]): readonly string[] => items.map(({ name }) => name);
