import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { checkChoice, checkOptions, optionNames } from '../engine/known-options.js';
import { parseBytes } from '../engine/memory/limits.js';
import { given } from '../frame/given.js';
import { attempt, errorCode } from '../io/failure.js';
import { filesMatching, isGlob } from '../io/glob.js';
import { Bag } from './bag.js';
import type { LinesSource } from './ops/lines.js';
import { planOf } from './plan.js';

/** How texts are read. */
export interface ReadTextOptions {
  /** Bytes of a file that make one partition, as a number or a text such as '64MB' (32 MiB). Compressed files are one partition each. */
  readonly blockSize?: number | string;
  /** As `TextDecoder` names it (utf-8). */
  readonly encoding?: string;
  /** Whether elements are pairs of a line and the path of its file. */
  readonly includePath?: boolean;
  /** `gzip` or `none` (default: gzip where the name ends in `.gz`). */
  readonly compression?: 'gzip' | 'none';
}

const OPTIONS = optionNames<ReadTextOptions>({
  blockSize: true,
  encoding: true,
  includePath: true,
  compression: true,
});

const BLOCK = 32 * 2 ** 20;

/** Encodings in which a byte that looks like a newline may be none, or what a line means stands before it. */
const WHOLE = /^(utf-16|iso-2022)/;

/**
 * The lines of files, without their ends (`\n`, `\r\n`). A path may have `*`, `?`, `[…]` and `**`; files come in the order of paths, those of a pattern in
 * that of their names. Files are cut into parts at newlines, of which a task reads only its own bytes. On a cluster workers read them, and must see them as
 * the program does. Of lines of JSON `.map((line) => JSON.parse(line))` makes values.
 *
 * @throws Error where there is no such file, or a pattern matches none; TypeError or RangeError where an option is wrong. When computed where a file has changed
 *   since, is damaged, or encoded otherwise
 * @example
 * await bag.fromSequence(['{"n":1}', '{"n":2}']).toTextFiles(['numbers.jsonl.gz'], { overwrite: true }); // throws RangeError: toTextFiles: there are 1 paths for 2 partitions
 * await bag.fromSequence(['{"n":1}', '{"n":2}'], { partitions: 1 }).toTextFiles(['numbers.jsonl.gz']);
 * await bag.readText('numbers.*.gz').map((line) => JSON.parse(line) as { n: number }).pluck('n').sum().compute(); // 3
 */
export function readText(
  paths: string | readonly string[],
  options: ReadTextOptions & { readonly includePath: true },
): Bag<[string, string]>;
export function readText(paths: string | readonly string[], options?: ReadTextOptions): Bag<string>;
export function readText(paths: string | readonly string[], options: ReadTextOptions = {}): Bag<unknown> {
  checkOptions('readText', options, OPTIONS);
  checkChoice('readText', 'compression', options.compression, ['gzip', 'none']);
  const block = blockOf(options.blockSize ?? BLOCK);
  const encoding = encodingOf(options.encoding ?? 'utf-8');
  const sources = filesOf(paths).flatMap((path) => {
    const { size, mtimeMs } = attempt('read', path, () => statSync(path));
    const gzip = options.compression === undefined ? path.endsWith('.gz') : options.compression === 'gzip';
    const includePath = options.includePath === true;
    const count = gzip || WHOLE.test(encoding) ? 1 : Math.max(1, Math.ceil(size / block));
    const at = (i: number): number => Math.floor((i * size) / count);
    return Array.from(
      { length: count },
      (_, i): LinesSource => ({
        of: 'lines',
        path,
        size,
        mtimeMs,
        start: at(i),
        stop: at(i + 1),
        gzip,
        encoding,
        includePath,
      }),
    );
  });
  return new Bag(planOf('lines', sources));
}

function blockOf(size: number | string): number {
  const refuse = (): never => {
    throw new TypeError(
      `readText: blockSize is a number of bytes or such as '64MB', not ${JSON.stringify(size)}`,
    );
  };
  try {
    return parseBytes(size, refuse);
  } catch {
    return refuse();
  }
}

function encodingOf(label: string): string {
  try {
    return new TextDecoder(label, { fatal: true }).encoding;
  } catch {
    throw new RangeError(`readText: there is no encoding ${given(label)}; names are those of TextDecoder`);
  }
}

function filesOf(paths: unknown): string[] {
  const list = typeof paths === 'string' ? [paths] : paths;
  if (!Array.isArray(list) || list.some((path) => typeof path !== 'string'))
    throw new TypeError(`readText takes a path or a list of paths, not ${given(paths)}`);
  if (list.length === 0) throw new TypeError('readText: no path was given');
  return list.flatMap((path: string) => {
    const found = statOf(path);
    if (found?.isDirectory())
      throw new Error(`readText: ${path} is a directory; its files are ${path.replace(/\/*$/, '')}/*`);
    if (found) return [resolve(path)];
    if (!isGlob(path)) throw new Error(`readText: there is no file ${path} (from ${process.cwd()})`);
    const files = filesMatching(path).map((file) => resolve(file));
    if (files.length === 0) throw new Error(`readText: no file matches ${path} (from ${process.cwd()})`);
    return files;
  });
}

function statOf(path: string) {
  try {
    return statSync(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    return attempt('read', path, () => {
      throw error;
    });
  }
}
