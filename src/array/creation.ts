import { checkOptions } from '../engine/known-options.js';
import { type DType, isDType, kindOf } from '../kernels/dtype.js';
import { type ArrayInput, asarray, type DTypeOf, TileArray } from './array.js';
import { type ChunkSpec, type Chunks, checkShape, isKnown, normalizeChunks } from './chunks.js';
import { mapNode } from './elementwise.js';
import type { Expression, Term } from './expression.js';
import { iotaNode } from './iota.js';
import { type MapNode, makeNode } from './node.js';
import { constantOf, type Scalar } from './promote.js';

/** What creation functions take beside the shape. */
export interface CreateOptions<D extends DType = DType> {
  readonly dtype?: D;
  /** Default: `'auto'`, chunks of about 128 MiB. */
  readonly chunks?: ChunkSpec;
}

/** A node of one value everywhere; loops compute it on the way. */
export function constantNode(chunks: Chunks, dtype: DType, value: Scalar): MapNode {
  const constant = constantOf(value, dtype);
  return makeNode<MapNode>('full', [dtype, constant], {
    kind: 'map',
    parts: [dtype],
    chunks,
    inputs: [],
    nodes: [{ op: 'const', value: constant, dtype }],
    results: [0],
  });
}

function checkDtype(dtype: DType): DType {
  if (!isDType(dtype)) throw new TypeError(`${String(dtype)} is not a dtype`);
  return dtype;
}

const CREATE = ['dtype', 'chunks'] as const;

/** Throws a TypeError where options of a creation function are none, or more than `CREATE` and its own. */
const checkCreate = (label: string, options: object, ...own: string[]): void =>
  checkOptions(label, options, [...CREATE, ...own]);

function filled(
  label: string,
  shape: number | readonly number[],
  value: Scalar,
  dtype: DType,
  options: CreateOptions,
): TileArray<DType> {
  checkCreate(label, options);
  const checked = checkShape(shape);
  return new TileArray(
    constantNode(normalizeChunks(options.chunks ?? 'auto', checked, checkDtype(dtype)), dtype, value),
  );
}

/**
 * An array of zeros, float64 unless told.
 *
 * @param shape extents of the axes, or the one extent of a single axis
 * @throws RangeError where the shape or the chunks make no sense; TypeError where `dtype` is none
 * @example
 * await zeros([2, 3], { dtype: 'int32' }).compute(); // [[0 0 0] [0 0 0]]
 */
export function zeros<D extends DType = 'float64'>(
  shape: number | readonly number[],
  options: CreateOptions<D> = {},
): TileArray<D> {
  return filled('zeros', shape, 0, options.dtype ?? 'float64', options) as unknown as TileArray<D>;
}

/**
 * An array of ones, float64 unless told.
 *
 * @throws as `zeros`
 * @example
 * await ones(3).compute(); // [1. 1. 1.]
 * ones([4000, 4000], { chunks: [1000, 2000] }).numBlocks; // [4, 2]
 */
export function ones<D extends DType = 'float64'>(
  shape: number | readonly number[],
  options: CreateOptions<D> = {},
): TileArray<D> {
  return filled('ones', shape, 1, options.dtype ?? 'float64', options) as unknown as TileArray<D>;
}

/**
 * An array whose values do not matter (they are zeros: memory is never shown as it was).
 *
 * @example
 * empty([2, 3]).size; // 6
 */
export const empty = zeros;

/**
 * An array of one value. Its dtype: float64 of a number, int64 of a bigint, bool of a boolean, unless told.
 *
 * @throws RangeError where a whole number does not fit the integer dtype, TypeError where a fraction should become one
 * @example
 * await full([2, 2], 7).compute(); // [[7. 7.] [7. 7.]]
 * full(3, true).dtype; // bool
 */
export function full<V extends Scalar, D extends DType = DTypeOf<V>>(
  shape: number | readonly number[],
  value: V,
  options: CreateOptions<D> = {},
): TileArray<D> {
  const own: DType = typeof value === 'bigint' ? 'int64' : typeof value === 'boolean' ? 'bool' : 'float64';
  return filled('full', shape, value, options.dtype ?? own, options) as unknown as TileArray<D>;
}

type Like<A, D> = [D] extends [never] ? DTypeOf<A> : D;

const like =
  (value: (given?: Scalar) => Scalar) =>
  (x: ArrayInput, options: CreateOptions, given?: Scalar): TileArray<DType> => {
    checkCreate('an array like another', options);
    const array = asarray(x);
    const dtype = checkDtype(options.dtype ?? (array.dtype as DType));
    if (options.chunks === undefined && !isKnown(array.chunks)) {
      const constant = constantOf(value(given), dtype);
      return new TileArray(mapNode('full', [array.operand], (e) => e.constant(constant, dtype)));
    }
    const chunks =
      options.chunks === undefined ? array.chunks : normalizeChunks(options.chunks, array.shape, dtype);
    return new TileArray(constantNode(chunks, dtype, value(given)));
  };

const zeroLike = like(() => 0);
const oneLike = like(() => 1);
const valueLike = like((v) => v!);

