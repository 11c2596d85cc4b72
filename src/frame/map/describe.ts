import { columnNode } from '../expr/node.js';
import * as make from '../plan/make.js';
import type { Item, MapFunction, MapNode, PlanNode, ScanNode } from '../plan/node.js';
import type { ArraySource, DelayedSource } from '../plan/source.js';
import { inputsOf, namesBeside, withInputs } from '../plan/walk.js';
import type { Schema } from '../types.js';
import { hasCustom, typedAggregate } from './customs.js';
import { emptyScan } from './files.js';

export const isArray = (node: PlanNode): node is ScanNode & { readonly source: ArraySource } =>
  node.kind === 'scan' && node.source.from === 'array';
export const isDelayed = (node: PlanNode): node is ScanNode & { readonly source: DelayedSource } =>
  node.kind === 'scan' && node.source.from === 'delayed';
/** Whether a plan has arrays or delayed values in it. */
export const hasLazies = (plan: PlanNode): boolean =>
  isArray(plan) || isDelayed(plan) || inputsOf(plan).some(hasLazies);

/** Whether a plan has functions of users in it, arrays, or delayed values. */
export const hasMaps = (plan: PlanNode): boolean =>
  plan.kind === 'map' || isArray(plan) || isDelayed(plan) || hasCustom(plan) || inputsOf(plan).some(hasMaps);

/**
 * The plan as it is typed: in the place of each function an empty table of its schema.
 *
 * @param known what parts of plans became before, where several are asked for
 */
export async function describeMaps(
  plan: PlanNode,
  describe: (plan: PlanNode) => Promise<Schema>,
  known = new Map<PlanNode, PlanNode>(),
): Promise<PlanNode> {
  const replace = async (node: PlanNode): Promise<PlanNode> => {
    if (!hasMaps(node)) return node;
    const found = known.get(node);
    if (found) return found;
    const inputs: PlanNode[] = [];
    for (const input of inputsOf(node)) inputs.push(await replace(input));
    const made =
      isArray(node) || isDelayed(node)
        ? emptyScan(node.source.schema, node.columns)
        : hasCustom(node)
          ? typedAggregate(node, inputs[0]!)
          : node.kind === 'map'
            ? emptyScan(resultSchema(node, await describe(functionInput(node, inputs[0]!))))
            : withInputs(node, inputs);
    known.set(node, made);
    return made;
  };
  return replace(plan);
}

/** The columns of a function's result with their types, in view of those of its input. */
export function resultSchema(node: MapFunction, input: Schema): Schema {
  return Object.fromEntries(
    [...namesBeside(node), ...Object.keys(node.schema)].map((name) => [
      name,
      node.schema[name] ?? input[name]!,
    ]),
  );
}

/** The columns of a function's input, with the keys of groups among them. */
export function inputItems(node: MapFunction, columns: readonly string[]): readonly Item[] {
  const keys = new Map(node.keys.map(({ name, expr }) => [name, expr]));
  const names = new Set([...columns, ...keys.keys()]);
  return [...names].map((name) => ({ name, expr: keys.get(name) ?? columnNode(name) }));
}

/** The input of a function as it is stored for it. */
export const functionInput = (node: MapNode, input: PlanNode): PlanNode =>
  node.per === 'group' ? make.project(input, inputItems(node, input.columns)) : input;
