import { mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultEngine } from '../../engine/default.js';
import { atExit } from '../../engine/disk/cleanup.js';
import { removeTree } from '../../engine/disk/remove-tree.js';
import type { Engine } from '../../engine/engine.js';
import type { FunctionSpec } from '../../graph/function-spec.js';
import type { Task } from '../../graph/task.js';
import type { Database } from '../duck/database.js';
import { type FrameOptions, finalStatement, queryOptions } from '../execute.js';
import { columnNode, some } from '../expr/node.js';
import { readFooter } from '../parquet/read.js';
import * as make from '../plan/make.js';
import { type FileInfo, inputsOf, type MapNode, type PlanNode, withInputs } from '../plan/node.js';
import { arrayOf, type Batch } from '../result/column.js';
import { quoteName } from '../sql/writer.js';
import type { Schema } from '../types.js';
import { restored } from './errors.js';
import { FIRST, type MapCommon, type MapParams, type MapValue, storedSchema } from './op.js';
import { copyStatement, restoreItems } from './store.js';

/** A plan whose functions have been computed: their results lie in files until it is disposed of. */
export interface Resolved {
  readonly plan: PlanNode;
  readonly dispose: () => Promise<void>;
}

/** Tasks of one function at most: each takes some row groups. */
const TASKS = 256;
/** Row groups of DuckDB's are of whole vectors. */
const LEAST_GROUP = 2048;
const GROUP_ROWS = 65_536;

/** Whether a plan has functions of users in it. */
export const hasMaps = (plan: PlanNode): boolean => plan.kind === 'map' || inputsOf(plan).some(hasMaps);

