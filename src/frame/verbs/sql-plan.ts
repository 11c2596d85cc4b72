import { Database } from '../duck/database.js';
import { FrameError } from '../errors.js';
import type { FrameOptions } from '../options.js';
import { checkUnique } from '../plan/check.js';
import type { SqlNode } from '../plan/node.js';
import { quoteName, typeName } from '../sql/writer.js';
import { schemaOf } from '../statement/index.js';
import type { Schema } from '../types.js';

/** The plan of a user's statement over named plans: its columns are found now. */
export async function sqlPlan(
  text: string,
  inputs: SqlNode['inputs'],
  options: FrameOptions,
): Promise<SqlNode> {
  const empty = await Promise.all(
    inputs.map(async ({ name, plan }) => emptySql(name, plan.columns, await schemaOf(plan, options))),
  );
  const select = `${text.trim().replace(/;\s*$/, '')}\n`;
  const columns = await Database.of(options.engine).connected({}, async (connection) => {
    const { count } = await connection.extractStatements(text);
    if (count !== 1)
      throw new FrameError(`sql: the text must be one SELECT statement, and has ${count} statements`);
    // Over frames without rows, in which no value of ours is bound: a parameter would be the text's own.
    const prepared = await connection.prepare(
      `${empty.length > 0 ? `WITH ${empty.join(', ')} ` : ''}SELECT * FROM (${select}) AS q`,
    );
    if (prepared.parameterCount > 0)
      throw new FrameError(
        'sql: the text has parameters, to which nothing is bound: filter the frames by expressions instead',
      );
    return Array.from({ length: prepared.columnCount }, (_, i) => prepared.columnName(i));
  });
  checkUnique('sql', columns);
  return Object.freeze({ kind: 'sql', text: select, inputs, columns });
}

/** A frame of a schema without rows, as a part of WITH. */
const emptySql = (name: string, columns: readonly string[], schema: Schema): string =>
  `${quoteName(name)} AS (SELECT ${columns
    .map((column) => `CAST(NULL AS ${typeName(schema[column]!)}) AS ${quoteName(column)}`)
    .join(', ')} LIMIT 0)`;
