import type { Box, Picture } from '../../watch/visualize-model.js';
import type { PlanNode } from './node.js';
import { describeNode } from './print.js';
import { inputsOf } from './walk.js';

/** A plan as boxes and arrows: one box a node, its inputs to the left of it; what two nodes read is there once. */
export function pictureOfPlan(plan: PlanNode): Picture {
  const nodes = new Map<PlanNode, number>();
  const edges: [number, number][] = [];
  const stack = [plan];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (nodes.has(node)) continue;
    nodes.set(node, nodes.size);
    stack.push(...inputsOf(node));
  }
  for (const [node, to] of nodes)
    for (const input of new Set(inputsOf(node))) edges.push([nodes.get(input)!, to]);
  const boxes = [...nodes.keys()].map((node): Box => {
    const text = describeNode(node);
    // The first word says what the node is.
    const [title, ...rest] = text.split(' ');
    const columns = `${node.columns.length} column${node.columns.length === 1 ? '' : 's'}`;
    return {
      title: title!,
      subtitle: rest.join(' ') || columns,
      tooltip: `${text}\n${columns}: ${node.columns.join(', ')}`,
      group: node.kind,
      output: node === plan,
      time: 0,
    };
  });
  return { boxes, edges };
}
