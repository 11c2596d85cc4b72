import { blamed } from '../blame.js';
import { Database, type QueryOptions } from '../duck/database.js';
import { describeMaps } from '../map/describe.js';
import { optimize } from '../optimize/index.js';
import type { FrameOptions } from '../options.js';
import type { PlanNode } from '../plan/node.js';
import { engineOf, inFiles } from '../plan/place.js';
import type { Schema } from '../types.js';
import { statementOf } from './statement.js';

/** How the columns of plans and their types are found. */
export const describing =
  (database: Database, options: QueryOptions = {}) =>
  async (plan: PlanNode): Promise<Schema> =>
    (await database.describe(await statementOf(plan, database), options)).schema;

/** What went wrong with a plan; what DuckDB has against it in the plan's words. */
export const failureOf = (error: unknown, plan: PlanNode, database: Database): Promise<unknown> => {
  const describe = describing(database);
  return blamed(error, () => describeMaps(plan, describe), describe);
};

/** Columns of a plan and their types, without computing it. What cannot be computed is said here. */
export async function schemaOf(plan: PlanNode, options: FrameOptions = {}): Promise<Schema> {
  const database = Database.of(engineOf(plan, options.engine));
  const describe = describing(database);
  const best = optimize(inFiles(plan));
  try {
    return await describe(await describeMaps(best, describe));
  } catch (error) {
    throw await failureOf(error, best, database);
  }
}
