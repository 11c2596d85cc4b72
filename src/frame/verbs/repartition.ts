import { checkOptions } from '../../engine/known-options.js';
import { columnNode, type LiteralValue } from '../expr/node.js';
import { checkByName } from '../given.js';
import { checkNames } from '../plan/check.js';
import * as make from '../plan/make.js';
import type { PlanNode } from '../plan/node.js';

/** Where a range may begin. */
export type DivisionValue = number | bigint | string | Date;

/** Ranges of a column, in order: the rows are sorted by it, nulls last. */
export interface RangeOptions<N extends string = string> {
  readonly by: N;
  /** How many ranges, of about as many rows; default: as many as the frame is computed in. */
  readonly partitions?: number;
  /**
   * Where each range begins, and where the last one ends: `[0, 10, 20]` are two. Values beyond the first and the last belong to the first and
   * the last range.
   */
  readonly divisions?: readonly DivisionValue[];
}

/** Rows in other partitions. */
export function repartitionPlan(plan: PlanNode, into: number | RangeOptions): PlanNode {
  if (typeof into === 'number') {
    checkCount(into);
    return make.repartition(plan, into);
  }
  checkByName('repartition', into, "a number, or { by: 'x' }");
  checkOptions('repartition', into, ['by', 'partitions', 'divisions']);
  const { by, partitions, divisions } = into;
  checkNames('repartition', [by], plan.columns);
  if (partitions !== undefined) checkCount(partitions);
  if (divisions !== undefined) {
    if (partitions !== undefined)
      throw new TypeError('repartition: either partitions or divisions; divisions say how many there are');
    checkDivisions(divisions);
  }
  const ranges = {
    ...(partitions !== undefined && { partitions }),
    ...(divisions && { divisions: Object.freeze([...divisions]) }),
  };
  return make.sort(plan, [{ expr: columnNode(by), descending: false, nulls: 'last' }], Object.freeze(ranges));
}

/**
 * The column by whose known divisions the rows of a plan lie, as it is called there.
 *
 * @throws TypeError where they lie in none
 */
export function dividedBy(plan: PlanNode): string {
  const column = divisionColumn(plan);
  if (column !== undefined) return column;
  throw new TypeError(
    'loc: the rows lie in no known divisions; make some by repartition({ by, divisions }), or say the column: filter(col(name).between(from, to))',
  );
}

function divisionColumn(plan: PlanNode): string | undefined {
  switch (plan.kind) {
    case 'sort': {
      const [key] = plan.keys;
      return plan.ranges?.divisions && key?.expr.kind === 'column' ? key.expr.name : undefined;
    }
    case 'filter':
      return divisionColumn(plan.input);
    case 'project': {
      const below = divisionColumn(plan.input);
      return plan.items.find(({ expr }) => expr.kind === 'column' && expr.name === below)?.name;
    }
    default:
      return undefined;
  }
}

function checkCount(count: number): void {
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(`repartition: the number of partitions is a whole number from 1, not ${count}`);
}

function checkDivisions(divisions: readonly LiteralValue[]): void {
  if (divisions.length < 2)
    throw new RangeError(
      'repartition: divisions are two values at least: where a range begins, and where it ends',
    );
  const kindOf = (value: LiteralValue): string => (value instanceof Date ? 'Date' : typeof value);
  for (const [i, value] of divisions.entries()) {
    if (Number.isNaN(value instanceof Date ? value.getTime() : value))
      throw new RangeError(`repartition: divisions[${i}] is no number`);
    if (kindOf(value) !== kindOf(divisions[0]!))
      throw new TypeError(
        `repartition: divisions[${i}] is a ${kindOf(value)}, and the first a ${kindOf(divisions[0]!)}`,
      );
    if (i > 0 && !before(divisions[i - 1]!, value))
      throw new RangeError(`repartition: divisions[${i}] is not greater than the one before it`);
  }
}

/** Texts are in the order of their bytes in UTF-8, as DuckDB sorts them. */
const before = (a: LiteralValue, b: LiteralValue): boolean =>
  typeof a === 'string' ? Buffer.compare(Buffer.from(a), Buffer.from(b as string)) < 0 : a! < b!;
