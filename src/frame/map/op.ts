import type { Op } from '../../engine/op.js';
import { type CompiledFunction, compileFunction } from '../../graph/compile-function.js';
import type { FunctionSpec } from '../../graph/function-spec.js';
import { type RowGroup, readFooter } from '../parquet/footer.js';
import { storedType } from '../parquet/layout.js';
import { readRowGroup } from '../parquet/read.js';
import { ParquetWriter } from '../parquet/write.js';
import { type Batch, type Column, concatBatches } from '../result/column.js';
import type { Schema } from '../types.js';
import { rowsOf, viewOf } from './batch.js';
import { collect } from './collect.js';
import { applyRows, compileRows, type RowLoop, threw } from './rows.js';

/** What the tasks of one function over rows share. */
export interface MapCommon {
  readonly fn: FunctionSpec;
  /** What errors call it. */
  readonly label: string;
  readonly per: 'batch' | 'row' | 'group';
  readonly input: Schema;
  readonly output: Schema;
  readonly batchRows: number;
  /** Columns of the input that are columns of the result too. */
  readonly keep: readonly string[];
  readonly arrow: boolean;
}

/** Which rows one task takes, and where its results go. */
export interface MapParams {
  readonly file: string;
  readonly groups: readonly RowGroup[];
  readonly firstRow: number;
  /** A Parquet file to write. */
  readonly out: string;
  /** Of groups of rows: the number of the row group behind `groups`, where the last group may go on. */
  readonly behind?: number;
}

/** Value of a task. */
export interface MapValue {
  readonly rows: number;
}

/** The column that says whether a row is the first of its group; in files of sorted rows. */
export const FIRST = '__tilework_first';

/** Schema as it lies in files. */
export const storedSchema = (schema: Schema): Schema =>
  Object.fromEntries(Object.entries(schema).map(([name, type]) => [name, storedType(type)]));

/** The rows of a row group, typed as the frame is. */
export function readBatch(file: string, group: RowGroup, schema: Schema): Batch {
  const columns = readRowGroup(file, group, storedSchema(schema)).map((column): Column => {
    const type = schema[column.name]!;
    return type === 'null'
      ? { ...column, type, values: new Array<null>(group.rows).fill(null), valid: undefined }
      : { ...column, type };
  });
  return { rows: group.rows, columns };
}

interface Ready {
  readonly fn: CompiledFunction;
  readonly loop: RowLoop | undefined;
  readonly toArrow: ((batches: readonly Batch[]) => unknown) | undefined;
}

const ready = new WeakMap<MapCommon, Promise<Ready>>();

async function prepare(common: MapCommon): Promise<Ready> {
  const fn = await compileFunction(common.fn);
  const loop = common.per === 'row' ? compileRows(common.input, common.output, common.label) : undefined;
  const toArrow = common.arrow ? (await import('../result/arrow.js')).arrowTable : undefined;
  return { fn, loop, toArrow };
}

/** The operation `frame/map`: applies a user's function to rows of a Parquet file and writes what comes of it to another. */
export const map: Op<MapParams, MapCommon> = async ({ common, params }): Promise<MapValue> => {
  let made = ready.get(common);
  if (made === undefined) {
    made = prepare(common);
    ready.set(common, made);
  }
  const task = new MapTask(common, await made, params);
  return task.run();
};

class MapTask {
  private readonly writer: ParquetWriter;
  private readonly kept: Schema;
  private waiting: Batch[] = [];
  private waitingRows = 0;

  constructor(
    private readonly common: MapCommon,
    private readonly ready: Ready,
    private readonly params: MapParams,
  ) {
    this.kept = Object.fromEntries(
      common.keep
        .filter((name) => !Object.hasOwn(common.output, name))
        .map((name) => [name, common.input[name]!]),
    );
    this.writer = new ParquetWriter(params.out, storedSchema({ ...this.kept, ...common.output }));
  }

  async run(): Promise<MapValue> {
    try {
      for await (const { batch, firstRow } of this.common.per === 'group' ? this.groups() : this.batches()) {
        const made = await this.apply(batch, firstRow);
        this.write(batch, made);
      }
      this.flush();
      return { rows: this.writer.close() };
    } catch (error) {
      this.writer.abort();
      throw error;
    }
  }

