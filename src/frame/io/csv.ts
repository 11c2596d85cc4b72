import { checkChoice, checkOptions, optionNames } from '../../engine/known-options.js';
import { bind, Database } from '../duck/database.js';
import { ColumnError, FileError } from '../errors.js';
import { columnNode, type ExprNode, freeze } from '../expr/node.js';
import { filesOf } from '../files/files.js';
import { checkGzip } from '../files/gzip.js';
import { DataFrame } from '../frame.js';
import { checkUnique } from '../plan/check.js';
import * as make from '../plan/make.js';
import type { FileInfo, FileSource, NamedType } from '../plan/source.js';
import { quoteName, typeName } from '../sql/writer.js';
import type { AnySchema, ColumnType, Schema } from '../types.js';
import { type Look, look } from './csv-look.js';
import { checkSame } from './parquet.js';
import { everything, type FileOptions, readerOptions, scanOf } from './scan.js';

/** How files of CSV are read. */
export interface CsvOptions<S extends Schema = Schema> extends FileOptions {
  /** All columns and their types: of a file with a header those of these names, of one without in this order. Default: found from the files. */
  readonly schema?: S;
  /** Types of some columns; those of others are found. */
  readonly types?: Readonly<Record<string, ColumnType>>;
  /** Whether the first row holds names; default: yes, unless `names` are given. */
  readonly header?: boolean;
  /** Names of columns, in order, in place of those that a header has, or where there is none. */
  readonly names?: readonly string[];
  /** What is between values; default: of `,`, `;`, tab and `|` the one that the first line has most of. */
  readonly delimiter?: string;
  /** What may be around values; default: `"`. */
  readonly quote?: string;
  /** What is before a quote inside of quotes; default: the quote itself. */
  readonly escape?: string;
  /** Texts that mean null, in quotes or not; default: nothing at all, where `""` is an empty text. */
  readonly nullText?: string | readonly string[];
  /** As strptime has it: `%d.%m.%Y`. */
  readonly dateFormat?: string;
  /** As strptime has it: `%d.%m.%Y %H:%M`. */
  readonly timestampFormat?: string;
  /** What is before decimals; default `.`. */
  readonly decimal?: '.' | ',';
  /** What is between the thousands of numbers; default: nothing. */
  readonly thousands?: ',' | '.' | ' ' | "'" | '_';
  /** Default: by the end of the path (`.gz`, `.zst`). */
  readonly compression?: 'gzip' | 'zstd' | 'none';
  /** Default: UTF-8, or UTF-16 where a file begins with its mark. */
  readonly encoding?: 'utf-8' | 'utf-16' | 'latin-1';
  /** Lines before the header that are left out. */
  readonly skipRows?: number;
  /** Lines that begin so are left out. */
  readonly comment?: string;
  /** Rows that have fewer values than there are columns: nulls take their places. Otherwise they are an error. */
  readonly fillShortRows?: boolean;
  /** How long one row may be, in bytes (2,000,000); memory is taken for several such. */
  readonly rowBytes?: number;
  /** From how many rows of each file types are found (20,480); -1 for all. */
  readonly sampleRows?: number;
  /** What rows become that do not fit: an error, or left out; `csvBadRows` lists them. */
  readonly onBadRows?: 'error' | 'skip';
}

const CSV_OPTIONS = optionNames<CsvOptions>({
  schema: true,
  types: true,
  header: true,
  names: true,
  delimiter: true,
  quote: true,
  escape: true,
  nullText: true,
  dateFormat: true,
  timestampFormat: true,
  decimal: true,
  thousands: true,
  compression: true,
  encoding: true,
  skipRows: true,
  comment: true,
  fillShortRows: true,
  rowBytes: true,
  sampleRows: true,
  onBadRows: true,
  hivePartitioning: true,
  filename: true,
  unionByName: true,
  engine: true,
});

