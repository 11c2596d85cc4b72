import { isPlainObject, pathTo } from '../graph/plain-data.js';
import { isLazy, type Lazy } from './protocol.js';

/**
 * A copy of nested arrays, plain objects, Maps and Sets in which each lazy is replaced. What holds none is not copied: it is the same
 * object as before.
 *
 * @throws TypeError where a structure contains itself
 */
export function replaceLazies(value: unknown, replace: (lazy: Lazy) => unknown): unknown {
  return walk(value, replace, 'the value', []);
}

function walk(
  value: unknown,
  replace: (lazy: Lazy) => unknown,
  path: string,
  ancestors: readonly object[],
): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (isLazy(value)) return replace(value);
  if (!Array.isArray(value) && !(value instanceof Map) && !(value instanceof Set) && !isPlainObject(value))
    return value;
  if (ancestors.includes(value)) throw new TypeError(`${path} contains itself`);
  const inside = [...ancestors, value];
  const step = (item: unknown, key: string | number): unknown =>
    walk(item, replace, pathTo(path, key), inside);
  if (Array.isArray(value)) return list(value, step);
  if (value instanceof Set) {
    const items = list([...value], step);
    return changed(items, [...value]) ? new Set(items) : value;
  }
  if (value instanceof Map) {
    const keys = list([...value.keys()], step);
    const items = list([...value.values()], step);
    if (!changed(keys, [...value.keys()]) && !changed(items, [...value.values()])) return value;
    return new Map(keys.map((key, i) => [key, items[i]]));
  }
  const names = Object.keys(value);
  const record = value as Record<string, unknown>;
  const items = names.map((name) => step(record[name], name));
  if (names.every((name, i) => Object.is(record[name], items[i]))) return value;
  return Object.fromEntries(names.map((name, i) => [name, items[i]]));
}

function list(items: readonly unknown[], step: (item: unknown, i: number) => unknown): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let i = 0; i < items.length; i++) {
    const item = step(items[i], i);
    if (copy === undefined && !Object.is(item, items[i])) copy = items.slice(0, i);
    copy?.push(item);
  }
  return copy ?? items;
}

const changed = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.some((item, i) => !Object.is(item, b[i]));
