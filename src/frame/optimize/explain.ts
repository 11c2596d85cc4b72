import type { PlanNode } from '../plan/node.js';
import { printPlan } from '../plan/print.js';
import { optimize } from './index.js';

/** A plan as text: optimised or not, or both under headings where nothing is said. */
export function explainPlan(plan: PlanNode, optimized: boolean | undefined): string {
  if (optimized !== undefined) return printPlan(optimized ? optimize(plan) : plan);
  return `As written:\n${indented(printPlan(plan))}\nAs computed:\n${indented(printPlan(optimize(plan)))}`;
}

const indented = (text: string): string => text.replaceAll(/^/gm, '  ');
