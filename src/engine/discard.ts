import { loadKoffi } from '../kernels/koffi.js';

const MADV_DONTNEED = 4;

/** Gives pages of a memory back to the system; they read as zeros when used again. False where that did not work. */
export type Discard = (bytes: Uint8Array) => boolean;

let found: { readonly discard: Discard | undefined } | undefined;

/** How this machine gives pages back: Linux's madvise through koffi; undefined where there is neither. */
export function discarder(): Discard | undefined {
  found ??= { discard: bind() };
  return found.discard;
}

function bind(): Discard | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const libc = loadKoffi()?.load('libc.so.6');
    const madvise = libc?.func('madvise', 'int', ['void *', 'size_t', 'int']);
    return madvise && ((bytes) => madvise(bytes, bytes.length, MADV_DONTNEED) === 0);
  } catch {
    return undefined;
  }
}
