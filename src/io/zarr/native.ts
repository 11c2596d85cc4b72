import * as zlib from 'node:zlib';
import { type Library, loadKoffi } from '../../kernels/koffi.js';

/**
 * The machine's own zstd and lz4, several times as fast as their WebAssembly builds: part of every usual Linux, loaded by
 * koffi, an optional dependency. Newer versions of Node bring zstd themselves. Without any of them numcodecs does the work.
 */

/** Decompresses all of `source` into the start of `target`; returns how many bytes that were. */
type Decompress = (source: Uint8Array, target: Uint8Array) => number;
type Compress = (source: Uint8Array, level: number) => Uint8Array;

export interface NativeCodecs {
  readonly zstd?: { readonly decompress: Decompress; readonly compress: Compress };
  readonly lz4?: { readonly decompress: Decompress };
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

function bindZstd(library: Library): NonNullable<NativeCodecs['zstd']> {
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
  };
}

function bindLz4(library: Library): NonNullable<NativeCodecs['lz4']> {
  const decompress = library.func('LZ4_decompress_safe', 'int', ['void *', 'void *', 'int', 'int']);
  return {
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
  constants: { ZSTD_c_compressionLevel?: number };
}

function nodesZstd(): NativeCodecs['zstd'] {
  const { zstdDecompressSync, zstdCompressSync, constants } = zlib as NodesZstd;
  const parameter = constants.ZSTD_c_compressionLevel;
  if (!zstdDecompressSync || !zstdCompressSync || parameter === undefined) return undefined;
  return {
    decompress: (source, target) => {
      const bytes = zstdDecompressSync(source, { maxOutputLength: Math.max(1, target.length) });
      target.set(bytes);
      return bytes.length;
    },
    compress: (source, level) => zstdCompressSync(source, { params: { [parameter]: level } }),
  };
}
