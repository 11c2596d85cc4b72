import { pathTo } from '../graph/plain-data.js';

/**
 * A value that is to last, with copies of the blocks that it was lent, at any depth: their memory is used again. What holds none is not copied.
 *
 * @throws TypeError naming the part that contains itself
 */
export function detached(value: unknown): unknown {
  return copied(value, [], []);
}

function copied(value: unknown, ancestors: object[], path: (string | number)[]): unknown {
  if (!isObject(value)) return value;
  if (ArrayBuffer.isView(value)) return value.buffer instanceof SharedArrayBuffer ? copyOf(value) : value;
  const parts = partsOf(value);
  if (!parts.some(isObject)) return value;
  if (ancestors.includes(value))
    throw new TypeError(
      `${path.reduce<string>(pathTo, 'the result')} contains itself: return plain data that does not`,
    );
  ancestors.push(value);
  const names =
    Array.isArray(value) || value instanceof Map || value instanceof Set ? undefined : Object.keys(value);
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

function copyOf(view: ArrayBufferView): ArrayBufferView {
  if (view instanceof DataView)
    return new DataView(new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice().buffer);
  // That of all typed arrays: a `Buffer` has one of its own, which copies nothing.
  return Uint8Array.prototype.slice.call(view);
}
