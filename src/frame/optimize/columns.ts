import { columnsOf, freeze } from '../expr/node.js';
import * as make from '../plan/make.js';
import type { Item, JoinNode, PlanNode } from '../plan/node.js';
import { inputsOf } from '../plan/walk.js';
import { over, topDown } from './walk.js';

/**
 * Only columns that somebody reads are made: scans list no others, and Parquet files are not even read for them. What is asked of a node it
 * asks of its inputs, and adds what it reads itself. Rows stay as many: where nothing is read but their number, no column is.
 */
export function pruneColumns(plan: PlanNode): PlanNode {
  if (plan.columns.length === 0) return plan;
  const pruned = topDown<Needed>(plan, new Set(plan.columns), { below, make: remake });
  return make.pick(pruned, plan.columns);
}

type Needed = ReadonlySet<string>;

function below(node: PlanNode, needed: Needed): readonly Needed[] {
  const everything = (): readonly Needed[] => inputsOf(node).map(({ columns }) => new Set(columns));
  switch (node.kind) {
    case 'project':
      return [readBy(node.items.filter(({ name }) => needed.has(name)))];
    case 'filter':
      return [columnsOf(node.predicate, new Set(needed))];
    case 'aggregate':
      return [readBy([...node.keys, ...aggregated(node, needed)])];
    case 'join':
      return joined(node, needed);
    case 'sort': {
      const read = new Set(needed);
      for (const { expr } of node.keys) columnsOf(expr, read);
      return [read];
    }
    case 'limit':
    case 'sample':
    case 'repartition':
      return [needed];
    case 'distinct':
      return node.on ? [new Set([...needed, ...node.on])] : everything();
    case 'union':
      return inputsOf(node).map(() => new Set(unionColumns(node, needed)));
    case 'explode':
      return [new Set([...needed, ...node.lists])];
    case 'unpivot':
      return [new Set([...idsOf(node, needed), ...node.values])];
    default:
      return everything();
  }
}

function remake(node: PlanNode, inputs: readonly PlanNode[], needed: Needed): PlanNode {
  switch (node.kind) {
    case 'scan': {
      const columns = node.columns.filter((name) => needed.has(name));
      return columns.length === node.columns.length ? node : freeze({ ...node, columns });
    }
    case 'project': {
      const items = node.items.filter(({ name }) => needed.has(name));
      // A row for each row: without columns it is its input.
      return items.length === 0 ? inputs[0]! : make.project(inputs[0]!, items);
    }
    case 'aggregate':
      return make.aggregate(inputs[0]!, node.keys, aggregated(node, needed));
    case 'join': {
      const output = outputOf(node, needed);
      const columns = output.map(({ name }) => name);
      return freeze({ ...node, left: inputs[0]!, right: inputs[1]!, output, columns });
    }
    case 'union': {
      const columns = unionColumns(node, needed);
      const exact = inputs.map((input) =>
        make.pick(
          input,
          input.columns.filter((name) => columns.includes(name)),
        ),
      );
      return make.union(exact, columns);
    }
    case 'unpivot':
      return make.unpivot(inputs[0]!, idsOf(node, needed), node.values, node.variable, node.value);
    default:
      return over(node, inputsOf(node), inputs);
  }
}

function readBy(items: readonly Item[]): Needed {
  const read = new Set<string>();
  for (const { expr } of items) columnsOf(expr, read);
  return read;
}

/** At least one column: a group without keys is one row. */
function aggregated(
  { keys, items }: Extract<PlanNode, { kind: 'aggregate' }>,
  needed: Needed,
): readonly Item[] {
  const kept = items.filter(({ name }) => needed.has(name));
  return kept.length + keys.length === 0 ? items.slice(0, 1) : kept;
}

function outputOf({ output }: JoinNode, needed: Needed): JoinNode['output'] {
  const kept = output.filter(({ name }) => needed.has(name));
  return kept.length === 0 ? output.slice(0, 1) : kept;
}

function joined(node: JoinNode, needed: Needed): readonly Needed[] {
  const left = new Set<string>();
  const right = new Set<string>();
  for (const { side, column, other } of outputOf(node, needed)) {
    if (side !== 'right') left.add(column);
    if (side !== 'left') right.add(other ?? column);
  }
  for (const pair of [...node.on, ...(node.asof ? [node.asof] : [])]) {
    columnsOf(pair.left, left);
    columnsOf(pair.right, right);
  }
  return [left, right];
}

/** Columns are found by name: an input that had none left would add one. */
function unionColumns(
  { columns, inputs }: Extract<PlanNode, { kind: 'union' }>,
  needed: Needed,
): readonly string[] {
  const kept = columns.filter((name) => needed.has(name));
  const everywhere = inputs.every((input) => input.columns.some((name) => needed.has(name)));
  return everywhere ? kept : columns;
}

const idsOf = (
  { columns, variable, value }: Extract<PlanNode, { kind: 'unpivot' }>,
  needed: Needed,
): readonly string[] => columns.filter((name) => name !== variable && name !== value && needed.has(name));
