import { rm } from 'node:fs/promises';
import type { Key, Task } from '../../graph/task.js';
import { FrameError } from '../errors.js';
import {
  type AggregateNode,
  type CustomFunctions,
  columnNode,
  type ExprNode,
  freeze,
  literalNode,
  mapChildren,
  some,
} from '../expr/node.js';
import { readFooter } from '../parquet/read.js';
import * as make from '../plan/make.js';
import type { AggregatePlan, Item, PlanNode } from '../plan/node.js';
import { quoteName } from '../sql/writer.js';
import type { Schema } from '../types.js';
import type {
  AggregateCommon,
  AggregateParams,
  AggregateValue,
  CombineParams,
  OpenGroup,
} from './aggregate-op.js';
import { filesScan, type Place, runTasks, shares, storeRows } from './files.js';

type CustomNode = AggregateNode & { readonly custom: CustomFunctions };

const isCustom = (node: ExprNode): node is CustomNode =>
  node.kind === 'aggregate' && node.custom !== undefined;

/** Whether a node of a plan has aggregates of users. */
export const hasCustom = (node: PlanNode): node is AggregatePlan =>
  node.kind === 'aggregate' && node.items.some(({ expr }) => some(expr, isCustom));

/** The same aggregates with nulls of the right types in the place of users' own: to see what types there are. */
export function typedAggregate(node: AggregatePlan, input: PlanNode): PlanNode {
  const typed = (expr: ExprNode): ExprNode =>
    isCustom(expr)
      ? freeze({ kind: 'cast', value: literalNode(null), to: expr.custom.type, strict: true })
      : mapChildren(expr, typed);
  return make.aggregate(
    input,
    node.keys,
    node.items.map(({ name, expr }) => ({ name, expr: typed(expr) })),
  );
}

/** Computes the aggregates of users among those of a node, by tasks; the plan returned joins them with the others. */
export async function runAggregate(node: AggregatePlan, input: PlanNode, place: Place): Promise<PlanNode> {
  const customs: { name: string; node: CustomNode }[] = [];
  const others: Item[] = [];
  // Each aggregate becomes a column of its own, and expressions of them are computed at the end.
  const apart = (expr: ExprNode): ExprNode => {
    if (expr.kind !== 'aggregate') return mapChildren(expr, apart);
    const list = isCustom(expr) ? customs : others;
    const name = `__tilework_${isCustom(expr) ? 'custom' : 'other'}_${list.length}`;
    if (isCustom(expr)) customs.push({ name, node: expr });
    else others.push({ name, expr });
    return columnNode(name);
  };
  const items = node.items.map(({ name, expr }) => ({ name, expr: apart(expr) }));
  const own = await computeCustoms(node.keys, customs, input, place);
  const all = others.length > 0 ? joined(make.aggregate(input, node.keys, others), own, node.keys) : own;
  return make.project(all, [...node.keys.map(({ name }) => ({ name, expr: columnNode(name) })), ...items]);
}

/** Rows of both that have the same keys; null is a key like others. */
function joined(left: PlanNode, right: PlanNode, keys: readonly Item[]): PlanNode {
  const on = keys.map(({ name }) => `l.${quoteName(name)} IS NOT DISTINCT FROM r.${quoteName(name)}`);
  const names = keys.map(({ name }) => name);
  const added = right.columns.filter((name) => !names.includes(name));
  return freeze({
    kind: 'sql',
    text: `SELECT l.*, ${added.map((name) => `r.${quoteName(name)}`).join(', ')} FROM l JOIN r ON ${on.join(' AND ') || 'true'}`,
    inputs: [
      { name: 'l', plan: left },
      { name: 'r', plan: right },
    ],
    columns: [...left.columns, ...added],
  });
}

let runs = 0;

