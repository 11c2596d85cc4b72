import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TileArray } from '../../array/array.js';
import { zeros } from '../../array/creation/filled.js';
import { makeNode, type TasksNode } from '../../array/nodes/node.js';
import { promoteTypes } from '../../array/nodes/promote.js';
import { atExit } from '../../engine/disk/cleanup.js';
import { removeTree } from '../../engine/disk/remove-tree.js';
import type { Key } from '../../graph/task.js';
import { type DType, isDType, itemsize } from '../../kernels/dtype.js';
import type { HeldBlockParams, ToBlockCommon, ToBlockParams } from '../arrays/blocks-op.js';
import { firstNull, nullError } from '../arrays/nulls.js';
import { typeText } from '../column-type.js';
import { withStatement } from '../compute/index.js';
import { distributedNumbers } from '../distributed/index.js';
import { Database } from '../duck/database.js';
import { type DistributedEngine, isDistributed } from '../engines.js';
import { FrameError } from '../errors.js';
import { columnNode } from '../expr/node.js';
import { copyStatement } from '../map/store.js';
import { type FrameOptions, queryOptions } from '../options.js';
import { readFooter } from '../parquet/footer.js';
import { checkNames } from '../plan/check.js';
import * as make from '../plan/make.js';
import type { Item, PlanNode } from '../plan/node.js';
import { engineOf } from '../plan/place.js';
import { schemaOf } from '../statement/index.js';
import type { ColumnType, Schema } from '../types.js';

/** How the columns of a frame become an array. */
export interface ToArrayOptions extends FrameOptions {
  /** Rows of a block, about; default: as many as make 8 MiB. */
  readonly chunkRows?: number;
}

const BLOCK_BYTES = 8 * 2 ** 20;
/** Row groups are of whole vectors of DuckDB's. */
const VECTOR = 2048;

let files = 0;
const gone = new FinalizationRegistry<() => void>((remove) => remove());

/** The rows of a plan as an array of numbers: a plan's columns are the array's, or its one axis is one column. */
export async function arrayOfPlan(
  plan: PlanNode,
  columns: string | readonly string[] | undefined,
  given: ToArrayOptions,
): Promise<TileArray<DType>> {
  const names = typeof columns === 'string' ? [columns] : (columns ?? plan.columns);
  checkNames('toArray', names, plan.columns);
  if (names.length === 0) throw new TypeError('toArray: an array has one column at least');
  const engine = engineOf(plan, given.engine);
  const options = { ...given, engine };
  const schema = await schemaOf(make.pick(plan, names), options);
  const dtype = commonType(schema, names);
  const flat = typeof columns === 'string';
  const chunkRows = rowsOf(given.chunkRows, names.length * itemsize(dtype));
  const numbers = make.project(plan, castsTo(names, dtype));
  const holder = isDistributed(engine) ? engine : undefined;
  const { identity, blocks, remove } = holder
    ? await storedOnWorkers(numbers, dtype, chunkRows, holder, options)
    : await stored(numbers, dtype, chunkRows, options);
  if (blocks.length === 0) {
    remove();
    return zeros(flat ? [0] : [0, names.length], { dtype }) as TileArray<DType>;
  }
  const node = nodeOf(identity, blocks, names, dtype, flat, holder);
  gone.register(node, remove);
  return new TileArray<DType>(node);
}

function rowsOf(asked: number | undefined, rowBytes: number): number {
  if (asked === undefined) return Math.max(VECTOR, Math.floor(BLOCK_BYTES / rowBytes / VECTOR) * VECTOR);
  if (!Number.isInteger(asked) || asked < 1)
    throw new RangeError(`toArray: chunkRows is a whole number from 1, not ${asked}`);
  return Math.ceil(asked / VECTOR) * VECTOR;
}

