import { mkdirSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Key } from '../../graph/task.js';
import type { ColumnTypes, Database, QueryOptions } from '../duck/database.js';
import type { SortKey } from '../expr/node.js';
import type { PlanNode, TaskSource } from '../plan/node.js';
import { exprSql } from '../sql/expr.js';
import { type Bound, Parameters, quoteName, type Statement } from '../sql/writer.js';
import type { BoundariesTask, Fragment, FragmentTask, FrameGraph, FrameTask } from './task.js';

const PART = '__tilework_part';
const SORT = '__tilework_sort';
/** What stands for rows without columns: a file of Parquet has one at least. */
const NOTHING = '__tilework_nothing';

/** What a task left. */
interface Outcome {
  /** Files by part. */
  readonly files: readonly (readonly string[])[];
  readonly types: ColumnTypes;
  /** Of a `frame/boundaries`. */
  readonly boundaries?: readonly Bound[];
}

/** Makes a statement of a plan whose task sources are written as said. */
export type StatementOf = (
  plan: PlanNode,
  tasks: (source: TaskSource, parameters: Parameters) => string,
) => Promise<Statement>;

let runs = 0;

/** Runs the tasks of a graph in this process's DuckDB. Intermediate files are there until their last reader has read. */
export class ExchangeRun {
  private readonly directory: string;
  private readonly outcomes = new Map<Key, Outcome>();
  private readonly readers = new Map<Key, number>();
  private readonly stop = new AbortController();
  private readonly signal: AbortSignal;
  private done = 0;

  constructor(
    private readonly graph: FrameGraph,
    private readonly database: Database,
    private readonly statementOf: StatementOf,
    private readonly options: QueryOptions,
  ) {
    this.directory = join(database.scratch(), `exchange-${++runs}`);
    this.signal = options.signal ? AbortSignal.any([options.signal, this.stop.signal]) : this.stop.signal;
    for (const { inputs } of [...graph.tasks.values(), ...graph.result])
      for (const key of new Set(inputs)) this.readers.set(key, (this.readers.get(key) ?? 0) + 1);
  }

  /** Runs all tasks. Rejects with the first error, when nothing runs any more. */
  async tasks(): Promise<void> {
    mkdirSync(this.directory, { recursive: true });
    const waiting = [...this.graph.tasks.values()];
    const running = new Set<Promise<void>>();
    const failed: { readonly error: unknown }[] = [];
    while (failed.length === 0 && (waiting.length > 0 || running.size > 0)) {
      const ready = waiting.findIndex(({ inputs }) => inputs.every((key) => this.outcomes.has(key)));
      if (ready < 0 || running.size >= this.database.atOnce) {
        await Promise.race(running);
        continue;
      }
      const [task] = waiting.splice(ready, 1);
      const run: Promise<void> = this.run(task!)
        .catch((error: unknown) => {
          failed.push({ error });
          this.stop.abort();
        })
        .finally(() => running.delete(run));
      running.add(run);
    }
    await Promise.all(running);
    const first = failed[0];
    if (!first) return;
    this.options.signal?.throwIfAborted();
    throw first.error;
  }

  /** A fragment of the result as a statement; its tasks have run. */
  async statement(fragment: Fragment): Promise<Statement> {
    return this.statementOf(fragment.plan, this.placed(fragment));
  }

  /** A fragment has been read: what nobody else needs goes. */
  async read(fragment: Fragment): Promise<void> {
    for (const key of new Set(fragment.inputs)) {
      const left = this.readers.get(key)! - 1;
      this.readers.set(key, left);
      if (left === 0) await rm(this.pathOf(key), { recursive: true, force: true });
    }
  }

  /** Removes every file. */
  async close(): Promise<void> {
    this.stop.abort();
    await rm(this.directory, { recursive: true, force: true });
  }

  private readonly pathOf = (key: Key): string => join(this.directory, key.replace('/', '-'));

  private async run(task: FrameTask): Promise<void> {
    const outcome = task.op === 'frame/fragment' ? await this.fragment(task) : await this.boundaries(task);
    this.outcomes.set(task.key, outcome);
    await this.read({ plan: undefined as never, inputs: task.inputs });
    this.done += 1;
    this.options.onProgress?.(this.done / (this.graph.tasks.size + this.graph.result.length));
  }

  private get queryOptions(): QueryOptions {
    return { signal: this.signal };
  }

