import type { ScanNode } from '../plan/node.js';
import type {
  DatabaseSource,
  FileInfo,
  FileSource,
  NamedType,
  ReaderOption,
  TaskSource,
} from '../plan/source.js';
import type { Batch } from '../result/column.js';
import { type Parameters, quoteName } from './writer.js';

const READERS = { parquet: 'read_parquet', csv: 'read_csv', json: 'read_json' } as const;

/** What the executor knows of sources. */
export interface Placed {
  /** The table that rows in memory were put into. */
  readonly table: (rows: Batch) => string;
  /** What tasks wrote, as it stands in FROM. */
  readonly tasks?: (source: TaskSource, parameters: Parameters) => string;
}

/** A database beside frames' own. */
export type Attached = Pick<DatabaseSource, 'path' | 'type'>;

/** The name that it has in statements: the same for the same one. */
export const attachedName = ({ path, type }: Attached): string => `${type}:${path}`;

/** A source as it stands in FROM. */
export function sourceSql({ source }: ScanNode, parameters: Parameters, placed: Placed): string {
  switch (source.from) {
    case 'memory': {
      const table = quoteName(placed.table(source.table));
      if (!source.range) return table;
      return `(SELECT * FROM ${table} WHERE rowid >= ${source.range[0]} AND rowid < ${source.range[1]})`;
    }
    case 'database': {
      const table = [attachedName(source), ...source.table].map(quoteName).join('.');
      if (!source.range) return table;
      const [from, to] = source.range;
      return `(SELECT * FROM ${table} WHERE rowid >= ${from}${to === undefined ? '' : ` AND rowid < ${to}`})`;
    }
    case 'array':
    case 'delayed':
      throw new TypeError('what is computed before is no part of a statement');
    case 'held':
      // Where it is computed tasks stand in its place: here it says the types of its columns.
      return nothingSql(Object.entries(source.holding.types));
    case 'shared':
      throw new TypeError('what parts of a statement share is written with the statement');
    case 'tasks':
      if (!placed.tasks) throw new TypeError('a plan that reads what tasks wrote is run by their executor');
      return placed.tasks(source, parameters);
    case 'files':
      return filesSql(source, parameters);
  }
}

/** No rows, of columns of types by DuckDB's names. */
export function nothingSql(columns: readonly (readonly [name: string, type: string])[]): string {
  const nulls = columns.map(([name, type]) => `CAST(NULL AS ${type}) AS ${quoteName(name)}`);
  return `(SELECT ${nulls.join(', ') || NONE} WHERE false)`;
}

/** What stands for rows without columns: a file of Parquet has one at least. */
const NOTHING = '__tilework_nothing';
export const NONE = `true AS ${quoteName(NOTHING)}`;

function filesSql(source: FileSource, parameters: Parameters): string {
  const pieces = piecesOf(source.files).map((files) => pieceSql(source, files, parameters));
  const rows =
    pieces.length === 1
      ? pieces[0]!
      : `(${pieces.map((piece) => `SELECT * FROM ${piece}`).join(' UNION ALL BY NAME ')})`;
  if (!source.types) return rows;
  const casts = Object.entries(source.types).map(([name, type]) => {
    const value = source.absent?.includes(name) ? 'NULL' : quoteName(name);
    return `CAST(${value} AS ${type}) AS ${quoteName(name)}`;
  });
  return `(SELECT ${casts.join(', ')} FROM ${rows})`;
}

/** Neighbours that are read whole are read at once. */
function piecesOf(files: readonly FileInfo[]): readonly (readonly FileInfo[])[] {
  const pieces: FileInfo[][] = [];
  for (const file of files) {
    const last = pieces.at(-1);
    if (last && !file.range && !last[0]!.range) last.push(file);
    else pieces.push([file]);
  }
  return pieces;
}

function pieceSql(
  { format, options }: FileSource,
  files: readonly FileInfo[],
  parameters: Parameters,
): string {
  const range = files[0]?.range;
  const args = [
    parameters.bind(files.map(({ path }) => path)),
    ...Object.entries(options).map(([name, value]) => `${name} = ${optionSql(value, parameters)}`),
    ...(range ? ['file_row_number = true'] : []),
  ];
  const table = `${READERS[format]}(${args.join(', ')})`;
  if (format === 'csv' && options.ignore_errors === true && options.columns)
    return goodRows(table, options.columns);
  if (!range) return table;
  return `(SELECT * EXCLUDE (file_row_number) FROM ${table} WHERE file_row_number >= ${range[0]} AND file_row_number < ${range[1]})`;
}

/**
 * The rows of CSV files of which every value fits. DuckDB converts the columns that are needed only: which rows there are would depend on
 * that.
 */
function goodRows(table: string, columns: ReaderOption): string {
  const converted = (columns as readonly NamedType[])
    .filter(([, type]) => type !== 'VARCHAR')
    .map(([name]) => quoteName(name));
  if (converted.length === 0) return table;
  return `(SELECT * FROM ${table} WHERE hash(${converted.join(', ')}) IS NOT NULL)`;
}

function optionSql(value: ReaderOption, parameters: Parameters): string {
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value === 'string' || !isTyped(value)) return parameters.bind(value);
  const entries = value.map(([name, type]) => `${quoteName(name)}: ${parameters.bind(type)}`);
  return `{${entries.join(', ')}}`;
}

const isTyped = (value: readonly string[] | readonly NamedType[]): value is readonly NamedType[] =>
  typeof value[0] === 'object';
