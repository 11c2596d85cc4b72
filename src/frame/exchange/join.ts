import { formatBytes } from '../../watch/progress.js';
import type { ExprNode } from '../expr/node.js';
import type { JoinNode, PlanNode } from '../plan/node.js';
import { describeNode } from '../plan/print.js';
import { both, oneOf } from './pairs.js';
import { columnsOfParts, forgetOrder, NO_ORDER, type Parts, readTasks, type Together } from './parts.js';
import type { Planner } from './planner.js';
import { rangePairs } from './ranges.js';
import { reducedJoin } from './reduce.js';
import { isCheap } from './sort.js';
import { guessOf, sizeOf, sizeText } from './split.js';

/** What is read by many tasks rather than written by one before: opening a file and reading little of it takes no longer. */
const LITTLE_BYTES = 2 ** 20;

type Side = 'left' | 'right';

/** Joins whose result has every row of a side once: only the other can be given to all partitions. */
const BROADCAST: Readonly<Record<JoinNode['how'], readonly Side[]>> = {
  inner: ['right', 'left'],
  cross: ['right', 'left'],
  left: ['right'],
  semi: ['right'],
  anti: ['right'],
  asof: ['right'],
  right: ['left'],
  full: [],
};

const NUMBERS = /^(U?(TINYINT|SMALLINT|INTEGER|BIGINT)|FLOAT|DOUBLE)$/;

/** A join in partitions. A side that is small, or is measured to be, goes to every partition of the other; else both are shuffled by what is equal. */
export function planJoin(planner: Planner, node: JoinNode): Parts {
  const left = forgetOrder(planner.parts(node.left));
  const right = forgetOrder(planner.parts(node.right));
  if (left.whole && right.whole && planner.isSmall(left.whole, right.whole)) {
    planner.reasons.push(`${describeNode(node)}: in one partition, since what both sides read is little`);
    return pair(node, planner.gathered(left), planner.gathered(right), undefined);
  }
  if (left.fragments.length === 1 && right.fragments.length === 1)
    return pair(node, left, right, carriedOver(node, 'left', left.together));
  const on = hashable(planner, node);
  const side = broadcastSide(planner, node, { left, right }, on === undefined);
  const sizes = (['left', 'right'] as const).map(
    (each) => `${each} ${sizeText(sizeOf(node[each], planner.facts))}`,
  );
  const how = side
    ? `broadcast ${side}`
    : on
      ? 'both sides by what is equal'
      : 'gathered: nothing is equal that has a hash';
  planner.reasons.push(`${describeNode(node)}: ${how}; ${sizes.join('; ')}`);
  if (side) return broadcast(planner, node, left, right, side);
  if (!on) return pair(node, planner.gathered(left), planner.gathered(right), undefined);
  return shuffled(planner, node, on, left, right);
}

/** The pairs to be hashed: of types whose equal values have equal hashes. Undefined where there are none. */
function hashable(planner: Planner, node: JoinNode): JoinNode['on'] | undefined {
  if (node.on.length === 0) return undefined;
  const types = planner.facts.joinTypes.get(node);
  const pairs = node.on.map(({ left, right }, i) => {
    const [a, b] = types?.[i] ?? ['', ''];
    if (a === b && a !== '') return { left, right };
    // Numbers that are equal are equal as float64, and then have the same hash.
    if (NUMBERS.test(a) && NUMBERS.test(b)) return { left: float(left), right: float(right) };
    return undefined;
  });
  return pairs.every((found) => found !== undefined) ? pairs : undefined;
}

const float = (value: ExprNode): ExprNode => ({ kind: 'cast', value, to: 'float64', strict: true });

function broadcastSide(
  planner: Planner,
  node: JoinNode,
  parts: Readonly<Record<Side, Parts>>,
  must: boolean,
): Side | undefined {
  const sides = BROADCAST[node.how].map((side) => ({
    side,
    bytes: Math.min(
      sizeOf(node[side], planner.facts)?.bytes ?? Infinity,
      parts[side].fragments.length === 1 ? planner.bytesOf(parts[side].fragments[0]!) : Infinity,
    ),
  }));
  sides.sort((a, b) => a.bytes - b.bytes);
  const [smallest] = sides;
  if (!smallest) return undefined;
  if (smallest.bytes <= planner.options.broadcastBytes) return smallest.side;
  return must ? (sides.find(({ side }) => side === 'right') ?? smallest).side : undefined;
}

function broadcast(planner: Planner, node: JoinNode, left: Parts, right: Parts, small: Side): Parts {
  const few = planner.small(small === 'right' ? right : left);
  const many = small === 'right' ? left : right;
  const [only] = few.fragments;
  // One file, of which DuckDB knows more than of many; what is little and read as it is needs none.
  const isLittle =
    few.fragments.length === 1 &&
    only!.inputs.length === 0 &&
    isCheap(only!.plan) &&
    planner.bytesOf(only!) <= LITTLE_BYTES;
  const all = isLittle || isStored(few) ? only! : readTasks(planner.written(few), 0, columnsOfParts(few));
  const fragments = many.fragments.map((fragment) =>
    small === 'right' ? both(node, fragment, all) : both(node, all, fragment),
  );
  const side = small === 'right' ? 'left' : 'right';
  return {
    fragments,
    order: NO_ORDER,
    together: carriedOver(node, side, many.together),
    whole: wholeOf(node, left, right),
  };
}

