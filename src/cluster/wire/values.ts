import { Decoder, decodeTimestampExtension, EXT_TIMESTAMP, ExtData } from '@msgpack/msgpack';
import { type WireError as ErrorData, fromWire, toWire } from '../../engine/wire-error.js';
import { isPlainObject, isWellFormed, pathTo } from '../../graph/plain-data.js';
import { WireError } from './errors.js';
import { pack } from './pack.js';
import { checkMsgpack, MAX_DEPTH } from './well-formed.js';

/*
 * Values as msgpack: one codec for parameters of tasks and for their results: what structured clone carries between threads
 * arrives here as well. What msgpack has no type for is an extension; Python sees an `ExtType(code, bytes)`.
 */
const EXT = {
  undefined: 1,
  bigint: 2,
  negativeZero: 3,
  map: 4,
  set: 5,
  invalidDate: 6,
  regexp: 7,
  elements: 8,
  error: 9,
  /** An object with names that a msgpack map would not bring back: names and values in turn. */
  entries: 10,
  /** A text that is not well-formed Unicode, in UTF-16. */
  utf16: 11,
} as const;

/** Of a value that is sent: what is put around it on the way needs some levels too. */
const DEEPEST = MAX_DEPTH - 8;

/** Kinds of `elements`: the place in the list is what is written. New ones go to the end. */
const VIEWS = [
  DataView,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
] as const;
const ARRAY_BUFFER = 255;
const NOTHING = new Uint8Array(0);

/**
 * Writes a value.
 * @throws TypeError naming the part that cannot be sent: functions, symbols, cycles, what is nested too deep
 * @example
 * decodeValue(encodeValue(new Map([['a', 1n]]))); // Map(1) { 'a' => 1n }
 */
export function encodeValue(value: unknown): Uint8Array {
  return pack(prepare(value, []));
}

/**
 * Reads a value. Bytes are copied. Integers beyond 2**53 that other languages wrote are rounded.
 * @throws WireError where the bytes are not what `encodeValue`, or msgpack elsewhere, writes
 */
export function decodeValue(bytes: Uint8Array): unknown {
  // Of a `Buffer` slices would be views, and the types of what is read others.
  return read(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0);
}

type Path = (string | number)[];

const ext = (type: number, data: Uint8Array): ExtData => new ExtData(type, data);

/** A copy with extensions where they are needed; what needs none is not copied. */
function prepare(value: unknown, path: Path): unknown {
  switch (typeof value) {
    case 'undefined':
      return ext(EXT.undefined, NOTHING);
    case 'bigint':
      return ext(EXT.bigint, Buffer.from(value.toString()));
    case 'number':
      return Object.is(value, -0) ? ext(EXT.negativeZero, NOTHING) : value;
    case 'string':
      return isWellFormed(value) ? value : ext(EXT.utf16, Buffer.from(value, 'utf16le'));
    case 'boolean':
      return value;
    case 'object':
      return value === null ? null : prepareObject(value, path);
    default:
      throw new TypeError(`${locate(path)} is a ${typeof value}, which cannot be sent to another machine`);
  }
}

function prepareObject(value: object, path: Path): unknown {
  if (path.length > DEEPEST)
    throw new TypeError(
      `the value contains itself, or is nested more than ${DEEPEST} deep, at ${locate(path.slice(0, 8))}`,
    );
  if (Array.isArray(value)) return prepareItems(value, path);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof SharedArrayBuffer)
    return prepareElements(value);
  if (value instanceof Map) return ext(EXT.map, nested([...value].flat(1), path));
  if (value instanceof Set) return ext(EXT.set, nested([...value], path));
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? ext(EXT.invalidDate, NOTHING) : value;
  if (value instanceof RegExp) return ext(EXT.regexp, pack([value.source, value.flags]));
  if (value instanceof Error) return ext(EXT.error, nested(toWire(value), path));
  return prepareEntries(value, path);
}

function prepareItems(list: readonly unknown[], path: Path): unknown {
  let copy: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const item = inside(i, list[i], path);
    if (copy === undefined && Object.is(item, list[i])) continue;
    copy ??= list.slice(0, i);
    copy[i] = item;
  }
  return copy ?? list;
}

function prepareEntries(value: object, path: Path): unknown {
  const names = Object.keys(value);
  let copy: Record<string, unknown> | undefined;
  if (names.some((name) => name === '__proto__' || !isWellFormed(name)))
    return ext(EXT.entries, nested(Object.entries(value).flat(1), path));
  for (const name of names) {
    const before = (value as Record<string, unknown>)[name];
    const item = inside(name, before, path);
    if (Object.is(item, before)) continue;
    copy ??= { ...value };
    copy[name] = item;
  }
  return copy ?? value;
}

