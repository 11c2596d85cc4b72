/** Matrices with ones on a diagonal. */
import type { DType } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { checkShape, normalizeChunks } from '../nodes/chunks.js';
import { mapNode } from '../nodes/elementwise.js';
import { iotaNode } from '../nodes/iota.js';
import { type CreateOptions, checkCreate, checkDtype, splitOptions } from './creation-options.js';

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
