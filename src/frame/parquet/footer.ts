import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { FrameError } from '../errors.js';
import { CompactReader, type Fields } from './thrift.js';

/** A leaf's values of a row group. */
export interface Chunk {
  readonly physical: number;
  readonly codec: number;
  readonly values: number;
  readonly start: number;
  readonly bytes: number;
  /** How many are null, where the file says so. */
  readonly nulls: number | undefined;
}

export interface RowGroup {
  readonly rows: number;
  /** By the path of the leaf, joined by dots. */
  readonly chunks: ReadonlyMap<string, Chunk>;
}

/** A Parquet file as its footer describes it. */
export interface Footer {
  readonly rows: number;
  readonly groups: readonly RowGroup[];
}

const TAIL = 8;

/** Reads the footer of a file. Throws a FrameError where it is none of Parquet, or cut short. */
export function readFooter(path: string): Footer {
  const meta = new CompactReader(footerBytes(path)).struct();
  return {
    rows: meta.number(3),
    groups: meta.list(4).map((group) => rowGroup(group as Fields)),
  };
}

/** The footer of a file as it is written. Throws as `readFooter` does. */
export function footerBytes(path: string): Buffer {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    const tail = size >= TAIL + 4 ? readBytes(fd, size - TAIL, TAIL, path) : Buffer.alloc(TAIL);
    const length = tail.readUInt32LE(0);
    if (tail.toString('latin1', 4) !== 'PAR1' || length > size - TAIL - 4)
      throw new FrameError(`${path} is no Parquet file, or cut short`);
    return readBytes(fd, size - TAIL - length, length, path);
  } finally {
    closeSync(fd);
  }
}

function rowGroup(group: Fields): RowGroup {
  const chunks = new Map<string, Chunk>();
  for (const column of group.list(1)) {
    const meta = (column as Fields).struct(3);
    const path = meta.list(3).map((part) => Buffer.from(part as Uint8Array).toString('utf8'));
    const dictionary = meta.has(11) ? meta.number(11) : Number.POSITIVE_INFINITY;
    chunks.set(path.join('.'), {
      physical: meta.number(1),
      codec: meta.number(4),
      values: meta.number(5),
      start: Math.min(meta.number(9), dictionary > 0 ? dictionary : Number.POSITIVE_INFINITY),
      bytes: meta.number(7),
      nulls: meta.struct(12).has(3) ? meta.struct(12).number(3) : undefined,
    });
  }
  return { rows: group.number(3), chunks };
}

/** Bytes of a file. Throws a FrameError where it has not so many. */
export function readBytes(fd: number, position: number, length: number, path: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let at = 0; at < length; ) {
    const got = readSync(fd, bytes, at, length - at, position + at);
    if (got === 0) throw new FrameError(`${path} is cut short`);
    at += got;
  }
  return bytes;
}
