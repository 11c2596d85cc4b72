import { batchesOf } from '../compute/index.js';
import { columnNode, type LiteralValue } from '../expr/node.js';
import type { FrameOptions } from '../options.js';
import { checkNames } from '../plan/check.js';
import * as make from '../plan/make.js';
import type { PlanNode } from '../plan/node.js';
import { rowsOf } from '../result/column.js';

/** Columns that are found at most. */
const LIMIT = 10_000;

/** The values of a column that become columns where they are not given: all that there are, in their order. */
export async function foundNames(
  verb: string,
  plan: PlanNode,
  on: string,
  run: FrameOptions,
): Promise<readonly LiteralValue[]> {
  checkNames(verb, [on], plan.columns);
  const there = make.distinct(make.pick(plan, [on]));
  const sorted = make.sort(there, [{ expr: columnNode(on), descending: false, nulls: 'last' }]);
  const found: Record<string, unknown>[] = [];
  for await (const batch of batchesOf(sorted, run)) rowsOf(batch, found);
  if (found.length > LIMIT)
    throw new RangeError(
      `${verb}: ${JSON.stringify(on)} has ${found.length} values, and a frame of more than ${LIMIT} columns is no use; group first, or name the columns that are wanted by names:`,
    );
  return found.map((row) => row[on] as LiteralValue);
}
