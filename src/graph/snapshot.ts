import { isPlainObject } from './plain-data.js';

/** Copies of bytes by what they are copies of: one serves as long as the bytes are the same. */
const copies = new WeakMap<object, WeakRef<ArrayBufferView | ArrayBuffer>>();

/**
 * A copy of plain data as it is now: whose it is may change its own while tasks with the copy, and keys made of it, are still under way. What is the
 * same object twice is so in the copy. Bytes that have not changed since the copy before are not copied again, as long as that is in use; shared
 * memory is shared on purpose, and stays.
 */
export function snapshot<T>(value: T): T {
  return copied(value, new Map()) as T;
}

function copied(value: unknown, done: Map<object, object>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const before = done.get(value);
  if (before !== undefined) return before;
  const note = <C extends object>(copy: C): C => {
    done.set(value, copy);
    return copy;
  };
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return note(bytesOf(value));
  if (Array.isArray(value)) {
    const copy: unknown[] = note(new Array(value.length));
    for (let i = 0; i < value.length; i++) if (i in value) copy[i] = copied(value[i], done);
    return copy;
  }
  if (value instanceof Map) {
    const copy = note(new Map());
    for (const [key, item] of value) copy.set(copied(key, done), copied(item, done));
    return copy;
  }
  if (value instanceof Set) {
    const copy = note(new Set());
    for (const item of value) copy.add(copied(item, done));
    return copy;
  }
  if (value instanceof Date) return note(new Date(value));
  if (!isPlainObject(value)) return value;
  const copy: Record<string, unknown> = note({});
  for (const [name, item] of Object.entries(value)) {
    // Not assigned, which would set what `__proto__` names.
    Object.defineProperty(copy, name, { ...PROPERTY, value: copied(item, done) });
  }
  return copy;
}

const PROPERTY = { configurable: true, enumerable: true, writable: true };

function bytesOf(source: ArrayBufferView | ArrayBuffer): ArrayBufferView | ArrayBuffer {
  if (ArrayBuffer.isView(source) && source.buffer instanceof SharedArrayBuffer) return source;
  const before = copies.get(source)?.deref();
  if (before !== undefined && asBytes(source).equals(asBytes(before))) return before;
  const copy = copyOf(source);
  copies.set(source, new WeakRef(copy));
  return copy;
}

function copyOf(source: ArrayBufferView | ArrayBuffer): ArrayBufferView | ArrayBuffer {
  if (source instanceof ArrayBuffer) return source.slice(0);
  if (source instanceof DataView) {
    const { buffer, byteOffset, byteLength } = source;
    return new DataView(buffer.slice(byteOffset, byteOffset + byteLength));
  }
  // That of all typed arrays: a `Buffer` has one of its own, which copies nothing.
  return Uint8Array.prototype.slice.call(source);
}

const asBytes = (bytes: ArrayBufferView | ArrayBuffer): Buffer =>
  ArrayBuffer.isView(bytes)
    ? Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength)
    : Buffer.from(bytes);
