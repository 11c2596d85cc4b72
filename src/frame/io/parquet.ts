import { checkOptions } from '../../engine/known-options.js';
import { Database } from '../duck/database.js';
import { FileError } from '../errors.js';
import { filesOf } from '../files/files.js';
import type { DataFrame } from '../frame.js';
import type { FileInfo, FileSource } from '../plan/source.js';
import type { AnySchema, SchemaLike } from '../types.js';
import { FILE_OPTIONS, type FileOptions, readerOptions, scanOf } from './scan.js';

/** How files of Parquet are read. */
export type ParquetOptions = FileOptions;

/** The frame of `readParquet`. */
export async function parquetFrame<S extends SchemaLike<S> = AnySchema>(
  paths: string | readonly string[],
  options: ParquetOptions = {},
): Promise<DataFrame<S>> {
  checkOptions('readParquet', options, FILE_OPTIONS);
  const database = Database.of(options.engine);
  const files = await filesOf('readParquet', paths, ['.parquet', '.parq', '.pq'], database);
  const schemas = await schemasOf(files, database);
  const [first, ...others] = schemas;
  if (!options.unionByName) for (const other of others) checkSame(first!, other);
  const sized = await withRows(files, database);
  const source: FileSource = {
    from: 'files',
    format: 'parquet',
    files: options.unionByName ? withColumns(sized, schemas) : sized,
    options: readerOptions(options),
    schema: {},
  };
  return scanOf(source, database);
}

/** What columns each file has; the same list for files of the same ones. */
function withColumns(files: readonly FileInfo[], schemas: readonly FileSchema[]): readonly FileInfo[] {
  const lists = new Map<string, readonly string[]>();
  const columns = new Map(
    schemas.map(([path, found]) => {
      const key = JSON.stringify([...found.keys()]);
      const list = lists.get(key) ?? [...found.keys()];
      lists.set(key, list);
      return [path, list];
    }),
  );
  return files.map((file) => ({
    ...file,
    ...(columns.has(file.path) && { columns: columns.get(file.path)! }),
  }));
}

/** How many rows each file has, from its footer. */
async function withRows(files: readonly FileInfo[], database: Database): Promise<readonly FileInfo[]> {
  const rows: number[] = [];
  for await (const { columns } of database.batches({
    sql: 'SELECT num_rows FROM parquet_file_metadata($1)',
    values: [files.map(({ path }) => path)],
  }))
    rows.push(...Array.from(columns[0]!.values as BigInt64Array, Number));
  // In the order of the files that were asked for.
  return rows.length === files.length ? files.map((file, i) => ({ ...file, rows: rows[i]! })) : files;
}

/** Columns and types of each file, from its footer. */
async function schemasOf(files: readonly FileInfo[], database: Database): Promise<readonly FileSchema[]> {
  const schemas = new Map<string, Map<string, string>>();
  let open: { name: string; type: string; left: number; path: string } | undefined;
  const close = (): void => {
    if (open) schemas.get(open.path)!.set(open.name, open.type);
    open = undefined;
  };
  // One row a node of each file's tree, in the order of a walk: a column's nodes below the first are a part of its type.
  for await (const { rows, columns } of database.batches({
    sql: "SELECT file_name, name, coalesce(duckdb_type, converted_type, logical_type, 'group') AS type, coalesce(num_children, 0) AS children, coalesce(precision, 0) AS digits FROM parquet_schema($1)",
    values: [files.map(({ path }) => path)],
  })) {
    const [paths, names, types] = columns.map(({ values }) => values as readonly string[]);
    const [children, digits] = columns.slice(3).map(({ values }) => values as BigInt64Array);
    for (let i = 0; i < rows; i++) {
      const path = paths![i]!;
      if (!schemas.has(path)) {
        close();
        schemas.set(path, new Map());
        continue; // the root
      }
      if (open && open.left > 0) {
        open.type += ` ${names![i]!}: ${types![i]!}`;
        open.left += Number(children![i]!) - 1;
      } else {
        close();
        open = { name: names![i]!, type: types![i]!, left: Number(children![i]!), path };
      }
      if (Number(digits![i]!) > MOST_DIGITS)
        throw new FileError(
          `${path}: column ${JSON.stringify(open.name)} has decimals of ${digits![i]!} digits, and ${MOST_DIGITS} are the most that can be read; write it as such, or as text`,
          path,
          undefined,
          open.name,
        );
    }
  }
  close();
  return [...schemas];
}

/** Of decimals; of others DuckDB makes wrong numbers. */
const MOST_DIGITS = 38;

type FileSchema = readonly [path: string, columns: ReadonlyMap<string, string>];

/** Throws a FileError that names what differs between the columns of two files. */
export function checkSame([firstPath, first]: FileSchema, [path, columns]: FileSchema): void {
  const remedy = 'pass unionByName: true to put such files together, or read them as frames of their own';
  const differs = (what: string, name: string): never => {
    throw new FileError(`${path}: ${what}; ${remedy}`, path, undefined, name);
  };
  for (const [name, type] of first) {
    const quoted = JSON.stringify(name);
    const other = columns.get(name);
    if (other === undefined) differs(`there is no column ${quoted}, which ${firstPath} has`, name);
    else if (other !== type) differs(`column ${quoted} is ${other}, in ${firstPath} it is ${type}`, name);
  }
  for (const name of columns.keys())
    if (!first.has(name))
      differs(`there is a column ${JSON.stringify(name)}, which ${firstPath} has not`, name);
}
