import { WireError } from './errors.js';
import type { Frame } from './frame.js';

/*
 * A message on the wire: u64 [outer] u64 [n] n × u64 [length], then n frames, all numbers little-endian. `outer` says how much a reader
 * of Dask's takes at once; the table of lengths says the same and more, so a reader here passes over it.
 */

const WORD = 8;
/** A frame up to this size is allocated when its length is known; a longer one grows with what arrives. */
const AT_ONCE = 2 ** 24;
/** So many times what has arrived: a peer that sent as much will send the rest, and what was copied is a small part of it. */
const GROWTH = 16;
/** Frames shorter than this stay views of what was read together; longer ones get memory of their own, which can be freed alone. */
const SMALL = 2 ** 12;
/** What is missing of a frame is read straight to where it belongs if it is at least so long. */
export const DIRECT = 2 ** 16;

/** What one message may take. */
export interface FrameLimits {
  readonly frames: number;
  /** Of all frames together. */
  readonly bytes: number;
}

/**
 * Memory of just so many bytes for a long frame that is about to come; undefined where it is to lie where any other does.
 * @param before the frames of its message that came before it
 */
export type Placing = (bytes: number, before: readonly Uint8Array[]) => Uint8Array | undefined;

export const DEFAULT_LIMITS: FrameLimits = { frames: 2 ** 20, bytes: 2 ** 36 };

/**
 * Cuts a stream of bytes into messages. Whatever lengths a peer claims, memory is taken only as bytes arrive (twice as
 * many, and 16 MiB, at most), but for what `placing` gives.
 */
export class FrameDecoder {
  /** Where long frames are to lie. */
  placing: Placing | undefined;
  private readonly limits: FrameLimits;
  private readonly collector = new Collector();
  private lengths: Float64Array | undefined;
  private frames: Uint8Array[] = [];
  private step: 'prelude' | 'lengths' | 'frame' = 'prelude';

  constructor(limits: Partial<FrameLimits> = {}) {
    this.limits = { ...DEFAULT_LIMITS, ...limits };
    this.collector.expect(2 * WORD);
  }

  /**
   * Takes the next bytes; returns the messages that they complete, each as its frames. Frames may be views of `data`.
   * @throws WireError where a length is beyond the limits; the stream is of no use after it
   */
  push(data: Uint8Array): Uint8Array[][] {
    // Not a Buffer, whose slices would be Buffers too.
    return this.cut(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }

  /** Where the next bytes belong, if many of them belong in one place: they may be put there, and be told of by `filled`. */
  space(): Uint8Array | undefined {
    return this.collector.missing < DIRECT ? undefined : this.collector.space();
  }

  /** As `push`, of so many bytes that were put into what `space` gave. */
  filled(bytes: number): Uint8Array[][] {
    this.collector.filled(bytes);
    return this.cut(NOTHING);
  }

  private cut(chunk: Uint8Array): Uint8Array[][] {
    const messages: Uint8Array[][] = [];
    let at = 0;
    while (at < chunk.length || this.collector.complete) {
      at += this.collector.take(chunk, at);
      if (!this.collector.complete) break;
      const message = this.advance(this.collector.finish());
      if (message !== undefined) messages.push(message);
    }
    return messages;
  }

  /** Whether part of a message has arrived. */
  get midway(): boolean {
    return this.step !== 'prelude' || this.collector.begun;
  }

  private advance(bytes: Uint8Array): Uint8Array[] | undefined {
    if (this.step === 'prelude') {
      const count = wordAt(bytes, WORD);
      if (count < 1 || count > this.limits.frames)
        throw new WireError(`a message of ${count} frames: from 1 to ${this.limits.frames} may be`);
      this.step = 'lengths';
      this.collector.expect(count * WORD);
      return undefined;
    }
    if (this.step === 'lengths') {
      const lengths = new Float64Array(bytes.length / WORD);
      let total = 0;
      for (let i = 0; i < lengths.length; i++) {
        lengths[i] = wordAt(bytes, i * WORD);
        total += lengths[i]!;
      }
      if (total > this.limits.bytes)
        throw new WireError(`a message of ${total} bytes: at most ${this.limits.bytes} may be`);
      this.lengths = lengths;
      this.step = 'frame';
      this.expectFrame();
      return undefined;
    }
    this.frames.push(bytes);
    if (this.frames.length < this.lengths!.length) {
      this.expectFrame();
      return undefined;
    }
    const message = this.frames;
    this.frames = [];
    this.lengths = undefined;
    this.step = 'prelude';
    this.collector.expect(2 * WORD);
    return message;
  }

  private expectFrame(): void {
    const bytes = this.lengths![this.frames.length]!;
    this.collector.expect(bytes, bytes < DIRECT ? undefined : this.placing?.(bytes, this.frames));
  }
}

const NOTHING = new Uint8Array(0);

/** Collects a number of bytes out of chunks, without a copy where one short piece lies in one chunk. */
class Collector {
  private wanted = 0;
  private have = 0;
  private buffer: Uint8Array | undefined;

  /** @param buffer of so many bytes, for them to lie in */
  expect(bytes: number, buffer?: Uint8Array): void {
    this.wanted = bytes;
    this.have = 0;
    this.buffer = buffer;
  }

  get complete(): boolean {
    return this.have === this.wanted;
  }

  get missing(): number {
    return this.wanted - this.have;
  }

  get begun(): boolean {
    return this.have > 0;
  }

  /** @returns how many bytes it took */
  take(chunk: Uint8Array, at: number): number {
    const n = Math.min(this.wanted - this.have, chunk.length - at);
    if (n === 0) return 0;
    if (this.have === 0 && n === this.wanted && n < SMALL) {
      this.buffer = chunk.subarray(at, at + n);
    } else {
      this.room(this.have + n).set(chunk.subarray(at, at + n), this.have);
    }
    this.have += n;
    return n;
  }

  space(): Uint8Array {
    return this.room(this.have + 1).subarray(this.have, this.wanted);
  }

  filled(bytes: number): void {
    this.have += bytes;
  }

  finish(): Uint8Array {
    const { buffer, wanted } = this;
    this.buffer = undefined;
    if (buffer === undefined) return new Uint8Array(0);
    return buffer.length === wanted ? buffer : buffer.subarray(0, wanted);
  }

  private room(needed: number): Uint8Array {
    const { buffer, wanted } = this;
    if (buffer !== undefined && buffer.length >= needed) return buffer;
    // Not zeroed: nobody sees it before it is full. Nor a Buffer, whose slices would be views of it.
    const size = Math.min(wanted, Math.max(AT_ONCE, GROWTH * needed));
    const grown = new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
    if (buffer !== undefined) grown.set(buffer.subarray(0, this.have));
    this.buffer = grown;
    return grown;
  }
}

/** Writes a message: its prelude, then the frames themselves, uncopied. */
export function encodeFrames<F extends Frame = Uint8Array>(frames: readonly F[]): (F | Uint8Array)[] {
  const prelude = new DataView(new ArrayBuffer((2 + frames.length) * WORD));
  let total = (1 + frames.length) * WORD;
  frames.forEach((frame, i) => {
    setWord(prelude, (2 + i) * WORD, frame.length);
    total += frame.length;
  });
  setWord(prelude, 0, total);
  setWord(prelude, WORD, frames.length);
  return [new Uint8Array(prelude.buffer), ...frames];
}

function wordAt(bytes: Uint8Array, at: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, WORD);
  return view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true);
}

function setWord(view: DataView, at: number, value: number): void {
  view.setUint32(at, value % 2 ** 32, true);
  view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
}
