/** Types of columns and what the compiler makes of them. */

/** Types of columns without parts. */
export const SCALAR_TYPES = [
  'bool',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'float32',
  'float64',
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

export type IntegerType = 'int8' | 'int16' | 'int32' | 'int64' | 'uint8' | 'uint16' | 'uint32' | 'uint64';
export type NumericType = IntegerType | 'float32' | 'float64' | 'decimal';

/**
 * What a value of a column is in JavaScript, null aside. Integers of 64 bits are numbers up to 2^53 and bigints beyond: no digit is lost.
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

/** A span of time by its calendar: months have different lengths, and so do days where clocks change. */
export interface Interval {
  readonly months: number;
  readonly days: number;
  readonly microseconds: number;
}

/** One row, by columns. */
export type Row<S> = { [K in keyof S]: ValueOf<S[K]> | null };

/** What tells nothing of its columns: a file's schema is known when it is read, not when the program is compiled. */
export type AnySchema = { readonly [column: string]: ColumnType };

// Types of expressions depend on the frame that they are used in: until then they are terms, resolved against its schema.

/** The type of the column of a name. */
export interface Ref<N extends string> {
  readonly ref: N;
}
/** The type of arithmetic of two operands. */
export interface Arithmetic<A, B> {
  readonly arithmetic: readonly [A, B];
}
/** The type of a sum. */
export interface SumOf<T> {
  readonly sumOf: T;
}
/** The element type of a list. */
export interface ElementOf<T> {
  readonly elementOf: T;
}
/** The type of a struct's field. */
export interface FieldOf<T, F extends string> {
  readonly fieldOf: readonly [T, F];
}

type Float = 'float32' | 'float64';

type ArithmeticOf<A, B> = A extends 'float64'
  ? 'float64'
  : B extends 'float64'
    ? 'float64'
    : A extends 'date' | 'timestamp' | 'timestamptz'
      ? B extends A
        ? 'interval'
        : A extends 'date'
          ? 'timestamp'
          : A
      : A extends 'decimal'
        ? B extends Float
          ? 'float64'
          : 'decimal'
        : B extends 'decimal'
          ? A extends Float
            ? 'float64'
            : 'decimal'
          : A extends B
            ? B extends A
              ? A
              : ColumnType
            : A extends Float
              ? A
              : B extends Float
                ? B
                : A extends IntegerType
                  ? B extends IntegerType
                    ? IntegerType
                    : ColumnType
                  : ColumnType;

type SumType<T> = T extends IntegerType | 'bool'
  ? 'int64'
  : T extends 'decimal'
    ? 'decimal'
    : T extends Float
      ? 'float64'
      : ColumnType;

/** The column type of a term in a frame of schema S. */
export type Resolve<T, S> =
  T extends Ref<infer N>
    ? N extends keyof S
      ? S[N]
      : ColumnType
    : T extends Arithmetic<infer A, infer B>
      ? ArithmeticOf<Resolve<A, S>, Resolve<B, S>>
      : T extends SumOf<infer U>
        ? SumType<Resolve<U, S>>
        : T extends ElementOf<infer U>
          ? Resolve<U, S> extends { readonly list: infer I }
            ? I
            : ColumnType
          : T extends FieldOf<infer U, infer F>
            ? Resolve<U, S> extends { readonly struct: infer Fields }
              ? F extends keyof Fields
                ? Fields[F]
                : ColumnType
              : ColumnType
            : T extends { readonly list: infer I }
              ? { readonly list: Resolve<I, S> }
              : T extends ColumnType
                ? T
                : ColumnType;

/** Shows a computed object type as plain properties. */
export type Simplify<T> = { [K in keyof T]: T[K] } & {};
