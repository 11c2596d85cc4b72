import { open, rm, stat } from 'node:fs/promises';
import type { Outcome } from '../../frame/exchange/index.js';
import type { Key } from '../../graph/task.js';
import { encodeValue, Serialized } from '../wire/index.js';
import { type PartAnswer, PIECE } from './fetch.js';
import { type FrameResult, frameResult } from './result.js';

interface Held {
  readonly directory: string;
  readonly outcome: Outcome;
  readonly result: FrameResult;
}

/** What tasks of frames left on this worker: files, by key. */
export class HeldFrames {
  private readonly held = new Map<Key, Held>();

  outcome(key: Key): Outcome | undefined {
    return this.held.get(key)?.outcome;
  }

  /** Takes a directory over, with what a task left in it. What was computed and copied at once is held once. */
  async add(key: Key, directory: string, outcome: Outcome): Promise<FrameResult> {
    const bytes = await Promise.all(
      outcome.files.map((part) => Promise.all(part.map(async (path) => (await stat(path)).size))),
    );
    const known = this.held.get(key);
    if (known) {
      await rm(directory, { recursive: true, force: true });
      return known.result;
    }
    const result = frameResult(outcome, bytes);
    this.held.set(key, { directory, outcome, result });
    return result;
  }

  free(key: Key): void {
    const held = this.held.get(key);
    if (!held) return;
    this.held.delete(key);
    // Nobody waits for it; what cannot be removed now goes with the worker's directory.
    rm(held.directory, { recursive: true, force: true }).catch(() => {});
  }

  /** Answers `tilework_part`: a piece of the files of some parts. */
  async piece(key: Key, parts: readonly number[] | undefined, offset: number): Promise<PartAnswer> {
    const held = this.held.get(key);
    if (!held) return { status: 'gone' };
    const { outcome, result } = held;
    const pieces: Uint8Array[] = [];
    let room = PIECE;
    let from = offset;
    for (const part of parts ?? outcome.files.keys()) {
      for (const [i, path] of (outcome.files[part] ?? []).entries()) {
        const bytes = result.bytes[part]![i]!;
        if (room > 0 && from < bytes) {
          const piece = await read(path, from, Math.min(room, bytes - from));
          pieces.push(piece);
          room -= piece.length;
        }
        from = Math.max(0, from - bytes);
      }
    }
    const data = new Serialized({ serializer: 'tilework-bytes' }, [Buffer.concat(pieces)]);
    return { status: 'OK', ...(offset === 0 && { result: encodeValue(result) }), data };
  }
}

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
