/**
 * What the compiler knows of arrays. Checked by `npm run typecheck`; nothing here runs. What must not compile has `@ts-expect-error`.
 */
import type {
  BlockInfo,
  DType,
  InputBlock,
  NDArray,
  Promote,
  TileArray,
  TileScalar,
} from '../../src/index.js';
import * as tw from '../../src/index.js';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Compiles only for `is<Equal<…>>(true)` of equal types. */
declare function is<T extends boolean>(holds: T): void;
/** The dtype of an array. */
type D<A> = A extends TileArray<infer E> ? E : never;
declare function dtype<A extends TileArray<DType>>(of: A): D<A>;
declare function same<A, B>(a: A, b: Equal<A, B> extends true ? B : never): void;
declare const some: { readonly [E in DType]: TileArray<E> };
declare const anything: TileArray;
declare const flag: boolean;
declare const n: number;

const { bool, int8, int16, int32, int64, uint8, uint16, uint64, float32, float64 } = some;

// Promotion is NumPy's.
is<Equal<Promote<'int32', 'float32'>, 'float64'>>(true);
is<Equal<Promote<'int8', 'uint8'>, 'int16'>>(true);
is<Equal<Promote<'int64', 'uint64'>, 'float64'>>(true);
is<Equal<Promote<'bool', 'uint16'>, 'uint16'>>(true);
is<Equal<Promote<'int8', 'uint8'>, 'int8'>>(false);

// Creation.
same(tw.zeros([2]), float64);
same(tw.ones(3, { dtype: 'uint8' }), uint8);
same(tw.zeros([2], { chunks: 1 }), float64);
same(tw.full([2], 1), float64);
same(tw.full([2], 1n), int64);
same(tw.full([2], true), bool);
same(tw.full([2], 1, { dtype: 'int16' }), int16);
same(tw.arange(3), float64);
same(tw.arange(0, 3, 1, { dtype: 'int32' }), int32);
same(tw.arange(3n), int64);
same(tw.arange(0, 3n), int64);
same(tw.arange(8, { chunks: 4 }), float64);
same(tw.arange(8n, { chunks: 4 }), int64);
same(tw.arange(8, { dtype: 'int32', chunks: 4 }), int32);
same(tw.arange(0, 8, { dtype: 'int32' }), int32);
same(tw.arange(8, undefined, 1, { chunks: [4] }), float64);
// @ts-expect-error: nothing comes after the options
tw.arange(8, { chunks: 4 }, 1);
same(tw.linspace(0, 1), float64);
same(tw.linspace(0, 1, { dtype: 'float32' }), float32);
same(tw.linspace(0, 1, 5, { endpoint: false }), float64);
same(tw.eye(3, { dtype: 'bool' }), bool);
same(tw.eye(3, 3, { dtype: 'bool' }), bool);
same(tw.zerosLike(int16), int16);
same(tw.zerosLike(int16, { dtype: 'float32' }), float32);
same(tw.onesLike([1, 2]), float64);
same(tw.fullLike(uint8, 3, { chunks: 2 }), uint8);
same(tw.broadcastTo(uint8, [2, 2]), uint8);
same(
  tw.fromFunction((i, j) => i + j, [2, 2]),
  float64,
);
same(
  tw.fromFunction((i) => i > 2, [2], { dtype: 'bool' }),
  bool,
);
// @ts-expect-error no such dtype
tw.zeros([2], { dtype: 'float16' });
// @ts-expect-error a shape is numbers
tw.zeros('2');
// @ts-expect-error chunks are numbers, 'auto' or lists
tw.zeros([2], { chunks: 'big' });
// @ts-expect-error elements are scalars
tw.fromFunction(() => 'a', [2]);

