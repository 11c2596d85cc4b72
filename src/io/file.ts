import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { attempt, failure } from './failure.js';
import type { Stamp } from './source.js';

/** One system call moves at most this much (the limit of the platform is 2 GiB). */
const AT_ONCE = 1 << 30;

/** Runs `body` on `path` opened for reading, and closes it. With a stamp: refuses a file that changed since. */
export function withFile<T>(path: string, body: (fd: number, stamp: Stamp) => T, expected?: Stamp): T {
  const fd = opened(path, 'r', 'read');
  try {
    const { size, mtimeMs } = fstatSync(fd);
    if (expected && (size !== expected.size || mtimeMs !== expected.mtimeMs))
      throw new Error(
        `${path} has changed since it was opened (${expected.size} bytes then, ${size} now); open it again`,
      );
    return body(fd, { size, mtimeMs });
  } finally {
    closeSync(fd);
  }
}

/** `openSync` with an error that says what the file was wanted for. */
export function opened(path: string, flags: string, doing: string): number {
  return attempt(doing, path, () => openSync(path, flags));
}

/** Reads into `target` from a file position, until it is full or the file ends; returns the bytes read. */
export function readUpTo(fd: number, target: Uint8Array, position: number, path: string): number {
  let done = 0;
  try {
    while (done < target.length) {
      const n = readSync(fd, target, done, Math.min(AT_ONCE, target.length - done), position + done);
      if (n === 0) break;
      done += n;
    }
  } catch (error) {
    throw failure('read', path, error);
  }
  return done;
}

/** Fills `target` from a file position. */
export function readFully(fd: number, target: Uint8Array, position: number, path: string): void {
  const done = readUpTo(fd, target, position, path);
  if (done < target.length)
    throw new Error(
      `${path} ends too early: expected ${target.length} bytes at position ${position}, found ${done}`,
    );
}

/** Writes all of `source` at a file position. */
export function writeFully(fd: number, source: Uint8Array, position: number, path: string): void {
  let done = 0;
  try {
    while (done < source.length)
      done += writeSync(fd, source, done, Math.min(AT_ONCE, source.length - done), position + done);
  } catch (error) {
    throw failure('write', path, error);
  }
}
