import type { Held } from '../../engine/index.js';
import { isFrameResult, totalBytes } from '../frame/index.js';
import type { HeldResult } from './state/index.js';

/** Elements of a list looked at, to guess the size of all. */
const SAMPLE = 64;
const DEPTH = 8;

/** A task of a frame reads at most so many others, about. */
const INPUTS = 4096;

/**
 * How many bytes a result takes, about, and what it is. Blocks are measured, values estimated. Of files, of which tasks copy parts to their disk, the scheduler
 * is told less: it fails a task whose inputs are together more than the memory of a worker.
 */
export function describeHeld(held: Held, memoryLimit: number): HeldResult {
  if (!('blocks' in held)) {
    const { value } = held;
    if (isFrameResult(value))
      return { nbytes: Math.min(totalBytes(value), Math.floor(memoryLimit / INPUTS)), typename: 'rows' };
    return { nbytes: sizeOf(value, 0), typename: typeOf(value) };
  }
  const typename = held.blocks.map(({ dtype, shape }) => `${dtype}[${shape.join(', ')}]`).join(' ');
  return { nbytes: held.bytes, typename };
}

function sizeOf(value: unknown, depth: number): number {
  switch (typeof value) {
    case 'string':
      return 16 + value.length;
    case 'object':
      return value === null ? 8 : sizeOfObject(value, depth);
    default:
      return 8;
  }
}

function sizeOfObject(value: object, depth: number): number {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof SharedArrayBuffer)
    return 64 + value.byteLength;
  if (depth >= DEPTH) return 64;
  if (Array.isArray(value)) return 16 + sizeOfList(value, value.length, depth);
  if (value instanceof Map) return 64 + sizeOfList([...value].flat(), 2 * value.size, depth);
  if (value instanceof Set) return 64 + sizeOfList([...value], value.size, depth);
  const entries = Object.entries(value);
  return 32 + sizeOfList(entries.flat(), 2 * entries.length, depth);
}

/** The first elements stand for all. */
function sizeOfList(list: readonly unknown[], length: number, depth: number): number {
  const count = Math.min(length, SAMPLE);
  if (count === 0) return 0;
  let bytes = 0;
  for (let i = 0; i < count; i++) bytes += 8 + sizeOf(list[i], depth + 1);
  return Math.round((bytes / count) * length);
}

function typeOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  // Not what data have under this name.
  const prototype: { readonly constructor: { readonly name: string } } | null = Object.getPrototypeOf(value);
  return prototype === null ? 'Object' : prototype.constructor.name;
}
