import { resolve } from 'node:path';
import { atExit } from '../../engine/disk/cleanup.js';
import {
  defaultSpillDirectory,
  makeSpillDirectory,
  removeSpillDirectory,
} from '../../engine/disk/spill-directory.js';
import { checkOptions } from '../../engine/known-options.js';
import { openNetcdf } from '../../io/netcdf/open.js';
import { openNpy } from '../../io/npy.js';
import { openNpz } from '../../io/npz.js';
import { abortWrite } from '../../io/replace.js';
import { createNpy, finishNpy } from '../../io/write-npy.js';
import { createZarr, finishZarr, type ZarrCodec } from '../../io/zarr/create.js';
import { openZarr } from '../../io/zarr/open.js';
import type { DType } from '../../kernels/dtype.js';
import { COMPUTE_OPTIONS } from '../../lazy/index.js';
import type { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayCompute } from '../compute/compute.js';
import type { ArrayInput } from '../input.js';
import { requireList } from '../nodes/axes.js';
import { type ChunkSpec, largest, normalizeChunks } from '../nodes/chunks.js';
import { fromSource } from './reading.js';
import { type Writing, writeAll } from './writing.js';

/** How an array in a file is read. */
export interface ReadOptions {
  /** Chunks of the array; default: the file's own, or where it has none, of some 16 MiB. */
  readonly chunks?: ChunkSpec;
}

/**
 * A lazy array of a NumPy `.npy` file. Only its header is read now; blocks, and slices of them, when they are computed.
 *
 * @throws where the file is missing, truncated or of a dtype that tilework does not have
 * @example
 * await toNpy(x, 'x.npy');
 * await fromNpy('x.npy').slice(':', -1).compute(); // [2. 5.]
 */
export function fromNpy(path: string, options: ReadOptions = {}): TileArray<DType> {
  checkOptions('fromNpy', options, ['chunks']);
  return fromSource(openNpy(path), options.chunks);
}

/** How a member of an npz file is read. */
export interface NpzReadOptions extends ReadOptions {
  /** Where compressed members are inflated to, being readable from their start only; removed when the process ends. */
  readonly directory?: string;
}

/**
 * A lazy array of a NumPy `.npz` archive. `name` is needed where it holds several. Stored members are read in place;
 * compressed ones are inflated to a temporary file when first read, never in memory.
 *
 * @throws where the file or the member is missing, damaged or of a dtype that tilework does not have
 * @example
 * await fromNpz('stored.npz', 'b').compute(); // [0 1 2 3 4]
 * fromNpz('stored.npz'); // throws flags
 */
export function fromNpz(path: string, name?: string, options: NpzReadOptions = {}): TileArray<DType> {
  checkOptions('fromNpz', options, ['chunks', 'directory']);
  return fromSource(
    openNpz(path, name, { directory: options.directory ?? scratchDirectory() }),
    options.chunks,
  );
}

let scratch: string | undefined;

/** A directory for this process, removed when it ends. */
function scratchDirectory(): string {
  if (scratch === undefined) {
    const made = makeSpillDirectory(defaultSpillDirectory());
    atExit(() => removeSpillDirectory(made));
    scratch = made;
  }
  return scratch;
}

/** How a variable of a netCDF file is read. */
export interface NetcdfReadOptions extends ReadOptions {
  /** The numbers as stored, without scale, offset and missing values applied. */
  readonly raw?: boolean;
}

/**
 * A lazy array of a variable of a netCDF-3 file; packed values are unpacked to float64, missing ones become NaN.
 *
 * @throws where the file or the variable is missing (with the names that there are), or the file is netCDF-4
 * @example
 * await fromNetcdf('packed.nc', 'scaled').compute(); // [273.15 273.16 273.14 nan 600.82 273.2]
 * await fromNetcdf('packed.nc', 'scaled', { raw: true }).slice(':3').compute(); // [0 1 -1]
 */
export function fromNetcdf(
  path: string,
  variable: string,
  options: NetcdfReadOptions = {},
): TileArray<DType> {
  checkOptions('fromNetcdf', options, ['chunks', 'raw']);
  return fromSource(openNetcdf(path, variable, { raw: options.raw ?? false }), options.chunks);
}