// What stands for arrays.
same(tw.asarray(1), float64);
same(tw.asarray(1n), int64);
same(tw.asarray(true), bool);
same(tw.asarray([1, 2]), float64);
same(tw.asarray([[1n], [2n]]), int64);
same(tw.asarray([[[true]]]), bool);
same(tw.asarray([]), float64);
same(tw.asarray(new Int8Array(2)), int8);
same(tw.asarray(new Uint16Array(2)), uint16);
same(tw.asarray(new BigUint64Array(2)), uint64);
same(tw.asarray(new Uint8ClampedArray(2)), uint8);
same(tw.asarray(new Float32Array(2)), float32);
same(tw.asarray(int16), int16);
same(tw.asarray([1, 2], { dtype: 'int8' }), int8);
same(tw.array([1, 2]), float64);
// @ts-expect-error strings are no elements
tw.asarray(['a']);
// @ts-expect-error nor are objects
tw.asarray({ a: 1 });
// @ts-expect-error nor null
tw.add(float64, null);

// Ufuncs of one operand.
same(tw.sin(float32), float32);
same(tw.sin(int8), float32);
same(int32.sqrt(), float64);
same(bool.exp(), float32);
same(tw.sqrt(4), float64);
same(tw.negative(int16), int16);
same(tw.negative(4), int64);
same(tw.negative(0.5), float64);
same(uint8.floor(), uint8);
same(tw.square(bool), int8);
same(bool.square(), int8);
same(tw.isnan(int8), bool);
same(float32.isfinite(), bool);
same(float32.logicalNot(), bool);

// Of two: arrays promote, scalars are weak.
same(tw.add(int32, float32), float64);
same(int8.add(uint8), int16);
same(tw.add(float32, 1.5), float32);
same(float32.multiply(2), float32);
same(int32.add(1), int32);
same(int32.add(1n), int32);
same(int32.add(0.5), float64);
same(int32.add(true), int32);
same(bool.add(1), int64);
same(tw.add(2, int16), int16);
is<Equal<ReturnType<typeof dtypeOfInt32AndNumber>, 'int32' | 'float64'>>(true);
const dtypeOfInt32AndNumber = () => dtype(int32.add(n));
same(int32.add([1, 2]), float64);
same(int32.add(new Int8Array(2)), int32);
same(tw.add(1, 2), int64);
same(tw.add(1, 0.5), float64);
same(tw.power(bool, bool), int8);
same(int16.power(2), int16);
same(bool.floorDivide(bool), int8);
same(tw.divide(int8, int8), float64);
same(float32.divide(2), float32);
same(float32.divide(int32), float64);
same(tw.arctan2(uint16, int16), float32);
same(tw.hypot(int32, float32), float64);
same(float32.copysign(-1), float32);
same(int8.less(2), bool);
same(tw.equal(float64, [1, 2]), bool);
same(tw.logicalAnd(float64, int8), bool);
same(tw.isclose(float64, 1), bool);
// @ts-expect-error one operand is missing
tw.add(float64);
// @ts-expect-error a method of one operand
float64.add();
// @ts-expect-error no such method
float64.plus(1);

// Conversion, choice, limits.
same(float64.astype('int8'), int8);
same(tw.astype([1.5], 'int8'), int8);
same(tw.where(bool, float32, 0), float32);
same(tw.where(bool, int16, int8), int16);
same(tw.where(bool, 1, 0), int64);
same(tw.where([true], 0.5, int16), float64);
same(tw.clip(int16, 0, 5), int16);
same(int16.clip(0.5, null), float64);
same(int16.clip(null, float32), float32);
same(tw.round(int8), int8);
same(float32.round(2), float32);
// @ts-expect-error no such dtype
float64.astype('complex128');
// @ts-expect-error limits are two
float64.clip(1);

