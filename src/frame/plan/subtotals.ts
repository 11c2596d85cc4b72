import { nullLike } from './aggregates.js';
import * as make from './make.js';
import type { AggregatePlan, Item, PlanNode } from './node.js';
import { partialPlans } from './partials.js';

/** The groups of a plan, by each of some sets of its keys: keys that a set has not are null. */
export function subtotals(whole: AggregatePlan, sets: readonly (readonly string[])[]): PlanNode {
  const plans = derived(whole, sets) ?? sets.map((set) => apart(whole, set));
  return plans.length === 1 ? plans[0]! : make.union(plans, whole.columns);
}

/** A set from the rows. */
function apart({ input, keys, items, columns }: AggregatePlan, set: readonly string[]): PlanNode {
  const [inside, outside] = parted(keys, set);
  return make.pick(make.aggregate(input, inside, [...outside.map(nullOf), ...items]), columns);
}

/** Each set from the groups of all keys, so that the rows are read once: where that is a set itself, and its aggregates can be put together. */
function derived(
  whole: AggregatePlan,
  sets: readonly (readonly string[])[],
): readonly PlanNode[] | undefined {
  const names = whole.keys.map(({ name }) => name);
  const hasAll = sets.some((set) => names.every((name) => set.includes(name)));
  const plans = hasAll && sets.length > 1 ? partialPlans(whole) : undefined;
  if (!plans) return undefined;
  const finest = plans.partial(whole.input);
  return sets.map((set) => {
    const [inside, outside] = parted(make.named(names), set);
    return plans.finish(plans.merge(finest, inside, outside.map(nullOf)));
  });
}

/** Keys that a set has, and those that it has not. */
const parted = (keys: readonly Item[], set: readonly string[]): readonly [Item[], Item[]] => [
  keys.filter(({ name }) => set.includes(name)),
  keys.filter(({ name }) => !set.includes(name)),
];

const nullOf = ({ name, expr }: Item): Item => ({ name, expr: nullLike(expr) });
