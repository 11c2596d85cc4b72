import { checkChoice, checkOptions, optionNames } from '../../engine/known-options.js';
import { Database } from '../duck/database.js';
import { ColumnError, FileError } from '../errors.js';
import { filesOf } from '../files/files.js';
import { checkGzip } from '../files/gzip.js';
import type { DataFrame } from '../frame.js';
import { checkUnique } from '../plan/check.js';
import type { FileInfo, FileSource, NamedType } from '../plan/source.js';
import { typeName } from '../sql/writer.js';
import type { AnySchema, ColumnType, Schema } from '../types.js';
import { mayBeRenamed, pathsText, refuseSameKeys } from './json-keys.js';
import { withTimes } from './json-times.js';
import { duckTypesOf, type FileOptions, readerOptions, scanOf } from './scan.js';

/** How files of JSON are read. */
export interface JsonOptions<S extends Schema = Schema> extends Omit<FileOptions, 'unionByName'> {
  /** The columns to read and their types; what a row does not have is null. Default: found from the files. */
  readonly schema?: S;
  /** Types of some columns; those of others are found. */
  readonly types?: Readonly<Record<string, ColumnType>>;
  /** One object a line, or one array of objects; default: lines where paths end in `.jsonl` or `.ndjson`, else found. */
  readonly format?: 'lines' | 'array';
  /** As strptime has it: `%d.%m.%Y`. */
  readonly dateFormat?: string;
  readonly timestampFormat?: string;
  /** Default: by the end of the path. */
  readonly compression?: 'gzip' | 'zstd' | 'none';
  /** From how many objects columns and types are found (20,480); -1 for all. Columns that are in none of them are not read. */
  readonly sampleRows?: number;
  /** How long one object may be, in bytes (16 MiB). */
  readonly objectBytes?: number;
  /** What lines become that are no JSON or do not fit: an error, or rows of nulls. */
  readonly onBadRows?: 'error' | 'null';
}

const JSON_OPTIONS = optionNames<JsonOptions>({
  schema: true,
  types: true,
  format: true,
  dateFormat: true,
  timestampFormat: true,
  compression: true,
  sampleRows: true,
  objectBytes: true,
  onBadRows: true,
  hivePartitioning: true,
  filename: true,
  engine: true,
});

/** The frame of `readJson`. */
export async function jsonFrame<const S extends Schema = AnySchema>(
  paths: string | readonly string[],
  options: JsonOptions<S> = {},
): Promise<DataFrame<S>> {
  checkOptions('readJson', options, JSON_OPTIONS);
  const database = Database.of(options.engine);
  const ends = ['.json', '.jsonl', '.ndjson'].flatMap((end) => [end, `${end}.gz`, `${end}.zst`]);
  checkChoice('readJson', 'format', options.format, ['lines', 'array']);
  checkChoice('readJson', 'compression', options.compression, ['gzip', 'zstd', 'none']);
  checkChoice('readJson', 'onBadRows', options.onBadRows, ['error', 'null']);
  const files = await filesOf('readJson', paths, ends, database);
  await checkGzip('readJson', files, options.compression);
  const lines = files.every(({ path }) => /\.(jsonl|ndjson)(\.gz|\.zst)?$/.test(path));
  const {
    format = lines ? 'lines' : undefined,
    schema,
    types,
    sampleRows,
    objectBytes,
    compression,
  } = options;
  const reading = {
    ...readerOptions(options),
    ...(format && { format: { lines: 'newline_delimited', array: 'array' }[format] }),
    ...(options.dateFormat !== undefined && { dateformat: options.dateFormat }),
    ...(options.timestampFormat !== undefined && { timestampformat: options.timestampFormat }),
    ...(compression !== undefined && { compression }),
    ...(objectBytes !== undefined && { maximum_object_size: objectBytes }),
    ...(options.onBadRows === 'null' && { ignore_errors: true }),
    // Objects are columns, whatever they hold.
    records: true,
  };
  const source: FileSource = { from: 'files', format: 'json', files, options: reading, schema: {} };
  if (schema) checkUnique('readJson: schema', Object.keys(schema), 'read one of them');
  const found = schema
    ? Object.entries(schema).map(([name, type]) => [name, typeName(type)] as const)
    : await foundColumns(source, sampleRows, database);
  const columns = new Map(found);
  for (const [name, type] of Object.entries(types ?? {})) {
    if (!columns.has(name)) throw new ColumnError('readJson', name, [...columns.keys()]);
    columns.set(name, typeName(type));
  }
  return scanOf({ ...source, options: { ...reading, columns: [...columns] } }, database);
}

/** Names and types of the columns that some first objects of the files have. */
async function foundColumns(
  source: FileSource,
  sampleRows: number | undefined,
  database: Database,
): Promise<readonly NamedType[]> {
  const sampling = { union_by_name: true, ...(sampleRows !== undefined && { sample_size: sampleRows }) };
  const options = { ...source.options, ...sampling, hive_partitioning: false, filename: false };
  try {
    const found = await duckTypesOf({ ...source, options }, database);
    if (mayBeRenamed(found.map(([name]) => name))) await refuseSameKeys(source, sampleRows, database, false);
    return withTimes(found, source, sampleRows, database);
  } catch (cause) {
    const { message } = cause as Error;
    if (/Duplicate name .* in struct/.test(message)) await refuseSameKeys(source, sampleRows, database, true);
    if (!/non-record JSON/.test(message)) throw cause;
    const [{ path }] = source.files as [FileInfo];
    throw new FileError(
      `readJson: ${pathsText(source)} is empty, or holds what is no object; an array of objects in a file called .jsonl is read with format: 'array'`,
      path,
      undefined,
      undefined,
      { cause },
    );
  }
}
