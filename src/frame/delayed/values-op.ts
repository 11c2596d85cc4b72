import type { Op } from '../../engine/op.js';
import { passed } from '../../engine/ops/call.js';
import { isPlainObject } from '../../graph/plain-data.js';
import type { PassedAs } from '../../lazy/index.js';
import { collect } from '../map/collect.js';
import { FunctionError } from '../map/errors.js';
import { stored, storedSchema } from '../map/op.js';
import { ParquetWriter } from '../parquet/write.js';
import type { Schema } from '../types.js';

export interface ValuesCommon {
  readonly schema: Schema;
}

export interface ValuesParams {
  readonly out: string;
  /** Which part of the frame it is. */
  readonly part: number;
  readonly as?: PassedAs | undefined;
}

export interface ValuesValue {
  readonly rows: number;
}

/** The operation `frame/from-values`: a value becomes rows of a Parquet file. */
export const fromValues: Op<ValuesParams, ValuesCommon> = async ({
  common: { schema },
  params: { out, part, as },
  inputs,
}): Promise<ValuesValue> => {
  const label = `frameFromDelayed: part ${part}`;
  const value = passed(inputs[0]!, as);
  const { rows, columns } = collect(await columnsOf(value, schema, label), schema, label, 0);
  const writer = new ParquetWriter(out, storedSchema(schema));
  try {
    if (rows > 0) writer.write(rows, columns.map(stored));
    return { rows: writer.close() };
  } catch (error) {
    writer.abort();
    throw error;
  }
};

async function columnsOf(value: unknown, schema: Schema, label: string): Promise<unknown> {
  const bytes = arrowBytes(value);
  if (bytes !== undefined) return arrowColumns(bytes);
  return Array.isArray(value) ? rowColumns(value, schema, label) : value;
}

/** As functions give them, and as frames of Python come. */
function arrowBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  return isRecord(value) && value.$arrow instanceof Uint8Array ? value.$arrow : undefined;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && isPlainObject(value);

async function arrowColumns(bytes: Uint8Array): Promise<unknown> {
  const lib = await (await import('../result/arrow.js')).arrow();
  const { batchOfArrow } = await import('../result/from-arrow.js');
  const { columns } = batchOfArrow(lib, lib.tableFromIPC(bytes));
  return Object.fromEntries(columns.map(({ name, values, valid }) => [name, { values, valid }]));
}

function rowColumns(rows: readonly unknown[], schema: Schema, label: string): Record<string, unknown[]> {
  const names = Object.keys(schema);
  for (const [i, row] of rows.entries()) {
    if (!isRecord(row))
      throw new FunctionError(
        `${label}: row ${i} is no object; rows are objects such as { ${names.join(', ')} }`,
        { row: i },
      );
    const other = Object.keys(row).find((name) => !Object.hasOwn(schema, name));
    if (other !== undefined)
      throw new FunctionError(
        `${label}: row ${i} has a column ${JSON.stringify(other)} that its schema does not have; add it to schema, or leave it out`,
        { row: i, column: other },
      );
  }
  return Object.fromEntries(
    names.map((name) => [name, rows.map((row) => (row as Readonly<Record<string, unknown>>)[name] ?? null)]),
  );
}
