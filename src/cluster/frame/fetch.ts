import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SpillError } from '../../engine/errors.js';
import type { Outcome } from '../../frame/exchange/index.js';
import type { Key } from '../../graph/task.js';
import type { RpcPool } from '../comm/index.js';
import { decodeValue, type Serialized } from '../wire/index.js';
import { type HeldFile, linkFile } from './link.js';
import type { FrameResult } from './result.js';

/** Bytes of one answer: so much is on its way, and in memory, for each worker that is asked. */
export const PIECE = 4 * 2 ** 20;
/** A worker that does not answer for so long has none of it. */
const ANSWER_MS = 60_000;

/** What is wanted of what a task left. */
export interface Wanted {
  readonly key: Key;
  /** Which parts; undefined: all. */
  readonly parts: ReadonlySet<number> | undefined;
  /** What has the same number is read together, and may come as one file. */
  readonly scan: number;
  /** Where the files go; made where there are any. */
  readonly directory: string;
}

/** Of which keys a worker is asked, of which parts of each (null is all), and by which scan they are read. */
export type Asked = readonly (readonly [key: Key, parts: readonly number[] | null, scan: number])[];

/** What a worker answers to `tilework_parts`. */
export type PartsAnswer = { readonly status: 'gone' } | (PartsPiece & Partial<PartsHead>);

interface PartsPiece {
  readonly status: 'OK';
  /** Bytes of the files of the parts asked for and then of those put together, one after another, from the offset asked for. */
  readonly data: Serialized;
}

/** At first: */
interface PartsHead {
  /** all that is known of each key but other parts, a list of `FrameResult`s as values are written; null where it is not held; */
  readonly results: Uint8Array;
  /** the parts of each key that follow; */
  readonly parts: readonly (readonly number[])[];
  /** files that are put together of row groups of several keys, and of which (by their places): those have no others; */
  readonly joined: readonly { readonly of: readonly number[]; readonly bytes: number }[];
  /** where the files of the parts lie, if that was asked instead of what is in them and nothing is put together. */
  readonly files?: readonly (readonly (readonly HeldFile[])[] | null)[];
}

/** The worker asked does not hold a key (any more). */
export class GoneError extends Error {
  override readonly name = 'GoneError';
}

/**
 * Has files that tasks left on a worker: links to them where it is on this machine and they are to be seen, else copies, a piece at a time, of which no more is
 * asked for before what came is on disk.
 *
 * @param near whether the worker may be on this machine
 * @returns for each that is wanted what there is; undefined where the worker does not hold the key
 * @throws GoneError where the worker gave a key up meanwhile, CommError where it cannot be reached, SpillError where the disk here is full
 */
export async function fetchParts(
  pool: RpcPool,
  worker: string,
  near: boolean,
  wanted: readonly Wanted[],
  signal: AbortSignal,
): Promise<readonly (Outcome | undefined)[]> {
  const inputs: Asked = wanted.map(({ key, parts, scan }) => [key, parts ? [...parts] : null, scan]);
  const ask = async (offset: number, paths: boolean): Promise<PartsPiece & Partial<PartsHead>> => {
    const answer = (await pool.call(
      worker,
      'tilework_parts',
      { inputs, offset, paths },
      { signal, timeout: ANSWER_MS },
    )) as PartsAnswer;
    if (answer.status !== 'OK') throw new GoneError(`${worker} gave up what it was asked for`);
    return answer;
  };
  let first = (await ask(0, near)) as PartsPiece & PartsHead;
  if (first.files) {
    const links = await linked(wanted, first.parts, first.files);
    if (links) return outcomes(resultsOf(first), links);
    first = (await ask(0, false)) as PartsPiece & PartsHead;
  }
  const results = resultsOf(first);
  let ready = bytesOf(first.data);
  let offset = 0;
  const receive = async (path: string, bytes: number, key: Key): Promise<void> =>
    written(path, async (write) => {
      for (let left = bytes; left > 0; ) {
        if (ready.length === 0) ready = bytesOf((await ask(offset, false)).data);
        if (ready.length === 0) throw new GoneError(`${worker} sent too little of ${JSON.stringify(key)}`);
        const piece = ready.subarray(0, left);
        ready = ready.subarray(piece.length);
        await write(piece);
        offset += piece.length;
        left -= piece.length;
      }
    });
  const copies = results.map((): string[][] => []);
  for (const [i, { key, directory }] of wanted.entries()) {
    for (const [at, part] of first.parts[i]!.entries()) {
      const files: string[] = [];
      copies[i]![part] = files;
      for (const [n, bytes] of results[i]!.bytes[at]!.entries()) {
        await mkdir(directory, { recursive: true });
        const path = join(directory, nameOf(part, n));
        await receive(path, bytes, key);
        files.push(path);
      }
    }
  }
  for (const [n, { of, bytes }] of first.joined.entries()) {
    const { directory, key } = wanted[of[0]!]!;
    const path = join(directory, `joined-${n}.parquet`);
    if (bytes > 0) {
      await mkdir(directory, { recursive: true });
      await receive(path, bytes, key);
    }
    for (const i of of) {
      const [files = []] = copies[i]!;
      copies[i]![0] = bytes > 0 ? [...files, path] : files;
    }
  }
  return outcomes(results, copies);
}

const resultsOf = ({ results }: PartsHead): readonly (FrameResult | null)[] =>
  decodeValue(results) as readonly (FrameResult | null)[];

const outcomes = (
  results: readonly (FrameResult | null)[],
  files: readonly (readonly (readonly string[])[])[],
): readonly (Outcome | undefined)[] =>
  results.map((result, i) => (result ? { ...result.outcome, files: files[i]! } : undefined));

const nameOf = (part: number, n: number): string => `${part}-${n}.parquet`;

/** Links to files, where all can be made; else none is left. */
async function linked(
  wanted: readonly Wanted[],
  parts: readonly (readonly number[])[],
  files: readonly (readonly (readonly HeldFile[])[] | null)[],
): Promise<readonly (readonly (readonly string[])[])[] | undefined> {
  const links = wanted.map((): string[][] => []);
  let all = true;
  for (const [i, { directory }] of wanted.entries()) {
    for (const [at, part] of all ? parts[i]!.entries() : []) {
      links[i]![part] = [];
      for (const [n, file] of files[i]![at]!.entries()) {
        await mkdir(directory, { recursive: true });
        const path = join(directory, nameOf(part, n));
        all &&= await linkFile(file, path);
        links[i]![part]!.push(path);
      }
    }
  }
  if (all) return links;
  for (const { directory } of wanted) await rm(directory, { recursive: true, force: true });
  return undefined;
}

/** Writes a file that is not there yet. @throws SpillError where the disk is full */
export async function written(
  path: string,
  use: (write: (piece: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<void> {
  const checked = async <T>(done: Promise<T>): Promise<T> =>
    done.catch((cause: NodeJS.ErrnoException) => {
      throw new SpillError(
        `${path} cannot be written: ${cause.message}; free some space or choose another directory (spillDirectory, or --local-directory of a worker)`,
        path,
        { cause },
      );
    });
  // Never into a file that is there: it may be a link to another worker's.
  const file = await checked(open(path, 'wx'));
  try {
    await use((piece) => checked(file.writeFile(piece)));
  } finally {
    await file.close();
  }
}

const bytesOf = (data: Serialized): Uint8Array => {
  const { frames } = data;
  return frames.length === 1 ? frames[0]! : Buffer.concat(frames);
};
