import { checkOptions } from '../../engine/known-options.js';
import { nearest } from '../../engine/nearest.js';
import { attach } from '../duck/attach.js';
import { Database } from '../duck/database.js';
import { FileError, FrameError } from '../errors.js';
import { checkReadable } from '../files/files.js';
import type { DataFrame } from '../frame.js';
import { checkByName } from '../given.js';
import type { FrameOptions } from '../options.js';
import type { DatabaseSource } from '../plan/source.js';
import { attachedName } from '../sql/source.js';
import type { AnySchema, SchemaLike } from '../types.js';
import { scanOf } from './scan.js';

/** What is read of a database. */
export interface DatabaseOptions extends Pick<FrameOptions, 'engine'> {
  /** Name of a table or view; `schema.table` where it is not in the first. */
  readonly table: string;
  /** What reads it; default: by how `where` begins or ends. */
  readonly type?: 'duckdb' | 'sqlite' | 'postgres' | 'mysql';
}

/** The frame of `readDatabase`. */
export async function databaseFrame<S extends SchemaLike<S> = AnySchema>(
  where: string,
  options: DatabaseOptions,
): Promise<DataFrame<S>> {
  checkByName('readDatabase', options, "options behind the path, such as { table: 'flights' }");
  checkOptions('readDatabase', options, ['table', 'type', 'engine']);
  const database = Database.of(options.engine);
  const type = options.type ?? typeOf(where);
  if (type === 'duckdb' || type === 'sqlite') await checkReadable('readDatabase', where);
  const other = { path: where, type };
  await attach(database, other).catch((error: unknown) => {
    if (!(error instanceof FrameError) || /extension/.test(error.message)) throw error;
    throw new FileError(
      `readDatabase: ${where} cannot be opened as a database of ${type}: ${error.message}`,
      where,
      undefined,
      undefined,
      { cause: error },
    );
  });
  const tables = await tablesOf(database, attachedName(other));
  const path = options.table.split('.');
  const wanted = tables.find(
    ([schema, name]) =>
      name === options.table || (path.length === 2 && schema === path[0] && name === path[1]),
  );
  if (!wanted) {
    const names = tables.map(([schema, name]) =>
      schema === 'main' || schema === 'public' ? name : `${schema}.${name}`,
    );
    const near = nearest(options.table, names);
    throw new FrameError(
      `readDatabase: ${where} has no table ${JSON.stringify(options.table)}; ${near === undefined ? '' : `did you mean ${JSON.stringify(near)}? `}there are ${names.slice(0, 20).join(', ') || 'none'}`,
    );
  }
  const source: DatabaseSource = { from: 'database', ...other, table: wanted, schema: {} };
  return scanOf(source, database);
}

function typeOf(where: string): NonNullable<DatabaseOptions['type']> {
  if (/^postgres(ql)?:\/\//.test(where)) return 'postgres';
  if (/^mysql:\/\//.test(where)) return 'mysql';
  return /\.(sqlite3?|db3)$/.test(where) ? 'sqlite' : 'duckdb';
}

async function tablesOf(database: Database, name: string): Promise<readonly (readonly string[])[]> {
  const tables: (readonly string[])[] = [];
  for await (const { columns } of database.batches({
    sql: 'SELECT table_schema, table_name FROM information_schema.tables WHERE table_catalog = $1 ORDER BY ALL',
    values: [name],
  })) {
    const [schemas, names] = columns.map(({ values }) => values as readonly string[]);
    tables.push(...schemas!.map((schema, i) => [schema, names![i]!]));
  }
  return tables;
}
