import type { Missing } from '../arrays/nulls.js';
import type { Staged } from '../files/staging.js';
import type { OpenGroup } from '../map/aggregate-op.js';
import { restoreItems } from '../map/store.js';
import type { TaskSource } from '../plan/source.js';
import { exprSql } from '../sql/expr.js';
import { NONE, nothingSql } from '../sql/source.js';
import { type Bound, type Parameters, quoteName, typeName } from '../sql/writer.js';
import type { ColumnTypes, Schema } from '../types.js';

/** The column that says which part a row goes to. */
export const PART = '__tilework_part';

/** What a task left. */
export interface Outcome {
  /** Files by part. */
  readonly files: readonly (readonly string[])[];
  /** Of how many parts there is one file, sorted by `PART`; it is the first part's here, and what is put together of row groups of one part alone is too. */
  readonly packed?: number;
  /** Of the files, where DuckDB wrote them. */
  readonly bytes?: number;
  /** Columns as DuckDB names their types, where it wrote them. */
  readonly types?: ColumnTypes;
  /** Columns as they are to the frame, where threads write or read them. */
  readonly schema?: Schema;
  /** Of a `frame/boundaries`. */
  readonly boundaries?: readonly Bound[];
  /** Of rows stored for functions, and of a `frame/offset`. */
  readonly rows?: number;
  /** Of a `frame/partial` or a `frame/merge` that is not the last; undefined where there were no rows. */
  readonly partial?: OpenGroup | undefined;
  /** Of a `frame/array`: rows of its row groups, and the first value that is null, counted within it. */
  readonly groups?: readonly number[];
  readonly missing?: Missing;
  /** Of a `frame/export`. */
  readonly staged?: readonly Staged[];
}

/** What tasks left, as it stands in FROM. */
export function readSql(source: TaskSource, outcomes: readonly Outcome[], parameters: Parameters): string {
  const parts = source.inputs.map(({ input, part }) => ({ outcome: outcomes[input]!, part }));
  const { types, schema, packed } = parts[0]!.outcome;
  // Rows of an exchange are packed by all its tasks or by none.
  const files = packed
    ? [...new Set(parts.flatMap(({ outcome }) => outcome.files[0]!))]
    : parts.flatMap(({ outcome, part }) => outcome.files[part] ?? []);
  if (files.length === 0)
    return nothingSql(
      types ? Object.entries(types) : Object.entries(schema!).map(([name, type]) => [name, typeName(type)]),
    );
  const columns = types
    ? Object.entries(types).map(([name, type]) => `CAST(${quoteName(name)} AS ${type}) AS ${quoteName(name)}`)
    : restoreItems(schema!).map(({ name, expr }) => `${exprSql(expr, parameters)} AS ${quoteName(name)}`);
  // Row groups have rows of the parts beside, too.
  const own = packed ? ` WHERE ${quoteName(PART)} IN (${[...new Set(parts.map(({ part }) => part))]})` : '';
  return `(SELECT ${columns.join(', ') || NONE} FROM read_parquet(${parameters.bind(files)}, hive_partitioning = false)${own})`;
}
