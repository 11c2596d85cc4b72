import type * as Arrow from 'apache-arrow';
import { FrameError } from '../errors.js';
import type { ColumnType, Interval } from '../types.js';
import type { Batch, Column } from './column.js';
import { digitsOf } from './decimal.js';
import { columnFrom } from './from-values.js';

let loaded: Promise<typeof Arrow> | undefined;

/** Arrow, loaded when the first table is made. */
export function arrow(): Promise<typeof Arrow> {
  loaded ??= import('apache-arrow').catch((cause: unknown) => {
    loaded = undefined;
    throw new FrameError(
      'Arrow tables need the package apache-arrow, which is not installed here: npm install apache-arrow',
      { cause },
    );
  });
  return loaded;
}

/** Batches as one Arrow table; numbers are not copied. */
export async function arrowTable(batches: readonly Batch[]): Promise<Arrow.Table> {
  const lib = await arrow();
  const schema = schemaOf(lib, batches[0]!);
  return new lib.Table(
    schema,
    batches.map((batch) => recordBatch(lib, schema, batch)),
  );
}

/** Batches as Arrow's. */
export async function* arrowBatches(
  batches: AsyncIterable<Batch>,
): AsyncGenerator<Arrow.RecordBatch, void, void> {
  const lib = await arrow();
  let schema: Arrow.Schema | undefined;
  for await (const batch of batches) {
    schema ??= schemaOf(lib, batch);
    yield recordBatch(lib, schema, batch);
  }
}

const schemaOf = (lib: typeof Arrow, { columns }: Batch): Arrow.Schema =>
  new lib.Schema(columns.map((column) => new lib.Field(column.name, typeOf(lib, column), true)));

const recordBatch = (lib: typeof Arrow, schema: Arrow.Schema, { rows, columns }: Batch): Arrow.RecordBatch =>
  new lib.RecordBatch(
    schema,
    lib.makeData({
      type: new lib.Struct(schema.fields),
      length: rows,
      nullCount: 0,
      children: columns.map((column) => arrowData(lib, column, rows)),
    }),
  );

/** Decimals whose digits are known stay decimals; inside of lists, maps and structs they are floats. */
const typeOf = (lib: typeof Arrow, { type, decimals }: Column): Arrow.DataType =>
  decimals ? new lib.Decimal(decimals.scale, decimals.precision, 128) : arrowType(lib, type);

/** The Arrow type of a column type. */
export function arrowType(lib: typeof Arrow, type: ColumnType): Arrow.DataType {
  if (typeof type !== 'string') {
    if ('list' in type) return new lib.List(new lib.Field('item', arrowType(lib, type.list), true));
    if ('map' in type)
      return new lib.Map_(
        new lib.Field(
          'entries',
          new lib.Struct({ key: arrowType(lib, type.map[0]), value: arrowType(lib, type.map[1]) } as never),
          false,
        ) as never,
      );
    return new lib.Struct(
      Object.entries(type.struct).map(([name, inner]) => new lib.Field(name, arrowType(lib, inner), true)),
    );
  }
  switch (type) {
    case 'bool':
      return new lib.Bool();
    case 'int8':
      return new lib.Int8();
    case 'int16':
      return new lib.Int16();
    case 'int32':
      return new lib.Int32();
    case 'int64':
      return new lib.Int64();
    case 'uint8':
      return new lib.Uint8();
    case 'uint16':
      return new lib.Uint16();
    case 'uint32':
      return new lib.Uint32();
    case 'uint64':
      return new lib.Uint64();
    case 'float32':
      return new lib.Float32();
    case 'float64':
    case 'decimal':
      return new lib.Float64();
    case 'date':
      return new lib.DateDay();
    case 'time':
      return new lib.TimeMicrosecond();
    case 'timestamp':
      return new lib.TimestampMicrosecond();
    case 'timestamptz':
      return new lib.TimestampMicrosecond('UTC');
    case 'interval':
      return new lib.IntervalMonthDayNano();
    case 'binary':
      return new lib.Binary();
    case 'null':
      return new lib.Null();
    default:
      return new lib.Utf8();
  }
}

