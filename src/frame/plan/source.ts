import type { TileArray } from '../../array/array.js';
import type { DType } from '../../kernels/dtype.js';
import type { LazyInput } from '../../lazy/index.js';
import type { Batch } from '../result/column.js';
import type { Schema } from '../types.js';
import type { Holding } from './holding.js';

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
