import { Delayed } from '../delayed/delayed.js';
import { type Called, callNode } from '../delayed/node.js';
import { tokenize } from '../graph/key.js';
import type { LazyInput } from '../lazy/index.js';
import type { CombineCommon, PartCommon } from './ops/part.js';
import { type BagPlan, Draft, type End, type FoldSpec, type PartArgument, planOf } from './plan.js';

/** A callee of an operation of ours: what its calls share is part of their keys. */
function callee(name: string, op: string, common: object): Called {
  return { name, op, common: Object.freeze(common), token: tokenize([op, common]) };
}

const PICK = callee('pick', 'bag/pick', {});
const LIST = callee('list', 'bag/list', {});
const LAST = callee('last', 'bag/last', {});

const known = new WeakMap<BagPlan, readonly LazyInput[]>();

/** The partitions of a bag: a task each, whatever number of steps there is. */
export function nodesOf(plan: BagPlan): readonly LazyInput[] {
  let nodes = known.get(plan);
  if (nodes === undefined) {
    nodes = Object.freeze(plan.steps.length === 0 ? bareNodes(plan) : partNodes(plan, plan, null));
    known.set(plan, nodes);
  }
  return nodes;
}

/** What is a partition already needs no task. */
function bareNodes(plan: BagPlan): readonly LazyInput[] {
  const ready = plan.sources.map((source) =>
    source.of === 'packed' && source.parts.length === 1 ? (source.parts[0] as Delayed).node : undefined,
  );
  if (!ready.includes(undefined)) return ready as LazyInput[];
  const made = partNodes(plan, plan, null);
  return ready.map((node, i) => node ?? made[i]!);
}

function partNodes(
  plan: BagPlan,
  { functions, args }: Pick<BagPlan, 'functions' | 'args'>,
  end: End | null,
  name = plan.name,
): LazyInput[] {
  const common: PartCommon = { steps: plan.steps, end, ...functions };
  const called = callee(name, 'bag/part', common);
  const argument = (arg: PartArgument, i: number): unknown => ('each' in arg ? arg.each[i] : arg.all);
  return plan.sources.map((source, i) => callNode(called, [source, ...args.map((arg) => argument(arg, i))]));
}

/** The partitions of a bag, taken to an end by the tasks that make them. */
export function endNodes(plan: BagPlan, label: string, make: (draft: Draft) => End): LazyInput[] {
  const draft = new Draft(plan);
  const end = make(draft);
  return partNodes(plan, draft, end, `${plan.name}-${label}`);
}

export interface FoldOptions {
  readonly label: string;
  /** Of how many states one is made. */
  readonly splitEvery: number;
  readonly to: 'value' | 'partition';
}

/** A bag folded: each partition by its task, and what these give as a tree. */
export function foldNode(
  plan: BagPlan,
  { label, splitEvery, to }: FoldOptions,
  make: (draft: Draft) => FoldSpec,
): LazyInput {
  // Functions of a fold stand alone in the tasks of its tree.
  const alone = new Draft(planOf('', []));
  const fold = make(alone);
  let level = endNodes(plan, label, (draft) => ({ to: 'fold', fold: make(draft) }));
  const called = (how: CombineCommon['to']): Called =>
    callee(how === 'state' ? `${label}-combine` : label, 'bag/combine', {
      fold,
      to: how,
      ...alone.functions,
    });
  const inner = called('state');
  while (level.length > splitEvery)
    level = chunks(level, splitEvery).map((some) => callNode(inner, [lazies(some)]));
  return callNode(called(to), [lazies(level)]);
}

/** Each partition in so many pieces, of which each is a partition for itself: by partition, by piece. */
export const pieceNodes = (nodes: readonly LazyInput[], pieces: (i: number) => number): LazyInput[][] =>
  nodes.map((node, i) =>
    Array.from({ length: pieces(i) }, (_, piece) => callNode(PICK, [new Delayed(node), piece])),
  );

/** Each partition cut evenly into so many, by one task; what is to stay whole is not cut. */
export function cutNodes(plan: BagPlan, pieces: (i: number) => number): LazyInput[] {
  const whole = nodesOf(plan);
  const cut = endNodes(plan, 'cut', (draft) => ({
    to: 'cut',
    pieces: draft.arg({ each: whole.map((_, i) => pieces(i)) }),
  }));
  return pieceNodes(cut, pieces).flatMap((some, i) => (some.length === 1 ? [whole[i]!] : some));
}

/** The elements of partitions as one list. */
export const listNode = (nodes: readonly LazyInput[]): LazyInput => callNode(LIST, [lazies(nodes)]);

/** The last element of a partition as a list, else what stood before it. */
export const lastNode = (node: LazyInput, before: unknown): LazyInput =>
  callNode(LAST, [new Delayed(node), before]);

/** Nodes as they stand in arguments. */
export const lazies = (nodes: readonly LazyInput[]): Delayed[] => nodes.map((node) => new Delayed(node));

const chunks = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
