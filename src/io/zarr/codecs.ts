import { gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import { checked } from '../crc32c.js';
import type { CodecSpec } from './metadata.js';

/** One step from bytes to bytes. `size` is a bound of what decoding yields, where it is known. */
export interface ByteCodec {
  readonly name: string;
  decode(bytes: Uint8Array, size: number): Uint8Array | Promise<Uint8Array>;
  encode(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** One large piece rather than many to be joined: room for the result and zlib's end-of-stream call. */
const roomFor = (size: number): { chunkSize: number } => ({ chunkSize: Math.max(64, size + 64) });

/** gzip and zlib by Node; zstd, blosc, lz4 and crc32c by the registry of zarrita (numcodecs, compiled to WebAssembly). */
export async function openCodec({ name, configuration }: CodecSpec): Promise<ByteCodec> {
  const level = typeof configuration.level === 'number' ? configuration.level : 5;
  if (name === 'gzip')
    return {
      name,
      decode: (bytes, size) => gunzipSync(bytes, roomFor(size)),
      encode: (bytes) => gzipSync(bytes, { level }),
    };
  if (name === 'zlib')
    return {
      name,
      decode: (bytes, size) => inflateSync(bytes, roomFor(size)),
      encode: () => refuse(name, 'gzip'),
    };
  if (name === 'crc32c') return { name, decode: checked, encode: () => refuse(name, 'zstd') };
  const { registry } = await import('zarrita');
  const load = registry.get(name);
  if (!load) throw new Error(`there is no codec '${name}'`);
  const codec = (await load()).fromConfig(numbered(configuration), NO_ARRAY);
  if (name === 'blosc')
    return {
      name,
      decode: (bytes, size) => {
        checkBloscSizes(bytes, size);
        return codec.decode(bytes);
      },
      encode: (bytes) => codec.encode(bytes),
    };
  return { name, decode: (bytes) => codec.decode(bytes), encode: (bytes) => codec.encode(bytes) };
}

/** Codecs from bytes to bytes do not look at the array that they are for. */
const NO_ARRAY = { dataType: 'uint8' as const, shape: [], codecs: [], fillValue: null };

export const SHUFFLES = ['noshuffle', 'shuffle', 'bitshuffle'] as const;

/** Format 3 names blosc's ways of shuffling, numcodecs counts them. */
function numbered(configuration: CodecSpec['configuration']): CodecSpec['configuration'] {
  const shuffle = SHUFFLES.indexOf(configuration.shuffle as (typeof SHUFFLES)[number]);
  return shuffle < 0 ? configuration : { ...configuration, shuffle };
}

/** Blosc itself believes its header, and of a chunk cut off would decode whatever lies behind it in memory. */
function checkBloscSizes(bytes: Uint8Array, size: number): void {
  if (bytes.length < 16) throw new Error('its header is cut off');
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const decoded = view.getUint32(4, true);
  const encoded = view.getUint32(12, true);
  if (encoded !== bytes.length) throw new Error(`expected ${encoded} bytes, found ${bytes.length}`);
  if (decoded !== size) throw new Error(`it holds ${decoded} bytes instead of ${size}`);
}

function refuse(name: string, instead: string): never {
  throw new Error(`${name} chunks are read, not written; use ${instead}`);
}

/** Whatever a codec threw (a C++ exception surfaces as a number) in words. */
export function codecTrouble(error: unknown): string {
  return error instanceof Error ? error.message : `it failed with code ${String(error)}`;
}