async function computeCustoms(
  keys: readonly Item[],
  customs: readonly { readonly name: string; readonly node: CustomNode }[],
  input: PlanNode,
  place: Place,
): Promise<PlanNode> {
  const label = customs.map(({ node }) => node.custom.name).join(', ');
  for (const { node } of customs)
    if (node.filter || node.distinct || node.orderBy)
      throw new FrameError(
        `${node.custom.name}: an aggregate of your own has no filter, distinct or order: filter or sort the frame before it`,
      );
  const args: Item[] = customs.flatMap(({ name, node }) =>
    node.args.map((expr, i) => ({ name: `${name}_${i}`, expr })),
  );
  const keyNames = keys.map(({ name }) => name);
  const rows = make.project(input, [...keys, ...args]);
  const { file, schema } = await storeRows(rows, place, { label, keys: keyNames });
  const common: AggregateCommon = {
    input: schema,
    keys: keyNames,
    aggregates: customs.map(({ name, node }) => ({
      name,
      functions: node.custom,
      args: node.args.map((_, i) => `${name}_${i}`),
    })),
  };
  const run = `frame-aggregate-${++runs}`;
  const tasks = shares(readFooter(file).groups).map(({ own, firstRow }, index): Task => {
    const params: AggregateParams = { file, groups: own, firstRow, out: place.path(`part-${index}`) };
    return { key: `${run}-${index}`, op: 'frame/aggregate', inputs: [], params, common };
  });
  const values = (await runTasks(tasks, place)) as AggregateValue[];
  await rm(file, { force: true });
  const parts = openGroups(values);
  const last = combineTasks(parts, common, run, (index) => place.path(`last-${index}`), keys.length === 0);
  if (last.outputs.length > 0) await runTasks(last.tasks, place, { outputs: last.outputs });
  const output: Schema = Object.fromEntries([
    ...keyNames.map((name) => [name, schema[name]!] as const),
    ...customs.map(({ name, node }) => [name, node.custom.type] as const),
  ]);
  return filesScan(
    [
      ...tasks.map(({ params }, i) => ({ path: (params as AggregateParams).out, rows: values[i]!.rows })),
      ...last.outputs.map((_, i) => ({ path: place.path(`last-${i}`), rows: 1 })),
    ].filter((part) => part.rows > 0),
    output,
  );
}

/** The parts of groups that lie at the ends of tasks, group by group. */
export function openGroups(values: readonly AggregateValue[]): OpenGroup[][] {
  const groups: OpenGroup[][] = [];
  for (const { head, tail } of values) {
    if (head) groups.at(-1)!.push(head);
    if (tail) groups.push([tail]);
  }
  return groups;
}

/** So many partial results are joined at once. */
const FAN_IN = 16;

/** The trees that join the parts of groups; the root of each writes a row. */
export function combineTasks(
  groups: readonly (readonly OpenGroup[])[],
  common: AggregateCommon,
  run: string,
  out: (index: number) => string,
  whole: boolean,
): { readonly tasks: Task[]; readonly outputs: Key[] } {
  const tasks: Task[] = [];
  const outputs: Key[] = [];
  const add = (params: CombineParams, inputs: readonly Key[]): Key => {
    const key = `${run}-combine-${tasks.length}`;
    tasks.push({ key, op: 'frame/combine', inputs, params, common });
    return key;
  };
  for (const parts of groups) {
    const path = out(outputs.length);
    if (parts.length <= FAN_IN) {
      outputs.push(add({ parts, out: path }, []));
      continue;
    }
    let level: Key[] = [];
    for (let from = 0; from < parts.length; from += FAN_IN)
      level.push(add({ parts: parts.slice(from, from + FAN_IN) }, []));
    while (level.length > FAN_IN) {
      const next: Key[] = [];
      for (let from = 0; from < level.length; from += FAN_IN)
        next.push(add({ parts: [] }, level.slice(from, from + FAN_IN)));
      level = next;
    }
    outputs.push(add({ parts: [], out: path }, level));
  }
  // Without keys there is one group, be it of no rows.
  if (whole && groups.length === 0) outputs.push(add({ parts: [], out: out(0), empty: true }, []));
  return { tasks, outputs };
}
