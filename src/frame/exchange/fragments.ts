import { mkdirSync, statSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database, QueryOptions } from '../duck/database.js';
import { rowsHeldBack } from '../duck/memory.js';
import { narrowed } from '../duck/narrow.js';
import { FrameMemoryError } from '../errors.js';
import type { SortKey } from '../expr/node.js';
import { storeRows } from '../map/rows-file.js';
import { readFooter } from '../parquet/footer.js';
import { exprSql } from '../sql/expr.js';
import { NONE } from '../sql/source.js';
import { type Bound, Parameters, quoteName, type Statement } from '../sql/writer.js';
import type { ColumnTypes } from '../types.js';
import { type Outcome, PART, readSql } from './outcome.js';
import type { BoundariesTask, FragmentTask, Output } from './task.js';

const SORT = '__tilework_sort';
const NUMBER = '__tilework_number';

/** Where and with what a task is done. */
export interface Step {
  readonly database: Database;
  readonly options: QueryOptions;
  /** A directory of the task's own, to be made. */
  readonly directory: string;
  readonly inputs: readonly Outcome[];
  /** Whether rows for many parts go into one file, of which whoever reads a part has its row groups brought. */
  readonly packs?: boolean;
}

/** More parts than this are packed: each file of its own costs as much as many rows do, and there are as many as parts and fragments multiplied. */
const MANY_PARTS = 32;
/** Rows of a row group of a packed file: of those that a part begins and ends in others have rows, too. */
const PACKED_ROWS = 2048;
/**
 * Rows of other row groups. DuckDB holds a row group of each file that it writes, beyond what it counts, and of each that it reads all values of a column in one piece: with its own
 * 122,880 rows a sort of large parts fails that needs little memory with these.
 */
const GROUP_ROWS = 8192;
/** Of rows that are so wide that there is no memory for as many: row groups of so many rows, and so many that are collected before they are written. */
const WIDE = { group: 512, heldBack: 4096 } as const;