  private *batches(): Generator<{ batch: Batch; firstRow: number }> {
    const { file, groups } = this.params;
    const { batchRows, input } = this.common;
    let { firstRow } = this.params;
    for (const group of groups) {
      const whole = readBatch(file, group, input);
      for (let from = 0; from < whole.rows; from += batchRows) {
        const to = Math.min(whole.rows, from + batchRows);
        yield {
          batch: to - from === whole.rows ? whole : rowsOf(whole, from, to),
          firstRow: firstRow + from,
        };
      }
      firstRow += group.rows;
    }
  }

  /** Groups of rows that begin in these row groups; the last one may end behind them. */
  private *groups(): Generator<{ batch: Batch; firstRow: number }> {
    const schema: Schema = { ...this.common.input, [FIRST]: 'bool' };
    let row = this.params.firstRow;
    let parts: Batch[] = [];
    let begun = -1;
    for (const { group, own } of this.rowGroups()) {
      const { rows, columns } = readBatch(this.params.file, group, schema);
      const flags = columns.find(({ name }) => name === FIRST)!.values as Uint8Array;
      const data: Batch = { rows, columns: columns.filter(({ name }) => name !== FIRST) };
      let from = 0;
      for (let i = 0; i < rows; i++) {
        if (flags[i] !== 1 && row + i > 0) continue;
        if (begun >= 0) {
          if (i > from) parts.push(rowsOf(data, from, i));
          yield { batch: concatBatches(parts, data), firstRow: begun };
        }
        if (!own) return;
        parts = [];
        from = i;
        begun = row + i;
      }
      if (begun < 0 && !own) return;
      if (begun >= 0) parts.push(rowsOf(data, from, rows));
      row += rows;
    }
    if (begun >= 0) yield { batch: concatBatches(parts, parts[0]!), firstRow: begun };
  }

  private *rowGroups(): Generator<{ group: RowGroup; own: boolean }> {
    const { file, groups, behind } = this.params;
    for (const group of groups) yield { group, own: true };
    if (behind === undefined) return;
    for (const group of readFooter(file).groups.slice(behind)) yield { group, own: false };
  }

  private async apply(batch: Batch, firstRow: number): Promise<Batch> {
    const { common, ready } = this;
    const { label, output } = common;
    if (ready.loop) return applyRows(ready.loop, ready.fn, batch, output, label, firstRow);
    let returned: unknown;
    try {
      returned = await ready.fn(ready.toArrow ? await ready.toArrow([batch]) : viewOf(batch, firstRow));
    } catch (cause) {
      throw threw(cause, label, firstRow, firstRow + batch.rows - 1);
    }
    return collect(returned, output, label, firstRow);
  }

  /** Small results are gathered: a row group for each would cost more than they do. */
  private write(input: Batch, made: Batch): void {
    if (made.rows === 0) return;
    const kept = input.columns.filter(({ name }) => Object.hasOwn(this.kept, name));
    const beside = this.common.per === 'group' ? kept.map((column) => repeated(column, made.rows)) : kept;
    this.waiting.push({ rows: made.rows, columns: [...beside, ...made.columns] });
    this.waitingRows += made.rows;
    if (this.waitingRows >= FLUSH_ROWS) this.flush();
  }

  private flush(): void {
    if (this.waiting.length === 0) return;
    const { rows, columns } = concatBatches(this.waiting, this.waiting[0]!);
    this.writer.write(rows, columns.map(stored));
    this.waiting = [];
    this.waitingRows = 0;
  }
}

const FLUSH_ROWS = 32_768;

/** The first value of a column, so many times. */
function repeated({ name, type, values, valid }: Column, rows: number): Column {
  const same = (list: Column['values']): Column['values'] =>
    Array.isArray(list)
      ? new Array<unknown>(rows).fill(list[0])
      : (new (list.constructor as new (length: number) => Float64Array)(rows).fill(
          list[0] as number,
        ) as Column['values']);
  return { name, type, values: same(values), valid: valid && (same(valid) as Uint8Array) };
}

/** A column as it is written. */
export const stored = (column: Column): Column =>
  column.type === 'null'
    ? {
        ...column,
        type: 'bool',
        values: new Uint8Array(column.values.length),
        valid: new Uint8Array(column.values.length),
      }
    : { ...column, type: storedType(column.type) };
