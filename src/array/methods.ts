import type { ModuleFunction } from '../graph/given-function.js';
import type { DType } from '../kernels/dtype.js';
import type { TileArray } from './array.js';
import type { ScanOptions } from './calculus/scans.js';
import * as scans from './calculus/scans.js';
import * as diagonals from './indexing/diagonals.js';
import * as indexing from './indexing/indexing.js';
import { nonzero } from './indexing/nonzero.js';
import { vindex } from './indexing/points.js';
import type { ArrayInput, DTypeOf, Weak } from './input.js';
import * as joining from './joining/joining.js';
import type { BlockFunction, MapBlocksOptions } from './mapping/blocks.js';
import { mapBlocks } from './mapping/blocks.js';
import { type MapOverlapOptions, mapOverlap } from './mapping/overlap.js';
import type { DivideOf, FloatOf, MeanOf, NumberOf, Promote, Scalar, SumOf } from './nodes/promote.js';
import * as ordering from './ordering/ordering.js';
import { dot, matmul } from './products/matmul.js';
import type {
  AllAxes,
  AxisArgument,
  FloatDType,
  MeanOptions,
  SumOptions,
  VarOptions,
} from './reductions/index.js';
import * as reductions from './reductions/index.js';
import type { TileScalar } from './scalar.js';
import * as rearranging from './shape/rearranging.js';
import { ravel, reshape } from './shape/reshape.js';
import { squeeze } from './shape/squeeze.js';
import * as arithmetic from './ufuncs/arithmetic.js';
import * as comparisons from './ufuncs/comparisons.js';
import { divide } from './ufuncs/division.js';
import * as float from './ufuncs/float.js';
import * as pairs from './ufuncs/float-pairs.js';
import * as ufuncs from './ufuncs/index.js';
import type { FloatOf2 } from './ufuncs/make.js';
import * as number from './ufuncs/number.js';
import * as numeric from './ufuncs/numeric.js';
import * as predicates from './ufuncs/predicates.js';
import * as same from './ufuncs/same.js';

/** The dtype of the array that a method is called on. */
type Own<S> = S extends TileArray<infer D> ? D : never;

/** What the array and another operand promote to. */
type With<S, B> = B extends Scalar ? Weak<Own<S>, B> : Promote<Own<S>, DTypeOf<B>>;

/** One method for each function of a module. */
type Methods<T, M> = { readonly [K in keyof T]: M };

interface Reduce {
  <S>(this: S, all?: AllAxes): TileScalar<Own<S>>;
  <S>(this: S, axis?: AxisArgument, keepdims?: boolean): TileArray<Own<S>>;
}

interface ReduceTo<R extends DType> {
  (all?: AllAxes): TileScalar<R>;
  (axis?: AxisArgument, keepdims?: boolean): TileArray<R>;
}

interface SumMethod {
  <S, E extends DType = SumOf<Own<S>>>(this: S, all?: AllAxes<SumOptions<E>>): TileScalar<E>;
  <S, E extends DType = SumOf<Own<S>>>(
    this: S,
    axis?: AxisArgument<SumOptions<E>>,
    keepdims?: boolean,
  ): TileArray<E>;
}

interface MeanMethod {
  <S, E extends FloatDType = MeanOf<Own<S>>>(this: S, all?: AllAxes<MeanOptions<E>>): TileScalar<E>;
  <S, E extends FloatDType = MeanOf<Own<S>>>(
    this: S,
    axis?: AxisArgument<MeanOptions<E>>,
    keepdims?: boolean,
  ): TileArray<E>;
}

interface VarMethod {
  <S, E extends FloatDType = MeanOf<Own<S>>>(this: S, all?: AllAxes<VarOptions<E>>): TileScalar<E>;
  <S, E extends FloatDType = MeanOf<Own<S>>>(
    this: S,
    axis?: AxisArgument<VarOptions<E>>,
    keepdims?: boolean,
  ): TileArray<E>;
}

