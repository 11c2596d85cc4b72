import { resolve } from 'node:path';
import type { DType } from '../kernels/dtype.js';
import { itemsize } from '../kernels/dtype.js';
import { readFully, withFile } from './file.js';
import type { NpyCommon } from './npy.js';
import { npySource, readHeader } from './npy.js';
import type { NpyHeader } from './npy-header.js';
import { npyDataBytes, npyHeaderLength, parseNpyHeader } from './npy-header.js';
import type { Preparation, Source, Stamp } from './source.js';
import type { ZipMember } from './zip.js';
import { memberOffset, readZipDirectory } from './zip.js';

export interface NpzOptions {
  /** Where deflated members are inflated to when blocks are read; whoever gave the directory removes it. */
  readonly directory: string;
}

/** An array of an npz archive. */
export interface NpzMember {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly compressed: boolean;
}

/**
 * Opens an array of an npz archive (`numpy.savez`, `savez_compressed`). Reads headers only. Stored members are read in
 * place; deflated ones, having no random access, are inflated to a file first (`prepare`).
 *
 * @param name the array's name; needed if there are several
 * @throws if there is no such array (the message lists those there are), the archive is truncated, or the dtype is not read here
 */
export function openNpz(path: string, name: string | undefined, options: NpzOptions): Source {
  const file = resolve(path);
  return withFile(file, (fd, stamp) => {
    const member = pick(readZipDirectory(fd, file, stamp.size), name, file);
    const { header, offset } = memberHeader(fd, file, stamp, member);
    const label = `${file}[${arrayName(member)}]`;
    const expected = header.length + npyDataBytes(header);
    if (member.size < expected)
      throw new Error(`${label} is truncated: expected ${expected} bytes, found ${member.size}`);
    if (member.method === 0) return npySource(label, { file, stamp, offset: offset + header.length }, header);
    const prepare: Preparation = {
      op: 'io/npz-inflate',
      params: {
        file,
        member: member.name,
        stamp,
        offset,
        compressedSize: member.compressedSize,
        size: member.size,
        crc32: member.crc32,
        upTo: member.size,
        directory: resolve(options.directory),
      },
    };
    return { ...npySource(label, { stamp, offset: header.length }, header), prepare };
  });
}

/**
 * The arrays of an npz archive, by name, in the order of the archive. Members of dtypes not read here are left out.
 *
 * @throws where the file is missing or no zip archive
 * @example
 * npzInfo('stored.npz').map(({ name, dtype, shape }) => [name, dtype, shape]); // [['a', 'float64', [3, 4]], ['b', 'int16', [5]], ['flags', 'bool', [3]]]
 */
export function npzInfo(path: string): NpzMember[] {
  const file = resolve(path);
  return withFile(file, (fd, stamp) =>
    readZipDirectory(fd, file, stamp.size)
      .filter((member) => member.name.endsWith('.npy'))
      .map((member) => {
        const { dtype, shape } = memberHeader(fd, file, stamp, member).header;
        return { name: arrayName(member), dtype, shape, compressed: member.method !== 0 };
      }),
  );
}

const arrayName = (member: ZipMember): string => member.name.replace(/\.npy$/, '');

function pick(members: readonly ZipMember[], name: string | undefined, file: string): ZipMember {
  const arrays = members.filter((member) => member.name.endsWith('.npy'));
  const names = arrays.map(arrayName).join(', ');
  if (arrays.length === 0) throw new Error(`${file} holds no arrays (no members named *.npy)`);
  if (name === undefined) {
    if (arrays.length > 1) throw new Error(`${file} holds ${arrays.length} arrays: say which of ${names}`);
    return arrays[0]!;
  }
  const found = arrays.find((member) => arrayName(member) === name || member.name === name);
  if (!found) throw new Error(`${file} holds no array '${name}'; it holds ${names}`);
  return found;
}

function memberHeader(
  fd: number,
  file: string,
  stamp: Stamp,
  member: ZipMember,
): { header: NpyHeader; offset: number } {
  const label = `${file}[${arrayName(member)}]`;
  if (member.encrypted) throw new Error(`${label} is encrypted, which tilework does not read`);
  const offset = memberOffset(fd, file, stamp.size, member);
  if (member.method === 0)
    return { header: readHeader(fd, file, offset, offset + member.size, label), offset };
  if (member.method === 8) return { header: inflateHeader(fd, file, offset, member, label), offset };
  throw new Error(
    `${label} is compressed by zip method ${member.method}; only stored and deflated members are read`,
  );
}

/** Inflates no more of a member than its header needs. */
function inflateHeader(
  fd: number,
  file: string,
  offset: number,
  member: ZipMember,
  label: string,
): NpyHeader {
  for (let length = 512; ; length *= 4) {
    const bytes = new Uint8Array(Math.min(length, member.compressedSize));
    readFully(fd, bytes, offset, file);
    let start: Uint8Array;
    try {
      // Loaded here: few programs read npz, and all would wait for it at their start.
      const { constants, inflateRawSync } = process.getBuiltinModule('node:zlib');
      start = inflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
    } catch (cause) {
      throw new Error(`${label} is damaged: its start cannot be inflated`, { cause });
    }
    if (length >= member.compressedSize || start.length >= Math.max(12, npyHeaderLength(start, label)))
      return parseNpyHeader(start, label);
  }
}

/**
 * The preparation for reading only elements before `stop` (exclusive, one an axis): inflates no further than the last of
 * them. Without `prepare` in the source there is nothing to prepare.
 */
export function prepareUpTo(source: Source, stop: readonly number[]): Preparation | undefined {
  const { prepare } = source;
  if (!prepare) return undefined;
  const { offset, strides } = source.common as NpyCommon;
  const end = stop.some((n) => n === 0)
    ? offset
    : stop.reduce((at, n, axis) => at + (n - 1) * strides[axis]!, offset + itemsize(source.dtype));
  return { ...prepare, params: { ...prepare.params, upTo: Math.min(end, prepare.params.size) } };
}
