import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseBytes } from '../../engine/memory/limits.js';
import { Database } from '../duck/database.js';
import { eachPartition, type FrameOptions, queryOptions, withStatement } from '../execute.js';
import { checkNames } from '../plan/check.js';
import { inputsOf, type PlanNode } from '../plan/node.js';
import { type Bound, quoteName, type Statement } from '../sql/writer.js';
import { isRemote, writeRemote } from './remote.js';
import { writeTo } from './target.js';

/** What all writers take. */
export interface WriteOptions extends FrameOptions {
  /** Whether what is at the path already may be replaced, once the new one is whole. Default: it is an error. */
  readonly overwrite?: boolean;
}

export interface ParquetWriteOptions<N extends string = string> extends WriteOptions {
  /**
   * A directory, with a folder for each value of these columns (`origin=LAX/`); the columns
   * themselves are not in the files, and rows of a folder have no order.
   */
  readonly partitionBy?: N | readonly N[];
  /** Rows of a row group (122,880): what a reader may leave out. */
  readonly rowGroupRows?: number;
  /** A directory of files of about this size: a number of bytes or such as '256MB'. Default: one file. */
  readonly fileSize?: number | string;
  /** A directory with a file for each of the `partitions`: of ranges of a column, readers leave out what a filter does not ask for. */
  readonly filePerPartition?: boolean;
  readonly compression?: 'snappy' | 'zstd' | 'gzip' | 'lz4' | 'none';
}

export interface CsvWriteOptions extends WriteOptions {
  /** Whether the first row holds names; default true. */
  readonly header?: boolean;
  readonly delimiter?: string;
  readonly quote?: string;
  /** What stands for null; default: nothing. */
  readonly nullText?: string;
  /** As strftime has it: `%d.%m.%Y`. */
  readonly dateFormat?: string;
  readonly timestampFormat?: string;
  /** Default: by the end of the path (`.gz`, `.zst`). */
  readonly compression?: 'gzip' | 'zstd' | 'none';
}

export interface JsonWriteOptions extends WriteOptions {
  /** One object a line (the default), or one array. */
  readonly format?: 'lines' | 'array';
  readonly dateFormat?: string;
  readonly timestampFormat?: string;
  readonly compression?: 'gzip' | 'zstd' | 'none';
}

/** Writes the rows of a plan as Parquet. */
export async function writeParquet(
  plan: PlanNode,
  path: string,
  options: ParquetWriteOptions,
): Promise<void> {
  const { partitionBy, rowGroupRows, fileSize, filePerPartition = false, compression = 'snappy' } = options;
  const by = partitionBy === undefined ? [] : typeof partitionBy === 'string' ? [partitionBy] : partitionBy;
  checkNames('toParquet: partitionBy', by, plan.columns);
  if (by.length > 0 && fileSize !== undefined)
    throw new TypeError('toParquet: either partitionBy or fileSize; both at once DuckDB does not write');
  if (by.length > 0 && by.length === plan.columns.length)
    throw new TypeError('toParquet: partitionBy names all columns; at least one must be left for the files');
  if (filePerPartition && (by.length > 0 || fileSize !== undefined))
    throw new TypeError('toParquet: filePerPartition stands alone, without partitionBy and fileSize');
  if (filePerPartition && options.partitions === undefined)
    throw new TypeError(
      'toParquet: filePerPartition writes a file for each partition: say how many by partitions',
    );
  if (rowGroupRows !== undefined && !(Number.isInteger(rowGroupRows) && rowGroupRows > 0))
    throw new RangeError(`toParquet: rowGroupRows is a whole number from 1, not ${rowGroupRows}`);
  const settings = {
    FORMAT: 'parquet',
    COMPRESSION: compression === 'none' ? 'uncompressed' : compression,
    ...(rowGroupRows !== undefined && { ROW_GROUP_SIZE: rowGroupRows }),
  };
  if (filePerPartition) return writePartitions(plan, path, options, settings);
  if (fileSize !== undefined) return writeParts(plan, path, options, sizeOf(fileSize), settings);
  await copy(plan, path, options, by.length > 0 ? '.parquet' : undefined, {
    ...settings,
    ...(by.length > 0 && { PARTITION_BY: by }),
  });
}

/** A directory with a file for each partition. */
async function writePartitions(
  plan: PlanNode,
  path: string,
  options: ParquetWriteOptions,
  settings: Settings,
): Promise<void> {
  const database = Database.of(options.engine);
  await writeTo(path, { overwrite: options.overwrite ?? false, directoryOf: '.parquet' }, async (partial) => {
    mkdirSync(partial);
    await eachPartition(plan, database, options, (statement, part) =>
      database.execute(
        copySql(statement, join(partial, partName(part)), settings),
        options.signal ? { signal: options.signal } : {},
      ),
    );
  });
}

