import { tokenize } from '../../graph/key.js';
import type { Graph, Key, Task } from '../../graph/task.js';
import type { DType } from '../../kernels/dtype.js';
import type { PassedAs } from '../../lazy/index.js';
import type { ExprNode, SortKey } from '../expr/node.js';
import type { FileKind } from '../files/copy.js';
import type { Staging } from '../files/staging.js';
import type { CustomAggregates } from '../map/customs.js';
import type { RowsLayout } from '../map/rows-file.js';
import type { MapFunction, PlanNode } from '../plan/node.js';
import { rewrite } from '../plan/walk.js';
import type { Batch } from '../result/column.js';
import type { Schema } from '../types.js';

/**
 * What exchanges are made of: tasks as plain data, as arrays have them. Their keys are hashes of the work, so equal parts of plans are
 * computed once, and any engine could run them.
 */
export type FrameTask =
  | FragmentTask
  | BlocksTask
  | ValuesTask
  | ArrayTask
  | ExportTask
  | BoundariesTask
  | OffsetTask
  | ApplyTask
  | GroupsTask
  | PartialTask
  | MergeTask;

/** Computes a plan, whose leaves may be what tasks before wrote, and writes its rows as Parquet, in one part or in several. */
export interface FragmentTask extends Task {
  readonly op: 'frame/fragment';
  readonly params: FragmentParams;
}

export interface FragmentParams {
  readonly plan: PlanNode;
  readonly output: Output;
}

/**
 * Which part a row goes to: the only one; that one, as the functions of users read it; a number from 0, by an expression; the range that its
 * sort keys lie in.
 */
export type Output =
  | { readonly by: 'one' }
  | { readonly by: 'rows'; readonly layout: RowsLayout }
  | { readonly by: 'expression'; readonly parts: number; readonly part: ExprNode }
  | {
      readonly by: 'range';
      readonly parts: number;
      readonly keys: readonly SortKey[];
      /** Which input's value has the boundaries. */
      readonly boundaries: number;
      /** Whether rows of equal keys may go to several parts, where they are more than one should take: the order of the sort stays. */
      readonly spread: boolean;
    };

/** How a partition is held, whole: for further plans, or for threads. */
export type HeldOutput = Extract<Output, { readonly by: 'one' | 'rows' }>;

/** Blocks of an array that lie side by side, as rows. */
export interface BlocksTask extends Task {
  readonly op: 'frame/blocks';
  readonly params: { readonly schema: Schema };
}

/** A delayed value as rows. */
export interface ValuesTask extends Task {
  readonly op: 'frame/values';
  readonly params: {
    readonly schema: Schema;
    /** Which part of its frame it is. */
    readonly part: number;
    readonly as?: PassedAs | undefined;
  };
}

/** A partition of numbers, stored so that blocks of an array are made of it. */
export interface ArrayTask extends Task {
  readonly op: 'frame/array';
  readonly params: {
    readonly plan: PlanNode;
    /** Of all columns. */
    readonly dtype: DType;
    readonly chunkRows: number;
  };
}

/** Computes a partition of the result, and writes it to files of the user's. */
export interface ExportTask extends Task {
  readonly op: 'frame/export';
  readonly params: {
    readonly plan: PlanNode;
    /** Which partition. */
    readonly part: number;
    readonly kind: FileKind;
    readonly to: Staging;
  };
}

/** Sorts what its inputs wrote, and yields the keys that cut it into parts of equal size. */
export interface BoundariesTask extends Task {
  readonly op: 'frame/boundaries';
  readonly params: { readonly keys: readonly SortKey[]; readonly parts: number };
}

/** How many rows there are up to the end of stored rows (the first input): those before them (the second, where there are any) and these. */
export interface OffsetTask extends Task {
  readonly op: 'frame/offset';
  readonly params: Readonly<Record<string, never>>;
}

/** A user's function over stored rows (the first input), before which so many stand as the second says. */
export interface ApplyTask extends Task {
  readonly op: 'frame/apply';
  readonly params: MapFunction;
}

/** Users' aggregates of groups that are whole in some stored rows. */
export interface GroupsTask extends Task {
  readonly op: 'frame/groups';
  readonly params: CustomAggregates;
}

/** A partial result of users' aggregates of some stored rows. */
export interface PartialTask extends Task {
  readonly op: 'frame/partial';
  readonly params: CustomAggregates;
}

/** Partial results as one, or, in the end, as the row that they give. */
export interface MergeTask extends Task {
  readonly op: 'frame/merge';
  readonly params: { readonly aggregates: CustomAggregates; readonly last: boolean };
}

/** A plan and the tasks that its `TaskSource`s number. */
export interface Fragment {
  readonly plan: PlanNode;
  readonly inputs: readonly Key[];
}

/** What is to be done: the tasks, inputs first, and the fragments whose rows, one after another, are the result. */
export interface FrameGraph {
  readonly tasks: ReadonlyMap<Key, FrameTask>;
  /** Tasks of arrays, whose blocks some of those read, and of delayed values. */
  readonly blocks: Graph;
  readonly result: readonly Fragment[];
  /** Of which tasks it must be known how much they leave before the rest can be chosen as well as may be: another graph is made then, with the same tasks. */
  readonly wanted: readonly Key[];
  /** What was chosen by size, and by what size, as text. */
  readonly reasons: readonly string[];
}

const contents = new WeakMap<Batch, string>();

/** Rows in memory are hashed once. */
function contentOf(rows: Batch): string {
  let token = contents.get(rows);
  if (token === undefined) {
    token = tokenize(rows);
    contents.set(rows, token);
  }
  return token;
}

const withoutRows = (plan: PlanNode): PlanNode =>
  rewrite(plan, (node) =>
    node.kind === 'scan' && node.source.from === 'memory'
      ? { ...node, source: { ...node.source, table: contentOf(node.source.table) as never } }
      : node,
  );

export function fragmentTask({ plan, inputs }: Fragment, output: Output): FragmentTask {
  const op = 'frame/fragment';
  const key = `${op}-${tokenize([withoutRows(plan), inputs, output])}`;
  return Object.freeze({ key, op, inputs, params: Object.freeze({ plan, output }) });
}

/** A task that depends on nothing but its inputs and parameters. */
export function taskOf<T extends Exclude<FrameTask, FragmentTask>>(
  op: T['op'],
  inputs: readonly Key[],
  params: T['params'],
): T {
  const hashed = 'plan' in params ? { ...params, plan: withoutRows(params.plan) } : params;
  return Object.freeze({ key: `${op}-${tokenize([inputs, hashed])}`, op, inputs, params }) as T;
}