// Reductions: over all axes 0-dimensional, over some arrays.
same(tw.sum(int8), scalar('int64'));
same(uint8.sum(), scalar('uint64'));
same(bool.sum(), scalar('int64'));
same(float32.sum(), scalar('float32'));
same(float32.sum(0), float32);
same(float32.sum([0, 1]), float32);
same(float32.sum(null), scalar('float32'));
same(float32.sum(null, true), float32);
same(float32.sum({ keepdims: true }), float32);
same(float32.sum({ dtype: 'float64' }), scalar('float64'));
same(int8.sum({ axis: 0, dtype: 'int32' }), int32);
same(int8.mean(), scalar('float64'));
same(float32.mean(1), float32);
same(int8.mean({ dtype: 'float32' }), scalar('float32'));
same(float32.std({ ddof: 1 }), scalar('float32'));
same(tw.var(int8, 0), float64);
same(tw.variance(int8), scalar('float64'));
same(tw.min(int16), scalar('int16'));
same(uint8.max(0), uint8);
same(float64.any(), scalar('bool'));
same(float64.all(0), bool);
same(float64.argmax(), scalar('int64'));
same(float64.argmin(-1), int64);
same(tw.nansum(float32), scalar('float32'));
same(tw.nanstd(float32, { axis: 0, ddof: 1 }), float32);
same(tw.nanargmax(float32), scalar('int64'));
declare function scalar<E extends DType>(of: E): TileScalar<E>;
// @ts-expect-error means are floats
float64.mean({ dtype: 'int8' });
// @ts-expect-error no degrees of freedom in a sum
float64.sum({ ddof: 1 });
// @ts-expect-error an axis is a number
float64.sum('rows');

// Indexing and shapes keep the dtype.
same(int16.slice('::2', -1, null), int16);
same(int16.T, int16);
same(int16.transpose(1, 0), int16);
same(int16.reshape(2, 3), int16);
same(int16.reshape([2, 3]), int16);
same(tw.take(int16, [0, 1]), int16);
same(int16.get([true, false]), int16);
same(int16.compress([true]), int16);
same(tw.flip([1, 2]), float64);
same(tw.expandDims(bool, 0), bool);
same(int16.rechunk([1, 'auto', [1, 2]]), int16);
same(await int16.computeChunkSizes(), int16);
is<Equal<Awaited<ReturnType<typeof int16.persist>>, tw.PersistedArray<'int16'>>>(true);
const [persisted, more] = await tw.persist([int16, { bools: new Map([['a', bool]]), n: 1 }]);
persisted.release();
same(persisted.add(1), int16);
more.bools.get('a')!.release();
is<Equal<typeof more.n, 1>>(true);
// @ts-expect-error subscripts are strings and whole numbers
int16.slice([0, 1]);
// @ts-expect-error chunks are numbers
int16.rechunk('many');

// Joining promotes; floats meet first.
same(tw.concatenate([int8, uint8]), int16);
same(tw.concatenate([int16, uint16, float32]), float32);
same(tw.concatenate([int16, uint16, int8]), int32);
same(tw.stack([bool, [1, 2]], 1), float64);
is<Equal<D<ReturnType<typeof joinAll>>, 'float32'>>(true);
const joinAll = (list: TileArray<'float32'>[]) => tw.concatenate(list);
same(tw.matmul(float32, int32), float64);
same(float32.dot(float32), float32);
same(tw.tensordot(int8, int16, 1), int16);
// @ts-expect-error a list is needed
tw.concatenate(int8);

// Random numbers.
// Elements more or fewer, pieces and points.
same(tw.append(int8, uint8), int16);
same(tw.insert(int8, 0, 1.5), int8);
same(tw.delete(int8, [0, 1]), int8);
same(tw.extract(bool, float32), float32);
same(tw.ediff1d(int16, { toEnd: 1 }), int16);
same(tw.setxor1d(int8, uint8), int16);
same(tw.piecewise(float32, [bool], [0, (above) => above.sqrt()]), float32);
same(tw.vindex(int8, [[0], [1]]), int8);
same(tw.blocks(int8, 0, [1], '::2'), int8);
same(tw.vdot(int8, int16), scalar('int16'));
same(tw.interp(int8, [1], [2]), float64);
same(tw.atleast2d(int8), int8);
same(tw.tri(2), float64);
same(tw.tri(2, 2, 0, { dtype: 'int8' }), int8);
same(tw.trilIndices(2)[0], int64);
same(tw.divmod(int8, 2)[1], int8);
same(tw.modf(int8)[0], float32);
same(tw.sinc(int8), float64);
same(tw.isneginf(float32), bool);
same(int8.vindex([[0]]), int8);
same(int8.topk(2), int8);
same(int8.argtopk(2), int64);
same(int8.nonzero()[0]!, int64);

