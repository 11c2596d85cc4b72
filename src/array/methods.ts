import type { DType } from '../kernels/dtype.js';
import type { ArrayInput, TileArray, Weak } from './array.js';
import type { BlockFunction, MapBlocksOptions, ModuleFunction } from './blocks.js';
import { mapBlocks } from './blocks.js';
import * as indexing from './indexing.js';
import * as linalg from './linalg.js';
import * as manipulation from './manipulation.js';
import type { FloatOf, MeanOf, Promote, Scalar, SumOf } from './promote.js';
import type { AxisArgument, MeanOptions, SumOptions, VarOptions } from './reductions.js';
import * as reductions from './reductions.js';
import * as ufuncs from './ufuncs.js';

type With<D extends DType, B> =
  B extends TileArray<infer E> ? Promote<D, E> : B extends Scalar ? Weak<D, B> : DType;
type Methods<T, M> = { readonly [K in keyof T]: M };

type Binary<D extends DType> = <B extends ArrayInput>(other: B) => TileArray<With<D, B>>;
type FloatBinary<D extends DType> = <B extends ArrayInput>(other: B) => TileArray<FloatOf<With<D, B>>>;
type Divide<D extends DType> = <B extends ArrayInput>(
  other: B,
) => TileArray<With<D, B> extends 'float32' ? 'float32' : 'float64'>;
type Compare = (other: ArrayInput) => TileArray<'bool'>;
type Reduce<R extends DType, O extends object = object> = (
  axis?: AxisArgument<reductions.ReduceOptions & O>,
  keepdims?: boolean,
) => TileArray<R>;

/** The functions of an array that are methods too, typed by its dtype. Each is documented where the function is. */
export type MethodsOf<D extends DType> = Methods<typeof ufuncs.FLOAT, () => TileArray<FloatOf<D>>> &
  Methods<typeof ufuncs.SAME, () => TileArray<D>> &
  Methods<typeof ufuncs.TESTS, () => TileArray<'bool'>> &
  Methods<typeof ufuncs.ARITHMETIC, Binary<D>> &
  Methods<typeof ufuncs.DIVISION, Divide<D>> &
  Methods<typeof ufuncs.FLOAT2, FloatBinary<D>> &
  Methods<typeof ufuncs.COMPARISONS, Compare> & {
    readonly clip: (low: ArrayInput | null, high: ArrayInput | null) => TileArray<D>;
    readonly round: (decimals?: number) => TileArray<D>;
    readonly astype: <E extends DType>(dtype: E) => TileArray<E>;
    readonly sum: Reduce<SumOf<D>, SumOptions>;
    readonly prod: Reduce<SumOf<D>, SumOptions>;
    readonly mean: Reduce<MeanOf<D>, MeanOptions>;
    readonly std: Reduce<MeanOf<D>, VarOptions>;
    readonly var: Reduce<MeanOf<D>, VarOptions>;
    readonly min: Reduce<D>;
    readonly max: Reduce<D>;
    readonly any: Reduce<'bool'>;
    readonly all: Reduce<'bool'>;
    readonly argmin: Reduce<'int64'>;
    readonly argmax: Reduce<'int64'>;
    readonly transpose: (...axes: number[]) => TileArray<D>;
    readonly reshape: (...shape: (number | readonly number[])[]) => TileArray<D>;
    readonly ravel: () => TileArray<D>;
    readonly squeeze: (axis?: number | readonly number[]) => TileArray<D>;
    readonly swapaxes: (a: number, b: number) => TileArray<D>;
    readonly take: (indices: ArrayInput, axis?: number) => TileArray<D>;
    readonly compress: (condition: ArrayInput, axis?: number) => TileArray<D>;
    readonly get: (index: ArrayInput) => TileArray<D>;
    readonly computeChunkSizes: () => Promise<TileArray<D>>;
    readonly dot: <B extends ArrayInput>(other: B) => TileArray<With<D, B>>;
    readonly matmul: <B extends ArrayInput>(other: B) => TileArray<With<D, B>>;
    readonly mapBlocks: <E extends DType = D>(
      fn: BlockFunction,
      options?: MapBlocksOptions<E>,
    ) => TileArray<E>;
  };

/** Functions whose first argument is the array. */
const table = (): Record<string, (x: never, ...args: never[]) => unknown> => ({
  ...ufuncs.FLOAT,
  ...ufuncs.SAME,
  ...ufuncs.TESTS,
  ...ufuncs.ARITHMETIC,
  ...ufuncs.DIVISION,
  ...ufuncs.FLOAT2,
  ...ufuncs.COMPARISONS,
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
    manipulation.transpose(x, axes.length > 0 ? axes.flat() : undefined),
  reshape: (x: TileArray<DType>, ...shape: number[]) => manipulation.reshape(x, shape.flat()),
  ravel: manipulation.ravel,
  squeeze: manipulation.squeeze,
  swapaxes: manipulation.swapaxes,
  take: indexing.take,
  compress: (x: TileArray<DType>, condition: ArrayInput, axis?: number) =>
    indexing.compress(condition, x, axis),
  get: indexing.get,
  computeChunkSizes: indexing.computeChunkSizes,
  dot: linalg.dot,
  matmul: linalg.matmul,
  mapBlocks: (x: TileArray<DType>, fn: BlockFunction | ModuleFunction, options?: MapBlocksOptions<DType>) =>
    mapBlocks(fn, [x], options),
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
export const ArrayMethods = Base as unknown as new <D extends DType>() => MethodsOf<D>;