/** The frame of `readCsv`. */
export async function csvFrame<const S extends Schema = AnySchema>(
  paths: string | readonly string[],
  options: CsvOptions<S> = {},
): Promise<DataFrame<S>> {
  checkOptions('readCsv', options, CSV_OPTIONS);
  const database = Database.of(options.engine);
  const sources = await csvSources('readCsv', paths, options as CsvOptions, database);
  const frames = await Promise.all(sources.map((source) => scanOf<AnySchema>(source, database)));
  const frame = frames.length === 1 ? frames[0]! : unionOf(frames);
  const { schema } = options;
  if (!schema) return frame.withTypes<S>();
  // Columns of a file that the schema does not name are left out; those that the path gives stay.
  const inFile = new Set(sources.flatMap((source) => namesIn(source.options)));
  const kept = frame.columns.filter((name) => !inFile.has(name) || Object.hasOwn(schema, name));
  return new DataFrame(make.pick(frame.plan, kept));
}

/** A row of a CSV file that could not be read, and why. */
export interface BadRow {
  readonly path: string;
  readonly line: number;
  readonly column: string | null;
  readonly text: string;
  readonly error: string;
}

/** The rows of `csvBadRows`. */
export async function badRows(
  paths: string | readonly string[],
  options: CsvOptions & { readonly limit?: number } = {},
): Promise<readonly BadRow[]> {
  checkOptions('csvBadRows', options, ['limit', ...CSV_OPTIONS]);
  const database = Database.of(options.engine);
  const { limit = 1000 } = options;
  const bad: BadRow[] = [];
  for (const source of await csvSources('csvBadRows', paths, options, database))
    if (bad.length < limit) bad.push(...(await badRowsOf(source, limit - bad.length, database)));
  return bad;
}

async function badRowsOf(found: FileSource, limit: number, database: Database): Promise<readonly BadRow[]> {
  const { ignore_errors: _, ...options } = found.options;
  const source = { ...found, options: { ...options, store_rejects: true, rejects_limit: limit } };
  const names = namesIn(found.options);
  // Every value is asked for: those of columns that nobody needs are not converted.
  const { sql, values } = everything(
    source,
    `SELECT ${names.map((name) => `count(${quoteName(name)})`).join(', ')}`,
  );
  return database.connected({}, async (connection) => {
    await connection.run(sql, await bind(values));
    const found = await connection.runAndReadAll(
      'SELECT s.file_path, e.line, e.column_name, e.csv_line, e.error_message FROM reject_errors e JOIN reject_scans s USING (scan_id, file_id) ORDER BY s.file_path, e.line, e.column_idx',
    );
    return found.getRows().map(
      ([path, line, column, text, error]): BadRow => ({
        path: String(path),
        line: Number(line),
        column: column === null ? null : String(column),
        text: String(text),
        error: String(error),
      }),
    );
  });
}

/** How CSV files are read, where they all have the same columns: what options do not say is found from them. */
async function csvSources(
  where: string,
  paths: string | readonly string[],
  options: CsvOptions,
  database: Database,
): Promise<readonly FileSource[]> {
  checkValues(where, options);
  const files = await filesOf(where, paths, ['.csv', '.csv.gz', '.csv.zst', '.tsv', '.tsv.gz'], database);
  await checkGzip(where, files, options.compression);
  const looks: Look[] = [];
  for (const file of files)
    looks.push(named(where, file, await look(where, file, options, database), options));
  const types = typesOf(where, looks, options);
  const groups = new Map<string, { readonly look: Look; readonly files: FileInfo[] }>();
  for (const [i, found] of looks.entries()) {
    const names = found.columns.map(([name]) => name);
    if (!options.unionByName)
      checkSame([files[0]!.path, placesOf(looks[0]!)], [files[i]!.path, placesOf(found)]);
    const key = JSON.stringify([names, found.dialect]);
    const group = groups.get(key) ?? { look: found, files: [] };
    group.files.push(files[i]!);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ look: { columns, dialect }, files: same }) => ({
    from: 'files',
    format: 'csv',
    files: same,
    options: {
      ...readerOptions({ ...options, unionByName: false }),
      ...dialect,
      auto_detect: false,
      columns: columns.map(([name]): NamedType => [name, types.get(name)!]),
      ...(options.onBadRows === 'skip' && { ignore_errors: true }),
    },
    schema: {},
  }));
}