// Places, bins, neighbours and reductions of one's own.
same(tw.argwhere(float32), int64);
same(tw.unravelIndex([1], [2])[0], int64);
same(tw.ravelMultiIndex([[1], uint8], [2, 3]), int64);
is<Equal<ReturnType<typeof tw.histogram2d>[0], TileArray<'float64'>>>(true);
const [stretched, constant] = tw.broadcastArrays([int8, 1]);
same(stretched, int8);
same(constant, float64);
same(tw.squeeze(int8, 0), int8);
same(
  tw.coarsen((x: TileArray<'int8'>, axes) => tw.max(x, axes), int8, { 0: 2 }),
  int8,
);
tw.coarsen(tw.mean, int8, { 0: 2 });
same(
  tw.reduction(
    int8,
    ({ data }) => data,
    ({ data }) => data,
  ),
  int8,
);
same(
  tw.reduction(
    int8,
    ({ data }: InputBlock<'int8'>) => data,
    ({ data }: InputBlock<'float64'>) => data,
    {
      partialDtype: 'float64',
      dtype: 'float32',
    },
  ),
  float32,
);
const wide = ({ data }: InputBlock<'int64'>) => data;
// @ts-expect-error blocks of int8 are no numbers of 64 bits
tw.reduction(int8, wide, () => 0);
// @ts-expect-error no such mode
tw.choose([0], [1], { mode: 'nearest' });

const rng = tw.random.defaultRng(42);
same(rng.random([2]), float64);
same(rng.random([2], { dtype: 'float32' }), float32);
same(rng.choice(5, [2]), int64);
same(rng.lognormal(0, 1, 2), float64);
same(rng.geometric(0.5, 2), int64);
same(rng.choice(tw.ones([2], { dtype: 'float32' }), 3, { replace: false }), float32);
same(rng.permutation(5), int64);
same(rng.permutation(tw.ones([2], { dtype: 'float32' })), float32);
same(rng.exponential(1, 2), float64);
same(rng.gamma(2, 1, [2]), float64);
same(rng.poisson(5, [2]), int64);
same(rng.binomial(5, 0.5, [2]), int64);
same(rng.normal(0, 1, 3, { chunks: 2 }), float64);
same(rng.integers(0, 10, [2]), int64);
same(rng.integers(0, 2, [2], { dtype: 'bool' }), bool);
// @ts-expect-error no random floats as integers
rng.integers(0, 10, [2], { dtype: 'float32' });
// @ts-expect-error doubles and floats only
rng.random([2], { dtype: 'int8' });

// Functions of blocks know the dtypes of blocks.
tw.mapBlocks(
  (a, b, info) => {
    is<Equal<typeof a, InputBlock<'float32'>>>(true);
    is<Equal<typeof b, InputBlock<'int64'>>>(true);
    is<Equal<typeof info, BlockInfo<'uint8'>>>(true);
    is<Equal<typeof a.data, Float32Array>>(true);
    is<Equal<typeof b.data, BigInt64Array>>(true);
    is<Equal<typeof info.out.data, Uint8Array>>(true);
  },
  [float32, int64],
  { dtype: 'uint8' },
);
same(
  tw.mapBlocks((a, info) => info.out.data.set(a.data), [float32]),
  float32,
);
same(
  tw.mapBlocks(() => [1], [], { shape: [1] }),
  float64,
);
same(
  tw.mapBlocks((info) => info.out.data.fill(1), [], { shape: [4], dtype: 'bool' }),
  bool,
);
same(
  int16.mapBlocks((block, info) => {
    is<Equal<typeof block, InputBlock<'int16'>>>(true);
    is<Equal<typeof info, BlockInfo<'int16'>>>(true);
  }),
  int16,
);
same(
  int16.mapBlocks((block) => block.data.map(Number), { dtype: 'float32' }),
  float32,
);
same(tw.mapBlocks({ module: new URL('x:y'), name: 'f' }, [int8], { dtype: 'bool' }), bool);
const general = (block: InputBlock, info: BlockInfo): void => {
  info.out.data.fill(block.data[0] as never);
};
same(tw.mapBlocks(general, [int8]), int8);
// @ts-expect-error 64-bit integers are bigints
tw.mapBlocks((a) => a.data.map((v: number) => v), [int64]);
// @ts-expect-error there are two blocks and the place, no fourth argument
tw.mapBlocks((_a, _b, _info, _more) => [], [int8, int8]);