/** A directory of files of about a size, in the order of their rows. */
async function writeParts(
  plan: PlanNode,
  path: string,
  options: ParquetWriteOptions,
  bytes: number,
  settings: Settings,
): Promise<void> {
  const database = Database.of(options.engine);
  const { onProgress } = options;
  await writeTo(path, { overwrite: options.overwrite ?? false, directoryOf: '.parquet' }, async (partial) => {
    if (!ordered(plan)) {
      await copyTo(plan, partial, database, options, { ...settings, FILE_SIZE_BYTES: bytes });
      for (const name of readdirSync(partial)) rename(partial, name, Number(/\d+/.exec(name)?.[0] ?? 0));
      return;
    }
    // DuckDB loses the order of rows where it begins new files by itself: one file is written, and cut.
    mkdirSync(partial);
    const whole = join(partial, 'whole.parquet');
    const half = (from: number) =>
      onProgress && { onProgress: (share: number) => onProgress(from + share / 2) };
    await copyTo(plan, whole, database, { ...options, ...half(0) }, settings);
    const count = Math.max(1, Math.round(statSync(whole).size / bytes));
    if (count === 1) return rename(partial, 'whole.parquet', 0);
    const rows = await rowsOf(whole, database);
    const each = Math.ceil(rows / count);
    for (let part = 0; part < count; part++) {
      const range = `file_row_number >= ${part * each} AND file_row_number < ${(part + 1) * each}`;
      const sql = `SELECT * EXCLUDE (file_row_number) FROM read_parquet($1, file_row_number = true, hive_partitioning = false) WHERE ${range}`;
      const statement = copySql({ sql, values: [whole] }, join(partial, partName(part)), settings);
      await database.execute(statement, options.signal ? { signal: options.signal } : {});
      onProgress?.(0.5 + (part + 1) / count / 2);
    }
    rmSync(whole);
  });
}

const partName = (part: number): string => `part-${String(part).padStart(5, '0')}.parquet`;
const rename = (directory: string, name: string, part: number): void =>
  renameSync(join(directory, name), join(directory, partName(part)));

async function rowsOf(path: string, database: Database): Promise<number> {
  for await (const { columns } of database.batches({
    sql: 'SELECT num_rows FROM parquet_file_metadata($1)',
    values: [path],
  }))
    return Number(columns[0]!.values[0]);
  return 0;
}

/** Whether the rows of a plan have an order. */
function ordered(plan: PlanNode): boolean {
  switch (plan.kind) {
    case 'scan':
    case 'sort':
    case 'map':
    case 'sql':
      return true;
    case 'aggregate':
    case 'join':
      return false;
    case 'distinct':
      return plan.on !== undefined;
    default:
      return inputsOf(plan).some(ordered);
  }
}

/** Writes the rows of a plan as CSV. */
export async function writeCsv(plan: PlanNode, path: string, options: CsvWriteOptions): Promise<void> {
  const { header = true, delimiter = ',', quote = '"', nullText, dateFormat, timestampFormat } = options;
  await copy(plan, path, options, undefined, {
    FORMAT: 'csv',
    HEADER: header,
    DELIMITER: delimiter,
    QUOTE: quote,
    ESCAPE: quote,
    COMPRESSION: compressionOf(path, options.compression),
    ...(nullText !== undefined && { NULLSTR: nullText }),
    ...(dateFormat !== undefined && { DATEFORMAT: dateFormat }),
    ...(timestampFormat !== undefined && { TIMESTAMPFORMAT: timestampFormat }),
  });
}

/** Writes the rows of a plan as JSON. */
export async function writeJson(plan: PlanNode, path: string, options: JsonWriteOptions): Promise<void> {
  const { format = 'lines', dateFormat, timestampFormat } = options;
  await copy(plan, path, options, undefined, {
    FORMAT: 'json',
    ARRAY: format === 'array',
    COMPRESSION: compressionOf(path, options.compression),
    ...(dateFormat !== undefined && { DATEFORMAT: dateFormat }),
    ...(timestampFormat !== undefined && { TIMESTAMPFORMAT: timestampFormat }),
  });
}

const compressionOf = (path: string, given: 'gzip' | 'zstd' | 'none' | undefined): string =>
  given ?? (path.endsWith('.gz') ? 'gzip' : path.endsWith('.zst') ? 'zstd' : 'none');

type Settings = Readonly<Record<string, boolean | number | string | readonly string[]>>;

/** Has DuckDB write the rows of a plan: into a directory of files that end so, or into one file. */
async function copy(
  plan: PlanNode,
  path: string,
  options: WriteOptions,
  directoryOf: string | undefined,
  settings: Settings,
): Promise<void> {
  const database = Database.of(options.engine);
  const write = (to: string): Promise<void> => copyTo(plan, to, database, options, settings);
  if (isRemote(path) && directoryOf === undefined)
    return writeRemote(database, path, options.overwrite ?? false, write);
  const target = {
    overwrite: options.overwrite ?? false,
    ...(directoryOf !== undefined && { directoryOf }),
  };
  await writeTo(path, target, write);
}

async function copyTo(
  plan: PlanNode,
  path: string,
  database: Database,
  options: FrameOptions,
  settings: Settings,
): Promise<void> {
  await withStatement(plan, database, options, async (statement) => {
    // What an attempt that had too little memory has left.
    rmSync(path, { recursive: true, force: true });
    await database.execute(copySql(statement, path, settings), queryOptions(options));
  });
}

/** COPY of a statement's rows; what users say is bound. */
function copySql({ sql, values }: Statement, path: string, settings: Settings): Statement {
  const bound: Bound[] = [...values];
  const bind = (value: Bound): string => `$${bound.push(value)}`;
  const written = Object.entries(settings).map(([name, value]) =>
    Array.isArray(value)
      ? `${name} (${value.map(quoteName).join(', ')})`
      : `${name} ${typeof value === 'string' ? bind(value) : String(value)}`,
  );
  // Its name is a temporary one already.
  if (!('PARTITION_BY' in settings || 'FILE_SIZE_BYTES' in settings)) written.push('USE_TMP_FILE false');
  return { sql: `COPY (${sql}) TO ${bind(path)} (${written.join(', ')})`, values: bound };
}

const sizeOf = (size: number | string): number =>
  parseBytes(size, () => {
    throw new TypeError(`fileSize is a number of bytes or such as '256MB', not ${JSON.stringify(size)}`);
  });
