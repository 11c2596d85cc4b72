import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TileArray } from '../../array/array.js';
import { zeros } from '../../array/creation.js';
import { makeNode, type TasksNode } from '../../array/node.js';
import { promoteTypes } from '../../array/promote.js';
import { atExit } from '../../engine/disk/cleanup.js';
import { removeTree } from '../../engine/disk/remove-tree.js';
import { type DType, isDType, itemsize } from '../../kernels/dtype.js';
import { Database } from '../duck/database.js';
import { FrameError } from '../errors.js';
import { type FrameOptions, queryOptions, schemaOf, withStatement } from '../execute.js';
import { columnNode } from '../expr/node.js';
import { copyStatement } from '../map/store.js';
import { type Footer, readFooter, readRowGroup } from '../parquet/read.js';
import { checkNames } from '../plan/check.js';
import * as make from '../plan/make.js';
import type { PlanNode } from '../plan/node.js';
import { typeText } from '../result/type-text.js';
import type { ColumnType, Schema } from '../types.js';
import type { ToBlockCommon, ToBlockParams } from './blocks-op.js';

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
  options: ToArrayOptions,
): Promise<TileArray<DType>> {
  const names = typeof columns === 'string' ? [columns] : (columns ?? plan.columns);
  checkNames('toArray', names, plan.columns);
  if (names.length === 0) throw new TypeError('toArray: an array has one column at least');
  const schema = await schemaOf(make.pick(plan, names), options);
  const dtype = commonType(schema, names);
  const flat = typeof columns === 'string';
  const chunkRows = rowsOf(options.chunkRows, names.length * itemsize(dtype));
  const { file, remove } = await store(plan, names, dtype, chunkRows, options);
  let footer: Footer;
  try {
    footer = readFooter(file);
    refuseNulls(file, footer, names, dtype);
  } catch (error) {
    remove();
    throw error;
  }
  if (footer.rows === 0) {
    remove();
    return zeros(flat ? [0] : [0, names.length], { dtype }) as TileArray<DType>;
  }
  const node = nodeOf(file, footer, names, dtype, flat);
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

async function store(
  plan: PlanNode,
  names: readonly string[],
  dtype: DType,
  chunkRows: number,
  options: ToArrayOptions,
): Promise<{ file: string; remove: () => void }> {
  const database = Database.of(options.engine);
  const file = join(database.scratch(), `array-${++files}.parquet`);
  const forget = atExit(() => removeTree(file));
  const remove = (): void => {
    removeTree(file);
    forget();
  };
  const casts = names.map((name) => ({
    name,
    expr: { kind: 'cast', value: columnNode(name), to: dtype, strict: true } as const,
  }));
  try {
    const schema: Schema = Object.fromEntries(names.map((name) => [name, dtype]));
    await withStatement(make.project(plan, casts), database, options, (statement) =>
      database.execute(copyStatement(statement, schema, file, chunkRows, 'toArray'), queryOptions(options)),
    );
    return { file, remove };
  } catch (error) {
    await rm(file, { force: true });
    remove();
    throw error;
  }
}

/** An array has no nulls: throws a FrameError that names the first. */
function refuseNulls(file: string, { groups }: Footer, names: readonly string[], dtype: DType): void {
  let firstRow = 0;
  for (const group of groups) {
    for (const name of names) {
      if (group.chunks.get(name)?.nulls === 0) continue;
      const [column] = readRowGroup(file, group, { [name]: dtype });
      const row = column!.valid?.indexOf(0) ?? -1;
      if (row >= 0)
        throw new FrameError(
          `toArray: column ${JSON.stringify(name)} is null in row ${firstRow + row}, and an array has no nulls; use dropNulls(${JSON.stringify(name)}), or fillNull({ ${JSON.stringify(name)}: NaN })`,
        );
    }
    firstRow += group.rows;
  }
}

function nodeOf(
  file: string,
  { groups }: Footer,
  names: readonly string[],
  dtype: DType,
  flat: boolean,
): TasksNode {
  const sizes = groups.map(({ rows }) => rows);
  const common: ToBlockCommon = { file, names, type: dtype };
  let firstRow = 0;
  const params = groups.map((group): ToBlockParams => {
    const made = { group, firstRow };
    firstRow += group.rows;
    return made;
  });
  return makeNode<TasksNode>('from-frame', file, {
    kind: 'tasks',
    parts: [dtype],
    chunks: flat ? [sizes] : [sizes, [names.length]],
    inputs: [],
    task: (coords, key) => ({
      key,
      op: 'frame/to-block',
      inputs: [],
      params: params[coords[0]!],
      common,
      out: [{ dtype, shape: flat ? [sizes[coords[0]!]!] : [sizes[coords[0]!]!, names.length] }],
    }),
  });
}
