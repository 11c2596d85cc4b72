import type { TileArray } from '../../array/array.js';
import type { DType } from '../../kernels/dtype.js';
import type { LazyInput } from '../../lazy/index.js';
import type { ExprNode, LiteralValue, SortKey } from '../expr/node.js';
import type { Batch } from '../result/column.js';
import type { Schema } from '../types.js';
import type { Holding } from './holding.js';

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

/** Where rows come from, as data. */
export type Source =
  | FileSource
  | MemorySource
  | TaskSource
  | DatabaseSource
  | ArraySource
  | SharedSource
  | HeldSource
  | DelayedSource;

export type FileFormat = 'parquet' | 'csv' | 'json';

export interface FileSource {
  readonly from: 'files';
  readonly format: FileFormat;
  readonly files: readonly FileInfo[];
  /** Options of DuckDB's reader, by its names. */
  readonly options: { readonly [name: string]: ReaderOption };
  readonly schema: Schema;
  /** What columns become, as DuckDB names it, where some of the files alone would be read as something else. */
  readonly types?: { readonly [column: string]: string };
  /** Of those, columns that none of the files has: they are null. */
  readonly absent?: readonly string[];
  /** How many files there are, where statistics left out some. */
  readonly of?: number;
}

export interface FileInfo {
  readonly path: string;
  readonly bytes: number;
  /** Of the file as it was when the frame was made; one that has changed is refused. */
  readonly modified?: number;
  /** Rows of Parquet files. */
  readonly rows?: number;
  /** Only rows from … to before …, counted within the file. */
  readonly range?: readonly [number, number];
  /** Names of its columns, where files have different ones. */
  readonly columns?: readonly string[];
  /** What the file says of its columns, where that was read. */
  readonly statistics?: { readonly [column: string]: ColumnStatistics };
}

/** Between what the values of a column lie. */
export interface ColumnStatistics {
  readonly least?: Bound;
  readonly greatest?: Bound;
  /** How many are null. */
  readonly nulls?: number;
}

/** A value that can be compared: times in microseconds since 1970, dates too, booleans as 0 and 1. */
export type Bound = number | bigint | string;

export type ReaderOption = boolean | number | string | readonly string[] | readonly NamedType[];

/** A column and its type as DuckDB writes it. In lists of such the order is that of the file: objects put names like "2024" first. */
export type NamedType = readonly [name: string, type: string];

/** A table of another database. */
export interface DatabaseSource {
  readonly from: 'database';
  readonly path: string;
  /** 'duckdb', or what an extension of DuckDB reads. */
  readonly type: string;
  /** Name of the table, with those of its schema before it where there is one. */
  readonly table: readonly string[];
  readonly schema: Schema;
  /** Only rows whose ids lie from … to before …; to the last, where there is no second. */
  readonly range?: readonly [number, number?];
}

/** Rows that lie in memory. */
export interface MemorySource {
  readonly from: 'memory';
  readonly schema: Schema;
  readonly table: Batch;
  /** Only rows from … to before …. */
  readonly range?: readonly [number, number];
}

/** Parquet files that tasks of the same graph write. */
export interface TaskSource {
  readonly from: 'tasks';
  /** Which of the fragment's inputs, and which of the files that each wrote. */
  readonly inputs: readonly { readonly input: number; readonly part: number }[];
}

/** What a part of the same statement gives, which is computed once for all that read it. */
export interface SharedSource {
  readonly from: 'shared';
  readonly part: number;
}

/** Partitions that an engine holds, since `persist`. */
export interface HeldSource {
  readonly from: 'held';
  readonly schema: Schema;
  readonly holding: Holding;
  /** Which one of them only. */
  readonly part?: number;
}

/** Delayed values, of which each becomes a partition when the plan is computed. */
export interface DelayedSource {
  readonly from: 'delayed';
  readonly schema: Schema;
  readonly parts: readonly LazyInput[];
}

/** An array of numbers, whose blocks are computed when the plan is. */
export interface ArraySource {
  readonly from: 'array';
  readonly schema: Schema;
  readonly array: TileArray<DType>;
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

/** Columns of a function's input that stand beside what it gives: those that are kept, or the keys of groups. */
export const namesBeside = ({ keep, keys, schema }: MapFunction): readonly string[] =>
  [...keep, ...keys.map(({ name }) => name)].filter((name) => !Object.hasOwn(schema, name));

/** The plans directly below. */
export function inputsOf(node: PlanNode): readonly PlanNode[] {
  switch (node.kind) {
    case 'scan':
      return [];
    case 'join':
      return [node.left, node.right];
    case 'union':
      return node.inputs;
    case 'sql':
      return node.inputs.map(({ plan }) => plan);
    default:
      return [node.input];
  }
}

/** The same node over other inputs. */
export function withInputs(node: PlanNode, inputs: readonly PlanNode[]): PlanNode {
  switch (node.kind) {
    case 'scan':
      return node;
    case 'join':
      return Object.freeze({ ...node, left: inputs[0]!, right: inputs[1]! });
    case 'union':
      return Object.freeze({ ...node, inputs });
    case 'sql':
      return Object.freeze({
        ...node,
        inputs: node.inputs.map((input, i) => ({ ...input, plan: inputs[i]! })),
      });
    case 'filter':
    case 'sort':
    case 'limit':
    case 'distinct':
    case 'sample':
    case 'repartition':
    case 'explode':
      return Object.freeze({ ...node, input: inputs[0]!, columns: inputs[0]!.columns });
    default:
      return Object.freeze({ ...node, input: inputs[0]! });
  }
}

/** The same plan with every node rewritten, inputs first. */
export const rewrite = (node: PlanNode, f: (node: PlanNode) => PlanNode): PlanNode =>
  f(
    withInputs(
      node,
      inputsOf(node).map((input) => rewrite(input, f)),
    ),
  );
