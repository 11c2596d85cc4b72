import { hasWindow } from '../expr/node.js';
import * as make from '../plan/make.js';
import type { LimitNode, PlanNode } from '../plan/node.js';
import { over } from './walk.js';

/**
 * Limits sink: what is not taken need not be made. One after another is one; they go through selects, which have a row for each row (not past
 * windows, which see rows beyond) and functions over rows, and into the inputs of concat, none of which need give more than all together.
 */
export function sinkLimit({ input, count, offset }: LimitNode): PlanNode {
  if (count === undefined && offset === 0) return input;
  switch (input.kind) {
    case 'limit': {
      const left = input.count === undefined ? undefined : Math.max(0, input.count - offset);
      const least = left === undefined ? count : Math.min(left, count ?? left);
      return sinkLimit(make.limit(input.input, least, input.offset + offset));
    }
    case 'project': {
      if (input.items.some(({ expr }) => hasWindow(expr))) break;
      return make.project(sinkLimit(make.limit(input.input, count, offset)), input.items);
    }
    case 'map': {
      if (input.per !== 'row' || count === undefined) break;
      const below = sinkLimit(make.limit(input.input, count + offset));
      const made = over(input, [input.input], [below]);
      // The function is told the numbers of rows: those that are passed over count.
      return offset === 0 ? made : make.limit(made, count, offset);
    }
    case 'union': {
      if (count === undefined) break;
      const inputs = input.inputs.map((below) =>
        below.kind === 'limit' && below.count !== undefined && below.count <= count + offset
          ? below
          : sinkLimit(make.limit(below, count + offset)),
      );
      return make.limit(make.union(inputs, input.columns), count, offset);
    }
  }
  return make.limit(input, count, offset);
}