/**
 * The functions of an array that are methods too. Each is documented where the function is. Their types follow from the array
 * they are called on (`this`), not from a type parameter: comparing two array types then needs no look at a hundred methods.
 */
export type Elementwise = Methods<typeof float, <S>(this: S) => TileArray<FloatOf<Own<S>>>> &
  Methods<typeof same, <S>(this: S) => TileArray<Own<S>>> &
  Methods<typeof number, <S>(this: S) => TileArray<NumberOf<Own<S>>>> &
  Methods<typeof predicates, () => TileArray<'bool'>> &
  Methods<typeof arithmetic, <S, B extends ArrayInput>(this: S, other: B) => TileArray<With<S, B>>> &
  Methods<typeof numeric, <S, B extends ArrayInput>(this: S, other: B) => TileArray<NumberOf<With<S, B>>>> &
  Methods<
    typeof pairs,
    <S extends ArrayInput, B extends ArrayInput>(this: S, other: B) => TileArray<FloatOf2<S, B>>
  > &
  Methods<typeof comparisons, (other: ArrayInput) => TileArray<'bool'>>;

type ScanMethod = <S, E extends DType = SumOf<Own<S>>>(
  this: S,
  axis?: number | ScanOptions<E>,
) => TileArray<E>;

export interface ArrayFunctions extends Elementwise {
  readonly divide: <S, B extends ArrayInput>(this: S, other: B) => TileArray<DivideOf<With<S, B>>>;
  readonly round: <S>(this: S, decimals?: number) => TileArray<Own<S>>;
  readonly astype: <E extends DType>(dtype: E) => TileArray<E>;
  readonly clip: <S extends ArrayInput, L extends ArrayInput | null, H extends ArrayInput | null>(
    this: S,
    low: L,
    high: H,
  ) => TileArray<ufuncs.ClipOf<S, L, H>>;
  readonly sum: SumMethod;
  readonly prod: SumMethod;
  readonly mean: MeanMethod;
  readonly std: VarMethod;
  readonly var: VarMethod;
  readonly min: Reduce;
  readonly max: Reduce;
  readonly any: ReduceTo<'bool'>;
  readonly all: ReduceTo<'bool'>;
  readonly argmin: ReduceTo<'int64'>;
  readonly argmax: ReduceTo<'int64'>;
  readonly transpose: <S>(this: S, ...axes: number[]) => TileArray<Own<S>>;
  readonly reshape: <S>(this: S, ...shape: (number | readonly number[])[]) => TileArray<Own<S>>;
  readonly ravel: <S>(this: S) => TileArray<Own<S>>;
  /** As `ravel`. */
  readonly flatten: <S>(this: S) => TileArray<Own<S>>;
  readonly squeeze: <S>(this: S, axis?: number | readonly number[]) => TileArray<Own<S>>;
  readonly swapaxes: <S>(this: S, a: number, b: number) => TileArray<Own<S>>;
  readonly take: <S>(this: S, indices: ArrayInput, axis?: number) => TileArray<Own<S>>;
  readonly compress: <S>(this: S, condition: ArrayInput, axis?: number) => TileArray<Own<S>>;
  readonly get: <S>(this: S, index: ArrayInput) => TileArray<Own<S>>;
  readonly vindex: <S>(this: S, places: readonly ArrayInput[]) => TileArray<Own<S>>;
  readonly nonzero: () => readonly TileArray<'int64'>[];
  readonly computeChunkSizes: <S>(this: S) => Promise<TileArray<Own<S>>>;
  readonly diagonal: <S>(this: S, offset?: number, axis1?: number, axis2?: number) => TileArray<Own<S>>;
  readonly trace: <S>(this: S, offset?: number, axis1?: number, axis2?: number) => TileArray<SumOf<Own<S>>>;
  readonly repeat: <S>(this: S, repeats: number | readonly number[], axis?: number) => TileArray<Own<S>>;
  readonly cumsum: ScanMethod;
  readonly cumprod: ScanMethod;
  readonly sort: <S>(this: S, axis?: number | null) => TileArray<Own<S>>;
  readonly argsort: (axis?: number | null) => TileArray<'int64'>;
  readonly topk: <S>(this: S, k: number, axis?: number) => TileArray<Own<S>>;
  readonly argtopk: (k: number, axis?: number) => TileArray<'int64'>;
  readonly dot: <S, B extends ArrayInput>(this: S, other: B) => TileArray<With<S, B>>;
  readonly matmul: <S, B extends ArrayInput>(this: S, other: B) => TileArray<With<S, B>>;
  readonly mapBlocks: <S extends ArrayInput, E extends DType = DTypeOf<S>>(
    this: S,
    fn: BlockFunction<readonly [S], E> | ModuleFunction,
    options?: MapBlocksOptions<E>,
  ) => TileArray<E>;
  readonly mapOverlap: <S extends ArrayInput, E extends DType = DTypeOf<S>>(
    this: S,
    fn: BlockFunction<readonly [S], NoInfer<E>> | ModuleFunction,
    options: MapOverlapOptions<E>,
  ) => TileArray<E>;
}

