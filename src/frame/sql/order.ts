import { seesOrder } from '../optimize/index.js';
import { inputsOf, type PlanNode } from '../plan/node.js';

interface Above {
  /** Whether something above takes rows as they come. */
  readonly seen: boolean;
  /** Whether DuckDB gives them there in their order. */
  readonly kept: boolean;
  readonly united: boolean;
}

/**
 * The unions whose rows must be sorted so that they come in their order. At the end of a plan they do so by themselves; but where joins or other
 * unions read them, DuckDB (1.5) computes the inputs of a union at the same time, also below what takes first rows or numbers them: these come out
 * wrong, and may end the process, since they are not made for several threads.
 *
 * @param parts what the plan, and each other, read of their own; nobody sees their order
 */
export function unionsToSort(plan: PlanNode, parts: readonly PlanNode[]): ReadonlySet<PlanNode> {
  const found = new Set<PlanNode>();
  const waiting: { node: PlanNode; above: Above }[] = [
    { node: plan, above: { seen: true, kept: true, united: false } },
    ...parts.map((node) => ({ node, above: { seen: false, kept: false, united: false } })),
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, above } = next;
    if (node.kind === 'union' && above.seen && !above.kept) found.add(node);
    const below = from(node, above);
    for (const input of inputsOf(node)) waiting.push({ node: input, above: below });
  }
  return found;
}

function from(node: PlanNode, { seen, kept, united }: Above): Above {
  const sees = seesOrder(node, seen);
  switch (node.kind) {
    case 'join':
      // Its rows have no order, but what takes them would be run by several threads at once.
      return { seen: seen && !kept, kept: false, united };
    case 'sql':
      return { seen: sees, kept: false, united };
    case 'union':
      return { seen: sees, kept, united: true };
    default:
      // Rows are not in order where one of a union's inputs takes them.
      return { seen: sees, kept: kept && !(united && seesOrder(node, false)), united };
  }
}
