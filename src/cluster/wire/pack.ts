import { Encoder } from '@msgpack/msgpack';
import { MAX_DEPTH } from './well-formed.js';

/** What is no longer is copied out of the writer's memory, which then serves the next. */
const SHORT = 1 << 16;

let writer = newWriter();

function newWriter(): Encoder {
  return new Encoder({ maxDepth: MAX_DEPTH });
}

/**
 * Writes msgpack. A writer and its memory are kept, since most of what is written is short.
 * @throws Error where a value is nested too deep, or of no type that msgpack knows
 */
export function pack(value: unknown): Uint8Array {
  const bytes = writer.encodeSharedRef(value);
  if (bytes.length <= SHORT) return bytes.slice();
  writer = newWriter();
  return bytes;
}
