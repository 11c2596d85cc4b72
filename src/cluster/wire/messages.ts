import { Decoder } from '@msgpack/msgpack';
import { isPlainObject, wellFormed } from '../../graph/plain-data.js';
import { canDecompress, decompressFrame } from './compression.js';
import { WireError } from './errors.js';
import type { Frame } from './frame.js';
import { pack } from './pack.js';
import { checkMsgpack, MAX_DEPTH } from './well-formed.js';

/** What describes serialised data; families add their own entries. */
export interface SerializedHeader {
  readonly serializer?: string;
  /** Of each frame, where one came compressed in a way that is not known here: it cannot be read, but passed on. */
  readonly compression?: readonly (string | null)[];
  readonly [name: string]: unknown;
}

/** Data that travels beside a message, in frames of its own, and that only its reader looks into. */
export class Serialized<F extends Frame = Uint8Array> {
  constructor(
    readonly header: SerializedHeader,
    readonly frames: readonly F[],
  ) {}
}

/** A Python object as pickle wrote it, with the buffers that it left out. Nothing here unpickles it. */
export class Pickled {
  constructor(
    readonly pickle: Uint8Array,
    readonly buffers: readonly Uint8Array[],
  ) {}
}

/** A member of a Python enumeration. */
export class EnumMember {
  constructor(
    readonly name: string,
    readonly module: string,
    readonly type: string,
  ) {}
}

/**
 * A message as frames: the first is msgpack, with markers where a `Serialized`, `Pickled`, `Set` or `EnumMember` was.
 * Numbers, strings, bytes (Uint8Array), arrays and plain objects are what else it may hold. `F` is what frames of its serialised data are.
 */
export function encodeMessage<F extends Frame = Uint8Array>(message: unknown): (F | Uint8Array)[] {
  const frames: (F | Uint8Array)[] = [new Uint8Array(0)];
  const marked = mark(message, frames, 0);
  const bytes = pack(marked);
  frames[0] = mayHoldSurrogates(bytes) ? pack(inUnicode(marked)) : bytes;
  return frames;
}

/** Whether halves of surrogate pairs may be among texts that were encoded: Python reads none. To look at the bytes costs next to nothing. */
function mayHoldSurrogates(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = buffer.indexOf(0xed); at >= 0; at = buffer.indexOf(0xed, at + 1))
    if (buffer[at + 1]! >= 0xa0) return true;
  return false;
}

function inUnicode(value: unknown): unknown {
  if (typeof value === 'string') return wellFormed(value);
  if (Array.isArray(value)) return value.map(inUnicode);
  if (typeof value !== 'object' || value === null || !isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [wellFormed(name), inUnicode(item)]));
}

/** Puts markers into a copy; what holds none is not copied. */
function mark(value: unknown, frames: Frame[], depth: number): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (depth > MAX_DEPTH) throw new WireError(`a message is nested more than ${MAX_DEPTH} deep`);
  if (value instanceof Serialized) {
    const at = frames.length;
    frames.push(pack({ ...value.header, 'num-sub-frames': value.frames.length }), ...value.frames);
    return { __Serialized__: at };
  }
  if (value instanceof Pickled) {
    const at = frames.length;
    const { pickle, buffers } = value;
    frames.push(pack({ 'pickled-obj': pickle, 'num-sub-frames': buffers.length }), ...buffers);
    return { __Pickled__: at };
  }
  if (value instanceof Set)
    return { __Set__: true, 'as-list': [...value].map((item) => mark(item, frames, depth + 1)) };
  if (value instanceof EnumMember)
    return { __Enum__: true, name: value.name, __module__: value.module, __name__: value.type };
  if (Array.isArray(value)) {
    let copy: unknown[] | undefined;
    for (let i = 0; i < value.length; i++) {
      const marked = mark(value[i], frames, depth + 1);
      if (marked === value[i]) continue;
      copy ??= value.slice();
      copy[i] = marked;
    }
    return copy ?? value;
  }
  let copy: Record<string, unknown> | undefined;
  for (const [name, item] of Object.entries(value)) {
    const marked = mark(item, frames, depth + 1);
    if (marked === item) continue;
    copy ??= { ...value };
    copy[name] = marked;
  }
  return copy ?? value;
}

/** Keys of maps are strings here; tuples and other keys of Python's become their JSON. */
const decoder = new Decoder({
  mapKeyConverter: (key) => (typeof key === 'string' ? key : (JSON.stringify(key) ?? String(key))),
});

/**
 * Reads a message out of its frames.
 * @throws WireError where it is no message
 */
