import { checkOptions } from '../../engine/known-options.js';
import { typeText } from '../column-type.js';
import { columnNode } from '../expr/node.js';
import { type AnyFrame, DataFrame } from '../frame.js';
import { checkUnique } from '../plan/check.js';
import { columnTypeOf } from '../plan/column-types.js';
import * as make from '../plan/make.js';
import { incomparable } from '../plan/mismatch.js';
import type { PlanNode } from '../plan/node.js';
import type { ColumnType, Simplify } from '../types.js';
import { joinPlan } from './joins.js';

/** How frames are put together. */
export interface ConcatOptions {
  /**
   * vertical (the default): rows of all, one frame after another, columns by name, which all must have. diagonal: a column that a frame does
   * not have is null there. horizontal: columns side by side, the first rows beside the first; where a frame has fewer rows, nulls.
   */
  readonly how?: 'vertical' | 'diagonal' | 'horizontal';
}

type Union<F> = F extends DataFrame<infer S> ? S : never;
type Both<U> = (U extends unknown ? (u: U) => void : never) extends (i: infer I) => void ? I : never;
/** The schema of frames put together. */
export type Concatenated<F extends readonly unknown[], O> = O extends {
  readonly how: 'horizontal' | 'diagonal';
}
  ? Simplify<Both<Union<F[number]>>>
  : Union<F[0]>;

/**
 * Frames put together to one. Integers and floats of the same column become floats, as wide as the widest.
 *
 * @throws TypeError where frames do not have the same columns ('vertical'), have one of the same name ('horizontal'), or where text meets other values
 * @example
 * const [a, b] = [fromRows([{ x: 1 }]), fromRows([{ x: 2 }])];
 * await concat([a, b]).rows(); // [{ x: 1 }, { x: 2 }]
 */
export function concat<
  const F extends readonly [AnyFrame, ...AnyFrame[]],
  const O extends ConcatOptions = Record<never, never>,
>(frames: F, options?: O): DataFrame<Concatenated<F, O>> {
  const plans = (frames as readonly AnyFrame[]).map(({ plan }) => plan);
  const first = plans[0];
  if (first === undefined) throw new TypeError('concat: there must be at least one frame');
  if (options) checkOptions('concat', options, ['how']);
  const { how = 'vertical' } = options ?? {};
  if (how === 'horizontal') return new DataFrame(beside(plans));
  checkKinds(plans);
  if (how === 'diagonal')
    return new DataFrame(make.union(plans, [...new Set(plans.flatMap(({ columns }) => columns))]));
  if (how !== 'vertical')
    throw new TypeError(
      `concat: there is no ${JSON.stringify(how)} way; there are vertical, diagonal and horizontal`,
    );
  for (const [i, { columns }] of plans.entries()) {
    const missing = first.columns.filter((name) => !columns.includes(name));
    const more = columns.filter((name) => !first.columns.includes(name));
    if (missing.length + more.length > 0)
      throw new TypeError(
        `concat: frame ${i} has ${[...missing.map((name) => `no column ${JSON.stringify(name)}`), ...more.map((name) => `a column ${JSON.stringify(name)} that frame 0 has not`)].join(', ')}; how: 'diagonal' puts nulls there`,
      );
  }
  return new DataFrame(make.union(plans, first.columns));
}

/** Throws where a column is text in one frame, and in another something else: DuckDB would make text of all. */
function checkKinds(plans: readonly PlanNode[]): void {
  const seen = new Map<string, { readonly type: ColumnType; readonly frame: number }>();
  for (const [frame, plan] of plans.entries())
    for (const name of plan.columns) {
      const type = columnTypeOf(plan, name);
      if (type === undefined || type === 'null') continue;
      const first = seen.get(name);
      if (first === undefined) seen.set(name, { type, frame });
      else if (incomparable(first.type, type))
        throw new TypeError(
          `concat: column ${JSON.stringify(name)} is ${typeText(first.type)} in frame ${first.frame}, and ${typeText(type)} in frame ${frame}; convert one of them before, by cast({ … })`,
        );
    }
}

const ROW = '__tilework_place';

/** Columns side by side, by the numbers of rows. */
function beside(plans: readonly PlanNode[]): PlanNode {
  const columns = plans.flatMap((plan) => plan.columns);
  checkUnique("concat: how: 'horizontal'", columns);
  const numbered = plans.map((plan): PlanNode => make.numbered(plan, ROW));
  const joined = numbered.reduce((left, right) => joinPlan(left, right, { on: ROW, how: 'full' }));
  const sorted = make.sort(joined, [{ expr: columnNode(ROW), descending: false, nulls: 'last' }]);
  return make.pick(sorted, columns);
}
