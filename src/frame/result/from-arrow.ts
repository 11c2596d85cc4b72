import type * as Arrow from 'apache-arrow';
import { checkFields } from '../column-type.js';
import type { ColumnType } from '../types.js';
import { arrayOf, type Batch, type Column, exact } from './column.js';

/** The column type of an Arrow type. Throws a TypeError for what has no place in a frame. */
function typeOfArrow(lib: typeof Arrow, name: string, type: Arrow.DataType): ColumnType {
  const { DataType } = lib;
  if (DataType.isDictionary(type)) return typeOfArrow(lib, name, type.dictionary);
  if (DataType.isNull(type)) return 'null';
  if (DataType.isBool(type)) return 'bool';
  if (DataType.isInt(type)) return `${type.isSigned ? '' : 'u'}int${type.bitWidth as 8}`;
  if (DataType.isFloat(type)) return type.precision === lib.Precision.DOUBLE ? 'float64' : 'float32';
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type)) return 'string';
  if (
    DataType.isBinary(type) ||
    DataType.isLargeBinary(type) ||
    DataType.isFixedSizeBinary(type) ||
    DataType.isBinaryView(type)
  )
    return 'binary';
  // A frame's decimals in memory have six digits behind the point.
  if (DataType.isDecimal(type)) return 'float64';
  if (DataType.isDate(type)) return 'date';
  if (DataType.isTime(type)) return 'time';
  if (DataType.isTimestamp(type)) return type.timezone ? 'timestamptz' : 'timestamp';
  if (DataType.isInterval(type) || DataType.isDuration(type)) return 'interval';
  if (DataType.isList(type) || DataType.isLargeList(type) || DataType.isFixedSizeList(type))
    return { list: typeOfArrow(lib, `${name}[]`, type.children[0]!.type) };
  if (DataType.isMap(type)) {
    const [key, value] = type.children[0]!.type.children as readonly Arrow.Field[];
    return { map: [typeOfArrow(lib, name, key!.type), typeOfArrow(lib, name, value!.type)] };
  }
  if (DataType.isStruct(type)) {
    checkFields(type.children.map((field) => field.name));
    return {
      struct: Object.fromEntries(
        type.children.map((field) => [field.name, typeOfArrow(lib, `${name}.${field.name}`, field.type)]),
      ),
    };
  }
  throw new TypeError(
    `column ${JSON.stringify(name)}: Arrow's ${String(type)} has no place in a frame; cast it before`,
  );
}

/** An Arrow table or record batch as columns; numbers of one batch are not copied. */
export function batchOfArrow(lib: typeof Arrow, table: Arrow.Table | Arrow.RecordBatch): Batch {
  if (table.numRows === 0) return emptyOfArrow(lib, table.schema);
  const columns = table.schema.fields.map((field, i): Column => {
    const vector = table.getChildAt(i)!;
    const type = typeOfArrow(lib, field.name, field.type);
    return columnOf(lib, field.name, type, vector);
  });
  return { rows: table.numRows, columns };
}

/** No rows, in the columns of a schema. */
export function emptyOfArrow(lib: typeof Arrow, { fields }: Arrow.Schema): Batch {
  const columns = fields.map((field): Column => {
    const type = typeOfArrow(lib, field.name, field.type);
    const Typed = arrayOf(type);
    return { name: field.name, type, values: Typed ? new Typed(0) : [], valid: undefined };
  });
  return { rows: 0, columns };
}

function columnOf(lib: typeof Arrow, name: string, type: ColumnType, vector: Arrow.Vector): Column {
  const rows = vector.length;
  const missing = vector.nullCount > 0;
  const Typed = arrayOf(type);
  const raw = Typed ? rawOf(lib, vector) : undefined;
  let valid: Uint8Array | undefined;
  if (missing) {
    valid = new Uint8Array(rows);
    for (let row = 0; row < rows; row++) if (vector.isValid(row)) valid[row] = 1;
  }
  if (raw && raw.constructor === Typed) return { name, type, values: raw as Column['values'], valid };
  const read = elementReader(lib, vector);
  const values = Typed ? new Typed(rows) : new Array<unknown>(rows).fill(null);
  for (let row = 0; row < rows; row++)
    if (!valid || valid[row] === 1) (values as unknown[])[row] = typedElement(read(row), type);
  return { name, type, values: values as Column['values'], valid };
}

/** What an element is in a typed array. */
function typedElement(value: unknown, type: ColumnType): unknown {
  if (type === 'bool') return value ? 1 : 0;
  if ((type === 'int64' || type === 'uint64') && typeof value === 'number') return BigInt(value);
  return value;
}

/** Numbers as they lie in memory, times in microseconds and dates in days; undefined where they are something else. */
function rawOf(lib: typeof Arrow, vector: Arrow.Vector): ArrayLike<unknown> | undefined {
  const { type } = vector;
  const { DataType } = lib;
  if (DataType.isInt(type)) return elements(vector);
  if (DataType.isFloat(type)) return type.precision === lib.Precision.HALF ? undefined : elements(vector);
  if (DataType.isDate(type) && type.unit === lib.DateUnit.DAY) return elements(vector);
  if (DataType.isTimestamp(type) && type.unit === lib.TimeUnit.MICROSECOND) return elements(vector);
  if (DataType.isTime(type) && type.unit === lib.TimeUnit.MICROSECOND) return elements(vector);
  return undefined;
}

