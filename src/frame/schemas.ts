import type { Expr } from './expr/expr.js';
import type { Operand, TermOf } from './expr/operand.js';
import type { Resolve, SumOf } from './expr/terms.js';
import type { AnySchema, ColumnType, Names, NumericType, ScalarType, Simplify, UnionType } from './types.js';

/** What verbs take and what schemas they make, for the compiler. */

/** Expressions by the names that their columns will have. */
export type Named<N extends string> = { readonly [name: string]: Expr<N, unknown> | Exclude<Operand, Expr> };

/** The schema that named expressions make in a frame. */
export type SchemaOfNamed<I, S> = { -readonly [K in keyof I]: Resolve<TermOf<I[K]>, S> };

/** What `select` takes: names of columns, and named expressions. */
export type Selection<S> = Names<S> | Named<Names<S>>;

type Selected<I, S> = I extends string
  ? I extends keyof S
    ? { [K in I]: S[I] }
    : unknown
  : SchemaOfNamed<I, S>;
type Intersect<U> = (U extends unknown ? (u: U) => void : never) extends (i: infer I) => void ? I : never;
/** The schema of a selection. */
export type SchemaOfSelection<I extends readonly unknown[], S> = Simplify<Intersect<Selected<I[number], S>>>;

/** Without some columns. */
export type Without<S, N> = Simplify<Omit<S, N & string>>;
/** With further or changed columns. */
export type With<S, A> = Simplify<Omit<S, keyof A> & A>;
export type Renamed<S, M> = Simplify<{
  [K in keyof S as K extends keyof M ? (M[K] extends string ? M[K] : K) : K]: S[K];
}>;
/** The schema of a join. */
export type Joined<S, R, O> = O extends { readonly how: 'semi' | 'anti' }
  ? S
  : Simplify<S & SuffixedColumns<Omit<R, Shared<O>>, S, O> & { [K in Indicator<O>]: 'string' }>;

/** The name of the column that says from where a row is. */
type Indicator<O> = O extends { readonly indicator: infer I }
  ? I extends string
    ? I
    : I extends true
      ? '_merge'
      : never
  : never;

/** Names of what is joined on that are the same in both, and so in the result once. */
type Shared<O> = JoinedOn<O> | (O extends { readonly asof: infer A extends string } ? A : never);
type JoinedOn<O> = O extends { readonly on: infer K }
  ? OneOf<K>
  : O extends { readonly leftOn: infer L; readonly rightOn: infer R }
    ? SamePlace<L, R>
    : never;
type OneOf<K> = (K extends readonly (infer N)[] ? N : K) & string;
type SamePlace<L, R> = L extends readonly unknown[]
  ? { [I in keyof L]: I extends keyof R ? (L[I] extends R[I] ? L[I] : never) : never }[number] & string
  : L extends R
    ? L & string
    : never;

/** Lists as their elements. */
export type Exploded<S, L> = {
  -readonly [K in keyof S]: K extends L ? (S[K] extends { readonly list: infer E } ? E : ColumnType) : S[K];
} & {};

/** Columns that have become rows. */
export type Melted<S, I extends keyof S, V extends keyof S, X extends string, Y extends string> = Simplify<
  Pick<S, I> & { [K in X]: 'string' } & { [K in Y]: UnionType<S[V]> }
>;

type SuffixedColumns<R, S, O> = {
  [K in keyof R as K extends keyof S ? `${K & string}${SuffixOf<O>}` : K]: R[K];
};
type SuffixOf<O> = O extends { readonly suffix: infer X extends string } ? X : '_right';

/** Values as columns: a column for each name, of the type that the aggregate of the values has. Names that the compiler does not know are any. */
export type Pivoted<
  S,
  I extends keyof S,
  V extends keyof S,
  L extends readonly unknown[],
  A,
  M extends string,
> =
  string extends NameOf<L[number]>
    ? AnySchema
    : Simplify<
        Pick<S, I> & { [N in L[number] as NameOf<N>]: CellOf<A, S[V]> } & { [N in M]: CellOf<A, S[V]> }
      >;
/** A column as columns of booleans. */
export type Dummies<S, N extends keyof S & string, L extends readonly unknown[]> =
  string extends NameOf<L[number]>
    ? AnySchema
    : Simplify<Omit<S, N> & { [V in L[number] as `${N}_${NameOf<V>}`]: 'bool' }>;

type NameOf<V> = V extends string | number | bigint | boolean | null ? `${V}` : string;
type CellOf<A, T> = A extends 'mean' | 'median' | 'std'
  ? 'float64'
  : A extends 'count' | 'nunique'
    ? 'int64'
    : A extends 'sum'
      ? Resolve<SumOf<T>, unknown>
      : T;

type Numbers = NumericType | 'bool';
type Undescribed =
  | 'binary'
  | 'interval'
  | 'null'
  | { readonly list: ColumnType }
  | { readonly struct: object };

/** Statistics of columns: of numbers as numbers, of text and times as text. */
export type Described<S> = string extends keyof S
  ? AnySchema
  : Simplify<
      { readonly statistic: 'string' } & {
        [K in keyof S as S[K] extends Undescribed ? never : K]: S[K] extends Numbers
          ? 'float64'
          : S[K] extends Exclude<ScalarType, Numbers>
            ? 'string'
            : 'float64' | 'string';
      }
    >;

/** Correlations of some columns with each other. */
export type Correlated<N extends string> = string extends N
  ? AnySchema
  : Simplify<{ readonly column: 'string' } & { [K in N]: 'float64' }>;
/** Names of columns of numbers; of a schema of which nothing is known, any. */
export type NumericNames<S> = string extends keyof S
  ? string
  : { [K in keyof S]: S[K] extends Numbers ? K : never }[keyof S] & string;
/** Names of columns that have statistics; of a schema of which nothing is known, any. */
export type DescribedNames<S> = string extends keyof S
  ? string
  : { [C in keyof S]: S[C] extends Undescribed ? never : C }[keyof S] & string;
/** Statistics of columns beside the keys of groups: `x_count` and its like. */
export type DescribedGroups<S, K, N extends string> = string extends keyof S
  ? AnySchema
  : Simplify<
      K & { [C in N as `${C}_count` | `${C}_nulls`]: 'int64' } & {
        [C in N as `${C}_min` | `${C}_max`]: C extends keyof S ? S[C] : never;
      } & {
        [C in N & NumericNames<S> as `${C}_${'mean' | 'std' | '25%' | '50%' | '75%'}`]: 'float64';
      }
    >;
