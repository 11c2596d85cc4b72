import { Database } from '../duck/database.js';
import type { FrameOptions } from '../execute.js';
import { DataFrame } from '../frame.js';
import * as make from '../plan/make.js';
import type { FileSource } from '../plan/node.js';
import { planSql } from '../sql/plan.js';
import { sourceSql } from '../sql/source.js';
import type { AnySchema, Schema } from '../types.js';
import { filesOf } from './files.js';

export interface ParquetOptions extends Pick<FrameOptions, 'engine'> {
  /** Folders such as `year=2024` are columns; default: where there are such. */
  readonly hivePartitioning?: boolean;
}

/**
 * A frame of Parquet files: a path, a glob (`flights/*.parquet`), a directory or several of them. Reads the schema only.
 *
 * @throws FrameError where a file does not exist, is none of Parquet, or is cut short
 */
export async function readParquet<S extends Schema = AnySchema>(
  paths: string | readonly string[],
  options: ParquetOptions = {},
): Promise<DataFrame<S>> {
  const database = Database.of(options.engine);
  const files = await filesOf('readParquet', paths, '.parquet', database);
  const { hivePartitioning } = options;
  const source: FileSource = {
    from: 'files',
    format: 'parquet',
    files,
    options: { ...(hivePartitioning !== undefined && { hive_partitioning: hivePartitioning }) },
    schema: {},
  };
  return scanOf(source, database);
}

/** A frame of files whose columns are found now. */
export async function scanOf<S extends Schema>(
  source: FileSource,
  database: Database,
): Promise<DataFrame<S>> {
  const everything = make.scan(source, ['*']);
  const { sql, values } = planSql(everything, (node, parameters) =>
    sourceSql(node, parameters, { table: () => '' }),
  );
  const { schema } = await database.describe({ sql: sql.replace('SELECT "*"', 'SELECT *'), values });
  return new DataFrame(make.scan(Object.freeze({ ...source, schema }), Object.keys(schema)));
}
