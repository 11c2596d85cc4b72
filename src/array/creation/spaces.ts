/** Values in a geometric progression. */
import { checkOptions } from '../../engine/known-options.js';
import type { DType } from '../../kernels/dtype.js';
import type { TileArray } from '../array.js';
import { multiply, power } from '../ufuncs/index.js';
import { type LinspaceOptions, linspace } from './sequences.js';

/** How `logspace` goes on. */
export interface LogspaceOptions<D extends DType = DType> extends LinspaceOptions<D> {
  /** Of which the exponents are evenly spaced; default: 10. */
  readonly base?: number;
}

/**
 * `count` powers of `base` with evenly spaced exponents from `start` to `stop`, which is the last unless `endpoint` is false; float64 unless told.
 *
 * @example
 * await logspace(0, 2, 3).compute(); // [1. 10. 100.]
 * await logspace(0, 3, 4, { base: 2 }).compute(); // [1. 2. 4. 8.]
 */
export function logspace<D extends DType = 'float64'>(
  start: number,
  stop: number,
  count = 50,
  given: LogspaceOptions<D> = {},
): TileArray<D> {
  checkOptions('logspace', given, ['base', 'dtype', 'chunks', 'endpoint']);
  const { base = 10, dtype, ...options } = given;
  const exponents = linspace(start, stop, count, { ...options, dtype: 'float64' });
  return power(base, exponents).astype(dtype ?? 'float64') as unknown as TileArray<D>;
}

/**
 * `count` values from `start` to `stop`, each a constant multiple of the one before; `stop` is the last unless `endpoint` is false; float64 unless told.
 *
 * @throws RangeError where one of them is 0, or their signs differ
 * @example
 * await geomspace(1, 1000, 4).round(9).compute(); // [1. 10. 100. 1000.]
 */
export function geomspace<D extends DType = 'float64'>(
  start: number,
  stop: number,
  count = 50,
  given: LinspaceOptions<D> = {},
): TileArray<D> {
  checkOptions('geomspace', given, ['dtype', 'chunks', 'endpoint']);
  const { dtype, ...options } = given;
  if (!(start * stop > 0))
    throw new RangeError(`geomspace: ends are of one sign and not 0; they are ${start} and ${stop}`);
  const exponents = linspace(0, Math.log10(stop / start), count, { ...options, dtype: 'float64' });
  return multiply(start, power(10, exponents)).astype(dtype ?? 'float64') as unknown as TileArray<D>;
}
