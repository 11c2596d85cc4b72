import type { Key } from '../../graph/task.js';
import { attach } from '../duck/attach.js';
import type { Database } from '../duck/database.js';
import { columnsOf, type ExprNode } from '../expr/node.js';
import * as make from '../plan/make.js';
import type { JoinNode, PlanNode, ScanNode, UnionNode } from '../plan/node.js';
import type { DatabaseSource } from '../plan/source.js';
import { inputsOf } from '../plan/walk.js';
import { attachedName } from '../sql/source.js';
import type { Statement } from '../sql/writer.js';
import type { ColumnTypes } from '../types.js';

/** What the planner must know of data, beside the plan: it asks nobody itself. */
export interface Facts {
  /** Rows of the row groups of Parquet files, by path. */
  readonly rowGroups: ReadonlyMap<string, readonly number[]>;
  readonly scanTypes: ReadonlyMap<ScanNode, ColumnTypes>;
  /** About how many rows tables of DuckDB's own files have; views none that are known. */
  readonly tableRows: ReadonlyMap<ScanNode, number>;
  /** Types of the columns of each input. */
  readonly unionTypes: ReadonlyMap<UnionNode, readonly ColumnTypes[]>;
  /** Types of what is equal, of each pair. */
  readonly joinTypes: ReadonlyMap<JoinNode, readonly (readonly [string, string])[]>;
  /** Bytes of the files that tasks left, of those that have run already. */
  readonly written: ReadonlyMap<Key, number>;
}

/** Finds out what is to be known of a plan's data: schemas and footers are read, no rows. */
export async function factsOf(
  plan: PlanNode,
  database: Database,
  statementOf: (plan: PlanNode) => Promise<Statement>,
): Promise<Facts> {
  const facts = {
    rowGroups: new Map<string, readonly number[]>(),
    scanTypes: new Map<ScanNode, ColumnTypes>(),
    tableRows: new Map<ScanNode, number>(),
    unionTypes: new Map<UnionNode, readonly ColumnTypes[]>(),
    joinTypes: new Map<JoinNode, readonly (readonly [string, string])[]>(),
    written: new Map<Key, number>(),
  };
  const typesOf = async (node: PlanNode): Promise<ColumnTypes> =>
    (await database.describe(await statementOf(node))).types;
  const typesOfExprs = async (input: PlanNode, exprs: readonly ExprNode[]): Promise<readonly string[]> => {
    if (exprs.length === 0) return [];
    const items = exprs.map((expr, i) => ({ name: `e${i}`, expr }));
    return Object.values(await typesOf(make.project(input, items)));
  };
  const visit = async (node: PlanNode): Promise<void> => {
    await Promise.all(inputsOf(node).map(visit));
    switch (node.kind) {
      case 'scan':
        if (node.source.from === 'database' && node.source.type === 'duckdb') {
          const rows = await tableRows(node.source, database);
          if (rows !== undefined) facts.tableRows.set(node, rows);
        }
        if (node.source.from !== 'files') return;
        if (node.source.files.length > 1) {
          const read = new Set(node.columns);
          for (const filter of node.filters) columnsOf(filter, read);
          if (read.size > 0) facts.scanTypes.set(node, await typesOf(make.scan(node.source, [...read])));
        }
        return;
      case 'union':
        facts.unionTypes.set(node, await Promise.all(node.inputs.map(typesOf)));
        return;
      case 'join': {
        const [left, right] = await Promise.all(
          (['left', 'right'] as const).map((side) =>
            typesOfExprs(
              node[side],
              node.on.map((pair) => pair[side]),
            ),
          ),
        );
        facts.joinTypes.set(
          node,
          left!.map((type, i) => [type, right![i]!] as const),
        );
        return;
      }
      default:
    }
  };
  // Each asks DuckDB, which answers several at once; until then no worker has anything to do.
  await Promise.all([visit(plan), readRowGroups(parquetFiles(plan), database, facts.rowGroups)]);
  return facts;
}

/** The paths of all Parquet files of a plan, each once. */
function parquetFiles(plan: PlanNode): readonly string[] {
  const paths = new Set<string>();
  const visit = (node: PlanNode): void => {
    if (node.kind === 'scan' && node.source.from === 'files' && node.source.format === 'parquet')
      for (const { path } of node.source.files) paths.add(path);
    inputsOf(node).forEach(visit);
  };
  visit(plan);
  return [...paths];
}

/** About how many rows a table has; undefined of a view. */
async function tableRows(source: DatabaseSource, database: Database): Promise<number | undefined> {
  await attach(database, source);
  const statement = {
    sql: 'SELECT estimated_size FROM duckdb_tables() WHERE database_name = $1 AND schema_name = $2 AND table_name = $3',
    values: [attachedName(source), ...source.table],
  };
  for await (const { rows, columns } of database.batches(statement))
    if (rows > 0) return Number(columns[0]!.values[0]);
  return undefined;
}

async function readRowGroups(
  paths: readonly string[],
  database: Database,
  into: Map<string, readonly number[]>,
): Promise<void> {
  if (paths.length === 0) return;
  const statement = {
    sql: 'SELECT DISTINCT file_name, row_group_id, row_group_num_rows FROM parquet_metadata($1) ORDER BY 1, 2',
    values: [paths],
  };
  const groups = new Map<string, number[]>(paths.map((path) => [path, []]));
  for await (const { rows, columns } of database.batches(statement))
    for (let row = 0; row < rows; row++)
      groups.get(columns[0]!.values[row] as string)?.push(Number(columns[2]!.values[row]));
  for (const [path, rows] of groups) into.set(path, rows);
}