/** The dtype that holds the values of all columns, by NumPy's rules. Throws a FrameError for a column that is not of numbers. */
function commonType(schema: Schema, names: readonly string[]): DType {
  return names
    .map((name): DType => {
      const type: ColumnType = schema[name] === 'decimal' ? 'float64' : schema[name]!;
      if (typeof type === 'string' && isDType(type)) return type;
      const remedy =
        type === 'timestamp' || type === 'timestamptz' || type === 'date'
          ? `make a number of it before: col(${JSON.stringify(name)}).dt.epoch()`
          : `cast it before, or name the columns that you want: toArray([…])`;
      throw new FrameError(
        `toArray: column ${JSON.stringify(name)} is of type ${typeText(type)}, and an array is of numbers; ${remedy}`,
      );
    })
    .reduce((a, b) => promoteTypes(a, b));
}

const castsTo = (names: readonly string[], dtype: DType): Item[] =>
  names.map((name) => ({ name, expr: { kind: 'cast', value: columnNode(name), to: dtype, strict: true } }));

/** Rows that a block is made of, and how. */
interface StoredBlock {
  readonly rows: number;
  readonly inputs: readonly Key[];
  readonly params: ToBlockParams | HeldBlockParams;
}

interface StoredNumbers {
  /** What tells them from others. */
  readonly identity: unknown;
  readonly blocks: readonly StoredBlock[];
  readonly remove: () => void;
}

/** Numbers in a file of this process. */
async function stored(
  plan: PlanNode,
  dtype: DType,
  chunkRows: number,
  options: ToArrayOptions,
): Promise<StoredNumbers> {
  const database = Database.of(options.engine);
  const file = join(database.scratch(), `array-${++files}.parquet`);
  const forget = atExit(() => removeTree(file));
  const remove = (): void => {
    removeTree(file);
    forget();
  };
  try {
    const schema: Schema = Object.fromEntries(plan.columns.map((name) => [name, dtype]));
    await withStatement(plan, database, options, (statement) =>
      database.execute(copyStatement(statement, schema, file, chunkRows, 'toArray'), queryOptions(options)),
    );
    const footer = readFooter(file);
    const missing = firstNull(file, footer, plan.columns, dtype);
    if (missing) throw nullError(missing);
    let firstRow = 0;
    const blocks = footer.groups.map((group): StoredBlock => {
      const params = { file, group, firstRow };
      firstRow += group.rows;
      return { rows: group.rows, inputs: [], params };
    });
    return { identity: file, blocks, remove };
  } catch (error) {
    await rm(file, { force: true });
    remove();
    throw error;
  }
}

/** Numbers in files of an engine's workers, of each partition one, which it keeps. */
async function storedOnWorkers(
  plan: PlanNode,
  dtype: DType,
  chunkRows: number,
  engine: DistributedEngine,
  options: ToArrayOptions,
): Promise<StoredNumbers> {
  const parts = await distributedNumbers(plan, dtype, chunkRows, engine, options);
  const keys = parts.map(({ key }) => key);
  const remove = (): void => engine.release(keys);
  const blocks: StoredBlock[] = [];
  let firstRow = 0;
  for (const { key, groups, missing } of parts) {
    if (missing) {
      remove();
      throw nullError({ ...missing, row: firstRow + missing.row });
    }
    for (const [group, rows] of groups.entries()) {
      if (rows > 0) blocks.push({ rows, inputs: [key], params: { group, firstRow } });
      firstRow += rows;
    }
  }
  return { identity: keys, blocks, remove };
}

function nodeOf(
  identity: unknown,
  blocks: readonly StoredBlock[],
  names: readonly string[],
  dtype: DType,
  flat: boolean,
  holder: DistributedEngine | undefined,
): TasksNode {
  const sizes = blocks.map(({ rows }) => rows);
  const common: ToBlockCommon = { names, type: dtype };
  return makeNode<TasksNode>('from-frame', [identity, names], {
    kind: 'tasks',
    parts: [dtype],
    chunks: flat ? [sizes] : [sizes, [names.length]],
    inputs: [],
    engine: holder,
    task: (coords, key) => {
      const { rows, inputs, params } = blocks[coords[0]!]!;
      const shape = flat ? [rows] : [rows, names.length];
      return { key, op: 'frame/to-block', inputs, params, common, out: [{ dtype, shape }] };
    },
  });
}
