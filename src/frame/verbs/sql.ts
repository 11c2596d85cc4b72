import { Database } from '../duck/database.js';
import { FrameError } from '../errors.js';
import { type FrameOptions, schemaOf } from '../execute.js';
import { type AnyFrame, DataFrame } from '../frame.js';
import { checkUnique } from '../plan/check.js';
import { quoteName, typeName } from '../sql/writer.js';
import type { AnySchema, Schema } from '../types.js';

/**
 * A frame by a SELECT statement of DuckDB's SQL over frames, by their names. The statement is part of the lazy plan; only its columns are found
 * now. Values of others belong into frames and expressions, never into the text.
 *
 * @throws FrameError where the text is not one SELECT statement, or where DuckDB refuses it
 * @example
 * const trips = fromRows([{ from: 'a', km: 5 }, { from: 'b', km: 7 }, { from: 'a', km: 1 }]);
 * const sums = await sql('SELECT "from", sum(km) AS km FROM trips GROUP BY ALL ORDER BY ALL', { trips });
 * await sums.rows(); // [{ from: 'a', km: 6 }, { from: 'b', km: 7 }]
 */
export async function sql<S extends Schema = AnySchema>(
  text: string,
  frames: Readonly<Record<string, AnyFrame>> = {},
  options: FrameOptions = {},
): Promise<DataFrame<S>> {
  const inputs = Object.entries(frames).map(([name, { plan }]) => ({ name, plan }));
  const empty = await Promise.all(
    inputs.map(async ({ name, plan }) => emptySql(name, await schemaOf(plan, options))),
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
  return new DataFrame(Object.freeze({ kind: 'sql', text: select, inputs, columns }));
}

/** A frame of a schema without rows, as a part of WITH. */
const emptySql = (name: string, schema: Schema): string =>
  `${quoteName(name)} AS (SELECT ${Object.entries(schema)
    .map(([column, type]) => `CAST(NULL AS ${typeName(type)}) AS ${quoteName(column)}`)
    .join(', ')} LIMIT 0)`;
