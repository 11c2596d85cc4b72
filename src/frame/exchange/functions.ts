import type { Key } from '../../graph/task.js';
import { columnNode, type SortKey } from '../expr/node.js';
import { type CustomAggregates, joinedByKeys, splitCustoms } from '../map/customs.js';
import { inputItems } from '../map/describe.js';
import { functionRows, GROUP_ROWS, type RowsLayout } from '../map/rows-file.js';
import * as make from '../plan/make.js';
import type { AggregatePlan, MapFunction, MapNode } from '../plan/node.js';
import { groupsTogether, planAggregate } from './groups.js';
import {
  carried,
  columnsOfParts,
  IN_PLACE,
  liesTogether,
  mapParts,
  NO_ORDER,
  ORDER,
  type Parts,
  readTasks,
  shift,
  sortedByPlace,
  withPlaces,
} from './parts.js';
import type { Planner } from './planner.js';
import { ranged } from './sort.js';
import { sizeOf } from './split.js';
import {
  type ApplyTask,
  type GroupsTask,
  type MergeTask,
  type OffsetTask,
  type PartialTask,
  taskOf,
} from './task.js';

/** Partial results of so many partitions are joined by one task. */
const FAN_IN = 16;

/** A user's function in partitions: each is stored for the engine's threads, which write what the function gives. */
export function planFunction(planner: Planner, node: MapNode): Parts {
  const { kind: _kind, input: _input, columns, ...fn } = node;
  const parts =
    node.per === 'group' ? groupedRows(planner, node) : planner.restored(planner.parts(node.input));
  const rows = storedRows(planner, parts, functionRows(fn));
  const applied =
    node.per === 'group' ? rows.map((key) => apply(planner, fn, [key])) : inOrder(planner, fn, rows);
  const keys = node.keys.map(({ name }) => name);
  const stays = (name: string): boolean =>
    node.per === 'group'
      ? keys.includes(name)
      : node.keep.includes(name) && !Object.hasOwn(node.schema, name);
  return {
    fragments: applied.map((key) => readTasks([key], 0, columns)),
    order: IN_PLACE,
    together: parts.together?.columns.every(stays) ? parts.together : undefined,
    whole: undefined,
  };
}

const apply = (planner: Planner, fn: MapFunction, inputs: readonly Key[]): Key =>
  planner.add(taskOf<ApplyTask>('frame/apply', inputs, fn));

/** A function of rows or batches is told the numbers of its rows: each partition, how many are before it. */
function inOrder(planner: Planner, fn: MapFunction, rows: readonly Key[]): readonly Key[] {
  let before: readonly Key[] = [];
  return rows.map((key, i) => {
    const task = apply(planner, fn, [key, ...before]);
    if (i < rows.length - 1) before = [planner.add(taskOf<OffsetTask>('frame/offset', [key, ...before], {}))];
    return task;
  });
}

/** Rows with the keys of their groups, groups whole in a partition and in the order of their keys, the rows of each as they came. */
function groupedRows(planner: Planner, node: MapNode): Parts {
  const input = planner.parts(node.input);
  const names = columnsOfParts(input).filter((name) => name !== ORDER);
  const rows = mapParts(input, (plan) => make.project(plan, carried(input, inputItems(node, names))), {
    together: undefined,
  });
  if (rows.fragments.length === 1 || planner.partitions === 1 || node.keys.length === 0)
    return sortedByPlace(planner.gathered(rows));
  const keys = node.keys.map(
    ({ name }): SortKey => ({ expr: columnNode(name), descending: false, nulls: 'last' }),
  );
  return sortedByPlace(
    ranged(planner, withPlaces(rows), keys, { size: sizeOf(node.input, planner.facts), spread: false }),
  );
}

const storedRows = (planner: Planner, parts: Parts, layout: RowsLayout): readonly Key[] =>
  parts.fragments.map((fragment) => planner.write(fragment, { by: 'rows', layout }));

/** Aggregates of users in partitions, and others beside them. */
export function planCustoms(planner: Planner, node: AggregatePlan): Parts {
  const { label, functions, rows, others, items } = splitCustoms(node);
  const keys = node.keys.map(({ expr }) => expr);
  const input = planner.parts(node.input);
  const near = liesTogether(input, keys);
  const apart = keys.length === 0 || near ? input : planner.apart(withPlaces(input), keys);
  const sorted = keys.length === 0 ? planner.restored(apart) : sortedByPlace(apart);
  const stored = storedRows(
    planner,
    mapParts(sorted, (plan) => make.project(plan, rows)),
    { label, groupRows: GROUP_ROWS, keys: functions.keys },
  );
  const own = keys.length === 0 ? ofAll(planner, functions, stored) : ofGroups(planner, functions, stored);
  const beside =
    others.length === 0
      ? own
      : pairs(
          keys.length === 0
            ? planAggregate(planner, make.aggregate(node.input, [], others))
            : mapParts(sorted, (plan) => make.aggregate(plan, node.keys, others)),
          own,
          functions.keys,
        );
  return mapParts(beside, (plan) => make.project(plan, items), {
    together: groupsTogether(node, apart.together),
  });
}

function ofGroups(planner: Planner, functions: CustomAggregates, stored: readonly Key[]): Parts {
  const tasks = stored.map((key) => planner.add(taskOf<GroupsTask>('frame/groups', [key], functions)));
  return results(functions, tasks);
}

/** Without keys: partial results are joined in a tree, in the order of their rows. */
function ofAll(planner: Planner, aggregates: CustomAggregates, stored: readonly Key[]): Parts {
  let partials = stored.map((key) => planner.add(taskOf<PartialTask>('frame/partial', [key], aggregates)));
  const merge = (inputs: readonly Key[], last: boolean): Key =>
    planner.add(taskOf<MergeTask>('frame/merge', inputs, { aggregates, last }));
  while (partials.length > FAN_IN) {
    const next: Key[] = [];
    for (let i = 0; i < partials.length; i += FAN_IN) next.push(merge(partials.slice(i, i + FAN_IN), false));
    partials = next;
  }
  return results(aggregates, [merge(partials, true)]);
}

const results = ({ keys, aggregates }: CustomAggregates, tasks: readonly Key[]): Parts => ({
  fragments: tasks.map((key) => readTasks([key], 0, [...keys, ...aggregates.map(({ name }) => name)])),
  order: NO_ORDER,
  together: undefined,
  whole: undefined,
});

/** Groups of both, partition by partition. */
const pairs = (left: Parts, right: Parts, keys: readonly string[]): Parts => ({
  fragments: left.fragments.map(({ plan, inputs }, i) => {
    const other = right.fragments[i]!;
    return {
      plan: joinedByKeys(plan, shift(other.plan, inputs.length), keys),
      inputs: [...inputs, ...other.inputs],
    };
  }),
  order: NO_ORDER,
  together: undefined,
  whole: undefined,
});