function inside(name: string | number, value: unknown, path: Path): unknown {
  if (typeof value === 'boolean' || value === null) return value;
  path.push(name);
  const prepared = prepare(value, path);
  path.pop();
  return prepared;
}

const nested = (value: unknown, path: Path): Uint8Array => pack(prepare(value, path));

function prepareElements(value: ArrayBufferView | ArrayBufferLike): unknown {
  const isView = ArrayBuffer.isView(value);
  const bytes = isView
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value);
  if (value instanceof Uint8Array) return bytes;
  const kind = isView ? VIEWS.findIndex((view) => value instanceof view) : ARRAY_BUFFER;
  if (kind < 0) throw new TypeError(`a ${value.constructor.name} cannot be sent to another machine`);
  const data = new Uint8Array(1 + bytes.length);
  data[0] = kind;
  data.set(bytes, 1);
  return ext(EXT.elements, data);
}

function read(bytes: Uint8Array, depth: number): unknown {
  if (depth > MAX_DEPTH) throw new WireError(`a value is nested more than ${MAX_DEPTH} deep`);
  const { binary } = checkMsgpack(bytes, 'a value');
  try {
    const value = readerFor(bytes, depth).decode(bytes);
    return binary ? withOwnBytes(value) : value;
  } catch (cause) {
    if (cause instanceof WireError) throw cause;
    throw new WireError(`a value cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** Readers of values that are nested so deep in others, kept for short values, which most are: a reader holds what it read last. */
const readers: Decoder[] = [];
const KEPT = 1 << 16;

function readerFor(bytes: Uint8Array, depth: number): Decoder {
  if (bytes.length > KEPT) return newReader(depth);
  readers[depth] ??= newReader(depth);
  return readers[depth];
}

const newReader = (depth: number): Decoder =>
  new Decoder({
    mapKeyConverter: (key) => (typeof key === 'string' ? key : String(key)),
    extensionCodec: { tryToEncode: () => null, decode: (data, type) => extension(data, type, depth) },
  });

function extension(data: Uint8Array, type: number, depth: number): unknown {
  const inner = (): unknown => read(data, depth + 1);
  switch (type) {
    case EXT_TIMESTAMP:
      return decodeTimestampExtension(data);
    case EXT.undefined:
      return undefined;
    case EXT.bigint:
      return BigInt(textOf(data, 'latin1'));
    case EXT.negativeZero:
      return -0;
    case EXT.map:
      return new Map(pairs(inner()));
    case EXT.set:
      return new Set(listOf(inner()));
    case EXT.invalidDate:
      return new Date(Number.NaN);
    case EXT.regexp: {
      const [source, flags] = listOf(inner());
      return new RegExp(String(source), String(flags));
    }
    case EXT.elements:
      return elements(data);
    case EXT.error:
      return fromWire(inner() as ErrorData);
    case EXT.entries:
      return objectOf(pairs(inner()));
    case EXT.utf16:
      return textOf(data, 'utf16le');
    default:
      throw new WireError(`a value of an unknown kind: extension ${type} of ${data.length} bytes`);
  }
}

function elements(data: Uint8Array): ArrayBufferView | ArrayBuffer {
  const { buffer } = data.slice(1);
  const kind = data[0];
  if (kind === ARRAY_BUFFER) return buffer as ArrayBuffer;
  const View = VIEWS[kind ?? VIEWS.length];
  if (View === undefined) throw new WireError(`elements of an unknown kind: ${kind}`);
  return new (View as new (buffer: ArrayBufferLike) => ArrayBufferView)(buffer);
}

function listOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new WireError('a value that should be a list is none');
  return value;
}

function pairs(value: unknown): [unknown, unknown][] {
  const list = listOf(value);
  if (list.length % 2 !== 0) throw new WireError('a name without a value');
  return Array.from({ length: list.length / 2 }, (_, i) => [list[2 * i], list[2 * i + 1]]);
}

/** Makes `__proto__` a name as others are. */
function objectOf(entries: readonly [unknown, unknown][]): object {
  const object = {};
  for (const [name, value] of entries)
    Object.defineProperty(object, String(name), {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  return object;
}

/** Bytes that were read are views of the message, which should not live as long as they do. */
function withOwnBytes(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = withOwnBytes(value[i]);
  } else if (isPlainObject(value)) {
    const object = value as Record<string, unknown>;
    for (const name of Object.keys(object))
      if (name !== '__proto__') object[name] = withOwnBytes(object[name]);
  }
  return value;
}

const textOf = (data: Uint8Array, encoding: 'latin1' | 'utf16le'): string =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString(encoding);

const locate = (path: readonly (string | number)[]): string => path.reduce<string>(pathTo, 'the value');
