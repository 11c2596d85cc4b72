import { types } from 'node:util';
import { className, isPlainObject, pathTo } from '../graph/plain-data.js';

/** How deep a result may be nested: other threads, whose stacks may be smaller, are to read it, or they end with all that they do. */
const DEEPEST = 1_000;

/**
 * A value that is to last, with copies of the blocks that it was lent, at any depth: their memory is used again. What holds none is not copied.
 *
 * @throws TypeError naming the part that cannot be sent, or of which nothing would arrive, or that contains itself, or is nested more than 1,000 deep
 */
export function detached(value: unknown): unknown {
  return copied(value, [], []);
}

function copied(value: unknown, ancestors: object[], path: (string | number)[]): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') throw refusal(path, `is a ${typeof value}`);
  if (!isObject(value)) return value;
  if (ArrayBuffer.isView(value)) return value.buffer instanceof SharedArrayBuffer ? copyOf(value) : value;
  const plain = isContainer(value) || isPlainObject(value);
  if (!plain && isLeaf(value)) return value;
  const parts = partsOf(value);
  if (!plain && parts.length === 0)
    throw refusal(path, `is an instance of ${className(value)}, of which nothing would arrive`);
  if (!parts.some(isMore)) return value;
  if (ancestors.includes(value)) throw refusal(path, 'contains itself', ' that does not');
  if (ancestors.length >= DEEPEST)
    throw refusal([], `is nested more than ${DEEPEST} deep`, ' that is flatter');
  ancestors.push(value);
  const names = isContainer(value) ? undefined : Object.keys(value);
  const lasting = parts.map((part, i) => {
    path.push(names?.[i] ?? i);
    const copy = copied(part, ancestors, path);
    path.pop();
    return copy;
  });
  ancestors.pop();
  if (lasting.every((part, i) => Object.is(part, parts[i]))) return value;
  if (Array.isArray(value)) return lasting;
  if (value instanceof Map)
    return new Map(Array.from({ length: value.size }, (_, i) => [lasting[2 * i], lasting[2 * i + 1]]));
  if (value instanceof Set) return new Set(lasting);
  // Of an instance of a class that is what is sent, too.
  return Object.fromEntries(names!.map((name, i) => [name, lasting[i]]));
}

/** What a value holds; of a map keys and values in turn. */
function partsOf(value: object): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value instanceof Map) return [...value].flat(1);
  return value instanceof Set ? [...value] : Object.values(value);
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** What is not just as it is. */
const isMore = (value: unknown): boolean =>
  isObject(value) || typeof value === 'function' || typeof value === 'symbol';

const isContainer = (value: object): boolean =>
  Array.isArray(value) || value instanceof Map || value instanceof Set;

/** What is sent whole, whatever it has for properties. */
const isLeaf = (value: object): boolean =>
  types.isDate(value) ||
  types.isRegExp(value) ||
  types.isAnyArrayBuffer(value) ||
  types.isNativeError(value) ||
  types.isBoxedPrimitive(value);

const refusal = (path: readonly (string | number)[], why: string, which = ''): TypeError =>
  new TypeError(`${path.reduce<string>(pathTo, 'the result')} ${why}: return plain data${which}`);

function copyOf(view: ArrayBufferView): ArrayBufferView {
  if (view instanceof DataView)
    return new DataView(new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice().buffer);
  // That of all typed arrays: a `Buffer` has one of its own, which copies nothing.
  return Uint8Array.prototype.slice.call(view);
}