/**
 * Zeros of an array's shape, dtype and chunks; dtype and chunks may be others.
 *
 * @example
 * await zerosLike(x).compute(); // [[0. 0. 0.] [0. 0. 0.]]
 */
export function zerosLike<A extends ArrayInput, D extends DType = never>(
  x: A,
  options: CreateOptions<D> = {},
): TileArray<Like<A, D>> {
  return zeroLike(x, options) as TileArray<Like<A, D>>;
}

/**
 * Ones of an array's shape, dtype and chunks; dtype and chunks may be others.
 *
 * @example
 * await onesLike(x, { dtype: 'uint8' }).compute(); // [[1 1 1] [1 1 1]]
 */
export function onesLike<A extends ArrayInput, D extends DType = never>(
  x: A,
  options: CreateOptions<D> = {},
): TileArray<Like<A, D>> {
  return oneLike(x, options) as TileArray<Like<A, D>>;
}

/**
 * One value in an array's shape, dtype and chunks; dtype and chunks may be others.
 *
 * @throws RangeError, TypeError where the value does not fit the dtype
 * @example
 * await fullLike(x, 7).compute(); // [[7. 7. 7.] [7. 7. 7.]]
 */
export function fullLike<A extends ArrayInput, D extends DType = never>(
  x: A,
  value: Scalar,
  options: CreateOptions<D> = {},
): TileArray<Like<A, D>> {
  return valueLike(x, options, value) as TileArray<Like<A, D>>;
}

/**
 * As `zerosLike`: values that do not matter are zeros.
 *
 * @example
 * emptyLike(x).shape; // [2, 3]
 */
export const emptyLike = zerosLike;

/** An expression of the positions along one axis. */
function sequence(
  count: number,
  dtype: DType,
  chunks: ChunkSpec,
  build: (e: Expression, i: Term) => Term,
): TileArray<DType> {
  const sizes = normalizeChunks(chunks, [count], dtype);
  return new TileArray(mapNode('arange', [{ node: iotaNode(sizes, 0), part: 0 }], (e, [i]) => build(e, i)));
}

/** The numbers before an options object, which is the last argument however many they are. */
function splitOptions<N, O extends object>(args: readonly unknown[], none: O): [numbers: N[], options: O] {
  const last = args.at(-1);
  return typeof last === 'object' && last !== null
    ? [args.slice(0, -1) as N[], last as O]
    : [[...args] as N[], none];
}

/**
 * Evenly spaced values from `start` (default 0) up to, not including, `stop`, by `step` (default 1): an array of one axis. float64
 * unless told; int64 where the bounds are bigints. Options come last, after as many numbers as are given.
 *
 * @throws RangeError where the step is 0 or the number of values is not finite
 * @example
 * await arange(5).compute(); // [0. 1. 2. 3. 4.]
 * await arange(1, 2, 0.25).compute(); // [1. 1.25 1.5 1.75]
 * await arange(3n).compute(); // [0 1 2]
 * arange(64, { chunks: 16 }).numBlocks; // [4]
 */
export function arange<V extends number | bigint, D extends DType = DTypeOf<V>>(
  stop: V,
  options?: CreateOptions<D>,
): TileArray<D>;
export function arange<V extends number | bigint, D extends DType = DTypeOf<V>>(
  start: number | bigint,
  stop: V,
  options?: CreateOptions<D>,
): TileArray<D>;
export function arange<V extends number | bigint, D extends DType = DTypeOf<V>>(
  start: V,
  stop: undefined,
  step: number | bigint | undefined,
  options?: CreateOptions<D>,
): TileArray<D>;
export function arange<V extends number | bigint, D extends DType = DTypeOf<V>>(
  start: number | bigint,
  stop: V,
  step?: number | bigint,
  options?: CreateOptions<D>,
): TileArray<D>;
export function arange(...args: readonly unknown[]): TileArray<DType> {
  const [numbers, options] = splitOptions<number | bigint | undefined, CreateOptions>(args, {});
  checkCreate('arange', options);
  const [start, stop, step = 1] = numbers as [number | bigint, (number | bigint)?, (number | bigint)?];
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  const big =
    [start, stop ?? 0n, step].every((v) => typeof v === 'bigint') || typeof (stop ?? start) === 'bigint';
  const dtype = checkDtype(options.dtype ?? (big ? 'int64' : 'float64'));
  if (Number(step) === 0) throw new RangeError('arange: step cannot be zero');
  const count = Math.max(0, Math.ceil((Number(to) - Number(from)) / Number(step)));
  if (!Number.isSafeInteger(count))
    throw new RangeError(`arange: from ${from} to ${to} by ${step} is no finite number of values`);
  const chunks = options.chunks ?? 'auto';
  if (kindOf(dtype) === 'float') {
    // NumPy's own steps: the difference of the first two values, as the dtype holds them.
    const hold = dtype === 'float32' ? Math.fround : (v: number) => v;
    const first = hold(Number(from));
    const delta = hold(hold(Number(from) + Number(step)) - first);
    return sequence(count, dtype, chunks, (e, i) =>
      e.call('add', [
        e.constant(first, dtype),
        e.call('multiply', [e.cast(i, dtype), e.constant(delta, dtype)]),
      ]),
    );
  }
  const whole = (v: number | bigint) => BigInt(typeof v === 'bigint' ? v : Math.trunc(v));
  const delta = whole(
    typeof step === 'bigint' || Number.isInteger(step)
      ? step
      : Math.trunc(Number(from) + step) - Math.trunc(Number(from)),
  );
  return sequence(count, dtype, chunks, (e, i) => {
    const scaled = e.call('multiply', [i, e.constant(delta, 'int64')]);
    return e.cast(e.call('add', [scaled, e.constant(whole(from), 'int64')]), dtype);
  });
}

