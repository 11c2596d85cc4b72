import { mkdirSync, rmSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Database, QueryOptions } from '../duck/database.js';
import { type Bound, quoteName, type Statement } from '../sql/writer.js';

/** Settings of DuckDB's COPY, by its names. */
export type Settings = Readonly<Record<string, boolean | number | string | readonly string[]>>;

/** What files rows are written into, as plain data. */
export interface FileKind {
  readonly settings: Settings;
  /** What names of files end with. */
  readonly extension: string;
  /** A folder for each value of these columns. */
  readonly by?: readonly string[];
  /** Parquet files of about so many bytes, in the order of their rows. */
  readonly bytes?: number;
}

/** COPY of a statement's rows; what users say is bound. */
export function copySql({ sql, values }: Statement, path: string, settings: Settings): Statement {
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

/**
 * Writes the rows of a statement into a directory that is there, and empty.
 *
 * @param part the number of the partition that they are: it is in the names of the files
 * @param scratch a directory for what does not stay
 * @returns names of the files, as they are to be called, and where they are in the directory
 */
export async function writeFiles(
  statement: Statement,
  { settings, extension, by, bytes }: FileKind,
  part: number,
  directory: string,
  scratch: string,
  database: Database,
  options: QueryOptions,
): Promise<readonly { readonly name: string; readonly at: string }[]> {
  const stem = `part-${numbered(part)}`;
  if (by) {
    const how = { ...settings, PARTITION_BY: by, OVERWRITE_OR_IGNORE: true };
    await database.execute(copySql(statement, directory, how), options);
    return foldersIn(directory, (i) => `${stem}-${numbered(i)}${extension}`);
  }
  if (bytes !== undefined) {
    mkdirSync(scratch, { recursive: true });
    const whole = join(scratch, `whole${extension}`);
    await database.execute(copySql(statement, whole, settings), options);
    const name = (i: number): string => `${stem}-${numbered(i)}${extension}`;
    const count = await cutFile(whole, bytes, (i) => join(directory, name(i)), settings, database, options);
    rmSync(whole, { force: true });
    return Array.from({ length: count }, (_, i) => ({ name: name(i), at: name(i) }));
  }
  const name = `${stem}${extension}`;
  await database.execute(copySql(statement, join(directory, name), settings), options);
  return [{ name, at: name }];
}

/** Numbers in names of files. */
export const numbered = (number: number): string => String(number).padStart(5, '0');

/** Copies a Parquet file into several of about a size, in the order of its rows. @returns how many */
export async function cutFile(
  whole: string,
  bytes: number,
  path: (index: number) => string,
  settings: Settings,
  database: Database,
  options: QueryOptions,
  onPiece?: (done: number, count: number) => void,
): Promise<number> {
  const count = Math.max(1, Math.round(statSync(whole).size / bytes));
  const each = Math.ceil((await rowsOf(whole, database)) / count);
  for (let i = 0; i < count; i++) {
    const range = `file_row_number >= ${i * each} AND file_row_number < ${(i + 1) * each}`;
    const sql = `SELECT * EXCLUDE (file_row_number) FROM read_parquet($1, file_row_number = true, hive_partitioning = false) WHERE ${count === 1 ? 'true' : range}`;
    const { signal } = options;
    await database.execute(copySql({ sql, values: [whole] }, path(i), settings), signal ? { signal } : {});
    onPiece?.(i + 1, count);
  }
  return count;
}

async function rowsOf(path: string, database: Database): Promise<number> {
  for await (const { columns } of database.batches({
    sql: 'SELECT num_rows FROM parquet_file_metadata($1)',
    values: [path],
  }))
    return Number(columns[0]!.values[0]);
  return 0;
}

/** Files in folders of values: those of each folder get names of their own. */
async function foldersIn(
  directory: string,
  nameOf: (index: number) => string,
): Promise<readonly { readonly name: string; readonly at: string }[]> {
  const counts = new Map<string, number>();
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.sort().map((file) => {
    const at = relative(directory, file).split(sep).join('/');
    const folder = at.slice(0, at.lastIndexOf('/'));
    const count = counts.get(folder) ?? 0;
    counts.set(folder, count + 1);
    return { name: `${folder}/${nameOf(count)}`, at };
  });
}
