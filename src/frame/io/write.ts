import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkChoice } from '../../engine/known-options.js';
import { parseBytes } from '../../engine/memory/limits.js';
import { exportedFiles, withStatement } from '../compute/index.js';
import { Database } from '../duck/database.js';
import { isDistributed } from '../engines.js';
import { FrameMemoryError } from '../errors.js';
import { copySql, cutFile, type FileKind, numbered, type Settings } from '../files/copy.js';
import { publish } from '../files/publish.js';
import { isRemote, writeRemote } from '../files/remote.js';
import { writeTo } from '../files/target.js';
import { checkFrameOptions, type FrameOptions, queryOptions } from '../options.js';
import { checkNames } from '../plan/check.js';
import * as make from '../plan/make.js';
import type { PlanNode } from '../plan/node.js';
import { engineOf } from '../plan/place.js';
import { inputsOf } from '../plan/walk.js';
import { schemaOf } from '../statement/index.js';
import { withNumbersOfJson } from './json-numbers.js';

/** What all writers take. */
export interface WriteOptions extends FrameOptions {
  /** Whether what is at the path already may be replaced, once the new one is whole. Default: it is an error. */
  readonly overwrite?: boolean;
}

/** What writers take that write directories too. */
export interface FilesOptions extends WriteOptions {
  /**
   * A directory with a file for each of the partitions, each written where it is computed: on a cluster by its workers, on this machine by as many
   * `partitions` as there are to be.
   */
  readonly filePerPartition?: boolean;
}

/** How a frame is written as Parquet, and computed. */
export interface ParquetWriteOptions<N extends string = string> extends FilesOptions {
  /**
   * A directory, with a folder for each value of these columns (`origin=LAX/`); the columns
   * themselves are not in the files, and rows of a folder have no order.
   */
  readonly partitionBy?: N | readonly N[];
  /** Rows of a row group (122,880): what a reader may leave out. */
  readonly rowGroupRows?: number;
  /** A directory of files of about this size: a number of bytes or such as '256MB'. In partitions each has at least one. Default: one file. */
  readonly fileSize?: number | string;
  readonly compression?: 'snappy' | 'zstd' | 'gzip' | 'lz4' | 'none';
}

