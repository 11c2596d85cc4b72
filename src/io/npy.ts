import { resolve } from 'node:path';
import type { DType } from '../kernels/dtype.js';
import { itemsize } from '../kernels/dtype.js';
import { readUpTo, withFile } from './file.js';
import type { NpyHeader } from './npy-header.js';
import { npyDataBytes, npyHeaderLength, parseNpyHeader } from './npy-header.js';
import type { Source, Stamp } from './source.js';
import { contiguousStrides } from './strided.js';

/** What all reads of an npy file share: where the elements lie. */
export interface NpyCommon {
  readonly name: string;
  /** Absent: the file is the value of the task's input (an inflated npz member). */
  readonly file?: string;
  readonly stamp: Stamp;
  readonly dtype: DType;
  readonly bigEndian: boolean;
  readonly shape: readonly number[];
  /** Position in the file of element [0, …, 0]. */
  readonly offset: number;
  /** Bytes from one element to the next along each axis. */
  readonly strides: readonly number[];
}

/**
 * Opens an array in NumPy's npy format (versions 1 to 3, C or Fortran order, either byte order). Reads its header only.
 *
 * @throws if the file cannot be read, is no npy file, is truncated, or holds a dtype that is not read here
 */
export function openNpy(path: string): Source {
  const file = resolve(path);
  return withFile(file, (fd, stamp) => {
    const header = readHeader(fd, file, 0, stamp.size, file);
    const expected = header.length + npyDataBytes(header);
    if (stamp.size < expected)
      throw new Error(`${file} is truncated: expected ${expected} bytes, found ${stamp.size}`);
    return npySource(file, { file, stamp, offset: header.length }, header);
  });
}

/** Reads the header that starts at `position` and ends before `end`. */
export function readHeader(fd: number, file: string, position: number, end: number, name: string): NpyHeader {
  const read = (length: number): Uint8Array => {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, end - position)));
    return bytes.subarray(0, readUpTo(fd, bytes, position, file));
  };
  return parseNpyHeader(read(npyHeaderLength(read(12), name)), name);
}

/** The source of an array whose header is known. */
export function npySource(
  name: string,
  place: Pick<NpyCommon, 'file' | 'stamp' | 'offset'>,
  header: NpyHeader,
): Source {
  const { dtype, bigEndian, order, shape } = header;
  const strides = contiguousStrides(shape, itemsize(dtype), order);
  const common: NpyCommon = { name, ...place, dtype, bigEndian, shape, strides };
  return { name, dtype, shape, op: 'io/npy', common, sliceable: true };
}
