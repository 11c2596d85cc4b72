import { seesOrder } from '../optimize/index.js';
import type { PlanNode } from '../plan/node.js';
import { inputsOf } from '../plan/walk.js';

interface Above {
  /** Whether something above takes rows as they come. */
  readonly seen: boolean;
  /** Whether DuckDB gives them there in their order. */
  readonly kept: boolean;
  readonly united: boolean;
  readonly joined: boolean;
}

/** Nodes that DuckDB (1.5), left to itself, would give other rows of. */
export interface Guarded {
  /**
   * Unions whose rows must be sorted so that they come in their order. At the end of a plan they do so by themselves; but where joins or other unions read
   * them, the inputs of a union are computed at the same time, also below what takes first rows or numbers them: these come out wrong, and may end the
   * process, since they are not made for several threads.
   */
  readonly sorted: ReadonlySet<PlanNode>;
  /** Limits and samples that must be computed before the join that reads them: what the other side's keys tell would be asked of rows before they are counted. */
  readonly apart: ReadonlySet<PlanNode>;
}

/** @param parts what the plan, and each other, read of their own; nobody sees their order */
export function guarded(plan: PlanNode, parts: readonly PlanNode[]): Guarded {
  const sorted = new Set<PlanNode>();
  const apart = new Set<PlanNode>();
  const waiting: { node: PlanNode; above: Above }[] = [
    { node: plan, above: { seen: true, kept: true, united: false, joined: false } },
    ...parts.map((node) => ({ node, above: { seen: false, kept: false, united: false, joined: false } })),
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, above } = next;
    if (node.kind === 'union' && above.seen && !above.kept) sorted.add(node);
    if ((node.kind === 'limit' || node.kind === 'sample') && above.joined) apart.add(node);
    const below = from(node, above);
    for (const input of inputsOf(node)) waiting.push({ node: input, above: below });
  }
  return { sorted, apart };
}

function from(node: PlanNode, above: Above): Above {
  const { seen, kept, united } = above;
  const sees = seesOrder(node, seen);
  switch (node.kind) {
    case 'join':
      // Its rows have no order, but what takes them would be run by several threads at once.
      return { seen: seen && !kept, kept: false, united, joined: true };
    case 'sql':
      return { seen: sees, kept: false, united, joined: true };
    case 'union':
      return { ...above, seen: sees, united: true };
    default:
      // Rows are not in order where one of a union's inputs takes them.
      return { ...above, seen: sees, kept: kept && !(united && seesOrder(node, false)) };
  }
}