  private async fragment({ key, inputs, params }: FragmentTask): Promise<Outcome> {
    const { plan, output } = params;
    const statement = await this.statementOf(plan, this.placed({ plan, inputs }));
    const { types, stored } = await this.database.describe(statement, this.queryOptions);
    const parameters = new Parameters(statement.values);
    const items = Object.entries(stored).map(([name, type]) =>
      type === types[name] ? quoteName(name) : `CAST(${quoteName(name)} AS ${type}) AS ${quoteName(name)}`,
    );
    if (items.length === 0 || plan.columns.length === 0) items.push(`true AS ${quoteName(NOTHING)}`);
    const path = this.pathOf(key);
    let select: string;
    switch (output.by) {
      case 'one':
        select = `SELECT ${items.join(', ')} FROM (${statement.sql}) AS f`;
        break;
      case 'expression':
        select = `SELECT ${items.join(', ')}, ${exprSql(output.part, parameters)} AS ${quoteName(PART)} FROM (${statement.sql}) AS f`;
        break;
      case 'range': {
        const bounds = this.outcomes.get(inputs[output.boundaries]!)!.boundaries!;
        const key = sortKeySql(output.keys, parameters);
        select = `SELECT ${items.join(', ')}, ${rangeSql(bounds, parameters)} AS ${quoteName(PART)} FROM (SELECT *, ${key} AS ${quoteName(SORT)} FROM (${statement.sql}) AS f) AS g`;
      }
    }
    mkdirSync(path, { recursive: true });
    const to = output.by === 'one' ? join(path, '0.parquet') : path;
    const how = output.by === 'one' ? '' : `, PARTITION_BY (${quoteName(PART)}), OVERWRITE_OR_IGNORE`;
    await this.database.execute(
      {
        sql: `COPY (${select}) TO '${to.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION snappy${how})`,
        values: parameters.values,
      },
      this.queryOptions,
    );
    const files = output.by === 'one' ? [[to]] : await partFiles(path, output.parts);
    return { files, types };
  }

  /** The keys at equal distances in the sorted sample. */
  private async boundaries({ inputs, params }: BoundariesTask): Promise<Outcome> {
    const { keys, parts } = params;
    const parameters = new Parameters();
    const source: TaskSource = { from: 'tasks', inputs: inputs.map((_, input) => ({ input, part: 0 })) };
    const from = this.placed({ plan: undefined as never, inputs })(source, parameters);
    const key = quoteName(SORT);
    const sql =
      `WITH s AS (SELECT ${sortKeySql(keys, parameters)} AS ${key} FROM ${from}), ` +
      `n AS (SELECT ${key}, row_number() OVER (ORDER BY ${key}) - 1 AS i, count(*) OVER () AS c FROM s) ` +
      `SELECT ${key} FROM n WHERE i IN (SELECT (c * p) // ${parts} FROM (SELECT count(*) AS c FROM s), range(1, ${parts}) AS r(p)) ORDER BY i`;
    const boundaries: Bound[] = [];
    for await (const { rows, columns } of this.database.batches(
      { sql, values: parameters.values },
      this.queryOptions,
    ))
      for (let row = 0; row < rows; row++) boundaries.push(columns[0]!.values[row] as Bound);
    return { files: [], types: {}, boundaries };
  }

  private placed({ inputs }: Fragment): (source: TaskSource, parameters: Parameters) => string {
    return (source, parameters) => {
      const outcomes = source.inputs.map(({ input }) => this.outcomes.get(inputs[input]!)!);
      const files = source.inputs.flatMap(({ part }, i) => outcomes[i]!.files[part] ?? []);
      const columns = Object.entries(outcomes[0]!.types);
      const none = `true AS ${quoteName(NOTHING)}`;
      if (files.length === 0) {
        const nulls = columns.map(([name, type]) => `CAST(NULL AS ${type}) AS ${quoteName(name)}`);
        return `(SELECT ${nulls.join(', ') || none} WHERE false)`;
      }
      const casts = columns.map(
        ([name, type]) => `CAST(${quoteName(name)} AS ${type}) AS ${quoteName(name)}`,
      );
      return `(SELECT ${casts.join(', ') || none} FROM read_parquet(${parameters.bind(files)}, hive_partitioning = false))`;
    };
  }
}

/** The files of each part, as DuckDB named them. */
async function partFiles(path: string, parts: number): Promise<readonly (readonly string[])[]> {
  const files: string[][] = Array.from({ length: parts }, () => []);
  for (const folder of await readdir(path)) {
    const part = Number(/=(\d+)$/.exec(folder)?.[1]);
    const names = await readdir(join(path, folder));
    files[part]!.push(...names.sort().map((name) => join(path, folder, name)));
  }
  return files;
}

/** One value whose order is that of some keys. */
function sortKeySql(keys: readonly SortKey[], parameters: Parameters): string {
  const parts = keys.map(
    ({ expr, descending, nulls }) =>
      `${exprSql(expr, parameters)}, '${descending ? 'DESC' : 'ASC'} NULLS ${nulls === 'first' ? 'FIRST' : 'LAST'}'`,
  );
  return `create_sort_key(${parts.join(', ')})`;
}

/** How many boundaries a sort key is not below, by halving. */
function rangeSql(boundaries: readonly Bound[], parameters: Parameters): string {
  const key = quoteName(SORT);
  const within = (from: number, to: number): string => {
    if (from === to) return String(from);
    const middle = (from + to) >> 1;
    return `CASE WHEN ${key} < ${parameters.bind(boundaries[middle]!)} THEN ${within(from, middle)} ELSE ${within(middle + 1, to)} END`;
  };
  return within(0, boundaries.length);
}
