import { type Library, loadKoffi } from '../../kernels/koffi.js';

const MADV_DONTNEED = 4;

/** How memory goes back to the system. */
export interface GiveBack {
  /** Gives pages of a memory back; they read as zeros when used again. False where that did not work. */
  readonly discard: (bytes: Uint8Array) => boolean;
  /** Gives back what the C library keeps of memory that was freed. */
  readonly trim: () => void;
}

let found: { readonly giveBack: GiveBack | undefined } | undefined;

/** How this machine takes memory back: Linux's madvise and the GNU C library's malloc_trim, by koffi; undefined where these are missing. */
export function giveBack(): GiveBack | undefined {
  found ??= { giveBack: bind() };
  return found.giveBack;
}

function bind(): GiveBack | undefined {
  if (process.platform !== 'linux') return undefined;
  let libc: Library | undefined;
  try {
    libc = loadKoffi()?.load('libc.so.6');
    const madvise = libc?.func('madvise', 'int', ['void *', 'size_t', 'int']);
    const trim = libc?.func('malloc_trim', 'int', ['size_t']);
    if (madvise === undefined || trim === undefined) return undefined;
    return {
      discard: (bytes) => madvise(bytes, bytes.length, MADV_DONTNEED) === 0,
      trim: () => void trim(0),
    };
  } catch {
    return undefined;
  }
}
