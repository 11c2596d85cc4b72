import type { ColumnType, Interval } from '../types.js';
import { type Decimals, decimalText, digitsOf } from './decimal.js';

/** A column of a batch. Elements of nulls are 0, '' or null. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /**
   * Numbers and times as a typed array: decimals as the float64 nearest to them (`decimals` has all digits), dates in days, times and instants in microseconds since 1970. Of all other types
   * an array, null for nulls.
   */
  readonly values: ColumnValues;
  /** One byte a row, 1 where there is a value; undefined where no value is null. */
  readonly valid: Uint8Array | undefined;
  /** Of decimals that DuckDB gave: how many digits they have, and the digits themselves where floats do not keep them. */
  readonly decimals?: Decimals;
}

export type ColumnValues =
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Float32Array
  | Float64Array
  | readonly unknown[];

/** Some rows, by columns. */
export interface Batch {
  readonly rows: number;
  readonly columns: readonly Column[];
}

type TypedArrayConstructor = new (length: number) => Exclude<ColumnValues, readonly unknown[]>;

const ARRAYS: Readonly<Record<string, TypedArrayConstructor>> = {
  bool: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
  decimal: Float64Array,
  date: Int32Array,
  time: BigInt64Array,
  timestamp: BigInt64Array,
  timestamptz: BigInt64Array,
};

/** The typed array of a type; undefined where its values are kept as they are. */
export const arrayOf = (type: ColumnType): TypedArrayConstructor | undefined =>
  typeof type === 'string' ? ARRAYS[type] : undefined;

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);
/** A number where that is exact, else the bigint itself. */
export const exact = (value: bigint): number | bigint =>
  value <= SAFE && value >= -SAFE ? Number(value) : value;

/** The value of a column in a row, as JavaScript has it. */
export const valueAt = (column: Column, row: number): unknown => readerOf(column)(row);

/** What integers of 64 bits are in rows: numbers where those are exact, else bigints (`'auto'`), or always the one or the other. */
export type Int64As = 'auto' | 'bigint' | 'number';
/** What decimals are in rows: the numbers nearest to them, or text with all digits. */
export type DecimalAs = 'number' | 'string';

export interface ReadOptions {
  readonly int64?: Int64As | undefined;
  readonly decimal?: DecimalAs | undefined;
}

/** Reads values of a column as JavaScript has them. */
export function readerOf(column: Column, options: ReadOptions = {}): (row: number) => unknown {
  const read = presentReader(column, options);
  const { valid } = column;
  return valid === undefined ? read : (row) => (valid[row] === 0 ? null : read(row));
}

function presentReader(
  { type, values, decimals }: Column,
  { int64 = 'auto', decimal = 'number' }: ReadOptions,
): (row: number) => unknown {
  const plain = (row: number): unknown => values[row] ?? null;
  if (typeof type !== 'string') return plain;
  switch (type) {
    case 'decimal': {
      if (decimal === 'number') return plain;
      if (decimals === undefined) return (row) => String(values[row]);
      const digits = digitsOf(values as Float64Array, decimals);
      return (row) => decimalText(digits[row]!, decimals.scale);
    }
    case 'bool':
      return (row) => values[row] === 1 || values[row] === true;
    case 'int64':
    case 'uint64': {
      if (!(values instanceof BigInt64Array || values instanceof BigUint64Array)) return plain;
      if (int64 === 'bigint') return plain;
      const read = wholeReader(values);
      return int64 === 'number' ? (row) => Number(read(row)) : read;
    }
    case 'date':
      return (row) => {
        const day = values[row];
        return typeof day === 'number' ? new Date(day * 86_400_000) : day;
      };
    case 'timestamp':
    case 'timestamptz': {
      if (!(values instanceof BigInt64Array)) return plain;
      const read = wholeReader(values);
      return (row) => {
        const microseconds = read(row);
        return new Date(
          typeof microseconds === 'number' ? Math.floor(microseconds / 1000) : milliseconds(microseconds),
        );
      };
    }
    case 'time':
      return (row) => {
        const time = values[row];
        return typeof time === 'bigint' ? timeText(time) : time;
      };
    default:
      return plain;
  }
}

