import { callNode, callOf, columnNode, freeze, literalNode } from '../expr/node.js';
import * as make from '../plan/make.js';
import type { Item, PlanNode } from '../plan/node.js';

const ROWS = '__tilework_rows';

/** Several quantiles of some columns as aggregates of one grouping, and how a row of each is made of them. */
export function quantileRows(
  keys: readonly string[],
  columns: readonly string[],
  quantiles: readonly number[],
): { readonly columns: readonly Item[]; readonly spread: (groups: PlanNode) => PlanNode } {
  const called = (column: number, at: number): string => `__tilework_q${column}_${at}`;
  const items = columns.flatMap((name, i) =>
    quantiles.map((q, at): Item => {
      const args = [columnNode(name), literalNode(q)];
      return { name: called(i, at), expr: freeze({ kind: 'aggregate', fn: 'quantile', args }) };
    }),
  );
  const fields = ['quantile', ...columns];
  const spread = (groups: PlanNode): PlanNode => {
    const rows = quantiles.map((q, at) =>
      callNode(
        'struct',
        literalNode('quantile'),
        literalNode(q, 'float64'),
        ...columns.flatMap((name, i) => [literalNode(name), columnNode(called(i, at))]),
      ),
    );
    const listed = make.project(groups, [...make.named(keys), { name: ROWS, expr: callOf('listOf', rows) }]);
    const row = columnNode(ROWS);
    return make.project(make.explode(listed, [ROWS]), [
      ...make.named(keys),
      ...fields.map((name): Item => ({ name, expr: callNode('struct.field', row, literalNode(name)) })),
    ]);
  };
  return { columns: items, spread };
}