/** How a frame is written as CSV, and computed. */
export interface CsvWriteOptions extends FilesOptions {
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

/** How a frame is written as JSON, and computed. */
export interface JsonWriteOptions extends FilesOptions {
  /** One object a line (the default), or one array. */
  readonly format?: 'lines' | 'array';
  readonly dateFormat?: string;
  readonly timestampFormat?: string;
  readonly compression?: 'gzip' | 'zstd' | 'none';
}

/** What writers of text and of Parquet have beside the options of all. */
const FILES = ['overwrite', 'filePerPartition', 'compression'];

/** Writes the rows of a plan as Parquet. */
export async function writeParquet(
  plan: PlanNode,
  path: string,
  options: ParquetWriteOptions,
): Promise<void> {
  checkFrameOptions('toParquet', options, ['partitionBy', 'rowGroupRows', 'fileSize', ...FILES]);
  const { partitionBy, rowGroupRows, fileSize, filePerPartition = false, compression = 'snappy' } = options;
  checkChoice('toParquet', 'compression', compression, ['snappy', 'zstd', 'gzip', 'lz4', 'none']);
  const by = partitionBy === undefined ? [] : typeof partitionBy === 'string' ? [partitionBy] : partitionBy;
  checkNames('toParquet: partitionBy', by, plan.columns);
  if (by.length > 0 && fileSize !== undefined)
    throw new TypeError('toParquet: either partitionBy or fileSize; both at once DuckDB does not write');
  if (by.length > 0 && by.length === plan.columns.length)
    throw new TypeError('toParquet: partitionBy names all columns; at least one must be left for the files');
  if (filePerPartition && (by.length > 0 || fileSize !== undefined))
    throw new TypeError('toParquet: filePerPartition stands alone, without partitionBy and fileSize');
  if (rowGroupRows !== undefined && !(Number.isInteger(rowGroupRows) && rowGroupRows > 0))
    throw new RangeError(`toParquet: rowGroupRows is a whole number from 1, not ${rowGroupRows}`);
  const settings = {
    FORMAT: 'parquet',
    COMPRESSION: compression === 'none' ? 'uncompressed' : compression,
    ...(rowGroupRows !== undefined && { ROW_GROUP_SIZE: rowGroupRows }),
  };
  const bytes = fileSize === undefined ? undefined : sizeOf(fileSize);
  const several = by.length > 0 || bytes !== undefined;
  if (filePerPartition || (several && inPartitions(plan, path, options))) {
    const kind = { settings, extension: '.parquet', ...(by.length > 0 && { by }), ...(bytes && { bytes }) };
    return writeDirectory('toParquet', plan, path, options, kind, ['.parquet']);
  }
  if (bytes !== undefined) return writeParts(plan, path, options, bytes, settings);
  if (by.length === 0) return copy(plan, path, options, settings);
  const database = Database.of(engineOf(plan, options.engine));
  await writeTo(
    path,
    { overwrite: options.overwrite ?? false, directoryOf: ['.parquet'] },
    async (partial) => {
      await copyTo(plan, partial, database, options, { ...settings, PARTITION_BY: by });
      if (existsSync(partial) && readdirSync(partial).length > 0) return;
      mkdirSync(partial, { recursive: true });
      await copyTo(noRows(plan, by), join(partial, partName(0)), database, options, settings);
    },
  );
}

/** The columns as readers of folders have them, without rows: what is written where there is no folder. */
const noRows = (plan: PlanNode, by: readonly string[]): PlanNode =>
  make.limit(make.pick(plan, [...plan.columns.filter((name) => !by.includes(name)), ...by]), 0);

/** Whether a directory is written by tasks: where there are such anyway, and where several objects are to be published together. */
const inPartitions = (plan: PlanNode, path: string, { engine, partitions }: FrameOptions): boolean =>
  partitions !== undefined || isRemote(path) || isDistributed(engineOf(plan, engine));

/** A directory that tasks write, each its partition. */
async function writeDirectory(
  where: string,
  plan: PlanNode,
  path: string,
  options: FilesOptions,
  kind: FileKind,
  extensions: readonly string[],
): Promise<void> {
  const { filePerPartition = false, overwrite = false, partitions } = options;
  const engine = engineOf(plan, options.engine);
  if (filePerPartition && partitions === undefined && !isDistributed(engine))
    throw new TypeError(
      `${where}: filePerPartition writes a file for each partition: say how many by partitions`,
    );
  const database = Database.of(engine);
  const { by, ...flat } = kind;
  await publish(path, { overwrite, extensions }, async (staging) => {
    const files = await exportedFiles(plan, database, options, kind, staging);
    if (files.length > 0 || by === undefined) return files;
    return exportedFiles(noRows(plan, by), database, options, flat, staging);
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
  const database = Database.of(engineOf(plan, options.engine));
  const { onProgress } = options;
  const target = { overwrite: options.overwrite ?? false, directoryOf: ['.parquet'] };
  await writeTo(path, target, async (partial) => {
    if (!ordered(plan)) {
      await copyTo(plan, partial, database, options, { ...settings, FILE_SIZE_BYTES: bytes });
      for (const name of readdirSync(partial))
        renameSync(join(partial, name), join(partial, partName(Number(/\d+/.exec(name)?.[0] ?? 0))));
      return;
    }
    // DuckDB loses the order of rows where it begins new files by itself: one file is written, and cut.
    mkdirSync(partial);
    const whole = join(partial, 'whole.parquet');
    const first = onProgress && { onProgress: (share: number) => onProgress(share / 2) };
    await copyTo(plan, whole, database, { ...options, ...first }, settings);
    await cutFile(
      whole,
      bytes,
      (i) => join(partial, partName(i)),
      settings,
      database,
      options,
      (done, count) => onProgress?.(0.5 + done / count / 2),
    );
    rmSync(whole);
  });
}

const partName = (part: number): string => `part-${numbered(part)}.parquet`;

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
  const formats = ['dateFormat', 'timestampFormat'];
  checkFrameOptions('toCsv', options, ['header', 'delimiter', 'quote', 'nullText', ...formats, ...FILES]);
  const { header = true, delimiter = ',', quote = '"', nullText, dateFormat, timestampFormat } = options;
  await writeText('toCsv', plan, path, options, '.csv', {
    FORMAT: 'csv',
    HEADER: header,
    DELIMITER: delimiter,
    QUOTE: quote,
    ESCAPE: quote,
    ...(nullText !== undefined && { NULLSTR: nullText }),
    ...(dateFormat !== undefined && { DATEFORMAT: dateFormat }),
    ...(timestampFormat !== undefined && { TIMESTAMPFORMAT: timestampFormat }),
  });
}

/** Writes the rows of a plan as JSON. */
export async function writeJson(plan: PlanNode, path: string, options: JsonWriteOptions): Promise<void> {
  checkFrameOptions('toJson', options, ['format', 'dateFormat', 'timestampFormat', ...FILES]);
  const { format = 'lines', dateFormat, timestampFormat } = options;
  checkChoice('toJson', 'format', format, ['lines', 'array']);
  const written = withNumbersOfJson(plan, await schemaOf(plan, options));
  await writeText('toJson', written, path, options, format === 'lines' ? '.jsonl' : '.json', {
    FORMAT: 'json',
    ARRAY: format === 'array',
    ...(dateFormat !== undefined && { DATEFORMAT: dateFormat }),
    ...(timestampFormat !== undefined && { TIMESTAMPFORMAT: timestampFormat }),
  });
}

/** What is packed where the end of the path, or `compression`, says so. */
async function writeText(
  where: string,
  plan: PlanNode,
  path: string,
  options: CsvWriteOptions | JsonWriteOptions,
  extension: string,
  settings: Settings,
): Promise<void> {
  checkChoice(where, 'compression', options.compression, Object.keys(PACKED));
  if (!options.filePerPartition) {
    const { compression = endsIn(path, '.gz') ?? endsIn(path, '.zst') ?? 'none' } = options;
    return copy(plan, path, options, { ...settings, COMPRESSION: compression });
  }
  const { compression = 'none' } = options;
  const packed = (packing: typeof compression): string => extension + PACKED[packing];
  const kind = { settings: { ...settings, COMPRESSION: compression }, extension: packed(compression) };
  const extensions = [packed('none'), packed('gzip'), packed('zstd')];
  await writeDirectory(where, plan, path, options, kind, extensions);
}

const PACKED = { none: '', gzip: '.gz', zstd: '.zst' } as const;
const endsIn = (path: string, end: '.gz' | '.zst'): 'gzip' | 'zstd' | undefined =>
  path.endsWith(end) ? (end === '.gz' ? 'gzip' : 'zstd') : undefined;

/** Has DuckDB write the rows of a plan into one file. */
async function copy(plan: PlanNode, path: string, options: WriteOptions, settings: Settings): Promise<void> {
  const database = Database.of(engineOf(plan, options.engine));
  const write = (to: string): Promise<void> => copyTo(plan, to, database, options, settings);
  const { overwrite = false } = options;
  if (isRemote(path)) return writeRemote(database, path, overwrite, write);
  await writeTo(path, { overwrite }, write);
}

async function copyTo(
  plan: PlanNode,
  path: string,
  database: Database,
  options: FrameOptions,
  settings: Settings,
): Promise<void> {
  let attempts = 0;
  await withStatement(plan, database, options, async (statement) => {
    const write = (how: Settings): Promise<void> => {
      // What an attempt that had too little memory has left.
      rmSync(path, { recursive: true, force: true });
      return database.execute(copySql(statement, path, how), queryOptions(options));
    };
    attempts += 1;
    const free = settings.FORMAT === 'parquet' && settings.ROW_GROUP_SIZE === undefined;
    const sizes = free && (attempts > 1 || options.partitions !== undefined) ? WIDE_GROUPS : [];
    await sizes.reduce(
      (writing, rows) =>
        writing.catch((error: unknown) => {
          if (!(error instanceof FrameMemoryError)) throw error;
          return write({ ...settings, ROW_GROUP_SIZE: rows });
        }),
      write(settings),
    );
  });
}

/** Rows of a row group where they are so wide that there is no memory for as many as DuckDB's own 122,880. */
const WIDE_GROUPS = [16_384, 2048];

const sizeOf = (size: number | string): number =>
  parseBytes(size, () => {
    throw new TypeError(`fileSize is a number of bytes or such as '256MB', not ${JSON.stringify(size)}`);
  });