function shuffled(planner: Planner, node: JoinNode, on: JoinNode['on'], left: Parts, right: Parts): Parts {
  const ranges = rangePairs(planner, node, on, left, right);
  if (ranges)
    return pair(
      node,
      ranges.left,
      ranges.right,
      carriedOver(node, node.how === 'right' ? 'right' : 'left', ranges.together),
    );
  // Where a side lies by the hashes of some of the columns already, the other is brought there.
  const known = (parts: Parts, side: Side): JoinNode['on'] | undefined => {
    if (!parts.together?.hashed || parts.fragments.length !== planner.partitions) return undefined;
    const pairs = parts.together.columns.map((column) =>
      on.find((each) => each[side].kind === 'column' && each[side].name === column),
    );
    return pairs.every((each) => each !== undefined) ? pairs : undefined;
  };
  const byLeft = known(left, 'left');
  const byRight = byLeft ? undefined : known(right, 'right');
  const by = byLeft ?? byRight ?? on;
  const lies = (parts: Parts, side: Side): boolean =>
    parts.together?.hashed === true &&
    parts.fragments.length === planner.partitions &&
    parts.together.columns.length === by.length &&
    by.every((each, i) => each[side].kind === 'column' && each[side].name === parts.together!.columns[i]);
  const sides: Record<Side, Parts> = { left, right };
  const apart = (side: Side): Parts =>
    lies(sides[side], side)
      ? sides[side]
      : planner.apart(
          sides[side],
          by.map((each) => each[side]),
        );
  const { broadcastBytes } = planner.options;
  const reduced = reducedJoin(planner, node, left, right);
  if (reduced && 'joined' in reduced) return reduced.joined;
  if (reduced) sides.left = reduced.left;
  for (const { side, guess } of reduced?.bytes === Infinity ? [] : measurable(planner, node)) {
    if (lies(sides[side], side)) continue;
    // What is likely little is written as it is, what is not as it is shuffled.
    const stored = guess <= broadcastBytes ? planner.written(sides[side]) : undefined;
    const columns = columnsOfParts(sides[side]);
    const written = stored ? oneOf([readTasks(stored, 0, columns)]) : apart(side);
    const bytes = planner.measured(written);
    if (bytes <= broadcastBytes) {
      planner.reasons.push(`${describeNode(node)}: broadcast ${side}, which has ${formatBytes(bytes)}`);
      const few = stored ? written : planner.rejoined(written);
      return side === 'left'
        ? broadcast(planner, node, few, sides.right, side)
        : broadcast(planner, node, sides.left, few, side);
    }
    if (stored) sides[side] = oneOf(stored.map((key) => readTasks([key], 0, columns)));
    if (bytes === Infinity) break;
  }
  const l = apart('left');
  const r = apart('right');
  const side = node.how === 'right' ? 'right' : 'left';
  return pair(node, l, r, carriedOver(node, side, (side === 'left' ? l : r).together));
}

/** Sides that may be given to all partitions of the other, of which nobody knows the size. What is likely less is measured first. */
const measurable = (planner: Planner, node: JoinNode): readonly { side: Side; guess: number }[] =>
  planner.options.broadcastBytes === 0
    ? []
    : BROADCAST[node.how]
        .filter((side) => !isKnown(node[side]))
        .map((side) => ({ side, guess: guessOf(node[side], planner.facts) }))
        .sort((a, b) => a.guess - b.guess);

/** Whether rows are one fragment that reads a file of each of some tasks. */
const isStored = ({ fragments: [one, ...others] }: Parts): boolean =>
  others.length === 0 &&
  one!.plan.kind === 'scan' &&
  one!.plan.source.from === 'tasks' &&
  one!.plan.source.inputs.length === one!.inputs.length;

/** Whether the size of a side is what its files say. */
const isKnown = (plan: PlanNode): boolean =>
  (plan.kind === 'scan' && plan.filters.length === 0) || (plan.kind === 'project' && isKnown(plan.input));

/** Partitions of both sides joined one by one. */
const pair = (node: JoinNode, left: Parts, right: Parts, together: Together | undefined): Parts => ({
  fragments: left.fragments.map((fragment, i) => both(node, fragment, right.fragments[i]!)),
  order: NO_ORDER,
  together,
  whole: wholeOf(node, left, right),
});

const wholeOf = (node: JoinNode, left: Parts, right: Parts): PlanNode | undefined =>
  left.whole && right.whole && Object.freeze({ ...node, left: left.whole, right: right.whole });

/** What a side's columns that lie together are called in the result. */
function carriedOver(node: JoinNode, side: Side, together: Together | undefined): Together | undefined {
  if (!together) return undefined;
  const columns = together.columns.map((column) => {
    const found = node.output.find(
      (output) => output.column === column && (output.side === side || output.side === 'both'),
    );
    // Rows of the other side alone have nulls here, wherever they lie.
    return found && (node.how !== 'full' || found.side === 'both') ? found.name : undefined;
  });
  return columns.every((name) => name !== undefined)
    ? { ...together, columns: columns as readonly string[] }
    : undefined;
}