/** The elements of a vector as they lie in memory; copied where they lie in several pieces. */
function elements(vector: Arrow.Vector): ArrayLike<number | bigint> {
  const pieces = vector.data.map(({ values, length }) => (values as Float64Array).subarray(0, length));
  if (pieces.length === 1) return pieces[0]!;
  const all = new (pieces[0]!.constructor as Float64ArrayConstructor)(vector.length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** Reads elements of a vector: as `Column.values` has them; values of nulls are not asked for. */
function elementReader(lib: typeof Arrow, vector: Arrow.Vector): (row: number) => unknown {
  const { type } = vector;
  const { DataType } = lib;
  if (DataType.isDictionary(type)) {
    const words = vector.memoize();
    return (row) => words.get(row);
  }
  if (DataType.isTimestamp(type) || DataType.isTime(type) || DataType.isDuration(type)) {
    const micro = toMicroseconds(lib, type.unit);
    const values = elements(vector);
    return DataType.isDuration(type)
      ? (row) => ({ months: 0, days: 0, microseconds: Number(micro(values[row]!)) })
      : (row) => micro(values[row]!);
  }
  if (DataType.isDate(type)) {
    const values = elements(vector);
    const days = type.unit === lib.DateUnit.DAY;
    return (row) => (days ? Number(values[row]!) : Math.floor(Number(values[row]!) / 86_400_000));
  }
  if (DataType.isDecimal(type)) {
    const { scale } = type;
    return (row) => Number(decimalText(vector.get(row) as Uint32Array, scale));
  }
  if (DataType.isInterval(type)) {
    const { unit } = type;
    return (row) => {
      const parts = vector.get(row) as Int32Array;
      if (unit === lib.IntervalUnit.YEAR_MONTH)
        return { months: parts[0]! * 12 + parts[1]!, days: 0, microseconds: 0 };
      if (unit === lib.IntervalUnit.DAY_TIME)
        return { months: 0, days: parts[0]!, microseconds: parts[1]! * 1000 };
      const nano = (BigInt(parts[3]!) << 32n) | BigInt(parts[2]! >>> 0);
      return { months: parts[0]!, days: parts[1]!, microseconds: Number(nano / 1000n) };
    };
  }
  if (DataType.isList(type) || DataType.isLargeList(type) || DataType.isFixedSizeList(type))
    return (row) => elementsOf(lib, vector.get(row) as Arrow.Vector);
  if (DataType.isMap(type)) {
    return (row) => {
      const entries = (vector.get(row) as Arrow.MapRow)[Symbol.iterator]();
      const map = new Map<unknown, unknown>();
      for (let next = entries.next(); !next.done; next = entries.next()) {
        const [key, value] = next.value as readonly [unknown, unknown];
        map.set(nested(key), nested(value));
      }
      return map;
    };
  }
  if (DataType.isStruct(type)) {
    const fields = type.children.map(({ name }, i) => {
      const child = vector.getChildAt(i)!;
      return { name, child, read: elementReader(lib, child) };
    });
    return (row) =>
      Object.fromEntries(
        fields.map(({ name, child, read }) => [
          name,
          child.isValid(row) ? plainOf(lib, child.type, read(row)) : null,
        ]),
      );
  }
  return (row) => vector.get(row);
}

const elementsOf = (lib: typeof Arrow, vector: Arrow.Vector): unknown[] => {
  const read = elementReader(lib, vector);
  return Array.from({ length: vector.length }, (_, i) =>
    vector.isValid(i) ? plainOf(lib, vector.type, read(i)) : null,
  );
};

/** Elements inside of others are values of JavaScript. */
function plainOf(lib: typeof Arrow, type: Arrow.DataType, value: unknown): unknown {
  const { DataType } = lib;
  if (DataType.isDate(type)) return new Date((value as number) * 86_400_000);
  if (DataType.isTimestamp(type)) return new Date(Math.floor(Number(value as bigint) / 1000));
  return nested(value);
}

const nested = (value: unknown): unknown => (typeof value === 'bigint' ? exact(value) : value);

function toMicroseconds(lib: typeof Arrow, unit: Arrow.TimeUnit): (value: number | bigint) => bigint {
  switch (unit) {
    case lib.TimeUnit.SECOND:
      return (value) => BigInt(value) * 1_000_000n;
    case lib.TimeUnit.MILLISECOND:
      return (value) => BigInt(value) * 1000n;
    case lib.TimeUnit.MICROSECOND:
      return (value) => BigInt(value);
    default:
      return (value) => {
        const nano = BigInt(value);
        return nano % 1000n < 0n ? nano / 1000n - 1n : nano / 1000n;
      };
  }
}

/** The digits of a decimal of 128 bits, as four words. */
function decimalText(words: Uint32Array, scale: number): string {
  let value = 0n;
  for (let i = words.length - 1; i >= 0; i--) value = (value << 32n) | BigInt(words[i]!);
  value = BigInt.asIntN(words.length * 32, value);
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${value < 0n ? '-' : ''}${digits.slice(0, point)}${scale > 0 ? `.${digits.slice(point)}` : ''}`;
}