/** How `linspace` makes an array. */
export interface LinspaceOptions<D extends DType = DType> extends CreateOptions<D> {
  /** Whether `stop` is the last value; default true. */
  readonly endpoint?: boolean;
}

/**
 * `count` (default 50) evenly spaced values from `start` to `stop`, which is the last unless `endpoint` is false: an array of one axis, float64
 * unless told. As whole numbers they are rounded down.
 *
 * @example
 * await linspace(0, 1, 5).compute(); // [0. 0.25 0.5 0.75 1.]
 * await linspace(0, 1, 4, { endpoint: false }).compute(); // [0. 0.25 0.5 0.75]
 * linspace(0, 1, { chunks: 10 }).numBlocks; // [5]
 */
export function linspace<D extends DType = 'float64'>(
  start: number,
  stop: number,
  options?: LinspaceOptions<D>,
): TileArray<D>;
export function linspace<D extends DType = 'float64'>(
  start: number,
  stop: number,
  count?: number,
  options?: LinspaceOptions<D>,
): TileArray<D>;
export function linspace(start: number, stop: number, ...rest: readonly unknown[]): TileArray<DType> {
  const [[count = 50], options] = splitOptions<number | undefined, LinspaceOptions>(rest, {});
  checkCreate('linspace', options, 'endpoint');
  checkShape(count);
  const { endpoint = true, chunks = 'auto' } = options;
  const dtype = checkDtype(options.dtype ?? 'float64');
  const parts = endpoint ? count - 1 : count;
  const step = (stop - start) / parts;
  return sequence(count, dtype, chunks, (e, i) => {
    const number = (v: number) => e.constant(v, 'float64');
    const at = e.cast(i, 'float64');
    const scaled =
      parts > 0 && step === 0
        ? e.call('multiply', [e.call('divide', [at, number(parts)]), number(stop - start)])
        : e.call('multiply', [at, number(parts > 0 ? step : stop - start)]);
    let value = e.call('add', [scaled, number(start)]);
    if (endpoint && count > 1)
      value = e.call('where', [
        e.call('equal', [i, e.constant(count - 1, 'int64')], 'bool'),
        number(stop),
        value,
      ]);
    if (kindOf(dtype) !== 'float') value = e.call('floor', [value]);
    return e.cast(value, dtype);
  });
}

/** How `eye` makes an array. */
export interface EyeOptions<D extends DType = DType> extends CreateOptions<D> {
  /** The diagonal of the ones; default 0. */
  readonly k?: number;
}

/**
 * A matrix with ones on diagonal `k` (0: the main one, above it positive), zeros elsewhere; float64 unless told.
 *
 * @example
 * await eye(2, 3, { k: 1 }).compute(); // [[0. 1. 0.] [0. 0. 1.]]
 * eye(6, { chunks: 3 }).numBlocks; // [2, 2]
 */
export function eye<D extends DType = 'float64'>(rows: number, options?: EyeOptions<D>): TileArray<D>;
export function eye<D extends DType = 'float64'>(
  rows: number,
  columns?: number,
  options?: EyeOptions<D>,
): TileArray<D>;
export function eye(rows: number, ...rest: readonly unknown[]): TileArray<DType> {
  const [[columns = rows], options] = splitOptions<number | undefined, EyeOptions>(rest, {});
  checkCreate('eye', options, 'k');
  const shape = checkShape([rows, columns]);
  const dtype = checkDtype(options.dtype ?? 'float64');
  const chunks = normalizeChunks(options.chunks ?? 'auto', shape, dtype);
  const iotas = [0, 1].map((axis) => ({ node: iotaNode(chunks, axis), part: 0 }));
  const node = mapNode('eye', iotas, (e, [i, j]) => {
    const diagonal = e.call('equal', [e.call('add', [i, e.constant(options.k ?? 0, 'int64')]), j], 'bool');
    return e.call('where', [diagonal, e.constant(1, dtype), e.constant(0, dtype)]);
  });
  return new TileArray(node);
}

/**
 * The n×n identity matrix; float64 unless told.
 *
 * @example
 * await identity(2, { dtype: 'int64' }).compute(); // [[1 0] [0 1]]
 */
export const identity = <D extends DType = 'float64'>(
  n: number,
  options: CreateOptions<D> = {},
): TileArray<D> => eye(n, n, options);
