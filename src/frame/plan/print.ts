import { typeText } from '../column-type.js';
import { literalNode } from '../expr/node.js';
import { printExpr, printKey, printName } from '../expr/print.js';
import type { Item, MapFunction, PlanNode, Ranges } from './node.js';
import { inputsOf } from './walk.js';

/** Deeper than this nothing is indented further: a chain of ten thousand verbs is that deep. */
const DEEPEST = 60;

/** A plan as text: the last step first, what it is made from below it. */
export function printPlan(plan: PlanNode): string {
  const lines: string[] = [];
  const stack: { readonly node: PlanNode; readonly depth: number }[] = [{ node: plan, depth: 0 }];
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { node, depth } = top;
    lines.push(`${'  '.repeat(Math.min(depth, DEEPEST))}${describeNode(node)}`);
    for (const input of inputsOf(node).toReversed()) stack.push({ node: input, depth: depth + 1 });
  }
  return lines.join('\n');
}

/** A node in one line, without what is below it. */
export function describeNode(node: PlanNode): string {
  const list = (names: readonly string[]): string => names.map(printName).join(', ');
  switch (node.kind) {
    case 'scan': {
      const filters = node.filters.length > 0 ? ` where ${node.filters.map(printExpr).join(' and ')}` : '';
      return `scan ${sourceText(node)} [${list(node.columns)}]${filters}`;
    }
    case 'project':
      return `select ${node.items.map(printItem).join(', ')}`;
    case 'filter':
      return `filter ${printExpr(node.predicate)}`;
    case 'aggregate':
      return `aggregate ${node.items.map(printItem).join(', ')}${node.keys.length > 0 ? ` by ${node.keys.map(printItem).join(', ')}` : ''}`;
    case 'join': {
      const on = node.on.map(({ left, right }) => `${printExpr(left)} == ${printExpr(right)}`);
      if (node.asof)
        on.push(
          `${printExpr(node.asof.left)} ${node.asof.direction === 'backward' ? '>' : '<'}${node.asof.strict ? '' : '='} ${printExpr(node.asof.right)}`,
        );
      return `${node.how} join${on.length > 0 ? ` on ${on.join(' and ')}` : ''}`;
    }
    case 'sort':
      return `sort ${node.keys.map(printKey).join(', ')}${node.ranges ? rangesText(node.ranges) : ''}`;
    case 'repartition':
      return `repartition into ${node.partitions}`;
    case 'limit':
      return `limit ${node.count ?? 'none'}${node.offset > 0 ? ` after ${node.offset}` : ''}`;
    case 'distinct':
      return `distinct${node.on ? ` on ${list(node.on)}` : ''}`;
    case 'union':
      return `concat of ${node.inputs.length}`;
    case 'explode':
      return `explode ${list(node.lists)}`;
    case 'unpivot':
      return `melt ${list(node.values)} into ${list([node.variable, node.value])}`;
    case 'sample':
      return `sample ${node.fraction} seed ${node.seed}`;
    case 'sql':
      return `sql ${JSON.stringify(node.text)} over ${list(node.inputs.map(({ name }) => name))}`;
    case 'map':
      return printFunction(node);
  }
}

const rangesText = ({ partitions, divisions }: Ranges): string =>
  divisions
    ? ` in ranges ${divisions.map((value) => printExpr(literalNode(value))).join(' … ')}`
    : ` in ${partitions === undefined ? '' : `${partitions} `}ranges`;

/** A named expression; a column that keeps its name is that. */
export const printItem = ({ name, expr }: Item): string =>
  expr.kind === 'column' && expr.name === name ? printName(name) : `${printName(name)} = ${printExpr(expr)}`;

/** What is done with rows by a function. */
export const printFunction = (node: MapFunction): string =>
  `map ${{ row: 'rows', batch: 'batches', group: 'groups' }[node.per]} by ${node.name} to ${Object.entries(
    node.schema,
  )
    .map(([name, type]) => `${printName(name)}: ${typeText(type)}`)
    .join(', ')}`;

function sourceText({ source }: Extract<PlanNode, { kind: 'scan' }>): string {
  switch (source.from) {
    case 'memory':
      return `memory (${source.table.rows} rows)`;
    case 'tasks':
      return `parts (${source.inputs.length})`;
    case 'shared':
      return `shared ${source.part + 1}`;
    case 'database':
      return `${source.type} ${source.path} ${source.table.join('.')}`;
    case 'delayed':
      return `delayed (${source.parts.length})`;
    case 'held':
      return `persisted (${source.part === undefined ? source.holding.parts.length : `partition ${source.part}`})`;
    case 'array':
      return `array (${source.array.shape.join(' × ')})`;
    case 'files': {
      const first = source.files[0]?.path ?? 'none';
      const more = source.files.length > 1 ? ` and ${source.files.length - 1} more` : '';
      return `${source.format} ${first}${more}${source.of === undefined ? '' : ` (${source.files.length} of ${source.of} files)`}`;
    }
  }
}