function checkValues(where: string, options: CsvOptions): void {
  checkChoice(where, 'encoding', options.encoding, ['utf-8', 'utf-16', 'latin-1']);
  checkChoice(where, 'compression', options.compression, ['gzip', 'zstd', 'none']);
  checkChoice(where, 'onBadRows', options.onBadRows, ['error', 'skip']);
  const { decimal = '.', thousands } = options;
  checkChoice(where, 'decimal', decimal, ['.', ',']);
  checkChoice(where, 'thousands', thousands, [',', '.', ' ', "'", '_']);
  if (thousands === decimal)
    throw new TypeError(
      `${where}: ${JSON.stringify(decimal)} cannot be before decimals and between thousands too: say both, decimal and thousands`,
    );
  const { rowBytes } = options;
  if (rowBytes !== undefined && !(Number.isSafeInteger(rowBytes) && rowBytes > 0))
    throw new RangeError(`${where}: rowBytes is a whole number from 1, not ${rowBytes}`);
}

/** Columns by their places, which are what files are read by. */
const placesOf = ({ columns }: Look): Map<string, string> =>
  new Map(columns.map(([name], i) => [name, `number ${i + 1}`]));

const namesIn = (options: FileSource['options']): readonly string[] =>
  (options.columns as readonly NamedType[]).map(([name]) => name);

/** With the names that were asked for. */
function named(where: string, { path }: FileInfo, found: Look, { names, header, schema }: CsvOptions): Look {
  const inOrder = header === false && schema !== undefined && names === undefined;
  const number = inOrder ? Object.keys(schema).find((name) => /^\d+$/.test(name)) : undefined;
  if (number !== undefined)
    throw new TypeError(
      `${where}: schema has the column "${number}", and objects of JavaScript put such names first: say the order of the columns by names`,
    );
  const wanted = names ?? (inOrder ? Object.keys(schema) : undefined);
  if (!wanted) return found;
  checkUnique(where, wanted);
  const types = found.columns.map(([, type]) => type);
  if (wanted.length !== types.length)
    throw new FileError(
      `${where}: ${path} has ${types.length} columns, and ${wanted.length} names were given (${wanted.join(', ')})`,
      path,
    );
  return { ...found, columns: wanted.map((name, i): NamedType => [name, types[i]!]) };
}

/** The type of each column: what was asked for, else what all files have, as DuckDB writes it. */
function typesOf(where: string, looks: readonly Look[], options: CsvOptions): ReadonlyMap<string, string> {
  const types = new Map<string, string>();
  for (const { columns } of looks)
    for (const [name, type] of columns) {
      const other = types.get(name);
      types.set(name, other === undefined ? type : wider(other, type));
    }
  for (const [name, type] of Object.entries({ ...options.types, ...options.schema })) {
    if (!types.has(name)) throw new ColumnError(where, name, [...types.keys()]);
    types.set(name, typeName(type));
  }
  return types;
}

/** A type that has the values of both. */
function wider(a: string, b: string): string {
  if (a === b) return a;
  const both = [a, b].sort().join(' ');
  return (
    { 'BIGINT DOUBLE': 'DOUBLE', 'DATE TIMESTAMP': 'TIMESTAMP', 'BOOLEAN BIGINT': 'VARCHAR' }[both] ??
    'VARCHAR'
  );
}

/** Frames put together by the names of their columns; what one does not have is null. */
function unionOf(frames: readonly DataFrame[]): DataFrame {
  const types = new Map<string, ColumnType>();
  for (const { plan } of frames)
    if (plan.kind === 'scan' && plan.source.from === 'files')
      for (const name of plan.columns) types.set(name, plan.source.schema[name]!);
  const names = [...types.keys()];
  const inputs = frames.map(({ plan }) =>
    make.project(
      plan,
      [...types].map(([name, type]) => ({
        name,
        expr: plan.columns.includes(name) ? columnNode(name) : nullOf(type),
      })),
    ),
  );
  return new DataFrame(make.union(inputs, names));
}

const nullOf = (to: ColumnType): ExprNode =>
  freeze({ kind: 'cast', value: freeze({ kind: 'literal', value: null } as const), to, strict: true });
