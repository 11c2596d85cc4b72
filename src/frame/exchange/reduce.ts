import { formatBytes } from '../../watch/progress.js';
import * as make from '../plan/make.js';
import type { JoinNode } from '../plan/node.js';
import { describeNode } from '../plan/print.js';
import { both, oneOf } from './pairs.js';
import { columnsOfParts, mapParts, NO_ORDER, type Parts, readTasks } from './parts.js';
import type { Planner } from './planner.js';
import { guessOf } from './split.js';

/** How much more the left side may be guessed at than the right, and still be looked at first. */
const ABOUT = 2;

/**
 * A semi or anti join of a left side that is little: rows of it can be given to all partitions of the right, but not joined there, since each must be in the result once. So
 * of the right what is equal to them is looked for first (a semijoin: Bernstein and Chiu 1981), of which each value once is little too; the join then is in one partition.
 *
 * @returns the join, or the left side as it is written, where that is not known to be little; undefined where nothing was tried
 */
export function reducedJoin(
  planner: Planner,
  node: JoinNode,
  left: Parts,
  right: Parts,
): { readonly joined: Parts } | { readonly left: Parts; readonly bytes: number } | undefined {
  const { broadcastBytes } = planner.options;
  if ((node.how !== 'semi' && node.how !== 'anti') || right.fragments.length === 1) return undefined;
  const guess = guessOf(node.left, planner.facts);
  if (guess > broadcastBytes || guess > ABOUT * guessOf(node.right, planner.facts)) return undefined;
  const stored = planner.written(left);
  const columns = columnsOfParts(left);
  const few = oneOf([readTasks(stored, 0, columns)]);
  const bytes = planner.measured(few);
  if (bytes > broadcastBytes)
    return { left: oneOf(stored.map((key) => readTasks([key], 0, columns))), bytes };
  planner.reasons.push(
    `${describeNode(node)}: of right what is equal to left, which has ${formatBytes(bytes)}`,
  );
  const names = columnsOfParts(right);
  const semi: JoinNode = Object.freeze({
    ...node,
    how: 'semi',
    on: node.on.map((pair) => ({ left: pair.right, right: pair.left })),
    output: names.map((name) => ({ name, side: 'left' as const, column: name })),
    columns: names,
  });
  const equal: Parts = {
    fragments: right.fragments.map((fragment) => both(semi, fragment, few.fragments[0]!)),
    order: NO_ORDER,
    together: undefined,
    whole: undefined,
  };
  const found = planner.gathered(mapParts(equal, (plan) => make.distinct(plan)));
  return {
    joined: oneOf([both(node, few.fragments[0]!, found.fragments[0]!)]),
  };
}
