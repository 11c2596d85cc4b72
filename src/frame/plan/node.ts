import type { ExprNode, LiteralValue, SortKey } from '../expr/node.js';
import type { Schema } from '../types.js';
import type { Source } from './source.js';

/**
 * A relational plan, as plain frozen data: what a frame is made of. Every node knows the names of its columns; types of columns
 * are found when the plan is bound to data (`Database.schemaOf`).
 */
export type PlanNode =
  | ScanNode
  | ProjectNode
  | FilterNode
  | AggregatePlan
  | JoinNode
  | SortNode
  | RepartitionNode
  | LimitNode
  | DistinctNode
  | UnionNode
  | ExplodeNode
  | UnpivotNode
  | SampleNode
  | SqlNode
  | MapNode;

interface Base {
  readonly columns: readonly string[];
}

/** Files, or a table in memory. */
export interface ScanNode extends Base {
  readonly kind: 'scan';
  readonly source: Source;
  /** What the reader may leave out already: conditions on its columns. */
  readonly filters: readonly ExprNode[];
}

export interface Item {
  readonly name: string;
  readonly expr: ExprNode;
}

export interface ProjectNode extends Base {
  readonly kind: 'project';
  readonly input: PlanNode;
  readonly items: readonly Item[];
}

export interface FilterNode extends Base {
  readonly kind: 'filter';
  readonly input: PlanNode;
  readonly predicate: ExprNode;
}

export interface AggregatePlan extends Base {
  readonly kind: 'aggregate';
  readonly input: PlanNode;
  readonly keys: readonly Item[];
  readonly items: readonly Item[];
  /** Whether what reads it puts groups of equal keys together anyway. */
  readonly partial?: true;
}

export type JoinHow = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti' | 'cross' | 'asof';

export interface JoinNode extends Base {
  readonly kind: 'join';
  readonly left: PlanNode;
  readonly right: PlanNode;
  readonly how: JoinHow;
  /** Pairs of expressions, of the left and of the right, that are equal. */
  readonly on: readonly { readonly left: ExprNode; readonly right: ExprNode }[];
  /** Of an asof join: the pair that is compared, and which of the right's rows is meant. */
  readonly asof?: {
    readonly left: ExprNode;
    readonly right: ExprNode;
    readonly direction: 'backward' | 'forward';
    /** Whether rows of the same place do not match. */
    readonly strict?: true;
  };
  /** What is in the result, from which side. */
  readonly output: readonly {
    readonly name: string;
    readonly side: 'left' | 'right' | 'both';
    readonly column: string;
    readonly other?: string;
  }[];
}

export interface SortNode extends Base {
  readonly kind: 'sort';
  readonly input: PlanNode;
  readonly keys: readonly SortKey[];
  /** What its partitions are to be: ranges of the key, whole. */
  readonly ranges?: Ranges;
}

/** Ranges of a column, in which equal values are together. */
export interface Ranges {
  /** How many; as many as the plan is computed in, where neither this nor divisions are said. */
  readonly partitions?: number;
  /** Where each begins, and where the last ends. */
  readonly divisions?: readonly LiteralValue[];
}

/** The same rows in another number of partitions. */
export interface RepartitionNode extends Base {
  readonly kind: 'repartition';
  readonly input: PlanNode;
  readonly partitions: number;
}

export interface LimitNode extends Base {
  readonly kind: 'limit';
  readonly input: PlanNode;
  readonly count: number | undefined;
  readonly offset: number;
}

export interface DistinctNode extends Base {
  readonly kind: 'distinct';
  readonly input: PlanNode;
  /** Which columns must differ; the first row of each is kept. All, where absent. */
  readonly on?: readonly string[];
}

/** Rows of all, one after another; columns by name. */
export interface UnionNode extends Base {
  readonly kind: 'union';
  readonly inputs: readonly PlanNode[];
}

/** A row for each element of lists. */
export interface ExplodeNode extends Base {
  readonly kind: 'explode';
  readonly input: PlanNode;
  readonly lists: readonly string[];
}

/** Columns become rows: their names in one column, their values in another. */
export interface UnpivotNode extends Base {
  readonly kind: 'unpivot';
  readonly input: PlanNode;
  readonly values: readonly string[];
  readonly variable: string;
  readonly value: string;
}

export interface SampleNode extends Base {
  readonly kind: 'sample';
  readonly input: PlanNode;
  readonly fraction: number;
  readonly seed: number;
}

/** SQL of the user's own over named plans. */
export interface SqlNode extends Base {
  readonly kind: 'sql';
  readonly text: string;
  readonly inputs: readonly { readonly name: string; readonly plan: PlanNode }[];
}

/** A user's function over batches of rows. */
export interface MapNode extends Base, MapFunction {
  readonly kind: 'map';
  readonly input: PlanNode;
}

/** What is done with rows, wherever they come from. */
export interface MapFunction {
  /** What the function is, as `graph/functions.ts` ships it. */
  readonly fn: unknown;
  readonly name: string;
  readonly schema: Schema;
  readonly batchRows: number;
  /** 'batch': columns in, columns out. 'row': a row in, a row out. 'group': the rows of a group in, columns out. */
  readonly per: 'batch' | 'row' | 'group';
  /** Whether batches are Arrow tables. */
  readonly arrow: boolean;
  /** Columns of the input that stay beside what the function gives for a row. */
  readonly keep: readonly string[];
  /** What groups are made by. */
  readonly keys: readonly Item[];
  readonly retries?: number;
}
