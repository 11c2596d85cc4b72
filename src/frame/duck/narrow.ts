import { quoteName, type Statement } from '../sql/writer.js';
import type { Database } from './database.js';

/** A statement whose columns are of our types. Sums of integers have 128 bits in DuckDB; to us they are int64, and what does not fit is an error. */
export async function narrowed(statement: Statement, database: Database): Promise<Statement> {
  const { wide } = await database.describe(statement);
  if (wide.length === 0) return statement;
  const casts = wide.map((name) => `CAST(${quoteName(name)} AS BIGINT) AS ${quoteName(name)}`);
  return { ...statement, sql: `SELECT * REPLACE (${casts.join(', ')}) FROM (${statement.sql}) AS f` };
}
