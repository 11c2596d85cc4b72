import type { Op } from '../../engine/op.js';
import { readBatch } from '../map/op.js';
import { readFooter } from '../parquet/footer.js';
import { rowsOf } from '../result/column.js';
import type { Schema } from '../types.js';

export interface RowsCommon {
  readonly schema: Schema;
}

export interface RowsParams {
  readonly file: string;
}

/** The operation `frame/to-rows`: the rows of a file that is stored for threads, as objects. */
export const toRows: Op<RowsParams, RowsCommon> = ({ common: { schema }, params: { file } }) => {
  const rows: Record<string, unknown>[] = [];
  for (const group of readFooter(file).groups) rowsOf(readBatch(file, group, schema), rows);
  return rows;
};