// With a margin, and of lanes.
same(
  int16.mapOverlap(
    (block, info) => {
      is<Equal<typeof block, InputBlock<'int16'>>>(true);
      is<Equal<typeof info, BlockInfo<'int16'>>>(true);
    },
    { depth: 1, boundary: 'reflect' },
  ),
  int16,
);
same(
  tw.mapOverlap((block) => block.data, int8, { depth: { 0: 2 }, boundary: ['none', 0], dtype: 'float32' }),
  float32,
);
// @ts-expect-error a depth is needed
int16.mapOverlap((block) => block, {});
// @ts-expect-error no such boundary
int16.mapOverlap((block) => block, { depth: 1, boundary: 'wrap' });
same(
  tw.applyAlongAxis((lane) => lane[0] > 1n, 0, int64, { dtype: 'bool' }),
  bool,
);
same(
  tw.applyAlongAxis((lane) => lane.sort(), 0, float32, { shape: 3 }),
  float32,
);
// @ts-expect-error 64-bit integers are bigints
tw.applyAlongAxis((lane) => lane[0] + 1, 0, int64);

// Functions of matrices, joins and borders keep dtypes, or promote them.
same(tw.diagonal(int16), int16);
same(int16.diagonal(1), int16);
same(tw.diag([1, 2]), float64);
same(tw.trace(int8), int64);
same(uint8.trace(), uint64);
same(tw.tril(bool), bool);
same(tw.triu(float32, 1), float32);
same(tw.vstack([int8, uint8]), int16);
same(tw.hstack([int32, float32]), float64);
same(tw.dstack([bool, bool]), bool);
same(tw.columnStack([int8, int8]), int8);
same(tw.tile(uint8, 2), uint8);
same(tw.repeat(uint8, 2, 0), uint8);
same(uint8.repeat([1, 2]), uint8);
same(tw.split(int16, 2)[0], int16);
same(tw.arraySplit(int16, [1])[0], int16);
same(tw.roll(bool, 1), bool);
same(tw.rot90(float32), float32);
same(tw.pad(int8, 1, { mode: 'edge' }), int8);
same(tw.indices([2, 2]), int64);
// @ts-expect-error no such mode
tw.pad(int8, 1, { mode: 'mirror' });

// Along an axis, in order.
same(tw.cumsum(int8), int64);
same(uint8.cumprod(0), uint64);
same(tw.cumsum(int8, { dtype: 'float32' }), float32);
same(tw.nancumsum(int8), int64);
same(tw.nancumprod(float32, 0), float32);
same(tw.diff(int16), int16);
same(tw.gradient(float32), float32);
same(tw.gradient(int8, 0, 0.5), float64);
same(tw.takeAlongAxis(float32, int64, 0), float32);
same(tw.flatnonzero(float32), int64);
same(tw.sort(float32), float32);
same(int8.sort(null), int8);
same(tw.argsort(float32), int64);
same(float32.argsort(), int64);
same(tw.median(int8), float64);
same(tw.nanmedian(float32, 0), float32);
same(tw.quantile(float32, [0.1, 0.9]), float32);
same(tw.nanquantile(int8, 0.5), float64);
same(tw.nanpercentile(int8, 50), float64);
same(tw.percentile(bool, 50), float64);
// @ts-expect-error no such method
tw.quantile(int8, 0.5, { method: 'cubic' });