export function decodeMessage(frames: readonly Uint8Array[]): unknown {
  const first = frames[0];
  if (first === undefined || first.length === 0) throw new WireError('a message without its first frame');
  const message = unpack(first, 'a message');
  return hasMarks(first) ? unmark(message, frames) : message;
}

function unpack(bytes: Uint8Array, what: string): unknown {
  checkMsgpack(bytes, what);
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new WireError(`${what} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** Whether there is anything to look for: markers begin with two underscores. */
const hasMarks = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('__');

function unmark(value: unknown, frames: readonly Uint8Array[]): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      if (typeof item === 'object') value[i] = unmark(item, frames);
    }
    return value;
  }
  const map = value as Record<string, unknown>;
  const { __Serialized__: serialized, __Pickled__: pickled } = map;
  if (typeof serialized === 'number' && serialized > 0) {
    return mergeSplit(subFrames(serialized, frames));
  }
  if (typeof pickled === 'number' && pickled > 0) {
    const { header, frames: sub } = subFrames(pickled, frames);
    const pickle = header['pickled-obj'];
    if (!(pickle instanceof Uint8Array)) throw new WireError('a pickled object without its pickle');
    return new Pickled(pickle, sub);
  }
  const list = map['as-list'];
  if (map.__Set__ === true && Array.isArray(list)) return new Set(list.map((item) => unmark(item, frames)));
  if (map.__Enum__ === true)
    return new EnumMember(String(map.name), String(map.__module__), String(map.__name__));
  for (const name in map) {
    const item = map[name];
    if (typeof item === 'object') map[name] = unmark(item, frames);
  }
  return map;
}

/** The header of serialised data in its frame; undefined where it is none. */
export function readHeader(frame: Uint8Array): SerializedHeader | undefined {
  try {
    const header = unpack(frame, 'a header of serialised data');
    return typeof header === 'object' && header !== null ? (header as SerializedHeader) : undefined;
  } catch {
    return undefined;
  }
}

function subFrames(at: number, frames: readonly Uint8Array[]): Serialized {
  if (!Number.isInteger(at) || at >= frames.length)
    throw new WireError(`a message of ${frames.length} frames refers to frame ${at}`);
  const header = unpack(frames[at]!, 'a header of serialised data') as SerializedHeader;
  const { 'num-sub-frames': count, ...rest } = header ?? {};
  if (!isCount(count) || at + count >= frames.length)
    throw new WireError(`serialised data of ${String(count)} frames, from frame ${at} of ${frames.length}`);
  return decompressed(new Serialized(rest as SerializedHeader, frames.slice(at + 1, at + 1 + count)));
}

/** What came compressed as it was; where one of its frames cannot be, as it came. */
function decompressed(serialized: Serialized): Serialized {
  const { compression, ...header } = serialized.header;
  if (!Array.isArray(compression)) return serialized;
  const { frames } = serialized;
  if (compression.length !== frames.length)
    throw new WireError(
      `${frames.length} frames, of which ${compression.length} are said how they are compressed`,
    );
  if (!compression.every((name) => name === null || canDecompress(String(name)))) return serialized;
  const whole = frames.map((frame, i) => {
    const name: unknown = compression[i];
    return name === null ? frame : decompressFrame(frame, String(name));
  });
  return new Serialized(header, whole);
}

/** Python cuts long frames into several: puts them together again, unless they are still compressed, each by itself. */
function mergeSplit(serialized: Serialized): Serialized {
  const { header, frames } = serialized;
  const { 'split-num-sub-frames': counts, 'split-offsets': offsets, ...rest } = header;
  if (header.compression !== undefined) return serialized;
  if (!Array.isArray(counts) || !Array.isArray(offsets)) return new Serialized(rest, frames);
  const merged = counts.map((n: unknown, i) => {
    const from: unknown = offsets[i];
    if (!isCount(n) || !isCount(from) || from + n > frames.length)
      throw new WireError(`pieces of a frame that are not there: ${String(n)} from ${String(from)}`);
    return n === 1 ? frames[from]! : concat(frames.slice(from, from + n));
  });
  return new Serialized(rest, merged);
}

const isCount = (n: unknown): n is number => Number.isInteger(n) && (n as number) >= 0;

/** Memory of its own, so that elements of any size can be seen in it. */
export function concat(frames: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(frames.reduce((bytes, frame) => bytes + frame.length, 0));
  let at = 0;
  for (const frame of frames) {
    whole.set(frame, at);
    at += frame.length;
  }
  return whole;
}
