import { tokenize } from '../../graph/key.js';
import type { Key } from '../../graph/task.js';
import { columnNode, type ExprNode, some, type WindowNode } from '../expr/node.js';
import * as make from '../plan/make.js';
import type { Item, LimitNode, ProjectNode, SqlNode, UnionNode } from '../plan/node.js';
import {
  byPlace,
  carried,
  forgetOrder,
  IN_PLACE,
  mapParts,
  NO_ORDER,
  ORDER,
  type Parts,
  shift,
  type Together,
  withPlaces,
} from './parts.js';
import type { Planner } from './planner.js';
import type { Fragment } from './task.js';

/** With more rows than this, the first of a sorted relation are found by sorting it. */
const MOST_TOP_ROWS = 1e6;

export function planProject(planner: Planner, node: ProjectNode): Parts {
  const windows: WindowNode[] = [];
  for (const { expr } of node.items)
    some(expr, (inner) => {
      if (inner.kind === 'window') windows.push(inner);
      return false;
    });
  const below = planner.parts(node.input);
  const input = windows.length > 0 && !node.items.some(isStable) ? planner.small(below) : below;
  const renamed = (together: Together | undefined): Together | undefined => {
    const columns = together?.columns.map(
      (column) => node.items.find(({ expr }) => expr.kind === 'column' && expr.name === column)?.name,
    );
    return columns?.every((name) => name !== undefined)
      ? { ...together!, columns: columns as readonly string[] }
      : undefined;
  };
  if (windows.length === 0)
    return mapParts(input, (plan) => make.project(plan, carried(input, node.items)), {
      together: renamed(input.together),
    });
  if (input.fragments.length > 1 && windows.length === 1 && node.items.some(isStable)) {
    // Places are in the order of the rows as their numbers are: those would take all rows in one partition.
    const placed = withPlaces({ ...input, order: input.order.kind === 'none' ? IN_PLACE : input.order });
    const items = node.items.map((item) => (isStable(item) ? { ...item, expr: columnNode(ORDER) } : item));
    return mapParts(placed, (plan) => make.project(plan, carried(placed, items)), {
      together: renamed(input.together),
    });
  }
  const by = commonPartition(windows);
  if (input.fragments.length === 1 || by.length === 0) {
    const one = planner.restored(planner.gathered(input));
    return mapParts(one, (plan) => make.project(plan, node.items), { together: undefined });
  }
  const parts = planner.colocated(withPlaces(input), by);
  const placed = parts.order.kind === 'column';
  const items = node.items.map(({ name, expr }) => ({ name, expr: placed ? byPlace(expr) : expr }));
  return mapParts(parts, (plan) => make.project(plan, carried(parts, items)), {
    together: renamed(parts.together),
  });
}

export function planLimit(planner: Planner, node: LimitNode): Parts {
  const { count, offset } = node;
  const most = count === undefined ? Infinity : count + offset;
  if (node.input.kind === 'sort' && most <= MOST_TOP_ROWS) {
    const { input, keys } = node.input;
    const top = mapParts(forgetOrder(planner.small(planner.parts(input))), (plan) =>
      make.limit(make.sort(plan, keys), most),
    );
    const one = top.fragments.length === 1 ? top : planner.gathered({ ...top, whole: undefined });
    return mapParts(one, (plan) => make.limit(make.sort(plan, keys), count, offset), { order: IN_PLACE });
  }
  const input = planner.restored(planner.parts(node.input));
  const first =
    input.fragments.length === 1 || most === Infinity
      ? input
      : { ...mapParts(input, (plan) => make.limit(plan, most)), whole: undefined };
  return mapParts(planner.gathered(first), (plan) => make.limit(plan, count, offset));
}

export function planUnion(planner: Planner, node: UnionNode): Parts {
  const inputs = node.inputs.map((input) => planner.restored(planner.parts(input)));
  const types = planner.facts.unionTypes.get(node) ?? [];
  const same = types.every((columns) => sameTypes(columns, types[0]!));
  const fragments = inputs.flatMap(({ fragments: own }, i) =>
    own.map((fragment) =>
      same
        ? { ...fragment, plan: make.pick(fragment.plan, node.columns) }
        : besideEmpty(fragment, i, inputs, node),
    ),
  );
  const wholes = inputs.flatMap(({ whole }) => whole ?? []);
  return {
    fragments,
    order: inputs.every(({ order }) => order.kind === 'place') ? IN_PLACE : NO_ORDER,
    together: undefined,
    whole: wholes.length === inputs.length ? make.union(wholes, node.columns) : undefined,
  };
}

/** A user's SQL sees whole relations. */
export function planSqlNode(planner: Planner, node: SqlNode): Parts {
  const inputs: Key[] = [];
  const plans = node.inputs.map(({ name, plan }) => {
    const { fragments } = planner.restored(planner.gathered(planner.parts(plan)));
    const shifted = shift(fragments[0]!.plan, inputs.length);
    inputs.push(...fragments[0]!.inputs);
    return { name, plan: shifted };
  });
  const plan = Object.freeze({ ...node, inputs: plans });
  const whole = inputs.length === 0 ? plan : undefined;
  return { fragments: [{ plan, inputs }], order: IN_PLACE, together: undefined, whole };
}

const isStable = ({ name, expr }: Item): boolean => name === make.STABLE && expr.kind === 'window';

/** What all windows are partitioned by. */
function commonPartition(windows: readonly WindowNode[]): readonly ExprNode[] {
  const [first, ...others] = windows;
  const tokens = others.map(({ partitionBy }) => new Set(partitionBy.map(tokenize)));
  return first!.partitionBy.filter((expr) => tokens.every((set) => set.has(tokenize(expr))));
}

const sameTypes = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([name, type]) => b[name] === type);

/** A partition of a union among the other inputs, empty: it gets the columns and the types of the whole. */
function besideEmpty(fragment: Fragment, at: number, inputs: readonly Parts[], node: UnionNode): Fragment {
  const keys: Key[] = [];
  const plans = inputs.map(({ fragments }, i) => {
    const { plan, inputs: own } = i === at ? fragment : fragments[0]!;
    const shifted = shift(plan, keys.length);
    keys.push(...own);
    return i === at ? shifted : make.limit(shifted, 0);
  });
  return { plan: make.union(plans, node.columns), inputs: keys };
}