/** Functions whose first argument is the array. */
const table = (): Record<string, (x: never, ...args: never[]) => unknown> => ({
  ...float,
  ...same,
  ...number,
  ...predicates,
  ...arithmetic,
  ...numeric,
  ...pairs,
  ...comparisons,
  divide,
  clip: ufuncs.clip,
  round: ufuncs.round,
  astype: ufuncs.astype,
  sum: reductions.sum,
  prod: reductions.prod,
  mean: reductions.mean,
  std: reductions.std,
  var: reductions.variance,
  min: reductions.min,
  max: reductions.max,
  any: reductions.any,
  all: reductions.all,
  argmin: reductions.argmin,
  argmax: reductions.argmax,
  transpose: (x: TileArray<DType>, ...axes: number[]) =>
    rearranging.transpose(x, axes.length > 0 ? axes.flat() : undefined),
  reshape: (x: TileArray<DType>, ...shape: number[]) => reshape(x, shape.flat()),
  ravel,
  flatten: ravel,
  squeeze,
  swapaxes: rearranging.swapaxes,
  take: indexing.take,
  compress: (x: TileArray<DType>, condition: ArrayInput, axis?: number) =>
    indexing.compress(condition, x, axis),
  get: indexing.get,
  vindex,
  nonzero,
  computeChunkSizes: indexing.computeChunkSizes,
  diagonal: diagonals.diagonal,
  trace: diagonals.trace,
  repeat: joining.repeat,
  cumsum: scans.cumsum,
  cumprod: scans.cumprod,
  sort: ordering.sort,
  argsort: ordering.argsort,
  topk: ordering.topk,
  argtopk: ordering.argtopk,
  dot,
  matmul,
  mapBlocks: (x: TileArray<DType>, fn: BlockFunction | ModuleFunction, options?: MapBlocksOptions<DType>) =>
    mapBlocks(fn, [x], options),
  mapOverlap: (x: TileArray<DType>, fn: BlockFunction | ModuleFunction, options: MapOverlapOptions<DType>) =>
    mapOverlap(fn, x, options),
});

class Base {
  constructor() {
    // The table names functions of modules that import this one: it is read at the first construction, when all are loaded.
    if (!Object.hasOwn(Base.prototype, 'add')) install();
  }
}

function install(): void {
  for (const [name, fn] of Object.entries(table()))
    Object.defineProperty(Base.prototype, name, {
      value(this: never, ...args: never[]) {
        return fn(this, ...args);
      },
      configurable: true,
      writable: true,
    });
}

/** The base of arrays: their functions as methods. */
export const ArrayMethods = Base as unknown as new () => ArrayFunctions;
