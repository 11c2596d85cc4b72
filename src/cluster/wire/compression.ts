import { deflate, deflateSync, inflateSync } from 'node:zlib';
import { findNativeCodecs } from '../../io/zarr/native.js';
import { WireError } from './errors.js';

/*
 * Frames compressed as Dask's own processes do it: an lz4 block behind its size, a zstd frame that says its size, a zlib stream. lz4 and zstd
 * are the machine's libraries, or Node's zstd: where they are missing they are not agreed on.
 */

export const COMPRESSIONS = ['lz4', 'zstd', 'zlib'] as const;
export type Compression = (typeof COMPRESSIONS)[number];

/** Frames of fewer bytes are not worth it, of more some libraries do not take. */
const LEAST = 10_000;
const MOST = 0x7e000000;
/** A frame is compressed where samples, and then the whole, become as small as this share of it. */
const RATIO = 0.7;
const SAMPLES = 5;
const SAMPLE_BYTES = 10_000;
const ZSTD_LEVEL = 3;
/** lz4 takes at least one byte for so many. */
const LZ4_GROWTH = 255;

interface Codec {
  compress(bytes: Uint8Array): Uint8Array;
  /** In another thread: the bytes must stay as they are meanwhile. */
  compressAside(bytes: Uint8Array): Promise<Uint8Array>;
  /** @throws Error where it is malformed, or claims more than `MOST` */
  decompress(bytes: Uint8Array): Uint8Array;
}

/** Undefined where it is not to be had on this machine, or unknown. */
function codecOf(name: string): Codec | undefined {
  if (name === 'zlib') return ZLIB;
  const { lz4, zstd } = findNativeCodecs();
  if (name === 'lz4' && lz4 !== undefined)
    return {
      compress: (bytes) => sized(bytes.length, lz4.compress(bytes, 0)),
      compressAside: async (bytes) => sized(bytes.length, await lz4.compressAside(bytes, 0)),
      decompress: (bytes) => filled(lz4SizeOf(bytes), (target) => lz4.decompress(bytes.subarray(4), target)),
    };
  if (name === 'zstd' && zstd !== undefined)
    return {
      // The library uses the memory again.
      compress: (bytes) => zstd.compress(bytes, ZSTD_LEVEL).slice(),
      compressAside: async (bytes) => (await zstd.compressAside(bytes, ZSTD_LEVEL)).slice(),
      decompress: (bytes) => filled(zstdSizeOf(bytes), (target) => zstd.decompress(bytes, target)),
    };
  return undefined;
}

const ZLIB: Codec = {
  compress: (bytes) => deflateSync(bytes),
  compressAside: (bytes) =>
    new Promise((resolve, reject) => {
      deflate(bytes, (error, result) => (error ? reject(error) : resolve(result)));
    }),
  decompress: (bytes) => {
    const { buffer, byteOffset, byteLength } = inflateSync(bytes, { maxOutputLength: MOST });
    // Not a Buffer, whose slices would be Buffers too.
    return new Uint8Array(buffer, byteOffset, byteLength);
  },
};

/** @throws TypeError saying what is missing where this machine cannot compress so */
export function checkCompression(name: Compression): void {
  if (!COMPRESSIONS.includes(name))
    throw new TypeError(`compression is one of ${COMPRESSIONS.join(', ')}, not ${JSON.stringify(name)}`);
  if (codecOf(name) === undefined)
    throw new TypeError(
      `compression ${name} needs ${name === 'zstd' ? 'Node 22.15, or ' : ''}the system's lib${name} and the npm package koffi: install them, or take zlib`,
    );
}

/** Whether frames that came so can be read here. */
export const canDecompress = (name: string): boolean => codecOf(name) !== undefined;

/** A frame compressed, in another thread; undefined where that does not pay. The frame must stay as it is meanwhile. */
export async function compressFrame(frame: Uint8Array, name: Compression): Promise<Uint8Array | undefined> {
  const codec = codecOf(name)!;
  if (frame.length < LEAST || frame.length > MOST) return undefined;
  const sample = sampleOf(frame);
  if (codec.compress(sample).length > RATIO * sample.length) return undefined;
  const compressed = await codec.compressAside(frame);
  return compressed.length > RATIO * frame.length ? undefined : compressed;
}

/**
 * @throws WireError where the frame is malformed, or claims to be more than it can be: no memory is taken for what a peer only claims
 */
export function decompressFrame(frame: Uint8Array, name: string): Uint8Array {
  try {
    return codecOf(name)!.decompress(frame);
  } catch (cause) {
    throw new WireError(`a frame compressed by ${name} cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** Some pieces of a frame, from its beginning to its end. */
function sampleOf(frame: Uint8Array): Uint8Array {
  if (frame.length <= SAMPLES * SAMPLE_BYTES) return frame;
  const sample = new Uint8Array(SAMPLES * SAMPLE_BYTES);
  for (let i = 0; i < SAMPLES; i++) {
    const at = Math.floor(((frame.length - SAMPLE_BYTES) * i) / (SAMPLES - 1));
    sample.set(frame.subarray(at, at + SAMPLE_BYTES), i * SAMPLE_BYTES);
  }
  return sample;
}

/** An lz4 block behind its size. */
function sized(size: number, block: Uint8Array): Uint8Array {
  const whole = new Uint8Array(4 + block.length);
  new DataView(whole.buffer).setUint32(0, size, true);
  whole.set(block, 4);
  return whole;
}

function filled(size: number, fill: (target: Uint8Array) => number): Uint8Array {
  const target = new Uint8Array(size);
  const bytes = fill(target);
  if (bytes !== size) throw new Error(`it holds ${bytes} bytes, and says ${size}`);
  return target;
}

function lz4SizeOf(bytes: Uint8Array): number {
  if (bytes.length < 4) throw new Error('it is cut short');
  const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(0, true);
  if (size > MOST || size > LZ4_GROWTH * bytes.length)
    throw new Error(`it claims ${size} bytes, in ${bytes.length}`);
  return size;
}

/** The size that a zstd frame says in its header (RFC 8878, 3.1.1.1). Blocks of at most 128 KiB take at least 4 bytes each. */
function zstdSizeOf(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 9 || view.getUint32(0, true) !== 0xfd2fb528) throw new Error('it is no zstd frame');
  const descriptor = bytes[4]!;
  const single = (descriptor & 0x20) !== 0;
  const flag = descriptor >> 6;
  const width = flag === 0 ? (single ? 1 : 0) : 2 ** flag;
  const at = 5 + (single ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]!;
  if (width === 0) throw new Error('it does not say its size');
  if (at + width > bytes.length) throw new Error('it is cut short');
  let size = 0;
  for (let i = width - 1; i >= 0; i--) size = 256 * size + bytes[at + i]!;
  if (width === 2) size += 256;
  if (size > MOST || size > (bytes.length / 4) * 2 ** 17)
    throw new Error(`it claims ${size} bytes, in ${bytes.length}`);
  return size;
}