/** Writes the rows of a fragment. */
export async function writeFragment(
  { params: { plan, output } }: Pick<FragmentTask, 'params'>,
  statement: Statement,
  { database, options, directory, inputs, packs = false }: Step,
): Promise<Outcome> {
  mkdirSync(directory, { recursive: true });
  const one = join(directory, '0.parquet');
  if (output.by === 'rows') {
    const own = await narrowed(statement, database);
    const { schema } = await storeRows(own, output.layout, one, database, options);
    return { files: [[one]], schema, rows: readFooter(one).rows };
  }
  const { types, stored } = await database.describe(statement, options);
  const items = Object.entries(stored).map(([name, type]) =>
    type === types[name] ? quoteName(name) : `CAST(${quoteName(name)} AS ${type}) AS ${quoteName(name)}`,
  );
  if (items.length === 0 || plan.columns.length === 0) items.push(NONE);
  const { sql, values } = partedSql(statement, items.join(', '), output, inputs, turnSql(types));
  const packed = packs && output.by !== 'one' && output.parts > MANY_PARTS ? output.parts : undefined;
  const [to, how] =
    output.by === 'one'
      ? [one, '']
      : packed
        ? [one, ', WRITE_BLOOM_FILTER false']
        : [directory, `, PARTITION_BY (${quoteName(PART)}), OVERWRITE_OR_IGNORE`];
  const sorted = packed || (output.by !== 'one' && isMany(output.parts, database));
  const order = sorted ? ` ORDER BY ${quoteName(PART)}` : '';
  const write = (group: number, heldBack?: number): Promise<void> =>
    database.execute(
      {
        sql: `COPY (${sql}${order}) TO '${to.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION uncompressed, ROW_GROUP_SIZE ${group}${how})`,
        values,
      },
      options,
      heldBack,
    );
  await write(packed ? PACKED_ROWS : GROUP_ROWS).catch(async (error: unknown) => {
    if (!(error instanceof FrameMemoryError)) throw error;
    await rm(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    await write(WIDE.group, WIDE.heldBack);
  });
  const files = output.by === 'one' || packed ? [[one]] : await partFiles(directory, output.parts);
  const bytes = files.flat().reduce((sum, path) => sum + statSync(path).size, 0);
  return { files, bytes, types, ...(packed && { packed }) };
}

/** DuckDB writes what it has collected of each part when it has collected so much of all: where that is few rows of each, little files get many row groups, … */
const FEW_ROWS = 1000;

/**
 * … which costs more than to sort rows by parts first. 700,000 rows of 48 bytes in 128 parts, within 64 MB: 0.94 µs a row instead of 1.51, in 51 parts the same, in 24
 * 0.55 instead of 0.42.
 */
const isMany = (parts: number, database: Database): boolean =>
  rowsHeldBack(database.mayHold) < FEW_ROWS * parts;

/**
 * Whose turn a row of equal keys is: by what is in it, and among rows that are all the same by how many there are, so that a task that runs again, and reads its rows in
 * another order, gives each part the same rows. Floats count by their first digits: sums of the same values may differ in the last.
 */
function turnSql(types: ColumnTypes): string {
  const values = Object.entries(types).map(([name, type]) =>
    type === 'DOUBLE' ? `TRY_CAST(${quoteName(name)} AS FLOAT)` : quoteName(name),
  );
  if (values.length === 0) return 'row_number() OVER ()';
  const hash = `hash(${values.join(', ')})`;
  return `(${hash} % 1000003 + row_number() OVER (PARTITION BY ${hash}))`;
}

/** Columns of a statement, and the part that each row goes to. */
function partedSql(
  { sql, values }: Statement,
  items: string,
  output: Exclude<Output, { by: 'rows' }>,
  inputs: readonly Outcome[],
  turn: string,
): Statement {
  const parameters = new Parameters(values);
  const part = (expr: string, from: string): Statement => ({
    sql: `SELECT ${items}, CAST(${expr} AS INTEGER) AS ${quoteName(PART)} FROM ${from}`,
    values: parameters.values,
  });
  switch (output.by) {
    case 'one':
      return { sql: `SELECT ${items} FROM (${sql}) AS f`, values };
    case 'expression':
      return part(exprSql(output.part, parameters), `(${sql}) AS f`);
    case 'range': {
      const cuts = cutsOf(inputs[output.boundaries]!.boundaries!);
      const spread = output.spread && cuts.some(({ times }) => times > 1);
      const number = spread ? `, ${turn} AS ${quoteName(NUMBER)}` : '';
      const key = sortKeySql(output.keys, parameters);
      const keyed = `(SELECT *, ${key} AS ${quoteName(SORT)}${number} FROM (${sql}) AS f) AS g`;
      return part(rangeSql(cuts, spread, parameters), keyed);
    }
  }
}

/** The keys at equal distances in the sorted sample. */
export async function findBoundaries(
  { params: { keys, parts } }: BoundariesTask,
  { database, options, inputs }: Step,
): Promise<Outcome> {
  const parameters = new Parameters();
  const from = readSql(
    { from: 'tasks', inputs: inputs.map((_, input) => ({ input, part: 0 })) },
    inputs,
    parameters,
  );
  const key = quoteName(SORT);
  const sql =
    `WITH s AS (SELECT ${sortKeySql(keys, parameters)} AS ${key} FROM ${from}), ` +
    `n AS (SELECT ${key}, row_number() OVER (ORDER BY ${key}) - 1 AS i, count(*) OVER () AS c FROM s) ` +
    `SELECT ${key} FROM n WHERE i IN (SELECT (c * p) // ${parts} FROM (SELECT count(*) AS c FROM s), range(1, ${parts}) AS r(p)) ORDER BY i`;
  const boundaries: Bound[] = [];
  for await (const { rows, columns } of database.batches({ sql, values: parameters.values }, options))
    for (let row = 0; row < rows; row++) boundaries.push(columns[0]!.values[row] as Bound);
  return { files: [], boundaries };
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

/** A sort key at which ranges begin: how many there are before it, and how many begin with it. */
interface Cut {
  readonly key: Bound;
  readonly before: number;
  readonly times: number;
}

/** Keys are bytes, or integers where these suffice. */
const sameKey = (a: Bound, b: Bound): boolean =>
  a === b || (a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0);

/** Boundaries, each once. */
function cutsOf(boundaries: readonly Bound[]): readonly Cut[] {
  const cuts: Cut[] = [];
  for (const [before, key] of boundaries.entries()) {
    const last = cuts.at(-1);
    if (last && sameKey(last.key, key)) cuts.push({ ...cuts.pop()!, times: last.times + 1 });
    else cuts.push({ key, before, times: 1 });
  }
  return cuts;
}

/**
 * The range of a sort key, by halving: how many boundaries it is not below. A key that is several boundaries is of more rows than one range should take:
 * where they may be spread, they go by turns to the ranges before, between and behind those, since ties have no order.
 */
function rangeSql(cuts: readonly Cut[], spread: boolean, parameters: Parameters): string {
  const key = quoteName(SORT);
  const from = (cut: Cut | undefined): string => {
    if (!cut) return '0';
    const { before, times } = cut;
    if (!spread || times === 1) return String(before + times);
    const turn = `${before} + ${quoteName(NUMBER)} % ${times + 1}`;
    return `CASE WHEN ${key} = ${parameters.bind(cut.key)} THEN ${turn} ELSE ${before + times} END`;
  };
  const within = (low: number, high: number): string => {
    if (low === high) return from(cuts[low - 1]);
    const middle = (low + high) >> 1;
    return `CASE WHEN ${key} < ${parameters.bind(cuts[middle]!.key)} THEN ${within(low, middle)} ELSE ${within(middle + 1, high)} END`;
  };
  return within(0, cuts.length);
}
