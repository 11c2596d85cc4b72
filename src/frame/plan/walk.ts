import type { MapFunction, PlanNode } from './node.js';

/** Columns of a function's input that stand beside what it gives: those that are kept, or the keys of groups. */
export const namesBeside = ({ keep, keys, schema }: MapFunction): readonly string[] =>
  [...keep, ...keys.map(({ name }) => name)].filter((name) => !Object.hasOwn(schema, name));

/** The plans directly below. */
export function inputsOf(node: PlanNode): readonly PlanNode[] {
  switch (node.kind) {
    case 'scan':
      return [];
    case 'join':
      return [node.left, node.right];
    case 'union':
      return node.inputs;
    case 'sql':
      return node.inputs.map(({ plan }) => plan);
    default:
      return [node.input];
  }
}

/** The same node over other inputs. */
export function withInputs(node: PlanNode, inputs: readonly PlanNode[]): PlanNode {
  switch (node.kind) {
    case 'scan':
      return node;
    case 'join':
      return Object.freeze({ ...node, left: inputs[0]!, right: inputs[1]! });
    case 'union':
      return Object.freeze({ ...node, inputs });
    case 'sql':
      return Object.freeze({
        ...node,
        inputs: node.inputs.map((input, i) => ({ ...input, plan: inputs[i]! })),
      });
    case 'filter':
    case 'sort':
    case 'limit':
    case 'distinct':
    case 'sample':
    case 'repartition':
    case 'explode':
      return Object.freeze({ ...node, input: inputs[0]!, columns: inputs[0]!.columns });
    default:
      return Object.freeze({ ...node, input: inputs[0]! });
  }
}

/** The same plan with every node rewritten, inputs first. */
export const rewrite = (node: PlanNode, f: (node: PlanNode) => PlanNode): PlanNode =>
  f(
    withInputs(
      node,
      inputsOf(node).map((input) => rewrite(input, f)),
    ),
  );
