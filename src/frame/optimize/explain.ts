import type { PlanNode } from '../plan/node.js';
import { printPlan } from '../plan/print.js';
import { groupByDates } from './days.js';
import { optimize } from './optimize.js';
import { share } from './shared.js';

/** A plan as text: optimised or not, or both under headings where nothing is said. */
export function explainPlan(plan: PlanNode, optimized: boolean | undefined): string {
  if (optimized !== undefined) return optimized ? computedText(plan) : printPlan(plan);
  return `As written:\n${indented(printPlan(plan))}\nAs computed:\n${indented(computedText(plan))}`;
}

function computedText(written: PlanNode): string {
  const { plan, parts } = share(groupByDates(optimize(written)));
  const shared = parts.map((part, i) => `shared ${i + 1}, computed once:\n${indented(printPlan(part))}`);
  return [printPlan(plan), ...shared].join('\n');
}

const indented = (text: string): string => text.replaceAll(/^/gm, '  ');
