import type { DatabaseSource, FileSource, ReaderOption, ScanNode } from '../plan/node.js';
import type { Batch } from '../result/column.js';
import { type Parameters, quoteName } from './writer.js';

const READERS = { parquet: 'read_parquet', csv: 'read_csv', json: 'read_json' } as const;

/** What the executor knows of sources. */
export interface Placed {
  /** The table that rows in memory were put into. */
  readonly table: (rows: Batch) => string;
  /** The files that tasks wrote, by the number of a fragment's input and of its part. */
  readonly files?: (input: number, part: number) => readonly string[];
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
    case 'tasks': {
      const files = source.inputs.flatMap(({ input, part }) => placed.files?.(input, part) ?? []);
      return `read_parquet(${parameters.bind(files)})`;
    }
    case 'database':
      return [attachedName(source), ...source.table].map(quoteName).join('.');
    case 'array':
      throw new TypeError('an array is no part of a statement');
    case 'files':
      return filesSql(source, parameters);
  }
}

function filesSql(source: FileSource, parameters: Parameters): string {
  const { files, format, options } = source;
  const ranges = files.some(({ range }) => range !== undefined);
  const args = [
    parameters.bind(files.map(({ path }) => path)),
    ...Object.entries(options).map(([name, value]) => `${name} = ${optionSql(value, parameters)}`),
    ...(ranges ? ['file_row_number = true'] : []),
  ];
  const table = `${READERS[format]}(${args.join(', ')})`;
  if (!ranges) return table;
  const [from, to] = files[0]!.range!;
  return `(SELECT * EXCLUDE (file_row_number) FROM ${table} WHERE file_row_number >= ${from} AND file_row_number < ${to})`;
}

function optionSql(value: ReaderOption, parameters: Parameters): string {
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value === 'string' || Array.isArray(value))
    return parameters.bind(value as string | readonly string[]);
  const entries = Object.entries(value).map(([name, type]) => `${quoteName(name)}: ${parameters.bind(type)}`);
  return `{${entries.join(', ')}}`;
}