// Statistics and products.
same(tw.ptp(int8), int8);
same(tw.countNonzero(float32), int64);
same(tw.average(float32), float32);
same(tw.average(int8, { weights: [1, 2] }), float64);
same(tw.nanToNum(float32), float32);
same(tw.inner(int8, uint8), int16);
same(tw.outer(int8, uint8), int16);
same(await tw.allclose(float64, 1).compute(), flag);
same(await tw.arrayEqual(float64, int8).compute(), flag);
same(tw.histogram(int8)[1], float64);
is<Equal<ReturnType<typeof tw.histogram<TileArray<'float32'>>>[1], TileArray<'float32' | 'float64'>>>(true);
is<Equal<D<ReturnType<typeof tw.cov>>, 'float32' | 'float64'>>(true);
is<Equal<D<ReturnType<typeof tw.einsum>>, DType>>(true);
same(tw.norm(int8, { axis: 0 }), float64);
same(tw.norm(float32, { axis: [0, 1], ord: 'fro', keepdims: true }), float32);
same(await tw.norm(int8).compute(), n);
same(await tw.norm(int8, { ord: 1 }).compute(), n);
// @ts-expect-error no such norm
tw.norm(int8, { ord: 'max' });
same(tw.linalg.solve(int8, float32), float64);
same(tw.linalg.qr(float32)[1], float32);
same(tw.linalg.svd(int8)[1], float64);
same(tw.linalg.lstsq(float32, float32)[2], int64);

// Values, and where they belong.
same(tw.unique(uint8), uint8);
same(tw.unique(uint8, {}), uint8);
is<Equal<ReturnType<typeof countedValues>, readonly [TileArray<'uint8'>, TileArray<'int64'>]>>(true);
const countedValues = () => tw.unique(uint8, { returnCounts: true });
is<Equal<ReturnType<typeof placedValues>, readonly [TileArray<'float32'>, TileArray<'int64'>]>>(true);
const placedValues = () => tw.unique(float32, { returnInverse: true });
same(tw.unique([1n], { returnInverse: true, returnCounts: true })[0], int64);
same(tw.unique([1n], { returnInverse: true, returnCounts: true })[2], int64);
same(tw.bincount(uint8), int64);
same(tw.bincount(uint8, { minlength: 3 }), int64);
same(tw.bincount(uint8, { weights: [1] }), float64);
same(tw.searchsorted(float32, 1, { side: 'right' }), int64);
same(tw.digitize(float32, [1, 2]), int64);
// @ts-expect-error bins are known when the graph is made
tw.digitize(float32, float32);
// @ts-expect-error no such side
tw.searchsorted(float32, 1, { side: 'middle' });

// Results: an element of a total, else what the compiler cannot know, since it counts no axes.
same(await float64.mean().compute(), n);
same(await float64.any().compute(), flag);
is<Equal<Awaited<ReturnType<typeof totalOfInt64>>, number | bigint>>(true);
const totalOfInt64 = () => int64.sum().compute();
is<Equal<Awaited<ReturnType<typeof elements>>, NDArray<'float64'> | number>>(true);
const elements = () => float64.add(1).compute();
is<Equal<Awaited<ReturnType<typeof anyElements>>, NDArray | number | bigint | boolean>>(true);
const anyElements = () => anything.compute();
const [total, rows, both] = await tw.compute([float64.sum(), float64.sum(0), bool.all()]);
same(total, n);
is<Equal<typeof rows, NDArray<'float64'> | number>>(true);
same(both, flag);
const list = await tw.compute([float64, float64].map((x) => x.max()));
is<Equal<typeof list, number[]>>(true);
same(tw.asarray((await float32.compute()) as NDArray<'float32'>), float32);
same(await tw.compute(float64.sum()), n);
// @ts-expect-error no such option
await float64.compute({ thread: 1 });

// Any array is a TileArray, and generic code keeps dtypes.
const all: TileArray[] = [float64, bool, float64.sum()];
export const shapes = all.map((x) => x.shape);
export function standardised<E extends 'float32' | 'float64'>(x: TileArray<E>): TileArray<DType> {
  return x.subtract(x.mean(0)).divide(x.std(0));
}
export const narrowed = anything as TileArray<'float32'>;
// @ts-expect-error dtypes differ
export const wrong: TileArray<'float32'> = float64;
// @ts-expect-error an array with axes is no total
export const notTotal: TileScalar<'float64'> = float64;

// Arrays are read-only.
// @ts-expect-error
float64.shape[0] = 1;
// @ts-expect-error
float64.dtype = 'float64';
