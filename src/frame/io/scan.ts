import { optionNames } from '../../engine/known-options.js';
import type { Database } from '../duck/database.js';
import { DataFrame } from '../frame.js';
import type { FrameOptions } from '../options.js';
import * as make from '../plan/make.js';
import type { ScanNode } from '../plan/node.js';
import type { FileSource, NamedType, ReaderOption } from '../plan/source.js';
import { sourceSql } from '../sql/source.js';
import { Parameters, type Statement } from '../sql/writer.js';

/** What all readers of files take. */
export interface FileOptions extends Pick<FrameOptions, 'engine'> {
  /** Folders such as `year=2024` are columns; default: where all files lie in such. */
  readonly hivePartitioning?: boolean;
  /** A column of this name says which file a row comes from; `true` calls it `filename`. */
  readonly filename?: boolean | string;
  /** Files of different columns are put together by name; what a file does not have is null. Without it they are refused. */
  readonly unionByName?: boolean;
}

export const FILE_OPTIONS = optionNames<FileOptions>({
  engine: true,
  hivePartitioning: true,
  filename: true,
  unionByName: true,
});

/** The options of all readers by DuckDB's names. */
export function readerOptions({
  hivePartitioning,
  filename,
  unionByName,
}: FileOptions): Record<string, ReaderOption> {
  return {
    ...(hivePartitioning !== undefined && { hive_partitioning: hivePartitioning }),
    ...(filename !== undefined && filename !== false && { filename }),
    ...(unionByName && { union_by_name: true }),
  };
}

/** A statement over all columns of a source. */
export function everything(source: ScanNode['source'], select = 'SELECT *'): Statement {
  const parameters = new Parameters();
  const table = sourceSql(make.scan(source, []), parameters, { table: () => '' });
  return { sql: `${select} FROM ${table}`, values: parameters.values };
}

/** A frame of files or of a table whose columns are found now. */
export async function scanOf<S>(
  source: Exclude<ScanNode['source'], { from: 'tasks' }>,
  database: Database,
): Promise<DataFrame<S>> {
  const { schema, names } = await database.describe(everything(source));
  return new DataFrame(make.scan(Object.freeze({ ...source, schema }), names));
}

/** Names and types of a source's columns, as DuckDB writes types. */
export async function duckTypesOf(source: FileSource, database: Database): Promise<readonly NamedType[]> {
  const found: NamedType[] = [];
  for await (const { columns } of database.batches(everything(source, 'DESCRIBE SELECT *'))) {
    const [names, types] = columns.map(({ values }) => values as readonly string[]);
    found.push(...names!.map((name, i) => [name, types![i]!] as const));
  }
  return found;
}
