import type { Block, Op, Result } from '../../engine/op.js';
import { type RowGroup, readFooter } from '../parquet/footer.js';
import { readRowGroup } from '../parquet/read.js';
import { ParquetWriter } from '../parquet/write.js';
import { arrayOf, type Column } from '../result/column.js';
import type { ColumnType, Schema } from '../types.js';

export interface BlocksCommon {
  /** Columns, all of the array's dtype. */
  readonly schema: Schema;
}

export interface BlocksParams {
  readonly out: string;
}

export interface BlocksValue {
  readonly rows: number;
}

/** Rows that are turned at a time: what lies beside the blocks is small. */
const ROWS = 16_384;

/** The operation `frame/from-blocks`: blocks of an array that lie side by side become rows of a Parquet file. */
export const fromBlocks: Op<BlocksParams, BlocksCommon> = ({ common, params, inputs }): BlocksValue => {
  const blocks = inputs.map(blockOf);
  const names = Object.keys(common.schema);
  const rows = blocks[0]!.shape[0]!;
  const writer = new ParquetWriter(params.out, common.schema);
  try {
    for (let from = 0; from < rows; from += ROWS) {
      const to = Math.min(rows, from + ROWS);
      const columns = blocks.flatMap((block) => columnsOf(block, from, to));
      writer.write(
        to - from,
        columns.map(
          (values, i): Column => ({
            name: names[i]!,
            type: common.schema[names[i]!]!,
            values,
            valid: undefined,
          }),
        ),
      );
    }
    return { rows: writer.close() };
  } catch (error) {
    writer.abort();
    throw error;
  }
};

function blockOf(result: Result): Block {
  if (!('blocks' in result)) throw new TypeError('a block of an array is no block');
  return result.blocks[0]!;
}

function columnsOf({ shape, data }: Block, from: number, to: number): Column['values'][] {
  const width = shape[1] ?? 1;
  const Typed = data.constructor as new (length: number) => Float64Array;
  return Array.from({ length: width }, (_, column) => {
    const values = new Typed(to - from);
    for (let row = from, at = from * width + column; row < to; row++, at += width)
      values[row - from] = data[at] as number;
    return values as Column['values'];
  });
}

export interface ToBlockCommon {
  readonly names: readonly string[];
  readonly type: ColumnType;
}

export interface ToBlockParams {
  readonly file: string;
  readonly group: RowGroup;
  readonly firstRow: number;
}

/** The same of a file that its task's input left: which of its row groups. */
export type HeldBlockParams = Pick<ToBlockParams, 'firstRow'> & { readonly group: number };

/** Where such a file is. */
export const blockIn = (file: string, { group, firstRow }: HeldBlockParams): ToBlockParams => ({
  file,
  group: readFooter(file).groups[group]!,
  firstRow,
});

/** The operation `frame/to-block`: a row group of a file of numbers as a block. */
export const toBlock: Op<ToBlockParams, ToBlockCommon> = ({ common, params, out }) => {
  const { names, type } = common;
  const { file } = params;
  const [{ data, shape }] = out as readonly [Block];
  const width = names.length;
  if (params.group.rows !== shape[0])
    throw new TypeError(`a block of ${shape[0]} rows is made of ${params.group.rows}: call toArray again`);
  for (const [i, name] of names.entries()) {
    // One column at a time: a row group of many takes as much as the block.
    const [column] = readRowGroup(file, params.group, { [name]: type });
    const { values, valid } = column!;
    const row = valid?.indexOf(0) ?? -1;
    if (row >= 0)
      throw new TypeError(`column ${JSON.stringify(name)} is null in row ${params.firstRow + row}`);
    if (!(values instanceof arrayOf(type)!))
      throw new TypeError(`column ${JSON.stringify(name)} is not of numbers`);
    const from = values as Float64Array;
    const to = data as Float64Array;
    if (width === 1) to.set(from);
    else for (let r = 0, at = i; r < from.length; r++, at += width) to[at] = from[r]!;
  }
};
