import type { PlanNode } from '../plan/node.js';
import { inputsOf, withInputs } from '../plan/walk.js';

// Plans may be ten thousand verbs deep, which is deeper than the stack: nothing here recurses along them.

/**
 * The same plan with every node rewritten, inputs first; `before` is asked what a node is taken for when it is met, from above. Plans that
 * are shared are rewritten once, and stay shared.
 */
export function bottomUp(
  plan: PlanNode,
  rule: (node: PlanNode) => PlanNode,
  before: (node: PlanNode) => PlanNode = (node) => node,
): PlanNode {
  const met = new Map<PlanNode, PlanNode>();
  const done = new Map<PlanNode, PlanNode>();
  const stack = [plan];
  while (stack.length > 0) {
    const written = stack.at(-1)!;
    if (done.has(written)) {
      stack.pop();
      continue;
    }
    let node = met.get(written);
    if (node === undefined) {
      node = before(written);
      met.set(written, node);
    }
    const inputs = inputsOf(node);
    const missing = inputs.filter((input) => !done.has(input));
    if (missing.length > 0) {
      stack.push(...missing);
      continue;
    }
    stack.pop();
    const made = inputs.map((input) => done.get(input)!);
    done.set(written, rule(over(node, inputs, made)));
  }
  return done.get(plan)!;
}

/** How a plan is rewritten by what is asked of each of its nodes. */
export interface Asked<C> {
  /** What a node asks of its inputs. */
  below(node: PlanNode, context: C): readonly C[];
  /** The node over its new inputs. */
  make(node: PlanNode, inputs: readonly PlanNode[], context: C): PlanNode;
}

/** The same plan, rewritten by what is asked of each node: asked from the top, made from the bottom. */
export function topDown<C>(plan: PlanNode, context: C, { below, make }: Asked<C>): PlanNode {
  interface Visit {
    readonly node: PlanNode;
    readonly context: C;
    readonly contexts: readonly C[];
    readonly made: PlanNode[];
  }
  const visit = (node: PlanNode, of: C): Visit => ({
    node,
    context: of,
    contexts: below(node, of),
    made: [],
  });
  const stack = [visit(plan, context)];
  for (;;) {
    const top = stack.at(-1)!;
    const inputs = inputsOf(top.node);
    const next = inputs[top.made.length];
    if (next) {
      stack.push(visit(next, top.contexts[top.made.length]!));
      continue;
    }
    stack.pop();
    const result = make(top.node, top.made, top.context);
    if (stack.length === 0) return result;
    stack.at(-1)!.made.push(result);
  }
}

/** A node over other inputs: itself, where they are the same. */
export const over = (node: PlanNode, before: readonly PlanNode[], after: readonly PlanNode[]): PlanNode =>
  after.every((input, i) => input === before[i]) ? node : withInputs(node, after);
