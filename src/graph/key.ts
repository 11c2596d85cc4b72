import { createHash, hash } from 'node:crypto';
import { className, isPlainObject, pathTo } from './plain-data.js';

/**
 * A hash of plain data: 128 bits as 32 hex digits, equal for equal data on every machine and in every run.
 *
 * Takes what a structured clone carries (numbers with NaN and -0 apart from 0, bigints, strings, booleans, null, undefined, arrays,
 * plain objects in any order of keys, Maps and Sets in their order, typed arrays and buffers by their bytes, dates,
 * regular expressions), URLs, and so `FunctionSpec`s.
 *
 * @throws TypeError naming the path of a function, symbol, class instance or cycle
 */
export function tokenize(value: unknown): string {
  const ancestors: object[] = [];
  const path: (string | number)[] = [];
  return digest(encode(value, ancestors, path));
}

const digest = (text: string): string => hash('sha256', text, 'hex').slice(0, 32);

/**
 * Writes a value as text, a different one for every different value: each kind has its own first letter, strings are
 * quoted, composites are bracketed. `ancestors` and `path` lead to the value; both are restored on return.
 */
function encode(value: unknown, ancestors: object[], path: (string | number)[]): string {
  switch (typeof value) {
    case 'number':
      return Object.is(value, -0) ? 'n-0' : `n${value}`;
    case 'string':
      return JSON.stringify(value);
    case 'boolean':
      return value ? 't' : 'f';
    case 'undefined':
      return 'u';
    case 'bigint':
      return `i${value}`;
    case 'object':
      return value === null ? 'l' : encodeObject(value, ancestors, path);
    default:
      throw new TypeError(
        `Cannot make a key of ${locate(path)}: it is a ${typeof value}${typeof value === 'function' ? '. Ship it first: shipFunction(f, captured)' : ''}.`,
      );
  }
}

function encodeObject(value: object, ancestors: object[], path: (string | number)[]): string {
  if (ArrayBuffer.isView(value)) {
    return `${(value as DataView | Uint8Array)[Symbol.toStringTag]}${encodeBytes(value.buffer, value.byteOffset, value.byteLength)}`;
  }
  if (ancestors.includes(value))
    throw new TypeError(`Cannot make a key of ${locate(path)}: it contains itself.`);
  ancestors.push(value);
  const text = encodeComposite(value, ancestors, path);
  ancestors.pop();
  return text;
}

function encodeComposite(value: object, ancestors: object[], path: (string | number)[]): string {
  const inside = (key: string | number, item: unknown): string => {
    path.push(key);
    const text = encode(item, ancestors, path);
    path.pop();
    return text;
  };
  if (Array.isArray(value)) {
    let text = '[';
    for (let i = 0; i < value.length; i++) text += `${inside(i, value[i])},`;
    return `${text}]`;
  }
  if (isPlainObject(value)) {
    const record = value as Record<string, unknown>;
    let text = '{';
    for (const key of Object.keys(record).sort())
      text += `${JSON.stringify(key)}:${inside(key, record[key])},`;
    return `${text}}`;
  }
  if (value instanceof Map) {
    let text = 'M[';
    let i = 0;
    for (const [key, item] of value) {
      text += `${inside(i, key)}:${inside(i, item)},`;
      i += 1;
    }
    return `${text}]`;
  }
  if (value instanceof Set) {
    let text = 'S[';
    let i = 0;
    for (const item of value) text += `${inside(i++, item)},`;
    return `${text}]`;
  }
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) {
    return `Buffer${encodeBytes(value, 0, value.byteLength)}`;
  }
  if (value instanceof Date) return `D${value.getTime()}`;
  if (value instanceof RegExp) return `R${JSON.stringify([value.source, value.flags])}`;
  if (value instanceof URL) return `U${JSON.stringify(value.href)}`;
  throw new TypeError(
    `Cannot make a key of ${locate(path)}: it is an instance of ${className(value)}. Use plain data instead.`,
  );
}

const locate = (path: readonly (string | number)[]): string => path.reduce<string>(pathTo, 'the value');

/** One piece of the bytes given to the hash, which takes less than 2 GiB at once. */
const PIECE = 2 ** 28;

/** Bytes stand for themselves while they are fewer than their hash. */
function encodeBytes(buffer: ArrayBufferLike, offset: number, length: number): string {
  if (length <= 32) return `(${Buffer.from(buffer, offset, length).toString('hex')})`;
  const state = createHash('sha256');
  for (let at = 0; at < length; at += PIECE) {
    state.update(new Uint8Array(buffer, offset + at, Math.min(PIECE, length - at)));
  }
  return `(${length}:${state.digest('hex')})`;
}
