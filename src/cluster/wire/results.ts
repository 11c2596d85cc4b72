import type { Block, Result } from '../../engine/op.js';
import type { BlockMeta } from '../../graph/task.js';
import { parseTypeString, typeStringOf } from '../../io/numpy-dtype.js';
import { contiguousStrides, copyStrided, swapBytes } from '../../io/strided.js';
import { type DType, itemsize, viewOf } from '../../kernels/dtype.js';
import { type Compression, compressFrame } from './compression.js';
import { WireError } from './errors.js';
import type { Frame } from './frame.js';
import { concat, readHeader, Serialized, type SerializedHeader } from './messages.js';
import { decodeValue, encodeValue } from './values.js';

/** Compresses a result's frames, each where that pays; they must stay as they are meanwhile. Where none does, it is the same. */
export async function compressResult(result: Serialized, name: Compression): Promise<Serialized> {
  const compression: (string | null)[] = [];
  const frames: Uint8Array[] = [];
  for (const frame of result.frames) {
    const compressed = await compressFrame(frame, name);
    compression.push(compressed === undefined ? null : name);
    frames.push(compressed ?? frame);
  }
  return compression.some((each) => each !== null)
    ? new Serialized({ ...result.header, compression }, frames)
    : result;
}

/** What Python is to make of a block: the pickle of the name `numpy.ndarray`. */
const NDARRAY = Buffer.from('cnumpy\nndarray\n.', 'latin1');

/** A result that Python wrote in a way that only Python reads. */
export class PythonOnlyError extends Error {
  override readonly name = 'PythonOnlyError';
}

/**
 * A result as it travels: a block is a NumPy array to Python, several blocks are a list of them, a plain value is msgpack. Elements
 * are not copied: they must stay as they are until the message is written.
 */
export function encodeResult(result: Result): Serialized {
  if (!('blocks' in result)) return new Serialized({ serializer: 'msgpack' }, [encodeValue(result.value)]);
  return encodeBlocks(
    result.blocks,
    result.blocks.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  );
}

/** Blocks as they travel, each with the frame that holds its elements, or will. */
export function encodeBlocks<F extends Frame>(
  blocks: readonly BlockMeta[],
  frames: readonly F[],
): Serialized<F> {
  const headers = blocks.map(headerOf);
  if (headers.length === 1) return new Serialized(headers[0]!, frames);
  return new Serialized(
    {
      'is-collection': true,
      'type-serialized': 'list',
      'sub-headers': headers,
      'frame-lengths': headers.map(() => 1),
    },
    frames,
  );
}

const headerOf = ({ dtype, shape }: BlockMeta): SerializedHeader => ({
  serializer: 'dask',
  type: 'numpy.ndarray',
  'type-serialized': NDARRAY,
  'sub-header': {
    dtype: [0, typeStringOf(dtype)],
    shape,
    strides: contiguousStrides(shape, itemsize(dtype)),
    writeable: [true],
  },
});

/**
 * Reads a result that Node or Python wrote. NumPy arrays, and lists or tuples of nothing but these, are blocks in C order; blocks may be views
 * of the frames.
 *
 * @param key what errors name
 * @throws PythonOnlyError where only Python can read it, WireError where nobody can, TypeError with the text of the peer
 *   where it could not send it
 */
export function decodeResult(serialized: Serialized, key?: string): Result {
  const decoded = decodeNamed(serialized, key);
  if (decoded instanceof BlockPart) return { blocks: [decoded.block] };
  if (Array.isArray(decoded) && decoded.length > 0 && decoded.every((part) => part instanceof BlockPart))
    return { blocks: decoded.map((part) => (part as BlockPart).block) };
  return { value: plain(decoded) };
}

function decodeNamed(serialized: Serialized, key: string | undefined): unknown {
  try {
    return decodePart(serialized);
  } catch (cause) {
    if (key === undefined || !(cause instanceof PythonOnlyError || cause instanceof TypeError)) throw cause;
    const message = `the result of "${key}" cannot be read by Node: ${cause.message}`;
    throw cause instanceof TypeError
      ? new TypeError(message, { cause })
      : new PythonOnlyError(message, { cause });
  }
}

/** Whether what follows a header of serialised data are the elements of a block, in so many bytes. */
export function describesBlock(header: Uint8Array, bytes: number): boolean {
  if (header.length > LONGEST_HEADER) return false;
  const { serializer, type, compression, ...rest } = readHeader(header) ?? {};
  const { 'num-sub-frames': count, 'sub-header': sub, 'split-num-sub-frames': split } = rest;
  if (serializer !== 'dask' || type !== 'numpy.ndarray' || count !== 1) return false;
  if (compression?.some((name) => name !== null) || (Array.isArray(split) && split[0] !== 1)) return false;
  const { dtype, shape } = (sub ?? {}) as { readonly dtype?: unknown; readonly shape?: unknown };
  if (!Array.isArray(dtype) || dtype[0] !== 0 || !Array.isArray(shape)) return false;
  const size = Number(/\d+$/.exec(String(dtype[1]))?.[0]);
  return shape.reduce((a, b) => a * b, size) === bytes;
}

/** A header is longer only if it is none. */
const LONGEST_HEADER = 4096;

