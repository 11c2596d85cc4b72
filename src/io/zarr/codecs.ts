import { gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import { checked } from '../crc32c.js';
import { borrow, giveBack } from '../spare.js';
import { decodeBlosc } from './blosc.js';
import type { CodecSpec } from './metadata.js';
import type { NativeCodecs } from './native.js';
import { findNativeCodecs } from './native.js';

/** One step from bytes to bytes. */
export interface ByteCodec {
  readonly name: string;
  /** Decodes into the start of `target`, which has the size of the chunk, or into memory of its own; returns where. */
  decode(bytes: Uint8Array, target: Uint8Array): Uint8Array | Promise<Uint8Array>;
  encode(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** One large piece rather than many to be joined: room for the result and zlib's end-of-stream call. */
const roomFor = (target: Uint8Array): { chunkSize: number } => ({
  chunkSize: Math.max(64, target.length + 64),
});

/**
 * The codecs of an array, in the order of encoding. The first decodes last, and to the size of the chunk; what those
 * behind it decode to, nobody knows.
 */
export function openCodecs(specs: readonly CodecSpec[], native = findNativeCodecs()): Promise<ByteCodec[]> {
  return Promise.all(specs.map((spec, k) => (k === 0 ? openCodec(spec, native) : openInner(spec))));
}

function openInner(spec: CodecSpec): ByteCodec | Promise<ByteCodec> {
  if (spec.name === 'crc32c') return checksumCodec;
  if (spec.name === 'gzip')
    return { name: spec.name, decode: (bytes) => gunzipSync(bytes), encode: (bytes) => gzipSync(bytes) };
  return registered(spec);
}

const checksumCodec: ByteCodec = { name: 'crc32c', decode: checked, encode: () => refuse('crc32c', 'zstd') };

/**
 * Codecs by name: gzip and zlib by Node; zstd, lz4 and blosc by the machine's own libraries where there are any; else, and
 * whatever those do not do, by the registry of zarrita (numcodecs, compiled to WebAssembly).
 */
async function openCodec(spec: CodecSpec, native: NativeCodecs): Promise<ByteCodec> {
  const { name, configuration } = spec;
  const level = typeof configuration.level === 'number' ? configuration.level : 5;
  switch (name) {
    case 'gzip':
      return {
        name,
        decode: (bytes, target) => gunzipSync(bytes, roomFor(target)),
        encode: (bytes) => gzipSync(bytes, { level }),
      };
    case 'zlib':
      return {
        name,
        decode: (bytes, target) => inflateSync(bytes, roomFor(target)),
        encode: () => refuse(name, 'gzip'),
      };
    case 'crc32c':
      return checksumCodec;
    case 'zstd':
      return native.zstd ? zstdCodec(native.zstd, level) : registered(spec);
    case 'lz4':
      return native.lz4 ? lz4Codec(native.lz4, whenNeeded(spec)) : registered(spec);
    case 'blosc':
      return bloscCodec(native, whenNeeded(spec));
    default:
      return registered(spec);
  }
}

/** A codec of the registry, loaded when first used: it is large, and may never be. */
function whenNeeded(spec: CodecSpec): ByteCodec {
  let loading: Promise<ByteCodec> | undefined;
  const load = (): Promise<ByteCodec> => {
    loading ??= registered(spec);
    return loading;
  };
  return {
    name: spec.name,
    decode: async (bytes, target) => (await load()).decode(bytes, target),
    encode: async (bytes) => (await load()).encode(bytes),
  };
}

async function registered({ name, configuration }: CodecSpec): Promise<ByteCodec> {
  const { registry } = await import('zarrita');
  const load = registry.get(name);
  if (!load) throw new Error(`there is no codec '${name}'`);
  const codec = (await load()).fromConfig(numbered(configuration), NO_ARRAY);
  return { name, decode: (bytes) => codec.decode(bytes), encode: (bytes) => codec.encode(bytes) };
}

function zstdCodec(zstd: NonNullable<NativeCodecs['zstd']>, level: number): ByteCodec {
  return {
    name: 'zstd',
    decode: (bytes, target) => target.subarray(0, zstd.decompress(bytes, target)),
    encode: (bytes) => zstd.compress(bytes, level),
  };
}

/** What numcodecs calls lz4 is one lz4 block behind its decoded size. */
function lz4Codec(lz4: NonNullable<NativeCodecs['lz4']>, other: ByteCodec): ByteCodec {
  return {
    ...other,
    decode: (bytes, target) => {
      const size = bytes.length < 4 ? -1 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
      if (size !== target.length) throw new Error(`it holds ${size} bytes instead of ${target.length}`);
      return target.subarray(0, lz4.decompress(bytes.subarray(4), target));
    },
  };
}

function bloscCodec(native: NativeCodecs, other: ByteCodec): ByteCodec {
  return {
    ...other,
    decode: (bytes, target) => {
      let lent: Uint8Array | undefined;
      const scratch = (size: number): Uint8Array => {
        lent = borrow(size);
        return lent;
      };
      try {
        if (decodeBlosc(bytes, target.length, target, scratch, native)) return target;
      } finally {
        if (lent) giveBack(lent);
      }
      return other.decode(bytes, target);
    },
  };
}

/** Codecs from bytes to bytes do not look at the array that they are for. */
const NO_ARRAY = { dataType: 'uint8' as const, shape: [], codecs: [], fillValue: null };

export const SHUFFLES = ['noshuffle', 'shuffle', 'bitshuffle'] as const;

/** Format 3 names blosc's ways of shuffling, numcodecs counts them. */
function numbered(configuration: CodecSpec['configuration']): CodecSpec['configuration'] {
  const shuffle = SHUFFLES.indexOf(configuration.shuffle as (typeof SHUFFLES)[number]);
  return shuffle < 0 ? configuration : { ...configuration, shuffle };
}

function refuse(name: string, instead: string): never {
  throw new Error(`${name} chunks are read, not written; use ${instead}`);
}

/** Whatever a codec threw (a C++ exception surfaces as a number) in words. */
export function codecTrouble(error: unknown): string {
  return error instanceof Error ? error.message : `it failed with code ${String(error)}`;
}
