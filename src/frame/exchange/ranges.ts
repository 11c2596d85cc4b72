import { callNode, columnNode, type ExprNode, type LiteralValue, literalNode } from '../expr/node.js';
import { conjunctsOf, mayPass } from '../optimize/index.js';
import * as make from '../plan/make.js';
import type { JoinNode, PlanNode, Ranges, RepartitionNode, SortNode } from '../plan/node.js';
import type { Bound } from '../plan/source.js';
import type { ColumnType } from '../types.js';
import {
  columnsOfParts,
  forgetOrder,
  IN_PLACE,
  itself,
  mapParts,
  NO_ORDER,
  ORDER,
  type Parts,
  ROW_NUMBER,
  readTasks,
} from './parts.js';
import type { Planner } from './planner.js';
import { ranged } from './sort.js';
import { sizeOf } from './split.js';
import type { Fragment } from './task.js';

/** Rows in ranges of a column, each sorted. Where divisions are known, ranges are left out of which no row passes the filters below. */
export function planRanges(planner: Planner, node: SortNode, { partitions, divisions }: Ranges): Parts {
  const { keys } = node;
  const input = forgetOrder(planner.parts(node.input));
  const count = partitions ?? planner.partitions;
  const [key] = keys;
  const apart = divisions
    ? remaining(divided(planner, input, key!.expr, divisions), node.input, key!.expr)
    : count === 1
      ? planner.gathered(input)
      : ranged(planner, input, keys, { size: sizeOf(node.input, planner.facts), spread: false, count });
  return mapParts(apart, (plan) => make.sort(plan, keys), { order: IN_PLACE });
}

/** The inner ones: what lies beyond the outer ones is in the first and in the last range. */
const cutsOf = (divisions: readonly LiteralValue[]): readonly LiteralValue[] => divisions.slice(1, -1);

/** Every row in the range that its value lies in. */
function divided(planner: Planner, parts: Parts, expr: ExprNode, divisions: readonly LiteralValue[]): Parts {
  const cuts = cutsOf(divisions);
  const part = (low: number, high: number): ExprNode => {
    if (low === high) return literalNode(low);
    const middle = (low + high) >> 1;
    const when = callNode('lt', expr, literalNode(cuts[middle]!));
    // What is null is not less, and so comes last, as it is sorted.
    return {
      kind: 'case',
      branches: [{ when, value: part(low, middle) }],
      otherwise: part(middle + 1, high),
    };
  };
  const count = cuts.length + 1;
  const output = { by: 'expression', parts: count, part: part(0, cuts.length) } as const;
  const indexes = Array.from({ length: count }, (_, i) => i);
  return planner.exchange(parts, count, (fragment) => [fragment, output], {
    order: NO_ORDER,
    together:
      expr.kind === 'column'
        ? { columns: [expr.name], hashed: false, divisions: { values: divisions, indexes } }
        : undefined,
  });
}

/** Without the partitions of ranges of which no row passes the filters that are below. */
function remaining(parts: Parts, below: PlanNode, expr: ExprNode): Parts {
  const divisions = parts.together?.divisions;
  if (!divisions || expr.kind !== 'column') return parts;
  const type = typeOf(divisions.values);
  const cuts = cutsOf(divisions.values).map((value) => boundOf(value));
  const conditions = conditionsOn(below, expr.name);
  const indexes = divisions.indexes.filter((i) => {
    const least = cuts[i - 1];
    const greatest = cuts[i];
    const statistics = { ...(least !== undefined && { least }), ...(greatest !== undefined && { greatest }) };
    return conditions.every(({ predicate, column }) =>
      mayPass(predicate, { path: '', bytes: 0, statistics: { [column]: statistics } }, { [column]: type }),
    );
  });
  // One stays, for its columns.
  return picked(parts, indexes.length > 0 ? indexes : [0]);
}

/** The partitions of some of the ranges. */
function picked(parts: Parts, indexes: readonly number[]): Parts {
  const { together } = parts;
  const divisions = together!.divisions!;
  return {
    ...parts,
    fragments: indexes.map((index) => parts.fragments[divisions.indexes.indexOf(index)]!),
    together: { ...together!, divisions: { ...divisions, indexes } },
    whole: undefined,
  };
}

/** What rows have passed, and what the column was called there. */
function conditionsOn(plan: PlanNode, column: string): { predicate: ExprNode; column: string }[] {
  switch (plan.kind) {
    case 'scan':
      return plan.filters.map((predicate) => ({ predicate, column }));
    case 'filter':
      return [
        ...conjunctsOf(plan.predicate).map((predicate) => ({ predicate, column })),
        ...conditionsOn(plan.input, column),
      ];
    case 'project': {
      const expr = plan.items.find(({ name }) => name === column)?.expr;
      return expr?.kind === 'column' ? conditionsOn(plan.input, expr.name) : [];
    }
    case 'sort':
    case 'repartition':
      return conditionsOn(plan.input, column);
    default:
      return [];
  }
}

