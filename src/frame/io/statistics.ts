import type { Database } from '../duck/database.js';
import { joinStatistics, pruneFiles, readBound, telling } from '../optimize/files.js';
import { type ColumnStatistics, inputsOf, type PlanNode, type ScanNode, withInputs } from '../plan/node.js';

/** A plan without the files of which their footers say that no row passes its filters. */
export const withoutFiles = async (plan: PlanNode, database: Database): Promise<PlanNode> =>
  pruneFiles(await withStatistics(plan, database));

/**
 * A plan whose Parquet files know between what the values of their columns lie, where filters are asked of them: from their footers, which
 * are read anew each time (they are small). Rules that are pure can leave out files by that.
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
  const found = new Map<string, Record<string, ColumnStatistics>>();
  const paths = source.files.map(({ path }) => path);
  for await (const { rows, columns } of database.batches({
    sql: `SELECT file_name, path_in_schema, stats_min_value, stats_max_value, CAST(stats_null_count AS DOUBLE)
      FROM parquet_metadata($1) WHERE list_contains($2, path_in_schema)`,
    values: [paths, names],
  })) {
    const value = <T>(column: number, row: number): T | null => {
      const { values, valid } = columns[column]!;
      return valid?.[row] === 0 ? null : (values[row] as T);
    };
    for (let row = 0; row < rows; row++) {
      const [path, name] = [value<string>(0, row)!, value<string>(1, row)!];
      const type = source.schema[name]!;
      const nulls = value<number>(4, row) ?? undefined;
      const least = readBound(value(2, row), type);
      const greatest = readBound(value(3, row), type);
      add(found, path, name, {
        ...(least !== undefined && { least }),
        ...(greatest !== undefined && { greatest }),
        ...(nulls !== undefined && { nulls }),
      });
    }
  }
  const files = source.files.map((file) => {
    const statistics = found.get(file.path);
    return statistics ? { ...file, statistics } : file;
  });
  return Object.freeze({ ...node, source: Object.freeze({ ...source, files }) });
}

function add(
  found: Map<string, Record<string, ColumnStatistics>>,
  path: string,
  name: string,
  part: ColumnStatistics,
): void {
  const of = found.get(path) ?? {};
  of[name] = Object.hasOwn(of, name) ? joinStatistics(of[name]!, part) : part;
  found.set(path, of);
}
