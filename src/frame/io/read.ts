import type * as Arrow from 'apache-arrow';
import type { DataFrame } from '../frame.js';
import type { AnySchema, Schema, SchemaLike } from '../types.js';
import type { ArrowOptions } from './arrow.js';
import type { BadRow, CsvOptions } from './csv.js';
import type { DatabaseOptions } from './database.js';
import type { JsonOptions } from './json.js';
import type { ParquetOptions } from './parquet.js';

/** Readers of files: what reads them is loaded when one is called. */

const late = () => import('../late.js');

/**
 * A frame of Parquet files: a path, a glob (`flights/*.parquet`), a directory or several of them. Reads the files' footers only; rows are
 * read when they are computed, and of them only the columns and row groups that are needed.
 *
 * The compiler knows no file: what it shall know of the columns is said by `readParquet<{ delay: 'int64' }>(…)`.
 *
 * @throws FileError where a file does not exist, is none of Parquet, is cut short, or has other columns than the first
 * @example
 * await fromRows([{ x: 1, y: 'a' }, { x: 2, y: 'b' }]).toParquet('doc/letters.parquet', { overwrite: true });
 * const frame = await readParquet<{ x: 'int64'; y: 'string' }>('doc/letters.parquet');
 * await frame.filter(col('x').gt(1)).rows(); // [ { x: 2, y: 'b' } ]
 */
export async function readParquet<S extends SchemaLike<S> = AnySchema>(
  paths: string | readonly string[],
  options: ParquetOptions = {},
): Promise<DataFrame<NoInfer<S>>> {
  return (await late()).parquetFrame(paths, options);
}

/**
 * A frame of CSV files: a path, a glob, a directory or several of them; `.gz` and `.zst` are unpacked. The types of columns are found now, from the
 * first rows of each file, unless options say them. A row that does not fit is an error that names file, line and column, when it is read.
 *
 * @throws FileError where a file does not exist, is empty, cannot be read as CSV, or has other columns than the first
 * @throws ColumnError where `schema` or `types` name a column that there is not
 * @example
 * await fromRows([{ x: 1, y: 'a' }, { x: 2, y: null }]).toCsv('doc/letters.csv', { overwrite: true });
 * await (await readCsv('doc/letters.csv')).rows(); // [ { x: 1, y: 'a' }, { x: 2, y: null } ]
 * await (await readCsv('doc/letters.csv', { schema: { x: 'float64' } })).schema(); // { x: 'float64' }
 */
export async function readCsv<const S extends Schema = AnySchema>(
  paths: string | readonly string[],
  options: CsvOptions<S> = {},
): Promise<DataFrame<NoInfer<S>>> {
  return (await late()).csvFrame(paths, options);
}

/**
 * The rows of CSV files that `readCsv` with the same options refuses, or leaves out with `onBadRows: 'skip'`; not more than `limit` (1000). Reads the
 * files through.
 *
 * @example
 * import { writeFileSync } from 'node:fs';
 * writeFileSync('bad.csv', 'x,y\n1,a\ntwo,b\n3,c\n');
 * const options = { schema: { x: 'int64', y: 'string' }, onBadRows: 'skip' } as const;
 * await (await readCsv('bad.csv', options)).count(); // 2
 * (await csvBadRows('bad.csv', options)).map(({ line, column, text }) => [line, column, text]); // [ [ 3, 'x', 'two,b' ] ]
 */
export async function csvBadRows(
  paths: string | readonly string[],
  options: CsvOptions & { readonly limit?: number } = {},
): Promise<readonly BadRow[]> {
  return (await late()).badRows(paths, options);
}

/**
 * A frame of files of JSON objects, one a line (`.jsonl`, `.ndjson`) or in one array: a path, a glob, a directory or several of them; `.gz` and
 * `.zst` are unpacked. Objects in objects are structs, arrays lists. What differs from row to row is a string that holds JSON.
 *
 * @throws FileError where a file does not exist, is no JSON, or has keys that differ only in the case of letters
 * @example
 * await fromRows([{ x: 1, tags: ['a', 'b'] }]).toJson('doc/letters.jsonl', { overwrite: true });
 * await (await readJson('doc/letters.jsonl')).rows(); // [ { x: 1, tags: [ 'a', 'b' ] } ]
 */
export async function readJson<const S extends Schema = AnySchema>(
  paths: string | readonly string[],
  options: JsonOptions<S> = {},
): Promise<DataFrame<NoInfer<S>>> {
  return (await late()).jsonFrame(paths, options);
}

/**
 * A frame of Arrow IPC files (Feather) or streams: a path, a glob, a directory or several of them. They are read through now, a batch at a
 * time, into temporary Parquet files of this process, which take about the same room on the disk. Decimals become float64.
 *
 * @throws FileError where a file does not exist, is none of Arrow, is cut short, or has other columns than the first
 * @example
 * await fromRows([{ x: 1, y: 'a' }]).toArrow('doc/letters.arrow', { overwrite: true });
 * await (await readArrow('doc/letters.arrow')).rows(); // [ { x: 1, y: 'a' } ]
 */
export async function readArrow<S extends Schema = AnySchema>(
  paths: string | readonly string[],
  options: ArrowOptions = {},
): Promise<DataFrame<NoInfer<S>>> {
  return (await late()).arrowFrame(paths, options);
}

/**
 * A frame of an Arrow table, of any library that gives such: its columns are not copied before it is computed. Decimals become float64.
 *
 * @throws TypeError where a type has no place in a frame (unions)
 * @example
 * const table = await fromRows([{ x: 1, y: 'a' }]).compute();
 * await (await fromArrow(table)).rows(); // [ { x: 1, y: 'a' } ]
 */
export async function fromArrow<S extends Schema = AnySchema>(
  table: Arrow.Table,
): Promise<DataFrame<NoInfer<S>>> {
  return (await late()).arrowTableFrame(table);
}

/**
 * A frame of a table of a database: a file of DuckDB or SQLite, or the address of PostgreSQL (`postgres://user@host/db`) or MySQL. Rows are read when
 * they are computed, and of them only what is needed. Other databases than DuckDB's are read by extensions of DuckDB, which must be installed.
 *
 * @throws FrameError where there is no such database or table, or its extension is not installed
 * @example
 * const flights = () => readDatabase('flights.duckdb', { table: 'flights' });
 * await flights(); // throws FileError: readDatabase: cannot read flights.duckdb: no such file or directory
 */
export async function readDatabase<S extends SchemaLike<S> = AnySchema>(
  where: string,
  options: DatabaseOptions,
): Promise<DataFrame<NoInfer<S>>> {
  return (await late()).databaseFrame(where, options);
}