/** A type that values of divisions compare as. */
function typeOf(values: readonly LiteralValue[]): ColumnType {
  const [first] = values;
  if (first instanceof Date) return 'timestamp';
  if (typeof first === 'string') return 'string';
  return values.every((value) => typeof value === 'bigint' || Number.isSafeInteger(value))
    ? 'int64'
    : 'float64';
}

const boundOf = (value: LiteralValue): Bound =>
  value instanceof Date ? BigInt(value.getTime()) * 1000n : (value as Bound);

/** Both sides of a join in the same ranges, where one of them is in known ranges of what is equal; undefined where none is. */
export function rangePairs(
  planner: Planner,
  { how }: JoinNode,
  on: JoinNode['on'],
  left: Parts,
  right: Parts,
): { readonly left: Parts; readonly right: Parts; readonly together: Parts['together'] } | undefined {
  const [only, ...others] = on;
  if (others.length > 0 || only?.left.kind !== 'column' || only.right.kind !== 'column') return undefined;
  const known = ({ together }: Parts, { name }: { readonly name: string }) =>
    together?.columns[0] === name ? together.divisions?.values : undefined;
  const values = known(left, only.left) ?? known(right, only.right);
  if (!values) return undefined;
  const same = (parts: Parts, column: typeof only.left & { kind: 'column' }): Parts => {
    const own = known(parts, column);
    return own && sameValues(own, values) ? parts : divided(planner, parts, column, values);
  };
  const l = same(left, only.left);
  const r = same(right, only.right);
  const indexes = indexesOf(how, l.together!.divisions!.indexes, r.together!.divisions!.indexes);
  if (!indexes) return undefined;
  const sides = { left: picked(l, indexes), right: picked(r, indexes) };
  return { ...sides, together: (how === 'right' ? sides.right : sides.left).together };
}

/** Ranges that a join has rows of; undefined where a side is not there in one of them. */
function indexesOf(
  how: JoinNode['how'],
  left: readonly number[],
  right: readonly number[],
): readonly number[] | undefined {
  const common = left.filter((index) => right.includes(index));
  if (how === 'inner' || how === 'semi') return common.length > 0 ? common : undefined;
  const wanted = how === 'right' ? right : how === 'full' ? [...new Set([...left, ...right])] : left;
  return wanted.length === common.length ? common : undefined;
}

const sameValues = (a: readonly LiteralValue[], b: readonly LiteralValue[]): boolean =>
  a.length === b.length && a.every((value, i) => boundOf(value) === boundOf(b[i]!));

/** The same rows, in their order: neighbours are read as one, or each partition is cut into pieces. */
export function planRepartition(planner: Planner, { input, partitions }: RepartitionNode): Parts {
  const parts = planner.restored(planner.parts(input));
  const before = parts.fragments.length;
  if (before === partitions) return parts;
  const columns = columnsOfParts(parts);
  const changes = { order: parts.order, together: undefined, whole: parts.whole };
  if (partitions < before) {
    const keys = planner.written(parts);
    const group = (i: number): readonly string[] =>
      keys.slice(bound(i, before, partitions), bound(i + 1, before, partitions));
    return {
      ...changes,
      fragments: Array.from({ length: partitions }, (_, i) => readTasks(group(i), 0, columns)),
      together: parts.together && { columns: parts.together.columns, hashed: false },
    };
  }
  const fragments = parts.fragments.flatMap((fragment, i) =>
    pieces(planner, fragment, bound(i + 1, partitions, before) - bound(i, partitions, before), columns),
  );
  return { ...changes, fragments };
}

/** Where the i-th of `parts` shares of some things begins. */
const bound = (i: number, things: number, parts: number): number => Math.floor((i * things) / parts);

/** Consecutive pieces of a partition, of equal size. */
function pieces(
  planner: Planner,
  { plan, inputs }: Fragment,
  count: number,
  columns: readonly string[],
): readonly Fragment[] {
  if (count === 1) return [{ plan, inputs }];
  const numbered = make.project(plan, [...plan.columns.map(itself), { name: ORDER, expr: ROW_NUMBER }]);
  const all: ExprNode = {
    kind: 'window',
    fn: 'size',
    args: [],
    partitionBy: [],
    orderBy: [],
    ordered: false,
  };
  const before = callNode('mul', callNode('sub', columnNode(ORDER), literalNode(1)), literalNode(count));
  const key = planner.write(
    { plan: numbered, inputs },
    { by: 'expression', parts: count, part: callNode('floorDiv', before, all) },
  );
  return Array.from({ length: count }, (_, part) => readTasks([key], part, columns));
}
