/** Lazy, typed frames larger than memory, computed by DuckDB. */

export { ColumnError, FrameError } from './errors.js';
export type { FrameOptions } from './execute.js';
export { col, desc, Expr, type Literal, lit, type Operand } from './expr/expr.js';
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
export { DataFrame } from './frame.js';
export { GroupBy } from './groupby.js';
export { type ParquetOptions, readParquet } from './io/parquet.js';
export { fromColumns, fromRows } from './io/rows.js';
export type { Batch, Column } from './result/column.js';
export type { AnySchema, ColumnType, Row, Schema } from './types.js';
