import { closeSync, openSync, readSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Segment, Slice, SlicedFile } from '../../frame/distributed/work.js';
import type { Outcome } from '../../frame/exchange/index.js';
import type { Key } from '../../graph/task.js';
import { encodeValue, Serialized } from '../wire/index.js';
import { type Asked, type PartsAnswer, PIECE, written } from './fetch.js';
import { late } from './late.js';
import { type HeldFile, heldFile } from './link.js';
import { type FrameResult, frameResult } from './result.js';

interface Held {
  readonly directory: string;
  readonly outcome: Outcome;
  readonly result: FrameResult;
  readonly files: readonly (readonly HeldFile[])[];
  /** Where rows of all parts are in one file. */
  readonly sliced: SlicedFile | undefined;
}

/** Row groups of some keys as a file of their own. */
interface Joined {
  /** Places of the keys among those that were asked for. */
  readonly of: readonly number[];
  readonly segments: readonly Segment[];
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
    const { PART, readSliced } = await late();
    const known = this.held.get(key);
    if (known) {
      await rm(directory, { recursive: true, force: true });
      return known.result;
    }
    const { packed } = outcome;
    const sliced = packed ? readSliced(outcome.files[0]![0]!, PART, packed) : undefined;
    const result = frameResult(
      outcome,
      files.map((part) => part.map(({ bytes }) => bytes)),
    );
    this.held.set(key, { directory, outcome, result, files, sliced });
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
    if (offset > 0 && held.includes(undefined)) return { status: 'gone' };
    const joined = await this.joined(inputs);
    const isJoined = new Set(joined.flatMap(({ of }) => of));
    const wanted = held.map((each, i): readonly number[] => {
      const parts = inputs[i]![1];
      if (!each || isJoined.has(i)) return [];
      // Of what is packed all parts are in one file.
      return each.sliced ? [0] : (parts ?? [...each.files.keys()]);
    });
    const first = offset === 0 && {
      parts: wanted,
      joined: joined.map(({ of, segments }) => ({ of, bytes: bytesOf(segments) })),
      results: encodeValue(
        held.map((each, i) =>
          each ? { ...each.result, bytes: wanted[i]!.map((part) => each.result.bytes[part] ?? []) } : null,
        ),
      ),
    };
    if (paths && joined.length === 0)
      return {
        status: 'OK',
        ...first,
        files: held.map((each, i) => (each ? wanted[i]!.map((part) => each.files[part] ?? []) : null)),
        data: dataOf([]),
      };
    const segments = held.flatMap((each, i): readonly Segment[] =>
      wanted[i]!.flatMap((part) =>
        (each!.files[part] ?? []).map(({ path }, n) => ({
          path,
          from: 0,
          bytes: each!.result.bytes[part]![n]!,
        })),
      ),
    );
    return {
      status: 'OK',
      ...first,
      data: dataOf(pieceOf([...segments, ...joined.flatMap((each) => each.segments)], offset)),
    };
  }

  /**
   * Of keys that are held here and whose rows are packed, the part that is read of each as files of its own, by the places of the keys.
   *
   * @throws SpillError where the disk is full
   */
  async unpacked(
    inputs: Asked,
    directory: string,
  ): Promise<ReadonlyMap<number, readonly (readonly string[])[]>> {
    const files = new Map<number, string[][]>();
    for (const [n, { of, segments }] of (await this.joined(inputs)).entries()) {
      const path = join(directory, `own-${n}.parquet`);
      const bytes = bytesOf(segments);
      if (bytes > 0) {
        await mkdir(directory, { recursive: true });
        await written(path, async (write) => {
          for (let at = 0; at < bytes; at += PIECE)
            for (const piece of pieceOf(segments, at)) await write(piece);
        });
      }
      for (const i of of) {
        const [list] = files.get(i) ?? [[]];
        files.set(i, [[...list!, ...(bytes > 0 ? [path] : [])]]);
      }
    }
    return files;
  }

  /** What is read by one scan of one part, of keys whose rows are packed: put together. */
  private async joined(inputs: Asked): Promise<readonly Joined[]> {
    const { joinSlices, sliceOf } = await late();
    const reads = new Map<string, { readonly of: number[]; readonly slices: Slice[] }>();
    for (const [i, [key, parts, scan]] of inputs.entries()) {
      const sliced = this.held.get(key)?.sliced;
      if (!sliced || parts?.length !== 1) continue;
      const name = `${scan}:${parts[0]}`;
      const read = reads.get(name) ?? { of: [], slices: [] };
      reads.set(name, read);
      read.of.push(i);
      read.slices.push(sliceOf(sliced, parts[0]!));
    }
    return [...reads.values()].flatMap(({ of, slices }) => {
      const files = joinSlices(slices);
      // Where none has a row of the part there is nothing to read.
      return files.length > 0 ? files.map((segments) => ({ of, segments })) : [{ of, segments: [] }];
    });
  }
}

const bytesOf = (segments: readonly Segment[]): number =>
  segments.reduce((sum, segment) => sum + lengthOf(segment), 0);

const lengthOf = (segment: Segment): number =>
  segment instanceof Uint8Array ? segment.length : segment.bytes;

/** Some bytes of what lies one after another. */
function pieceOf(segments: readonly Segment[], offset: number): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let room = PIECE;
  let from = offset;
  for (const segment of segments) {
    const bytes = lengthOf(segment);
    if (room > 0 && from < bytes) {
      const count = Math.min(room, bytes - from);
      pieces.push(
        segment instanceof Uint8Array
          ? segment.subarray(from, from + count)
          : read(segment.path, segment.from + from, count),
      );
      room -= count;
    }
    from = Math.max(0, from - bytes);
  }
  return pieces;
}

const dataOf = (pieces: readonly Uint8Array[]): Serialized =>
  new Serialized({ serializer: 'tilework-bytes' }, [Buffer.concat(pieces)]);

/** At once: there are as many reads as keys, and what they read was written just now. */
function read(path: string, from: number, bytes: number): Uint8Array {
  const fd = openSync(path, 'r');
  try {
    const piece = Buffer.allocUnsafe(bytes);
    if (readSync(fd, piece, 0, bytes, from) < bytes) throw new Error(`${path} is shorter than it was`);
    return piece;
  } finally {
    closeSync(fd);
  }
}
