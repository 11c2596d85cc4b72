import type { ColumnType, Interval } from '../types.js';

/** A column of a batch. Elements of nulls are 0, '' or null. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /**
   * Numbers and times as a typed array: dates in days, times and instants in microseconds since 1970. Of all other types an array, null for
   * nulls.
   */
  readonly values: ColumnValues;
  /** One byte a row, 1 where there is a value; undefined where no value is null. */
  readonly valid: Uint8Array | undefined;
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
export function valueAt({ type, values, valid }: Column, row: number): unknown {
  if (valid !== undefined && valid[row] === 0) return null;
  const value = values[row];
  if (typeof type !== 'string') return value ?? null;
  switch (type) {
    case 'bool':
      return value === 1 || value === true;
    case 'int64':
    case 'uint64':
      return typeof value === 'bigint' ? exact(value) : value;
    case 'date':
      return typeof value === 'number' ? new Date(value * 86_400_000) : value;
    case 'timestamp':
    case 'timestamptz':
      return typeof value === 'bigint' ? new Date(milliseconds(value)) : value;
    case 'time':
      return typeof value === 'bigint' ? timeText(value) : value;
    default:
      return value ?? null;
  }
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
    return { name, type, values, valid };
  });
  return { rows, columns };
}

export type { Interval };
