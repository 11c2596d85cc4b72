import { randomBytes } from 'node:crypto';
import { closeSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { failure } from '../../io/failure.js';
import { opened } from '../../io/file.js';
import type { Sink } from './steps.js';

/** Where a partition's lines go: a file of its own for each run of the task, in a directory that the program has made. */
export interface TextTarget {
  /** For errors: where the file is to stand in the end. */
  readonly path: string;
  readonly directory: string;
  readonly gzip: boolean;
}

/** Characters written at once. */
const PIECE = 2 ** 21;

/** Writes texts as lines. The file's name, in its directory, is the result. */
export function textSink({ path, directory, gzip }: TextTarget): {
  sink: Sink;
  abort(): void;
  result(): string;
} {
  const name = randomBytes(6).toString('hex');
  const fd = opened(join(directory, name), 'wx', `write ${path} by`);
  let open = true;
  let written = false;
  let lines: string[] = [];
  let length = 0;
  const flush = (): void => {
    if (lines.length === 0) return;
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    lines = [];
    length = 0;
    written = true;
    const whole = gzip ? gzipSync(bytes) : bytes;
    try {
      for (let at = 0; at < whole.length; ) at += writeSync(fd, whole, at);
    } catch (error) {
      throw failure('write', path, error);
    }
  };
  const close = (): void => {
    if (open) closeSync(fd);
    open = false;
  };
  return {
    sink: {
      push: (value) => {
        if (typeof value !== 'string')
          throw new TypeError(
            `toTextFiles: an element is ${value === null ? 'null' : `a ${typeof value}`}, no text: map to texts first, as by JSON.stringify`,
          );
        lines.push(value);
        length += value.length + 1;
        if (length >= PIECE) flush();
      },
      end: () => {
        flush();
        // No bytes at all are no gzip file.
        if (gzip && !written) writeSync(fd, gzipSync(''));
        close();
      },
    },
    abort: close,
    result: () => name,
  };
}
