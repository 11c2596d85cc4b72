import type { Database, QueryOptions } from '../duck/database.js';
import type { MapFunction } from '../plan/node.js';
import { quoteName, type Statement } from '../sql/writer.js';
import type { Schema } from '../types.js';
import { FIRST } from './op.js';
import { copyStatement } from './store.js';

/** How rows lie in a file that threads read. */
export interface RowsLayout {
  /** What errors call the function that they are for. */
  readonly label: string;
  readonly groupRows: number;
  /** What groups are made by: rows are sorted by it, and the first of each group is marked. */
  readonly keys?: readonly string[];
}

/** Rows in a file that threads read. */
export interface StoredRows {
  readonly file: string;
  readonly schema: Schema;
}

export const GROUP_ROWS = 65_536;
/** Row groups of DuckDB's are of whole vectors. */
const LEAST_GROUP = 2048;

/** How a function wants its rows. */
export function functionRows({ name, batchRows, per, keys }: MapFunction): RowsLayout {
  const wholeBatches = Math.floor(GROUP_ROWS / batchRows) * batchRows;
  return {
    label: name,
    groupRows: Math.max(LEAST_GROUP, batchRows, wholeBatches),
    ...(per === 'group' && { keys: keys.map((key) => key.name) }),
  };
}

/** Puts the rows of a statement, whose columns are of our types, into a file for threads. */
export async function storeRows(
  statement: Statement,
  { label, groupRows, keys }: RowsLayout,
  file: string,
  database: Database,
  options: QueryOptions,
): Promise<StoredRows> {
  const { schema } = await database.describe(statement, options.signal && { signal: options.signal });
  const stored: Schema = keys ? { ...schema, [FIRST]: 'bool' } : schema;
  const source = keys ? sorted(statement, keys) : statement;
  await database.execute(copyStatement(source, stored, file, groupRows, label), options);
  return { file, schema };
}

/** Rows sorted by the keys of their groups, in a group as they came; the first of each is marked. */
function sorted({ sql, values }: Statement, keys: readonly string[]): Statement {
  const row = quoteName('__tilework_number');
  const order = keys.map((name) => `${quoteName(name)}, `).join('');
  const first = keys.map((name) => `${quoteName(name)} IS DISTINCT FROM lag(${quoteName(name)}) OVER ()`);
  const mark = first.length > 0 ? first.join(' OR ') : 'false';
  const numbered = `(SELECT *, row_number() OVER () AS ${row} FROM (${sql}) AS s ORDER BY ${order}${row}) AS o`;
  return { sql: `SELECT * EXCLUDE (${row}), (${mark}) AS ${quoteName(FIRST)} FROM ${numbered}`, values };
}
