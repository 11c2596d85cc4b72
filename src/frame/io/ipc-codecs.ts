import type * as Arrow from 'apache-arrow';
import { findNativeCodecs } from '../../io/zarr/native.js';

let set = false;

/** Has apache-arrow unpack compressed bodies: LZ4 frames (what Feather files have by default) and zstd. */
export function setCodecs({ compressionRegistry, CompressionType }: typeof Arrow): void {
  if (set) return;
  set = true;
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: decodeLz4Frame });
  const { zstd } = findNativeCodecs();
  compressionRegistry.set(CompressionType.ZSTD, {
    decode: (bytes) => {
      if (!zstd)
        throw new Error(
          'its bodies are packed by zstd, which needs Node 22.15, or libzstd and the package koffi: npm install koffi',
        );
      const target = new Uint8Array(zstdSize(bytes));
      return target.subarray(0, zstd.decompress(bytes, target));
    },
  });
}

/** The size that a zstd frame says its content has (RFC 8878, 3.1.1.1). */
function zstdSize(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = view.getUint8(4);
  const single = (flags & 0x20) !== 0;
  const at = 5 + (single ? 0 : 1) + [0, 1, 2, 4][flags & 3]!;
  switch (flags >> 6) {
    case 0:
      if (single) return view.getUint8(at);
      throw new Error('a zstd frame does not say its size');
    case 1:
      return view.getUint16(at, true) + 256;
    case 2:
      return view.getUint32(at, true);
    default:
      return Number(view.getBigUint64(at, true));
  }
}

const LZ4_MAGIC = 0x184d2204;

/** What an LZ4 frame holds (lz4_Frame_format.md, 1.6.2). Checksums are not looked at. */
function decodeLz4Frame(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== LZ4_MAGIC) throw new Error('a body is no LZ4 frame');
  const flags = bytes[4]!;
  const blockMax = 1 << (8 + 2 * ((bytes[5]! >> 4) & 7));
  const hasSize = (flags & 0x08) !== 0;
  let at = 6 + (hasSize ? 8 : 0) + (flags & 1 ? 4 : 0) + 1;
  let out = new Uint8Array(hasSize ? Number(view.getBigUint64(6, true)) : bytes.length * 4);
  let length = 0;
  const room = (more: number): void => {
    if (length + more <= out.length) return;
    const larger = new Uint8Array(Math.max(out.length * 2, length + more));
    larger.set(out.subarray(0, length));
    out = larger;
  };
  for (;;) {
    const header = view.getUint32(at, true);
    at += 4;
    if (header === 0) return out.subarray(0, length);
    const size = header & 0x7fff_ffff;
    if (header >>> 31 === 1) {
      room(size);
      out.set(bytes.subarray(at, at + size), length);
      length += size;
    } else {
      room(hasSize ? 0 : blockMax);
      length = decodeBlock(bytes, at, at + size, out, length);
    }
    at += size + (flags & 0x10 ? 4 : 0);
  }
}

/** Decodes a block behind what is there; returns where it ends. */
function decodeBlock(bytes: Uint8Array, from: number, end: number, out: Uint8Array, start: number): number {
  let at = from;
  let to = start;
  const long = (short: number): number => {
    let length = short;
    if (short === 15)
      for (let more = 255; more === 255; ) {
        more = bytes[at++]!;
        length += more;
      }
    return length;
  };
  while (at < end) {
    const token = bytes[at++]!;
    const literals = long(token >> 4);
    if (at + literals > end || to + literals > out.length) throw new Error('an LZ4 block is damaged');
    out.set(bytes.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    if (at >= end) break;
    const distance = bytes[at]! | (bytes[at + 1]! << 8);
    at += 2;
    const match = long(token & 15) + 4;
    if (distance === 0 || distance > to || to + match > out.length)
      throw new Error('an LZ4 block is damaged');
    // It may overlap what it makes.
    if (distance >= match) out.copyWithin(to, to - distance, to - distance + match);
    else for (let i = 0; i < match; i++) out[to + i] = out[to + i - distance]!;
    to += match;
  }
  return to;
}
