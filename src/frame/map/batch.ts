import { type Batch, type Column, valueAt } from '../result/column.js';
import type { ColumnType, Row, ValueOf } from '../types.js';

/** The array that holds a column of a type: dates are days, times and timestamps microseconds, booleans 0 and 1. */
export type ValuesOf<T> = T extends 'bool' | 'uint8'
  ? Uint8Array
  : T extends 'int8'
    ? Int8Array
    : T extends 'int16'
      ? Int16Array
      : T extends 'int32' | 'date'
        ? Int32Array
        : T extends 'int64' | 'time' | 'timestamp' | 'timestamptz'
          ? BigInt64Array
          : T extends 'uint16'
            ? Uint16Array
            : T extends 'uint32'
              ? Uint32Array
              : T extends 'uint64'
                ? BigUint64Array
                : T extends 'float32'
                  ? Float32Array
                  : T extends 'float64' | 'decimal'
                    ? Float64Array
                    : readonly (ValueOf<T> | null)[];

/** A column of some rows, as a function over batches sees it. */
export interface MapColumn<T = ColumnType> extends Iterable<ValueOf<T> | null> {
  readonly name: string;
  readonly type: T;
  /** A typed array where the type has one; 0 where the value is null. */
  readonly values: ValuesOf<T>;
  /** One byte a row, 1 where there is a value; undefined where no value is null. */
  readonly valid: Uint8Array | undefined;
  readonly length: number;
  /** The value in a row, as it is in JavaScript: null, number, string, Date, …. */
  get(row: number): ValueOf<T> | null;
  /** Whether there is no value in a row. */
  isNull(row: number): boolean;
}

/** Some rows of a frame, as a function over batches gets them. */
export interface MapBatch<S> {
  readonly rows: number;
  /** The number of the first row within the frame; of a group, within its partition's rows sorted by groups. */
  readonly firstRow: number;
  readonly columns: { readonly [K in keyof S]: MapColumn<S[K]> };
  /** A row as an object. */
  row(index: number): Row<S>;
}

class ColumnView implements MapColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly values: never;
  readonly valid: Uint8Array | undefined;
  readonly length: number;

  constructor(
    private readonly column: Column,
    rows: number,
  ) {
    this.name = column.name;
    this.type = column.type;
    this.values = column.values as never;
    this.valid = column.valid;
    this.length = rows;
  }

  get(row: number): never {
    return valueAt(this.column, row) as never;
  }

  isNull(row: number): boolean {
    return this.valid !== undefined ? this.valid[row] === 0 : (this.values as unknown[])[row] === null;
  }

  *[Symbol.iterator](): Iterator<never> {
    for (let row = 0; row < this.length; row++) yield this.get(row);
  }
}

/** A batch as functions see it. */
export function viewOf({ rows, columns }: Batch, firstRow: number): MapBatch<Record<string, ColumnType>> {
  const views = Object.create(null) as Record<string, MapColumn>;
  for (const column of columns) views[column.name] = new ColumnView(column, rows) as MapColumn;
  return {
    rows,
    firstRow,
    columns: views,
    row: (index) => {
      const row: Record<string, unknown> = {};
      for (const column of columns) row[column.name] = valueAt(column, index);
      return row as never;
    },
  };
}

/** Some rows of a batch; typed arrays are views. */
export function rowsOf({ columns }: Batch, from: number, to: number): Batch {
  return {
    rows: to - from,
    columns: columns.map(({ name, type, values, valid }) => ({
      name,
      type,
      values: Array.isArray(values) ? values.slice(from, to) : (values as Float64Array).subarray(from, to),
      valid: valid?.subarray(from, to),
    })),
  };
}
