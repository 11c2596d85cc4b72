import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { SpillError } from '../../engine/errors.js';
import type { Outcome } from '../../frame/exchange/index.js';
import type { Key } from '../../graph/task.js';
import type { RpcPool } from '../comm/index.js';
import { decodeValue, type Serialized } from '../wire/index.js';
import type { FrameResult } from './result.js';

/** Bytes of one answer: so much is on its way, and in memory, for each key that is fetched. */
export const PIECE = 4 * 2 ** 20;
/** A worker that does not answer for so long has none of it. */
const ANSWER_MS = 60_000;

/** What a worker answers to `tilework_part`. */
export type PartAnswer =
  | { readonly status: 'gone' }
  | {
      readonly status: 'OK';
      /** With the first piece: all that is known of the key, a `FrameResult` as values are written. */
      readonly result?: Uint8Array;
      /** Bytes of the files of the parts asked for, one after another, from the offset asked for. */
      readonly data: Serialized;
    };

/** The worker asked does not hold the key (any more). */
export class GoneError extends Error {
  override readonly name = 'GoneError';
}

/**
 * Copies files that a task left on a worker, a piece at a time: no more is asked for before what came is on disk.
 *
 * @param parts which parts are wanted; undefined: all
 * @param directory where the files go; made where there are any
 * @throws GoneError where the worker does not hold the key, CommError where it cannot be reached, SpillError where the disk here is full
 */
export async function fetchParts(
  pool: RpcPool,
  worker: string,
  key: Key,
  parts: ReadonlySet<number> | undefined,
  directory: string,
  signal: AbortSignal,
): Promise<{ readonly result: FrameResult; readonly outcome: Outcome }> {
  let offset = 0;
  const ask = async (): Promise<PartAnswer & { readonly status: 'OK' }> => {
    const fields = { key, parts: parts && [...parts], offset };
    const answer = (await pool.call(worker, 'tilework_part', fields, {
      signal,
      timeout: ANSWER_MS,
    })) as PartAnswer;
    if (answer.status !== 'OK') throw new GoneError(`${worker} does not hold ${JSON.stringify(key)}`);
    return answer;
  };
  const first = await ask();
  const result = decodeValue(first.result!) as FrameResult;
  let ready = bytesOf(first.data);
  const files = result.bytes.map((): string[] => []);
  const wanted = parts ?? result.bytes.keys();
  for (const part of wanted) {
    for (const [i, bytes] of (result.bytes[part] ?? []).entries()) {
      await mkdir(directory, { recursive: true });
      const path = join(directory, `${part}-${i}.parquet`);
      await written(path, async (write) => {
        for (let left = bytes; left > 0; ) {
          if (ready.length === 0) ready = bytesOf((await ask()).data);
          if (ready.length === 0) throw new GoneError(`${worker} sent too little of ${JSON.stringify(key)}`);
          const piece = ready.subarray(0, left);
          ready = ready.subarray(piece.length);
          await write(piece);
          offset += piece.length;
          left -= piece.length;
        }
      });
      files[part]!.push(path);
    }
  }
  return { result, outcome: { ...result.outcome, files } };
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
  const file = await checked(open(path, 'w'));
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
