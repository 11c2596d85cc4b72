import { DTYPES, type DType } from '../kernels/dtype.js';

/** Types of columns, and of their values. */

/** Types of columns without parts: those of arrays, and what only columns have. */
export const SCALAR_TYPES = [
  ...DTYPES,
  'decimal',
  'string',
  'binary',
  'uuid',
  'date',
  'time',
  'timestamp',
  'timestamptz',
  'interval',
  'null',
] as const;

export type ScalarType = (typeof SCALAR_TYPES)[number];

/**
 * The type of a column. `timestamp` has microseconds and no zone, `timestamptz` is an instant; `decimal` has digits, `null` holds nothing
 * but nulls. Any type may hold nulls.
 */
export type ColumnType =
  | ScalarType
  | { readonly list: ColumnType }
  | { readonly struct: { readonly [field: string]: ColumnType } }
  | { readonly map: readonly [ColumnType, ColumnType] };

/** Names and types of columns, in order. */
export type Schema = { readonly [column: string]: ColumnType };

export type Names<S> = keyof S & string;

export type Float = 'float32' | 'float64';

/** Types of whole numbers. */
export type IntegerType = Exclude<DType, 'bool' | Float>;
export const INTEGERS = DTYPES.filter((type): type is IntegerType => /int/.test(type));
export type NumericType = IntegerType | Float | 'decimal';

/**
 * What a value of a column is in JavaScript, null aside. Integers of 64 bits are numbers up to 2^53 and bigints beyond: no digit is lost. Decimals are
 * the numbers nearest to them, which keep 15 digits; `rows({ decimal: 'string' })` gives all digits.
 * Dates and timestamps are `Date`s: what is finer than a millisecond is in typed columns and Arrow only.
 */
export type ValueOf<T> = T extends 'int64' | 'uint64'
  ? number | bigint
  : T extends NumericType
    ? number
    : T extends 'bool'
      ? boolean
      : T extends 'string' | 'uuid' | 'time'
        ? string
        : T extends 'binary'
          ? Uint8Array
          : T extends 'date' | 'timestamp' | 'timestamptz'
            ? Date
            : T extends 'interval'
              ? Interval
              : T extends 'null'
                ? null
                : T extends { readonly list: infer I }
                  ? (ValueOf<I> | null)[]
                  : T extends { readonly struct: infer F }
                    ? { [K in keyof F]: ValueOf<F[K]> | null }
                    : T extends { readonly map: readonly [infer K, infer V] }
                      ? Map<ValueOf<K>, ValueOf<V> | null>
                      : unknown;

/** A schema whose decimals are read as text. */
export type WithTextDecimals<S> = { readonly [C in keyof S]: S[C] extends 'decimal' ? 'string' : S[C] };

/** A span of time by its calendar: months have different lengths, and so do days where clocks change. */
export interface Interval {
  readonly months: number;
  readonly days: number;
  readonly microseconds: number;
}

/** One row, by columns. */
export type Row<S> = { -readonly [K in keyof S]: ValueOf<S[K]> | null };

/** What tells nothing of its columns: a file's schema is known when it is read, not when the program is compiled. */
export type AnySchema = { readonly [column: string]: ColumnType };

/** What a schema is: column types by names. Also of an interface, which has no index signature. */
export type SchemaLike<S> = { readonly [K in keyof S]: ColumnType };

/** Shows a computed schema as plain properties. */
export type Simplify<T> = { -readonly [K in keyof T]: T[K] } & {};

/** The one type that columns of several have when they become one. */
export type UnionType<T> = [T] extends [never]
  ? ColumnType
  : IsOne<T> extends true
    ? T
    : [T] extends [NumericType]
      ? NumericType
      : ColumnType;
type IsOne<T, U = T> = T extends unknown ? ([U] extends [T] ? true : false) : never;

/** Names of columns and their types as DuckDB names them. */
export type ColumnTypes = Readonly<Record<string, string>>;
