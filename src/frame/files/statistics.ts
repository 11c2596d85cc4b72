import type { Database } from '../duck/database.js';
import { joinStatistics, pruneFiles, readBound, telling } from '../optimize/index.js';
import type { PlanNode, ScanNode } from '../plan/node.js';
import type { ColumnStatistics, FileInfo } from '../plan/source.js';
import { inputsOf, withInputs } from '../plan/walk.js';
import type { Schema } from '../types.js';
import { checkUnchanged } from './files.js';

/** A plan without the files of which their footers say that no row passes its filters. */
export const withoutFiles = async (plan: PlanNode, database: Database): Promise<PlanNode> =>
  pruneFiles(await withStatistics(plan, database));

/**
 * A plan whose Parquet files know between what the values of their columns lie, where filters are asked of them: from their footers. Rules that are pure
 * can leave out files by that.
 */
async function withStatistics(plan: PlanNode, database: Database): Promise<PlanNode> {
  if (plan.kind === 'scan') return scanWithStatistics(plan, database);
  const before = inputsOf(plan);
  const inputs = await Promise.all(before.map((input) => withStatistics(input, database)));
  return inputs.every((input, i) => input === before[i]) ? plan : withInputs(plan, inputs);
}

async function scanWithStatistics(node: ScanNode, database: Database): Promise<ScanNode> {
  const { source } = node;
  const names = telling(node);
  if (names.length === 0 || source.from !== 'files') return node;
  const asked = source.files.filter((file) => names.some((name) => !read.get(file)?.has(name)));
  const found = await readFooters(asked, names, source.schema, database);
  // Those that are left out are not looked at any more.
  await checkUnchanged(source.files);
  const files = source.files.map((file) => {
    const known = read.get(file) ?? new Map<string, ColumnStatistics>();
    for (const [name, statistics] of found.get(file.path) ?? []) known.set(name, statistics);
    // What has no date might be another file next time; of others a change is noticed before rows are read.
    if (file.modified !== undefined) read.set(file, known);
    return { ...file, statistics: Object.fromEntries(known) };
  });
  return Object.freeze({ ...node, source: Object.freeze({ ...source, files }) });
}

/** What footers said, for as long as there are frames of the files: a query would else read those of all files again. */
const read = new WeakMap<FileInfo, Map<string, ColumnStatistics>>();

/** By files and columns; nothing is known of a column that a file does not have. */
async function readFooters(
  files: readonly FileInfo[],
  names: readonly string[],
  schema: Schema,
  database: Database,
): Promise<Map<string, Map<string, ColumnStatistics>>> {
  const found = new Map(files.map(({ path }) => [path, new Map<string, ColumnStatistics>()]));
  if (files.length === 0) return found;
  for await (const { rows, columns } of database.batches({
    sql: `SELECT file_name, path_in_schema, stats_min_value, stats_max_value, CAST(stats_null_count AS DOUBLE)
      FROM parquet_metadata($1) WHERE list_contains($2, path_in_schema)`,
    values: [[...found.keys()], names],
  })) {
    const value = <T>(column: number, row: number): T | null => {
      const { values, valid } = columns[column]!;
      return valid?.[row] === 0 ? null : (values[row] as T);
    };
    for (let row = 0; row < rows; row++) {
      const [path, name] = [value<string>(0, row)!, value<string>(1, row)!];
      const type = schema[name]!;
      const nulls = value<number>(4, row) ?? undefined;
      const least = readBound(value(2, row), type);
      const greatest = readBound(value(3, row), type);
      const part: ColumnStatistics = {
        ...(least !== undefined && { least }),
        ...(greatest !== undefined && { greatest }),
        ...(nulls !== undefined && { nulls }),
      };
      const of = found.get(path);
      const before = of?.get(name);
      of?.set(name, before ? joinStatistics(before, part) : part);
    }
  }
  for (const of of found.values()) for (const name of names) if (!of.has(name)) of.set(name, {});
  return found;
}
