import * as zlib from 'node:zlib';
import { type Library, loadKoffi, type NativeFunction } from '../../kernels/koffi.js';

/**
 * The machine's own zstd and lz4, several times as fast as their WebAssembly builds: part of every usual Linux, loaded by
 * koffi, an optional dependency. Newer versions of Node bring zstd themselves. Without any of them numcodecs does the work.
 */

/** Decompresses all of `source` into the start of `target`; returns how many bytes that were. */
type Decompress = (source: Uint8Array, target: Uint8Array) => number;
type Compress = (source: Uint8Array, level: number) => Uint8Array;
/** The same, in another thread, into memory of its own: the source must stay as it is meanwhile. */
type CompressAside = (source: Uint8Array, level: number) => Promise<Uint8Array>;

interface Codec {
  readonly decompress: Decompress;
  readonly compress: Compress;
  readonly compressAside: CompressAside;
}

export interface NativeCodecs {
  readonly zstd?: Codec;
  /** One block, without its size; it has no levels. */
  readonly lz4?: Codec;
}

const NAMES: Partial<Record<NodeJS.Platform, Readonly<Record<'zstd' | 'lz4', readonly string[]>>>> = {
  linux: { zstd: ['libzstd.so.1'], lz4: ['liblz4.so.1'] },
  darwin: {
    zstd: ['/opt/homebrew/lib/libzstd.1.dylib', '/usr/local/lib/libzstd.1.dylib'],
    lz4: ['/opt/homebrew/lib/liblz4.1.dylib', '/usr/local/lib/liblz4.1.dylib'],
  },
};

let found: NativeCodecs | undefined;

/** What this thread has; looked for at the first call, unless `TILEWORK_NATIVE_CODECS` is `off`. */
export function findNativeCodecs(): NativeCodecs {
  found ??= process.env.TILEWORK_NATIVE_CODECS === 'off' ? {} : search();
  return found;
}

function search(): NativeCodecs {
  const koffi = loadKoffi();
  const names = NAMES[process.platform];
  const load = <T>(which: 'zstd' | 'lz4', bind: (library: Library) => T): T | undefined => {
    for (const name of (koffi && names?.[which]) ?? []) {
      try {
        return bind(koffi!.load(name));
      } catch {
        // Not there, or another library of that name: the next.
      }
    }
    return undefined;
  };
  const zstd = load('zstd', bindZstd) ?? nodesZstd();
  const lz4 = load('lz4', bindLz4);
  return { ...(zstd ? { zstd } : {}), ...(lz4 ? { lz4 } : {}) };
}

function bindZstd(library: Library): Codec {
  const buffers = ['void *', 'size_t', 'void *', 'size_t'];
  const decompress = library.func('ZSTD_decompress', 'size_t', buffers);
  const compress = library.func('ZSTD_compress', 'size_t', [...buffers, 'int']);
  const bound = library.func('ZSTD_compressBound', 'size_t', ['size_t']);
  const isError = library.func('ZSTD_isError', 'uint', ['size_t']);
  const errorName = library.func('ZSTD_getErrorName', 'str', ['size_t']);
  const checked = (result: unknown): number => {
    if (isError(result)) throw new Error(String(errorName(result)));
    return Number(result);
  };
  // Valid until the next call: a fresh buffer for each chunk would pile up until it is collected.
  let target = new Uint8Array(0);
  return {
    decompress: (source, target) => checked(decompress(target, target.length, source, source.length)),
    compress: (source, level) => {
      const most = Number(bound(source.length));
      if (target.length < most) target = new Uint8Array(most);
      return target.subarray(0, checked(compress(target, target.length, source, source.length, level)));
    },
    compressAside: async (source, level) => {
      const target = new Uint8Array(Number(bound(source.length)));
      const size = await aside(compress, target, target.length, source, source.length, level);
      return target.subarray(0, checked(size));
    },
  };
}

const aside = (call: NativeFunction, ...args: unknown[]): Promise<unknown> =>
  new Promise((resolve, reject) => {
    call.async(...args, (error, result) => (error ? reject(error) : resolve(result)));
  });

function bindLz4(library: Library): Codec {
  const buffers = ['void *', 'void *', 'int', 'int'];
  const decompress = library.func('LZ4_decompress_safe', 'int', buffers);
  const compress = library.func('LZ4_compress_default', 'int', buffers);
  const bound = library.func('LZ4_compressBound', 'int', ['int']);
  const room = (source: Uint8Array): Uint8Array => {
    const most = Number(bound(source.length));
    if (most <= 0) throw new RangeError(`lz4 takes no ${source.length} bytes at once`);
    return new Uint8Array(most);
  };
  return {
    compress: (source) => {
      const target = room(source);
      return target.subarray(0, Number(compress(source, target, source.length, target.length)));
    },
    compressAside: async (source) => {
      const target = room(source);
      const size = await aside(compress, source, target, source.length, target.length);
      return target.subarray(0, Number(size));
    },
    decompress: (source, target) => {
      const n = Number(decompress(source, target, source.length, target.length));
      if (n < 0) throw new Error('its lz4 data is malformed');
      return n;
    },
  };
}

/** Of Node from 22.15 on. */
interface NodesZstd {
  zstdDecompressSync?(bytes: Uint8Array, options?: { maxOutputLength?: number }): Uint8Array;
  zstdCompressSync?(bytes: Uint8Array, options?: { params?: Record<number, number> }): Uint8Array;
  zstdCompress?(
    bytes: Uint8Array,
    options: { params?: Record<number, number> },
    done: (error: Error | null, result: Uint8Array) => void,
  ): void;
  constants: { ZSTD_c_compressionLevel?: number };
}

function nodesZstd(): Codec | undefined {
  const { zstdDecompressSync, zstdCompressSync, zstdCompress, constants } = zlib as NodesZstd;
  const parameter = constants.ZSTD_c_compressionLevel;
  if (!zstdDecompressSync || !zstdCompressSync || !zstdCompress || parameter === undefined) return undefined;
  return {
    decompress: (source, target) => {
      const bytes = zstdDecompressSync(source, { maxOutputLength: Math.max(1, target.length) });
      target.set(bytes);
      return bytes.length;
    },
    compress: (source, level) => zstdCompressSync(source, { params: { [parameter]: level } }),
    compressAside: (source, level) =>
      new Promise((resolve, reject) => {
        const params = { [parameter]: level };
        zstdCompress(source, { params }, (error, result) => (error ? reject(error) : resolve(result)));
      }),
  };
}
