import { type AnyFrame, DataFrame } from '../frame.js';
import { checkFrameOptions, type FrameOptions } from '../options.js';
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
): Promise<DataFrame<NoInfer<S>>> {
  const { sqlPlan } = await import('../late.js');
  const inputs = Object.entries(frames).map(([name, { plan }]) => ({ name, plan }));
  checkFrameOptions('sql', options);
  return new DataFrame(await sqlPlan(text, inputs, options));
}
