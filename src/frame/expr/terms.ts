import type { ColumnType, Float, IntegerType, Interval, NumericType } from '../types.js';

// Types of expressions depend on the frame that they are used in: until then they are terms, resolved against its schema.

/** The type of the column of a name. */
export interface Ref<N extends string> {
  readonly ref: N;
}
/** A whole number of the program's, which DuckDB fits to the type of what it stands beside. */
export interface Whole<V> {
  readonly whole: V;
}
/** The type of arithmetic of two operands. */
export interface Arithmetic<A, B> {
  readonly arithmetic: readonly [A, B];
}
/** The type that values of both have. */
export interface Common<A, B> {
  readonly common: readonly [A, B];
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

/** The type term of a value. Of a `number` of which no more is known it may be either. */
export type LiteralTerm<V> = V extends number
  ? number extends V
    ? Whole<V> | 'float64'
    : `${V}` extends `${string}.${string}` | `${string}e-${string}` | 'NaN' | `${string}Infinity`
      ? 'float64'
      : Whole<V>
  : V extends bigint
    ? Whole<V>
    : V extends string
      ? 'string'
      : V extends boolean
        ? 'bool'
        : V extends Date
          ? 'date' | 'timestamp'
          : V extends null
            ? 'null'
            : V extends Uint8Array
              ? 'binary'
              : V extends Interval
                ? 'interval'
                : V extends readonly (infer E)[]
                  ? { readonly list: LiteralTerm<E> }
                  : ColumnType;

/** A whole number by itself: int32 where it surely fits, which is where it has less than ten digits. */
type WholeType<V> = V extends number | bigint
  ? number extends V
    ? 'int32' | 'int64'
    : bigint extends V
      ? 'int32' | 'int64'
      : `${V}` extends `${infer _0}${infer _1}${infer _2}${infer _3}${infer _4}${infer _5}${infer _6}${infer _7}${infer _8}${infer _9}${string}`
        ? 'int32' | 'int64'
        : 'int32'
  : never;

type Instant = 'timestamp' | 'timestamptz';

/** What DuckDB makes of two integers of different types: rows of the left, columns of the right. */
interface IntegerPairs {
  int8: { int16: 'int16'; int32: 'int32' };
  int16: { int8: 'int16'; int32: 'int32'; uint8: 'int16' };
  int32: { int8: 'int32'; int16: 'int32'; uint8: 'int32'; uint16: 'int32' };
  uint8: { int16: 'int16'; int32: 'int32'; uint16: 'uint16'; uint32: 'uint32'; uint64: 'uint64' };
  uint16: { int32: 'int32'; uint8: 'uint16'; uint32: 'uint32'; uint64: 'uint64' };
  uint32: { uint8: 'uint32'; uint16: 'uint32'; uint64: 'uint64' };
  uint64: { uint8: 'uint64'; uint16: 'uint64'; uint32: 'uint64' };
}
type IntegersOf<A, B> = A extends B
  ? A
  : A extends keyof IntegerPairs
    ? B extends keyof IntegerPairs[A]
      ? IntegerPairs[A][B]
      : 'int64'
    : 'int64';

/** Of numbers: integers with integers by the table, float64 over float32 over decimal over integers. */
type NumbersOf<A, B> = 'float64' extends A | B
  ? 'float64'
  : 'float32' extends A | B
    ? 'float32'
    : 'decimal' extends A | B
      ? 'decimal'
      : IntegersOf<A, B>;

/** One type each: both are taken apart where they are unions. */
type ArithmeticOf<A, B> =
  A extends Whole<infer V>
    ? B extends Whole<unknown>
      ? WholeType<V>
      : B extends NumericType | 'date' | 'interval'
        ? B
        : ColumnType
    : B extends Whole<unknown>
      ? A extends NumericType | 'date' | 'interval'
        ? A
        : ColumnType
      : A extends NumericType
        ? B extends NumericType
          ? NumbersOf<A, B>
          : B extends 'date' | 'interval'
            ? B
            : ColumnType
        : A extends 'date'
          ? B extends 'date'
            ? 'int64'
            : B extends IntegerType
              ? 'date'
              : B extends Instant
                ? 'interval'
                : B extends 'interval'
                  ? 'timestamp'
                  : ColumnType
          : A extends Instant
            ? B extends 'date' | Instant
              ? 'interval'
              : B extends 'interval'
                ? A
                : ColumnType
            : A extends 'interval'
              ? B extends 'date'
                ? 'timestamp'
                : B extends Instant | 'interval'
                  ? B
                  : B extends NumericType
                    ? 'interval'
                    : ColumnType
              : ColumnType;

type CommonOf<A, B> =
  A extends Whole<infer V>
    ? B extends Whole<unknown>
      ? WholeType<V> | WholeTypeOf<B>
      : B extends NumericType
        ? B
        : B extends 'null'
          ? WholeType<V>
          : ColumnType
    : B extends Whole<unknown>
      ? A extends NumericType
        ? A
        : A extends 'null'
          ? WholeTypeOf<B>
          : ColumnType
      : A extends 'null'
        ? B
        : B extends 'null'
          ? A
          : A extends B
            ? A
            : A extends IntegerType
              ? B extends IntegerType
                ? IntegerType
                : B extends NumericType
                  ? B
                  : ColumnType
              : A extends NumericType
                ? B extends NumericType
                  ? NumbersOf<A, B>
                  : ColumnType
                : A extends 'date' | Instant
                  ? B extends 'date' | Instant
                    ? Instant
                    : ColumnType
                  : ColumnType;
type WholeTypeOf<T> = T extends Whole<infer V> ? WholeType<V> : never;

type SumType<T> = T extends Whole<unknown> | IntegerType | 'bool'
  ? 'int64'
  : T extends 'decimal' | 'interval'
    ? T
    : T extends Float
      ? 'float64'
      : ColumnType;

/** The type of a term in a frame of schema S, where whole numbers are still to be fitted. */
type Term<T, S> =
  T extends Ref<infer N>
    ? N extends keyof S
      ? S[N]
      : ColumnType
    : T extends Whole<unknown>
      ? T
      : T extends Arithmetic<infer A, infer B>
        ? ArithmeticOf<Term<A, S>, Term<B, S>>
        : T extends Common<infer A, infer B>
          ? CommonOf<Term<A, S>, Term<B, S>>
          : T extends SumOf<infer U>
            ? SumType<Term<U, S>>
            : T extends ElementOf<infer U>
              ? Term<U, S> extends { readonly list: infer I }
                ? I
                : ColumnType
              : T extends FieldOf<infer U, infer F>
                ? Term<U, S> extends { readonly struct: infer Fields }
                  ? F extends keyof Fields
                    ? Fields[F]
                    : ColumnType
                  : ColumnType
                : T extends { readonly list: infer I }
                  ? { readonly list: Resolve<I, S> }
                  : T extends { readonly struct: infer Fields }
                    ? { readonly struct: { readonly [F in keyof Fields]: Resolve<Fields[F], S> } }
                    : T extends ColumnType
                      ? T
                      : ColumnType;

type Fitted<T> = T extends Whole<infer V> ? WholeType<V> : T;

/** The column type of a term in a frame of schema S. */
export type Resolve<T, S> = Fitted<Term<T, S>>;
