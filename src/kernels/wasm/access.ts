/** Loads and stores of elements: one, or a vector's worth. */

import { type DType, itemsize } from '../dtype.js';
import {
  type Code,
  doWhile,
  type FunctionBuilder,
  f32,
  f64,
  i32,
  i64,
  type Local,
  v128,
  when,
} from './assembler.js';

/** One element; a bool as 0 or 1, a narrow integer extended. */
export function loadScalar(dtype: DType, address: Code, offset = 0): Code {
  switch (dtype) {
    case 'bool':
      return i32.ne(i32.load8U(address, offset), i32.const(0));
    case 'int8':
      return i32.load8S(address, offset);
    case 'uint8':
      return i32.load8U(address, offset);
    case 'int16':
      return i32.load16S(address, offset);
    case 'uint16':
      return i32.load16U(address, offset);
    case 'int32':
    case 'uint32':
      return i32.load(address, offset);
    case 'float32':
      return f32.load(address, offset);
    case 'float64':
      return f64.load(address, offset);
    default:
      return i64.load(address, offset);
  }
}

export function storeScalar(dtype: DType, address: Code, value: Code, offset = 0): Code {
  if (dtype === 'float64') return f64.store(address, value, offset);
  if (dtype === 'float32') return f32.store(address, value, offset);
  switch (itemsize(dtype)) {
    case 1:
      return i32.store8(address, value, offset);
    case 2:
      return i32.store16(address, value, offset);
    case 4:
      return i32.store(address, value, offset);
    default:
      return i64.store(address, value, offset);
  }
}

/** A part of a group of elements: sixteen bytes, or eight where the whole group has no more. */
export const loadPart = (address: Code, part: number, groupBytes: number, offset = 0): Code =>
  groupBytes < 16 ? v128.load64Zero(address, offset) : v128.load(address, offset + 16 * part);

export const storePart = (address: Code, value: Code, part: number, groupBytes: number, offset = 0): Code =>
  groupBytes < 16
    ? v128.store64Lane(address, value, 0, offset)
    : v128.store(address, value, offset + 16 * part);

/** Adds to a local i32. */
export const advance = (local: Local, by: Code): Code => local.set(i32.add(local, by));

/** Runs `body` `count` times, which may be 0. */
export function times(f: FunctionBuilder, count: Code, body: Code): Code {
  const left = f.local('i32');
  return [left.set(count), when(left, doWhile(body, left.tee(i32.sub(left, i32.const(1)))))];
}