/** A column as Arrow has it; parts of lists, maps and structs are columns of their own. */
function arrowData(lib: typeof Arrow, column: Column, rows: number): Arrow.Data {
  const type = typeOf(lib, column);
  const { values, decimals } = column;
  if (decimals) {
    const data = words(digitsOf(values as Float64Array, decimals));
    return make(lib, { type, length: rows, data, ...nullsOf(column.valid) });
  }
  if (ArrayBuffer.isView(values)) {
    const data = column.type === 'bool' ? bits(values as Uint8Array) : values;
    return make(lib, { type, length: rows, data, ...nullsOf(column.valid) });
  }
  const items = values as readonly unknown[];
  if (column.type === 'string' || column.type === 'uuid')
    return textData(lib, items as readonly (string | null)[], type, rows);
  if (column.type === 'null') return make(lib, { type, length: rows, nullCount: rows });
  const nulls = nullsOf(
    items.some(isNull) ? Uint8Array.from(items, (item) => (isNull(item) ? 0 : 1)) : undefined,
  );
  if (column.type === 'binary') return binaryData(lib, items as readonly (Uint8Array | null)[], type, nulls);
  if (column.type === 'interval')
    return intervalData(lib, items as readonly (Interval | null)[], type, nulls);
  if (typeof column.type === 'string') throw new TypeError(`a column of ${column.type} is a typed array`);
  const child = (name: string, inner: ColumnType, parts: readonly unknown[]): Arrow.Data =>
    arrowData(lib, columnFrom(name, parts, inner), parts.length);
  if ('struct' in column.type) {
    const children = Object.entries(column.type.struct).map(([name, inner]) =>
      child(
        name,
        inner,
        items.map((item) => (item as Readonly<Record<string, unknown>> | null)?.[name] ?? null),
      ),
    );
    return make(lib, { type, length: rows, children, ...nulls });
  }
  const lists = items.map((item) =>
    isNull(item) ? [] : item instanceof Map ? [...item] : (item as readonly unknown[]),
  );
  const valueOffsets = new Int32Array(rows + 1);
  for (const [i, list] of lists.entries()) valueOffsets[i + 1] = valueOffsets[i]! + list.length;
  const parts: unknown[] = [];
  for (const list of lists) for (const part of list) parts.push(part);
  if ('list' in column.type)
    return make(lib, {
      type,
      length: rows,
      valueOffsets,
      child: child('item', column.type.list, parts),
      ...nulls,
    });
  const [keyType, valueType] = column.type.map;
  const entries = parts as readonly (readonly [unknown, unknown])[];
  const struct = make(lib, {
    type: (type as Arrow.Map_).children[0]!.type,
    length: entries.length,
    nullCount: 0,
    children: [
      child(
        'key',
        keyType,
        entries.map(([key]) => key),
      ),
      child(
        'value',
        valueType,
        entries.map(([, value]) => value),
      ),
    ],
  });
  return make(lib, { type, length: rows, valueOffsets, child: struct, ...nulls });
}

const isNull = (value: unknown): boolean => value === null || value === undefined;
const make = (lib: typeof Arrow, props: object): Arrow.Data =>
  lib.makeData(props as never) as unknown as Arrow.Data;

interface Nulls {
  readonly nullCount: number;
  readonly nullBitmap?: Uint8Array;
}

function nullsOf(valid: Uint8Array | undefined): Nulls {
  if (!valid) return { nullCount: 0 };
  let nullCount = 0;
  for (let i = 0; i < valid.length; i++) if (valid[i] === 0) nullCount++;
  return { nullCount, nullBitmap: bits(valid) };
}

function binaryData(
  lib: typeof Arrow,
  values: readonly (Uint8Array | null)[],
  type: Arrow.DataType,
  nulls: Nulls,
): Arrow.Data {
  const valueOffsets = new Int32Array(values.length + 1);
  for (const [i, bytes] of values.entries()) valueOffsets[i + 1] = valueOffsets[i]! + (bytes?.length ?? 0);
  const data = new Uint8Array(valueOffsets[values.length]!);
  for (const [i, bytes] of values.entries()) if (bytes) data.set(bytes, valueOffsets[i]!);
  return make(lib, { type, length: values.length, valueOffsets, data, ...nulls });
}

function intervalData(
  lib: typeof Arrow,
  values: readonly (Interval | null)[],
  type: Arrow.DataType,
  nulls: Nulls,
): Arrow.Data {
  const data = new Int32Array(values.length * 4);
  const nano = new BigInt64Array(data.buffer);
  for (const [i, value] of values.entries()) {
    if (!value) continue;
    data[i * 4] = value.months;
    data[i * 4 + 1] = value.days;
    nano[i * 2 + 1] = BigInt(Math.round(value.microseconds)) * 1000n;
  }
  return make(lib, { type, length: values.length, data, ...nulls });
}

/** Integers of 128 bits, as four words each. */
function words(digits: readonly bigint[]): Uint32Array {
  const halves = new BigUint64Array(digits.length * 2);
  for (const [i, value] of digits.entries()) {
    halves[i * 2] = BigInt.asUintN(64, value);
    halves[i * 2 + 1] = BigInt.asUintN(64, value >> 64n);
  }
  return new Uint32Array(halves.buffer);
}

/** One bit an element, of one byte each. */
function bits(bytes: Uint8Array): Uint8Array {
  const packed = new Uint8Array(((bytes.length + 63) >> 6) << 3);
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0) packed[i >> 3]! |= 1 << (i & 7);
  return packed;
}

function textData(
  lib: typeof Arrow,
  values: readonly (string | null)[],
  type: Arrow.DataType,
  rows: number,
): Arrow.Data {
  const offsets = new Int32Array(rows + 1);
  let valid: Uint8Array | undefined;
  let [length, nulls] = [0, 0];
  const encoded = Buffer.from(values.join(''), 'utf8');
  const whole = encoded.length === values.reduce((sum, text) => sum + (text?.length ?? 0), 0);
  for (let i = 0; i < rows; i++) {
    const text = values[i];
    if (text === null || text === undefined) {
      valid ??= new Uint8Array(rows).fill(1);
      valid[i] = 0;
      nulls++;
    } else {
      length += whole ? text.length : Buffer.byteLength(text, 'utf8');
    }
    offsets[i + 1] = length;
  }
  return lib.makeData({
    type,
    length: rows,
    valueOffsets: offsets,
    data: encoded,
    nullCount: nulls,
    ...(valid && { nullBitmap: bits(valid) }),
  } as never) as unknown as Arrow.Data;
}
