import type { PlanNode } from '../plan/node.js';
import { pruneColumns } from './columns.js';
import { mergeFilters, sinkFilter } from './filters.js';
import { foldNode } from './fold.js';
import { sinkLimit } from './limits.js';
import { mergeProjects } from './projects.js';
import { dropSorts } from './sorts.js';
import { bottomUp } from './walk.js';

/**
 * A plan that gives the same rows with less work. Pure. The rules, each with its reasons in its file: constants are folded, filters and limits
 * sink, selects are merged, sorts that nobody sees are left out, columns that nobody reads are not made. Leaving out files is a step
 * of its own (`files.ts`), since their statistics have to be read before.
 */
export function optimize(plan: PlanNode): PlanNode {
  // A window that nobody reads would stop filters, so columns come first; where filters have sunk, fewer columns are read.
  const read = pruneColumns(dropSorts(plan));
  const sunk = bottomUp(read, rules, mergeFilters);
  return bottomUp(pruneColumns(sunk), (node) => (node.kind === 'project' ? mergeProjects(node) : node));
}

function rules(written: PlanNode): PlanNode {
  const node = foldNode(written);
  switch (node.kind) {
    case 'filter':
      return sinkFilter(node);
    case 'project':
      return mergeProjects(node);
    case 'limit':
      return sinkLimit(node);
    default:
      return node;
  }
}
