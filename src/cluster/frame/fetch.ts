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
  /** Where the files go; made where there are any. */
  readonly directory: string;
}

/** Of which keys a worker is asked, and of which parts of each: null is all. */
export type Asked = readonly (readonly [key: Key, parts: readonly number[] | null])[];

/** What a worker answers to `tilework_parts`. */
export type PartsAnswer =
  | { readonly status: 'gone' }
  | {
      readonly status: 'OK';
      /** At first: all that is known of each key, a `FrameResult` as values are written; null where it is not held. */
      readonly results?: readonly (Uint8Array | null)[];
      /** Where the files of each key lie, by part, if that was asked instead of what is in them. */
      readonly files?: readonly (readonly (readonly HeldFile[])[] | null)[];
      /** Bytes of the files of the parts asked for, one after another, from the offset asked for. */
      readonly data: Serialized;
    };

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
  const inputs: Asked = wanted.map(({ key, parts }) => [key, parts ? [...parts] : null]);
  const ask = async (offset: number, paths: boolean): Promise<PartsAnswer & { readonly status: 'OK' }> => {
    const answer = (await pool.call(
      worker,
      'tilework_parts',
      { inputs, offset, paths },
      { signal, timeout: ANSWER_MS },
    )) as PartsAnswer;
    if (answer.status !== 'OK') throw new GoneError(`${worker} gave up what it was asked for`);
    return answer;
  };
  const resultsOf = ({
    results,
  }: PartsAnswer & { readonly status: 'OK' }): readonly (FrameResult | undefined)[] =>
    results!.map((result) => (result ? (decodeValue(result) as FrameResult) : undefined));
  if (near) {
    const answer = await ask(0, true);
    const links = await linked(wanted, answer.files!);
    if (links) return outcomes(resultsOf(answer), links);
  }
  const first = await ask(0, false);
  const results = resultsOf(first);
  let ready = bytesOf(first.data);
  let offset = 0;
  const copies: (string[][] | undefined)[] = [];
  for (const [i, { key, parts, directory }] of wanted.entries()) {
    const result = results[i];
    const files = result?.bytes.map((): string[] => []);
    copies.push(files);
    for (const part of result ? (parts ?? result.bytes.keys()) : []) {
      for (const [n, bytes] of (result!.bytes[part] ?? []).entries()) {
        await mkdir(directory, { recursive: true });
        const path = join(directory, nameOf(part, n));
        await written(path, async (write) => {
          for (let left = bytes; left > 0; ) {
            if (ready.length === 0) ready = bytesOf((await ask(offset, false)).data);
            if (ready.length === 0)
              throw new GoneError(`${worker} sent too little of ${JSON.stringify(key)}`);
            const piece = ready.subarray(0, left);
            ready = ready.subarray(piece.length);
            await write(piece);
            offset += piece.length;
            left -= piece.length;
          }
        });
        files![part]!.push(path);
      }
    }
  }
  return outcomes(results, copies);
}

const outcomes = (
  results: readonly (FrameResult | undefined)[],
  files: readonly (readonly (readonly string[])[] | undefined)[],
): readonly (Outcome | undefined)[] =>
  results.map((result, i) => result && { ...result.outcome, files: files[i]! });

const nameOf = (part: number, n: number): string => `${part}-${n}.parquet`;

/** Links to files, where all can be made; else none is left. */
async function linked(
  wanted: readonly Wanted[],
  files: readonly (readonly (readonly HeldFile[])[] | null)[],
): Promise<readonly (readonly (readonly string[])[] | undefined)[] | undefined> {
  const links: (string[][] | undefined)[] = [];
  let all = true;
  for (const [i, { directory, parts }] of wanted.entries()) {
    const of = files[i];
    const made = of?.map((): string[] => []);
    links.push(made);
    for (const part of of && all ? (parts ?? of.keys()) : []) {
      for (const [n, file] of (of![part] ?? []).entries()) {
        await mkdir(directory, { recursive: true });
        const path = join(directory, nameOf(part, n));
        all &&= await linkFile(file, path);
        made![part]!.push(path);
      }
    }
  }
  if (all) return links;
  for (const { directory } of wanted) await rm(directory, { recursive: true, force: true });
  return undefined;
}

async function written(
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