/** The plan without functions of users: each has been computed, and its results are read from files. */
export async function resolveMaps(
  plan: PlanNode,
  database: Database,
  options: FrameOptions = {},
): Promise<Resolved> {
  if (!hasMaps(plan)) return { plan, dispose: async () => {} };
  const directory = await mkdtemp(join(database.scratch(), 'map-'));
  const forget = atExit(() => removeTree(directory));
  const dispose = async (): Promise<void> => {
    await rm(directory, { recursive: true, force: true });
    forget();
  };
  try {
    const resolver = new Resolver(database, directory, options);
    return { plan: await resolver.resolve(early(plan)), dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** The plan as it is typed: in the place of each function an empty table of its schema. */
export async function describeMaps(
  plan: PlanNode,
  describe: (plan: PlanNode) => Promise<Schema>,
): Promise<PlanNode> {
  const known = new Map<PlanNode, PlanNode>();
  const replace = async (node: PlanNode): Promise<PlanNode> => {
    if (!hasMaps(node)) return node;
    const found = known.get(node);
    if (found) return found;
    const inputs: PlanNode[] = [];
    for (const input of inputsOf(node)) inputs.push(await replace(input));
    const made =
      node.kind === 'map'
        ? emptyScan(resultSchema(node, await describe(groupInput(node, inputs[0]!))))
        : withInputs(node, inputs);
    known.set(node, made);
    return made;
  };
  return replace(plan);
}

/** The columns of a function's result with their types, in view of those of its input. */
function resultSchema(node: MapNode, input: Schema): Schema {
  return Object.fromEntries(node.columns.map((name) => [name, node.schema[name] ?? input[name]!]));
}

function emptyScan(schema: Schema): PlanNode {
  const columns = Object.entries(schema).map(([name, type]) => {
    const Typed = arrayOf(type);
    return { name, type, values: Typed ? new Typed(0) : [], valid: undefined };
  });
  const table: Batch = { rows: 0, columns };
  return make.scan(Object.freeze({ from: 'memory', schema, table } as const), Object.keys(schema));
}

/** A limit of what a function gives for each row is one of what it is given. */
function early(plan: PlanNode): PlanNode {
  const node = withInputs(plan, inputsOf(plan).map(early));
  if (node.kind !== 'limit') return node;
  const { input } = node;
  if (input.kind === 'map' && input.per === 'row')
    return withInputs(input, [early(make.limit(input.input, node.count, node.offset))]);
  if (
    input.kind === 'project' &&
    hasMaps(input) &&
    !input.items.some(({ expr }) => some(expr, ({ kind }) => kind === 'window'))
  )
    return withInputs(input, [early(make.limit(input.input, node.count, node.offset))]);
  return node;
}

/** The input of a function, with the keys of groups as columns. */
function groupInput(node: MapNode, input: PlanNode): PlanNode {
  if (node.per !== 'group') return input;
  const keys = new Map(node.keys.map(({ name, expr }) => [name, expr]));
  const names = new Set([...input.columns, ...keys.keys()]);
  return make.project(
    input,
    [...names].map((name) => ({ name, expr: keys.get(name) ?? columnNode(name) })),
  );
}

class Resolver {
  private readonly known = new Map<PlanNode, Promise<PlanNode>>();
  private readonly engine: Engine;
  private count = 0;

  constructor(
    private readonly database: Database,
    private readonly directory: string,
    private readonly options: FrameOptions,
  ) {
    this.engine = options.engine ?? defaultEngine();
  }

  /** A node that stands in a plan twice is computed once. */
  resolve(node: PlanNode): Promise<PlanNode> {
    if (!hasMaps(node)) return Promise.resolve(node);
    let made = this.known.get(node);
    if (!made) {
      made = this.make(node);
      this.known.set(node, made);
    }
    return made;
  }

  private async make(node: PlanNode): Promise<PlanNode> {
    const inputs: PlanNode[] = [];
    for (const input of inputsOf(node)) inputs.push(await this.resolve(input));
    return node.kind === 'map' ? this.run(node, inputs[0]!) : withInputs(node, inputs);
  }

  private async run(node: MapNode, below: PlanNode): Promise<PlanNode> {
    const id = ++this.count;
    const file = join(this.directory, `${id}.parquet`);
    const input = groupInput(node, below);
    const statement = await finalStatement(input, this.database);
    const { schema } = await this.database.describe(statement);
    const grouped = node.per === 'group';
    const rows = grouped
      ? sorted(
          statement,
          node.keys.map(({ name }) => name),
        )
      : statement;
    await this.database.execute(
      copyStatement(
        rows,
        grouped ? { ...schema, [FIRST]: 'bool' } : schema,
        file,
        grouped
          ? GROUP_ROWS
          : Math.max(LEAST_GROUP, node.batchRows, Math.floor(GROUP_ROWS / node.batchRows) * node.batchRows),
        node.name,
      ),
      queryOptions(this.options),
    );
    const output = resultSchema(node, schema);
    const files = await this.compute(node, schema, file, id);
    await rm(file, { force: true });
    if (files.length === 0) return emptyScan(output);
    const source = Object.freeze({
      from: 'files',
      format: 'parquet',
      files,
      options: {},
      schema: storedSchema(output),
    } as const);
    const scan = make.scan(source, Object.keys(output));
    return make.project(scan, restoreItems(output));
  }

  /** Runs the tasks over a file. Returns the files that they wrote, in the order of rows. */
  private async compute(node: MapNode, input: Schema, file: string, id: number): Promise<FileInfo[]> {
    const tasks = mapTasks(node, input, file, (index) => join(this.directory, `${id}-${index}.parquet`), id);
    const { signal } = this.options;
    const rows = new Map<string, number>();
    try {
      using results = await this.engine.run(
        new Map(tasks.map((task) => [task.key, task])),
        tasks.map(({ key }) => key),
        {
          ...(signal && { signal }),
          ...(node.retries !== undefined && { retries: node.retries }),
          priorities: new Map(tasks.map(({ key }, index) => [key, index])),
          onOutput: (key, result) => {
            if ('value' in result) rows.set(key, (result.value as MapValue).rows);
          },
        },
      );
      void results;
    } catch (error) {
      throw restored(error);
    }
    const written = tasks.filter(({ key }) => (rows.get(key) ?? 0) > 0);
    return Promise.all(
      written.map(async ({ key, params }): Promise<FileInfo> => {
        const path = (params as MapParams).out;
        const { size, mtimeMs } = await stat(path);
        return { path, bytes: size, modified: mtimeMs, rows: rows.get(key)! };
      }),
    );
  }
}

let runs = 0;

/**
 * The tasks of a function over the rows of a Parquet file, each of which writes one: what a plan of partitions puts into its graph. The file
 * is uncompressed and holds the columns of the function's input as `copyStatement` stores them.
 *
 * @param out the file that a task writes, by its number
 */
export function mapTasks(
  node: MapNode,
  input: Schema,
  file: string,
  out: (index: number) => string,
  id: number | string = 0,
): Task[] {
  const { groups } = readFooter(file);
  const common: MapCommon = {
    fn: node.fn as FunctionSpec,
    label: node.name,
    per: node.per,
    input,
    output: node.schema,
    batchRows: node.batchRows,
    keep: node.per === 'group' ? node.keys.map(({ name }) => name) : node.keep,
    arrow: node.arrow,
  };
  const each = Math.max(1, Math.ceil(groups.length / TASKS));
  const run = ++runs;
  const tasks: Task[] = [];
  let firstRow = 0;
  for (let from = 0; from < groups.length; from += each) {
    const own = groups.slice(from, from + each);
    const params: MapParams = {
      file,
      groups: own,
      firstRow,
      out: out(tasks.length),
      ...(node.per === 'group' && { behind: from + own.length }),
    };
    tasks.push({
      key: `frame-map-${run}-${id}-${tasks.length}`,
      op: 'frame/map',
      inputs: [],
      params,
      common,
    });
    firstRow += own.reduce((sum, { rows }) => sum + rows, 0);
  }
  return tasks;
}

/** Rows sorted by the keys of their groups, in a group as they came; the first of each is marked. */
function sorted(
  { sql, values }: { readonly sql: string; readonly values: Parameters<typeof copyStatement>[0]['values'] },
  keys: readonly string[],
): Parameters<typeof copyStatement>[0] {
  const row = quoteName('__tilework_row');
  const order = keys.map((name) => `${quoteName(name)}, `).join('');
  const first = keys
    .map((name) => `${quoteName(name)} IS DISTINCT FROM lag(${quoteName(name)}) OVER ()`)
    .join(' OR ');
  return {
    sql: `SELECT * EXCLUDE (${row}), (${first || 'false'}) AS ${quoteName(FIRST)} FROM (SELECT *, row_number() OVER () AS ${row} FROM (${sql}) AS s ORDER BY ${order}${row}) AS o`,
    values,
  };
}
