/** Evenly spaced values. */
import { type DType, kindOf } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import type { DTypeOf } from '../input.js';
import { type ChunkSpec, checkShape, normalizeChunks } from '../nodes/chunks.js';
import { mapNode } from '../nodes/elementwise.js';
import type { Expression, Term } from '../nodes/expression.js';
import { iotaNode } from '../nodes/iota.js';
import { type CreateOptions, checkCreate, checkDtype, splitOptions } from './creation-options.js';

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
