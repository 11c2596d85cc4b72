import { readFully } from './file.js';

/** A member of a zip archive, as its central directory describes it. */
export interface ZipMember {
  readonly name: string;
  /** 0: stored, 8: deflated. */
  readonly method: number;
  readonly encrypted: boolean;
  readonly crc32: number;
  readonly compressedSize: number;
  readonly size: number;
  /** Where its local header lies. */
  readonly header: number;
}

const END = 0x06054b50;
const END64 = 0x06064b50;
const END64_LOCATOR = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const IN_ZIP64 = 0xffffffff;

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function readAt(fd: number, path: string, position: number, length: number): DataView {
  const bytes = new Uint8Array(length);
  readFully(fd, bytes, position, path);
  return viewOf(bytes);
}

const damaged = (path: string, what: string): Error =>
  new Error(`${path} is not a whole zip archive: ${what}; it may be truncated`);

/** Where the central directory lies: told by the record at the archive's end, or by its zip64 companion. */
function findDirectory(
  fd: number,
  path: string,
  size: number,
): { offset: number; length: number; count: number } {
  const tail = Math.min(size, 22 + 0xffff);
  const view = readAt(fd, path, size - tail, tail);
  let at = tail - 22;
  while (at >= 0 && view.getUint32(at, true) !== END) at--;
  if (at < 0) throw damaged(path, `it has no end record in its last ${tail} of ${size} bytes`);
  const found = {
    count: view.getUint16(at + 10, true),
    length: view.getUint32(at + 12, true),
    offset: view.getUint32(at + 16, true),
  };
  const locator = at - 20;
  if (locator < 0 || view.getUint32(locator, true) !== END64_LOCATOR) return found;
  const record = Number(view.getBigUint64(locator + 8, true));
  if (record + 56 > size)
    throw damaged(path, `its zip64 end record is said to lie at ${record} of ${size} bytes`);
  const end64 = readAt(fd, path, record, 56);
  if (end64.getUint32(0, true) !== END64) throw damaged(path, `it has no zip64 end record at ${record}`);
  return {
    count: Number(end64.getBigUint64(32, true)),
    length: Number(end64.getBigUint64(40, true)),
    offset: Number(end64.getBigUint64(48, true)),
  };
}

/** Sizes and positions of 4 GiB and more stand in an extra field, in this order, those that need it. */
function zip64Fields(extra: DataView, fields: number[]): number[] {
  let at = 0;
  while (at + 4 <= extra.byteLength) {
    const id = extra.getUint16(at, true);
    const length = extra.getUint16(at + 2, true);
    if (id === 1) {
      let p = at + 4;
      return fields.map((value) => {
        if (value !== IN_ZIP64 || p + 8 > at + 4 + length) return value;
        p += 8;
        return Number(extra.getBigUint64(p - 8, true));
      });
    }
    at += 4 + length;
  }
  return fields;
}

/**
 * The members of a zip archive of `size` bytes (zip64 too), in the order of its central directory.
 * @throws if the archive is truncated or damaged
 */
export function readZipDirectory(fd: number, path: string, size: number): ZipMember[] {
  if (size < 22) throw damaged(path, `it has only ${size} bytes`);
  const { offset, length, count } = findDirectory(fd, path, size);
  if (offset + length > size)
    throw damaged(path, `its directory is said to end at byte ${offset + length}, it has ${size}`);
  const view = readAt(fd, path, offset, length);
  const members: ZipMember[] = [];
  let at = 0;
  for (let k = 0; k < count; k++) {
    if (at + 46 > length || view.getUint32(at, true) !== CENTRAL)
      throw damaged(path, `entry ${k} of ${count} of its directory is missing`);
    const flags = view.getUint16(at + 8, true);
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > length) throw damaged(path, `entry ${k} of ${count} of its directory is cut off`);
    const extra = new DataView(view.buffer, view.byteOffset + at + 46 + nameLength, extraLength);
    const [fullSize, compressedSize, header] = zip64Fields(
      extra,
      [24, 20, 42].map((field) => view.getUint32(at + field, true)),
    ) as [number, number, number];
    members.push({
      name: new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at + 46, nameLength)),
      method: view.getUint16(at + 10, true),
      encrypted: (flags & 1) !== 0,
      crc32: view.getUint32(at + 16, true),
      compressedSize,
      size: fullSize,
      header,
    });
    at = next;
  }
  return members;
}

/**
 * Where the bytes of a member lie in the archive.
 * @throws if they are not all there
 */
export function memberOffset(fd: number, path: string, size: number, member: ZipMember): number {
  if (member.header + 30 > size)
    throw damaged(path, `${member.name} is said to lie at ${member.header} of ${size} bytes`);
  const view = readAt(fd, path, member.header, 30);
  if (view.getUint32(0, true) !== LOCAL)
    throw damaged(path, `${member.name} is not where its directory says`);
  const offset = member.header + 30 + view.getUint16(26, true) + view.getUint16(28, true);
  if (offset + member.compressedSize > size)
    throw damaged(
      path,
      `${member.name}: expected ${member.compressedSize} bytes at ${offset}, found ${Math.max(0, size - offset)}`,
    );
  return offset;
}