/** Reads integers of 64 bits as numbers where that is exact, without making a bigint of each. */
function wholeReader(values: BigInt64Array | BigUint64Array): (row: number) => number | bigint {
  const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  const signed = values instanceof BigInt64Array;
  return (row) => {
    const high = words[row * 2 + 1]!;
    // Within 2^53 the upper half is small.
    if (high >= (signed ? -0x1f_ffff : 0) && high <= 0x1f_ffff)
      return high * 0x1_0000_0000 + (words[row * 2]! >>> 0);
    return exact(values[row]!);
  };
}

type Reader = (row: number) => unknown;
type RowMaker = (readers: readonly Reader[]) => (row: number) => Record<string, unknown>;

let lastMaker: { readonly code: string; readonly make: RowMaker } | undefined;

/**
 * Makes rows of some names. It is generated, since a literal of all properties is made in a third of the time that they take one by one.
 */
function rowMaker(names: readonly string[]): RowMaker {
  const fields = names.map((name, i) => {
    const key = JSON.stringify(name);
    // In brackets it is a name as others are.
    return `${name === '__proto__' ? `[${key}]` : key}: r${i}(row)`;
  });
  const code = `const [${names.map((_, i) => `r${i}`).join(', ')}] = readers; return (row) => ({ ${fields.join(', ')} });`;
  if (lastMaker?.code !== code) lastMaker = { code, make: new Function('readers', code) as RowMaker };
  return lastMaker.make;
}

/** Rows of a batch as objects, put behind others. */
export function rowsOf(
  { rows, columns }: Batch,
  into: Record<string, unknown>[],
  options: ReadOptions = {},
): void {
  const row = rowMaker(columns.map(({ name }) => name))(columns.map((column) => readerOf(column, options)));
  for (let i = 0; i < rows; i++) into.push(row(i));
}

/** Rounded down, so that instants before 1970 keep their order. */
function milliseconds(microseconds: bigint): number {
  const down = microseconds / 1000n;
  return Number(microseconds % 1000n < 0n ? down - 1n : down);
}

function timeText(microseconds: bigint): string {
  const total = Number(microseconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  const fraction = total % 1e6;
  const seconds = Math.floor(total / 1e6);
  const text = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return fraction === 0 ? text : `${text}.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
}

/** The decimals of parts of a column. */
function joined(parts: readonly Column[]): { readonly decimals?: Decimals } {
  const { decimals } = parts[0]!;
  if (decimals === undefined) return {};
  if (decimals.digits === undefined) return { decimals };
  const digits = ([] as bigint[]).concat(...parts.map((part) => part.decimals?.digits ?? []));
  return { decimals: { ...decimals, digits } };
}

/** Batches put together to one. */
export function concatBatches(batches: readonly Batch[], empty: Batch): Batch {
  if (batches.length === 0) return empty;
  if (batches.length === 1) return batches[0]!;
  const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
  const columns = batches[0]!.columns.map(({ name, type }, i): Column => {
    const parts = batches.map((batch) => batch.columns[i]!);
    const Typed = arrayOf(type);
    let values: ColumnValues;
    if (Typed) {
      const all = new Typed(rows);
      let at = 0;
      for (const part of parts) {
        (all as Float64Array).set(part.values as Float64Array, at);
        at += part.values.length;
      }
      values = all;
    } else {
      values = ([] as unknown[]).concat(...parts.map((part) => part.values as unknown[]));
    }
    let valid: Uint8Array | undefined;
    if (parts.some((part) => part.valid !== undefined)) {
      valid = new Uint8Array(rows).fill(1);
      let at = 0;
      for (const part of parts) {
        if (part.valid) valid.set(part.valid, at);
        at += part.values.length;
      }
    }
    return { name, type, values, valid, ...joined(parts) };
  });
  return { rows, columns };
}

export type { Interval };
