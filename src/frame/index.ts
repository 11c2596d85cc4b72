/** Lazy, typed frames larger than memory, computed by DuckDB. */

export { ColumnError, FileError, FrameError, FrameMemoryError } from './errors.js';
export type { DateAccessor } from './expr/dt.js';
export { col, desc, Expr, lit } from './expr/expr.js';
export {
  Case,
  coalesce,
  concatText,
  count,
  duration,
  greatest,
  least,
  rowNumber,
  struct,
  when,
} from './expr/functions.js';
export type { ListAccessor } from './expr/list.js';
export type { Literal, Operand, ShiftOptions, WindowOptions } from './expr/operand.js';
export type { StringAccessor } from './expr/str.js';
export type { StructAccessor } from './expr/struct.js';
export { type AnyFrame, DataFrame } from './frame.js';
export { GroupBy } from './groupby.js';
export { PersistedFrame } from './held/persisted.js';
export type { ArrowOptions, ArrowWriteOptions } from './io/arrow.js';
export type { BadRow, CsvOptions } from './io/csv.js';
export type { DatabaseOptions } from './io/database.js';
export { fromArray } from './io/from-array.js';
export { type FrameFromDelayedOptions, frameFromDelayed } from './io/from-delayed.js';
export type { JsonOptions } from './io/json.js';
export type { ParquetOptions } from './io/parquet.js';
export { csvBadRows, fromArrow, readArrow, readCsv, readDatabase, readJson, readParquet } from './io/read.js';
export { fromAsync, fromColumns, fromRows } from './io/rows.js';
export type { ToArrayOptions } from './io/to-array.js';
export type { CsvWriteOptions, JsonWriteOptions, ParquetWriteOptions } from './io/write.js';
export { type AggregateOptions, aggregate } from './map/aggregate.js';
export type { MapBatch, MapColumn } from './map/batch.js';
export { FunctionError } from './map/errors.js';
export type {
  ApplyOptions,
  BatchResult,
  GroupApplyOptions,
  MapOptions,
  ResultColumn,
  RowResult,
} from './map/make.js';
export type { DistinctOptions, SortOptions } from './methods/rows.js';
export type { FrameOptions } from './options.js';
export type { Batch, Column, ColumnValues } from './result/column.js';
export type { ColumnInput } from './result/from-values.js';
export type { AnySchema, ColumnType, Interval, Row, Schema, ValueOf } from './types.js';
export { type ConcatOptions, concat } from './verbs/concat.js';
export { GroupingSets } from './verbs/grouping-sets.js';
export type { KeepOptions } from './verbs/most.js';
export type { PivotAggregate, PivotOptions } from './verbs/pivot.js';
export type { DivisionValue, RangeOptions } from './verbs/repartition.js';
export { Resampled, type ResampleOptions } from './verbs/resample.js';
export type { SampleOf, SampleOptions } from './verbs/sample.js';
export { sql } from './verbs/sql.js';
