import { callNode, columnNode, columnsOf, type ExprNode, literalNode } from '../expr/node.js';
import { needsRowOrder } from '../plan/aggregates.js';
import * as make from '../plan/make.js';
import type { AggregatePlan, DistinctNode, PlanNode } from '../plan/node.js';
import { aggregatesOf, type PartialPlans, partialPlans } from '../plan/partials.js';
import {
  BY_PLACE,
  byPlace,
  columnsOfParts,
  forgetOrder,
  itself,
  liesTogether,
  mapParts,
  NO_ORDER,
  type Parts,
  pickParts,
  readTasks,
  type Together,
  withPlaces,
} from './parts.js';
import type { Planner } from './planner.js';
import type { Fragment } from './task.js';

/** Partials of so many partitions are put together by one task. */
const FAN_IN = 16;

export function planAggregate(planner: Planner, node: AggregatePlan): Parts {
  const input = planner.small(planner.parts(node.input));
  const keys = node.keys.map(({ expr }) => expr);
  const together = liesTogether(input, keys);
  const partial = together ? undefined : partialPlans(node, input.order.kind !== 'column');
  if (partial) return byPartials(planner, node, input, partial);
  // The rows themselves come together, with their places where an aggregate asks for the order.
  const read = new Set<string>();
  for (const { expr } of [...node.keys, ...node.items]) columnsOf(expr, read);
  const ordered = aggregatesOf(node).some(needsRowOrder);
  const rows = together ? input : ordered ? withPlaces(input) : forgetOrder(input);
  const needed = together
    ? rows
    : pickParts(
        rows,
        node.input.columns.filter((name) => read.has(name)),
      );
  const apart = together
    ? needed
    : keys.length === 0
      ? planner.gathered(needed)
      : planner.shuffle(needed, keys);
  const placed = apart.order.kind === 'column';
  const items = node.items.map(({ name, expr }) => ({ name, expr: placed ? byPlace(expr) : expr }));
  return mapParts(apart, (plan) => make.aggregate(plan, node.keys, items), {
    order: NO_ORDER,
    together: groupsTogether(node, apart.together),
  });
}

function byPartials(planner: Planner, node: AggregatePlan, input: Parts, plans: PartialPlans): Parts {
  const partial = (plan: PlanNode, part: number): PlanNode =>
    Object.freeze({ ...(plans.partial(plan, part) as AggregatePlan), partial: true });
  let partials: Parts = {
    ...mapParts(input, partial, { order: NO_ORDER, together: undefined }),
    whole: undefined,
  };
  if (node.keys.length > 0) {
    const by = node.keys.map(({ name }) => columnNode(name));
    const merged = planner.shuffle(partials, by);
    return mapParts(merged, (plan) => plans.finish(plans.merge(plan)), { order: NO_ORDER });
  }
  // A tree: no task reads what too many others wrote.
  while (partials.fragments.length > FAN_IN) {
    const columns = columnsOfParts(partials);
    const written = planner.written(partials);
    const fragments: Fragment[] = [];
    for (let i = 0; i < written.length; i += FAN_IN) {
      const { plan, inputs } = readTasks(written.slice(i, i + FAN_IN), 0, columns);
      fragments.push({ plan: plans.merge(plan), inputs });
    }
    partials = { ...partials, fragments };
  }
  return mapParts(planner.gathered(partials), (plan) => plans.finish(plans.merge(plan)));
}

export function planDistinct(planner: Planner, node: DistinctNode): Parts {
  const input = planner.small(planner.parts(node.input));
  const { on } = node;
  if (!on) {
    const apart = mapParts(forgetOrder(input), (plan) => make.distinct(plan), {
      order: NO_ORDER,
    });
    if (apart.fragments.length === 1) return apart;
    const rows = planner.colocated({ ...apart, whole: undefined }, node.columns.map(columnNode));
    return rows.fragments === apart.fragments ? rows : mapParts(rows, (plan) => make.distinct(plan));
  }
  if (input.fragments.length === 1)
    return mapParts(planner.restored(input), (plan) => make.distinct(plan, on));
  // The first row of each partition, then of all.
  const firsts =
    input.order.kind === 'column'
      ? input
      : { ...mapParts(input, (plan) => make.distinct(plan, on)), whole: undefined };
  const parts = planner.colocated(withPlaces(firsts), on.map(columnNode));
  if (parts.order.kind !== 'column') return mapParts(parts, (plan) => make.distinct(plan, on));
  return mapParts(parts, (plan) => firstOf(plan, on));
}

/** Where groups are together: by the names of the keys that rows were together by. */
export function groupsTogether(node: AggregatePlan, together: Together | undefined): Together | undefined {
  const columns = together?.columns.map(
    (column) => node.keys.find(({ expr }) => expr.kind === 'column' && expr.name === column)?.name,
  );
  return columns?.every((name) => name !== undefined)
    ? { ...together!, columns: columns as readonly string[] }
    : undefined;
}

/** The row of least place for each combination of values. */
function firstOf(plan: PlanNode, on: readonly string[]): PlanNode {
  const rank = '__tilework_rank';
  const expr: ExprNode = {
    kind: 'window',
    fn: 'rowNumber',
    args: [],
    partitionBy: on.map(columnNode),
    orderBy: [BY_PLACE],
    ordered: true,
  };
  const ranked = make.project(plan, [...plan.columns.map(itself), { name: rank, expr }]);
  return make.pick(make.filter(ranked, callNode('eq', columnNode(rank), literalNode(1))), plan.columns);
}
