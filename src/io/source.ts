import type { DType } from '../kernels/dtype.js';

/** A task that must have run, once a graph, before any block of a source can be read: its value is every read's only input. */
export interface Preparation {
  readonly op: 'io/npz-inflate';
  readonly params: InflateParams;
}

/** Where a deflated zip member lies, and where it is to be inflated to. */
export interface InflateParams {
  readonly file: string;
  readonly member: string;
  readonly stamp: Stamp;
  /** Position of the compressed bytes in the file. */
  readonly offset: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly crc32: number;
  /** Bytes to inflate, counted from the member's start; `size` for all (only then can the checksum be verified). */
  readonly upTo: number;
  /** Directory for the inflated file; whoever owns the directory removes it. */
  readonly directory: string;
}

/** Value of an `io/npz-inflate` task. */
export interface Inflated {
  readonly file: string;
}

/** What a file was when it was opened: a later read refuses a file that has changed. */
export interface Stamp {
  readonly size: number;
  readonly mtimeMs: number;
}

/**
 * An array in a file or store, as plain structured-cloneable data; made by `openNpy`, `openNpz`, `openNetcdf` and `openZarr`,
 * which read headers only.
 *
 * A block of it is read by a task `{ op, common, params: Region, inputs: prepare ? [its key] : [], out: [{ dtype, shape: selection }] }`.
 */
export interface Source {
  /** For people: file and member or variable. */
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Shape of the blocks in which the data is stored; absent where any block is as good as any other. */
  readonly chunks?: readonly number[];
  readonly op: 'io/npy' | 'io/netcdf' | 'io/zarr';
  /** What all reads share. */
  readonly common: object;
  /** Whether reading with a start and step costs less than reading everything. */
  readonly sliceable: boolean;
  readonly prepare?: Preparation;
  readonly dimensions?: readonly string[];
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** Params of a read: the first element and the step (≥ 1) along each axis; how many is the shape of the output block. */
export interface Region {
  readonly start: readonly number[];
  readonly step: readonly number[];
}

/** Params of a write: where the input block's first element goes. */
export interface WriteParams {
  readonly start: readonly number[];
}

/** Value of a write task. */
export interface Written {
  /** Bytes put on disk. */
  readonly bytes: number;
}

/**
 * An array being written, as plain data; made by `createNpy` and `createZarr`. Blocks are written by tasks
 * `{ op, common, params: WriteParams, inputs: [block] }`, in any order, into a temporary sibling of `path`, which `finish`
 * renames into place and `abort` removes.
 */
export interface Target {
  readonly path: string;
  /** The temporary sibling. */
  readonly partial: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Blocks must start and end on multiples of these (or at the array's end); absent: any blocks will do. */
  readonly chunks?: readonly number[];
  readonly op: 'io/npy-write' | 'io/zarr-write';
  readonly common: object;
  readonly overwrite: boolean;
}