/** Tells a block from a value that looks like one. */
class BlockPart {
  constructor(readonly block: Block) {}
}

function plain(part: unknown): unknown {
  if (part instanceof BlockPart) return part.block;
  if (part instanceof DictPart)
    return Object.fromEntries(part.entries.map(([name, value]) => [name, plain(value)]));
  if (Array.isArray(part) && part.some((item) => item instanceof BlockPart || item instanceof DictPart))
    return part.map(plain);
  return part;
}

class DictPart {
  constructor(readonly entries: readonly (readonly [string, unknown])[]) {}
}

function decodePart({ header, frames }: Serialized): unknown {
  const { compression, serializer, type } = header;
  const codec = compression?.find((name) => name !== null);
  if (codec !== undefined)
    throw new PythonOnlyError(
      `it came compressed by ${codec}, which cannot be read here: set distributed.comm.compression to zlib, or to null, on the Python side`,
    );
  if (header['is-collection'] === true) return decodeCollection(header, frames);
  if (serializer === 'msgpack') return decodeValue(frames.length === 1 ? frames[0]! : concat(frames));
  if (serializer === 'dask' && type === 'numpy.ndarray') return new BlockPart(decodeBlock(header, frames));
  if (serializer === 'error') throw new TypeError(lastLine(frames));
  throw new PythonOnlyError(
    `it is ${typeof type === 'string' ? `of Python's type ${type}` : 'a Python object'}, serialised by ${serializer ?? 'nothing known'}: ` +
      'have the Python task return a NumPy array, a frame, a number, a string, or lists and dictionaries of these; or pass it to a function of Python',
  );
}

/** What was wrong, of a traceback of Python. */
function lastLine(frames: readonly Uint8Array[]): string {
  const text = frames.map((frame) => Buffer.from(frame).toString()).join('\n');
  const last = text.trimEnd().split('\n').at(-1)!;
  return last.replace(/^TypeError: /, '');
}

function decodeCollection(header: SerializedHeader, frames: readonly Uint8Array[]): unknown {
  const { 'sub-headers': headers, 'frame-lengths': lengths, 'type-serialized': type } = header;
  if (!Array.isArray(headers) || !Array.isArray(lengths) || headers.length !== lengths.length)
    throw new WireError('a collection whose parts are not described');
  let at = 0;
  const parts = headers.map((sub: SerializedHeader, i) => {
    const from = at;
    at += Number(lengths[i]);
    // How parts were compressed is said of the whole, and done with.
    const { compression: _, ...own } = sub;
    return decodePart(new Serialized(own, frames.slice(from, at)));
  });
  if (at !== frames.length) throw new WireError('a collection whose parts are not all there');
  if (type === 'dict')
    return new DictPart(headers.map((sub: SerializedHeader, i) => [String(sub.key), parts[i]] as const));
  return type === 'set' ? new Set(parts.map(plain)) : parts;
}

function decodeBlock(header: SerializedHeader, frames: readonly Uint8Array[]): Block {
  const sub = header['sub-header'] as Readonly<Record<string, unknown>> | undefined;
  const described = sub?.dtype;
  if (sub?.pickle || !Array.isArray(described) || described[0] !== 0)
    throw new PythonOnlyError('a NumPy array of Python objects or records, which only Python reads');
  const { dtype, bigEndian } = parseTypeString(String(described[1]), 'a NumPy array from Python');
  const shape = sizes(sub?.broadcast_to ?? sub?.shape, 'its shape');
  const strides = sizes(sub?.strides, 'its strides');
  const bytes = frames.length === 1 ? frames[0]! : concat(frames);
  const size = itemsize(dtype);
  const length = shape.reduce((a, b) => a * b, 1);
  const last = shape.reduce((at, n, k) => at + (n - 1) * (strides[k] ?? Number.NaN), 0);
  if (length > 0 && !(last + size <= bytes.length))
    throw new WireError(
      `an array whose last element would lie at byte ${last}, of ${bytes.length} that came`,
    );
  const strideOf = contiguousStrides(shape, size);
  if (!bigEndian && strideOf.every((stride, k) => stride === strides[k] || shape[k]! <= 1))
    return blockOver(dtype, shape, bytes, length);
  const ordered = new Uint8Array(length * size);
  const selection = { start: shape.map(() => 0), step: shape.map(() => 1), count: shape };
  const whole = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  copyStrided(whole, { offset: 0, strides }, selection, ordered, { offset: 0, strides: strideOf }, size);
  if (bigEndian) swapBytes(ordered, size);
  return blockOver(dtype, shape, ordered, length);
}

/** Elements are seen where they are if they lie at a multiple of their size, else copied. */
function blockOver(dtype: DType, shape: readonly number[], bytes: Uint8Array, length: number): Block {
  const own = bytes.byteOffset % itemsize(dtype) === 0 ? bytes : bytes.slice();
  return { dtype, shape, data: viewOf(dtype, own.buffer, own.byteOffset, length) };
}

function sizes(value: unknown, what: string): number[] {
  if (!Array.isArray(value) || !value.every((n) => Number.isSafeInteger(n) && n >= 0))
    throw new WireError(`an array without ${what}`);
  return value;
}