/** How an array of a Zarr store is read. */
export interface ZarrReadOptions extends ReadOptions {
  /** Path of the array within the store's groups. */
  readonly path?: string;
  /** Format to look for; both otherwise. */
  readonly version?: 2 | 3;
  /** Headers of HTTP requests. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A lazy array of a Zarr store (format 2 or 3): a directory, or an `http(s):` URL. Only metadata is read now. Its chunks are the
 * store's, unless told.
 *
 * @throws where there is no array at that place, or it has a codec or dtype that tilework does not have
 * @example
 * await toZarr(x, 'from.zarr');
 * const stored = await fromZarr('from.zarr');
 * await stored.sum(0).compute(); // [3. 5. 7.]
 */
export async function fromZarr(store: string, given: ZarrReadOptions = {}): Promise<TileArray<DType>> {
  checkOptions('fromZarr', given, ['chunks', 'path', 'version', 'headers']);
  const { chunks, ...options } = given;
  return fromSource(await openZarr(store, options), chunks);
}

const WRITE = ['overwrite', ...COMPUTE_OPTIONS];

/** How an array is written to a Zarr store, and computed. */
export interface ZarrWriteOptions extends ArrayCompute {
  /** Chunks of the store, regular; default: the array's largest along each axis. */
  readonly chunks?: ChunkSpec;
  /** Compression of chunks, default zstd. */
  readonly codec?: ZarrCodec;
  readonly zarrFormat?: 2 | 3;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly dimensions?: readonly string[];
  /** Replace a store that exists, when the new one is whole. */
  readonly overwrite?: boolean;
}

/**
 * Computes an array into a new Zarr store, block by block. Nothing is at `path` until all of it is written.
 *
 * @throws where something is at `path` and `overwrite` is not set, chunk sizes are unknown, the disk is full, or computing fails; then
 *   nothing is left behind
 * @example
 * await toZarr(x, 'to.zarr', { chunks: [1, 3], attributes: { unit: 'm' } });
 * (await fromZarr('to.zarr')).numBlocks; // [2, 1]
 */
export async function toZarr(x: ArrayInput, path: string, options: ZarrWriteOptions = {}): Promise<void> {
  checkOptions('toZarr', options, [...WRITE, 'chunks', 'codec', 'zarrFormat', 'attributes', 'dimensions']);
  const { chunks, codec, zarrFormat, attributes, dimensions, overwrite, ...run } = options;
  const array = asarray(x) as TileArray<DType>;
  requireKnown('toZarr', array);
  const sizes = chunks === undefined ? array.chunks : normalizeChunks(chunks, array.shape, array.dtype);
  const target = createZarr(path, {
    shape: array.shape,
    dtype: array.dtype,
    chunks: sizes.map(largest),
    ...defined({ codec, zarrFormat, attributes, dimensions, overwrite }),
  });
  await writeAll([{ array, target, finish: finishZarr }], run);
}

/** How an array is written to an npy file, and computed. */
export interface NpyWriteOptions extends ArrayCompute {
  /** Replace a file that exists, when the new one is whole. */
  readonly overwrite?: boolean;
}

/**
 * Computes an array into a new `.npy` file, block by block. Nothing is at `path` until all of it is written.
 *
 * @throws where something is at `path` and `overwrite` is not set, chunk sizes are unknown, the disk is full, or computing fails; then
 *   nothing is left behind
 * @example
 * await toNpy(x.add(1), 'plus.npy', { overwrite: true });
 * await fromNpy('plus.npy').compute(); // [[1. 2. 3.] [4. 5. 6.]]
 */
export async function toNpy(x: ArrayInput, path: string, options: NpyWriteOptions = {}): Promise<void> {
  checkOptions('toNpy', options, WRITE);
  const { overwrite, ...run } = options;
  const array = asarray(x) as TileArray<DType>;
  requireKnown('toNpy', array);
  const target = createNpy(path, { shape: array.shape, dtype: array.dtype, ...defined({ overwrite }) });
  await writeAll([{ array, target, finish: finishNpy }], run);
}

/**
 * Computes several arrays into new files in one pass: what they share is computed once. Each array has its own path: one that ends in `.npy` becomes such a file, any
 * other a Zarr store, chunked as the array is. Nothing is at any of the paths until all arrays are written.
 *
 * @throws RangeError where there are not as many paths as arrays; where something is at a path and `overwrite` is not set, or two are the same; else as `toZarr`, and then
 *   nothing is left behind
 * @example
 * const centred = x.subtract(x.mean());
 * await store([centred, centred.square()], ['centred.zarr', 'squares.npy']);
 * await fromNpy('squares.npy').sum().compute(); // 17.5
 */
export async function store(
  arrays: readonly ArrayInput[],
  paths: readonly string[],
  options: NpyWriteOptions = {},
): Promise<void> {
  requireList(arrays, 'store');
  checkOptions('store', options, WRITE);
  if (!Array.isArray(paths) || paths.length !== arrays.length)
    throw new RangeError(
      `store: ${arrays.length} arrays need as many paths, not ${Array.isArray(paths) ? paths.length : String(paths)}`,
    );
  const twice = paths.find((path, i) => paths.slice(0, i).some((other) => resolve(other) === resolve(path)));
  if (twice !== undefined) throw new RangeError(`store: two arrays cannot be written to one path, ${twice}`);
  const { overwrite, ...run } = options;
  const given = arrays.map((x) => asarray(x) as TileArray<DType>);
  for (const array of given) requireKnown('store', array);
  const writings: Writing[] = [];
  try {
    for (const [i, array] of given.entries()) writings.push(writingOf(array, paths[i], { overwrite }));
  } catch (error) {
    for (const { target } of writings) abortWrite(target);
    throw error;
  }
  await writeAll(writings, run);
}

function writingOf(array: TileArray<DType>, path: string, options: NpyWriteOptions): Writing {
  const { shape, dtype, chunks } = array;
  if (path.endsWith('.npy'))
    return { array, target: createNpy(path, { shape, dtype, ...defined(options) }), finish: finishNpy };
  const target = createZarr(path, { shape, dtype, chunks: chunks.map(largest), ...defined(options) });
  return { array, target, finish: finishZarr };
}

function requireKnown(label: string, array: TileArray<DType>): void {
  if (!array.isKnown)
    throw new Error(
      `${label}: an array with unknown chunk sizes cannot be written; call computeChunkSizes() first`,
    );
}

function defined<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, v]) => v !== undefined)) as never;
}
