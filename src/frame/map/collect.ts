import { nearest } from '../../engine/nearest.js';
import { arrayOf, type Batch, type Column } from '../result/column.js';
import type { ColumnType, Schema } from '../types.js';
import { ColumnBuilder, shown } from './build.js';
import { FunctionError } from './errors.js';

interface ArrowLike {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly { readonly name: string }[] };
  getChild(name: string): Iterable<unknown> | null;
}

const isArrow = (value: object): value is ArrowLike =>
  'getChild' in value && typeof value.getChild === 'function' && 'schema' in value;

/**
 * What a function over batches returned, as columns of its schema: each there, of one length, of its type. Arrays of the right kind are
 * taken as they are, others looked at value by value.
 */
export function collect(returned: unknown, schema: Schema, label: string, firstRow: number): Batch {
  const names = Object.keys(schema);
  const columns = columnsOf(returned, names, label);
  for (const name of Object.keys(columns))
    if (!names.includes(name)) {
      const near = nearest(name, names);
      throw new FunctionError(
        `${label}: the function returned a column ${JSON.stringify(name)} that its schema does not have${near === undefined ? '' : ` (it has ${JSON.stringify(near)})`}; add it to schema, or do not return it`,
        { column: name },
      );
    }
  let rows: number | undefined;
  const made = names.map((name): Column => {
    const given = partsOf(columns[name], name, label, names);
    rows ??= given.values.length;
    if (given.values.length !== rows)
      throw new FunctionError(
        `${label}: the function returned ${given.values.length} values for column ${JSON.stringify(name)}, and ${rows} for ${JSON.stringify(names[0])}; all columns have one length`,
        { column: name },
      );
    return columnOf(name, schema[name]!, given, rows, label, firstRow);
  });
  return { rows: rows ?? 0, columns: made };
}

function columnsOf(
  returned: unknown,
  names: readonly string[],
  label: string,
): Readonly<Record<string, unknown>> {
  const example = `{ ${names.map((name) => `${JSON.stringify(name)}: […]`).join(', ')} }`;
  if (
    typeof returned !== 'object' ||
    returned === null ||
    Array.isArray(returned) ||
    ArrayBuffer.isView(returned)
  )
    throw new FunctionError(
      `${label}: the function returned ${Array.isArray(returned) ? 'an array' : shown(returned)}; return columns by name: ${example}`,
    );
  if (!isArrow(returned)) return returned as Readonly<Record<string, unknown>>;
  const table = returned;
  return Object.fromEntries(table.schema.fields.map(({ name }) => [name, [...(table.getChild(name) ?? [])]]));
}

interface Parts {
  readonly values: ArrayLike<unknown>;
  readonly valid: Uint8Array | undefined;
}

function partsOf(value: unknown, name: string, label: string, names: readonly string[]): Parts {
  if (value === undefined)
    throw new FunctionError(
      `${label}: the function returned no column ${JSON.stringify(name)}; its schema has ${names.map((n) => JSON.stringify(n)).join(', ')}`,
      { column: name },
    );
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView)))
    return { values: value as unknown as ArrayLike<unknown>, valid: undefined };
  if (typeof value === 'object' && value !== null && 'values' in value && typeof value.values === 'object') {
    const { values, valid } = value as { values: ArrayLike<unknown>; valid?: ArrayLike<unknown> };
    if (valid !== undefined && valid.length !== values.length)
      throw new FunctionError(
        `${label}: column ${JSON.stringify(name)} has ${values.length} values and a valid of ${valid.length}; valid has one byte a row`,
        { column: name },
      );
    return {
      values,
      valid:
        valid === undefined || valid instanceof Uint8Array
          ? valid
          : Uint8Array.from(valid, (v) => (v ? 1 : 0)),
    };
  }
  throw new FunctionError(
    `${label}: column ${JSON.stringify(name)} is ${shown(value)}; return a typed array, an array of values, or { values, valid }`,
    { column: name },
  );
}

function columnOf(
  name: string,
  type: ColumnType,
  { values, valid }: Parts,
  rows: number,
  label: string,
  firstRow: number,
): Column {
  const Typed = arrayOf(type === 'decimal' ? 'float64' : type);
  if (Typed && values instanceof Typed && (type !== 'bool' || values.every((v) => v === 0 || v === 1)))
    return { name, type, values, valid };
  const builder = new ColumnBuilder(name, type, rows, (row) => ({ label, row: firstRow + row }));
  for (let row = 0; row < rows; row++)
    if (valid === undefined || valid[row] !== 0) builder.set(row, values[row]);
    else builder.nothing(row);
  return builder.finish();
}
