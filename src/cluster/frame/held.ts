import { open, rm } from 'node:fs/promises';
import type { Outcome } from '../../frame/exchange/index.js';
import type { Key } from '../../graph/task.js';
import { encodeValue, Serialized } from '../wire/index.js';
import { type Asked, type PartsAnswer, PIECE } from './fetch.js';
import { type HeldFile, heldFile } from './link.js';
import { type FrameResult, frameResult } from './result.js';

interface Held {
  readonly directory: string;
  readonly outcome: Outcome;
  readonly result: FrameResult;
  readonly files: readonly (readonly HeldFile[])[];
}

/** What tasks of frames left on this worker: files, by key. */
export class HeldFrames {
  private readonly held = new Map<Key, Held>();

  outcome(key: Key): Outcome | undefined {
    return this.held.get(key)?.outcome;
  }

  /** Takes a directory over, with what a task left in it. What was computed and copied at once is held once. */
  async add(key: Key, directory: string, outcome: Outcome): Promise<FrameResult> {
    const files = await Promise.all(outcome.files.map((part) => Promise.all(part.map(heldFile))));
    const known = this.held.get(key);
    if (known) {
      await rm(directory, { recursive: true, force: true });
      return known.result;
    }
    const result = frameResult(
      outcome,
      files.map((part) => part.map(({ bytes }) => bytes)),
    );
    this.held.set(key, { directory, outcome, result, files });
    return result;
  }

  free(key: Key): void {
    const held = this.held.get(key);
    if (!held) return;
    this.held.delete(key);
    // Nobody waits for it; what cannot be removed now goes with the worker's directory.
    rm(held.directory, { recursive: true, force: true }).catch(() => {});
  }

  /** Answers `tilework_parts`: a piece of the files of some parts of some keys, or where these files lie. */
  async pieces(inputs: Asked, offset: number, paths: boolean): Promise<PartsAnswer> {
    const held = inputs.map(([key]) => this.held.get(key));
    const results = () => held.map((each) => (each ? encodeValue(each.result) : null));
    if (paths)
      return {
        status: 'OK',
        results: results(),
        files: held.map((each) => each?.files ?? null),
        data: dataOf([]),
      };
    if (offset > 0 && held.includes(undefined)) return { status: 'gone' };
    const pieces: Uint8Array[] = [];
    let room = PIECE;
    let from = offset;
    for (const [i, [, parts]] of inputs.entries()) {
      const files = held[i]?.files ?? [];
      for (const part of parts ?? files.keys()) {
        for (const [n, { path }] of (files[part] ?? []).entries()) {
          const bytes = held[i]!.result.bytes[part]![n]!;
          if (room > 0 && from < bytes) {
            const piece = await read(path, from, Math.min(room, bytes - from));
            pieces.push(piece);
            room -= piece.length;
          }
          from = Math.max(0, from - bytes);
        }
      }
    }
    return { status: 'OK', ...(offset === 0 && { results: results() }), data: dataOf(pieces) };
  }
}

const dataOf = (pieces: readonly Uint8Array[]): Serialized =>
  new Serialized({ serializer: 'tilework-bytes' }, [Buffer.concat(pieces)]);

async function read(path: string, from: number, bytes: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const piece = Buffer.allocUnsafe(bytes);
    const { bytesRead } = await file.read(piece, 0, bytes, from);
    if (bytesRead < bytes) throw new Error(`${path} is shorter than it was`);
    return piece;
  } finally {
    await file.close();
  }
}
