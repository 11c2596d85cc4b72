/** Where something lies inside a value: `captured.grid[3].name`. */
export function pathTo(parent: string, key: string | number): string {
  if (typeof key === 'number') return `${parent}[${key}]`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${parent}.${key}` : `${parent}[${JSON.stringify(key)}]`;
}

/** `{…}` literals and `Object.create(null)`, of any realm. */
export function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Whether a text is Unicode: it has no half of a surrogate pair, which UTF-8, and so Python, has no bytes for. */
export const isWellFormed = (text: string): boolean => text.isWellFormed();

/** A text with a mark in place of what is no Unicode. */
export const wellFormed = (text: string): string => text.toWellFormed();

/** Name of an object's class, for messages. */
export function className(value: object): string {
  const made: unknown = value.constructor;
  return typeof made === 'function' && made.name !== '' ? made.name : 'an unnamed class';
}

/**
 * The first part of a value that would not survive a structured clone as it is, as a sentence, or undefined when all would.
 * Stricter than `structuredClone`, which quietly turns class instances into plain objects.
 */
export function whyNotCloneable(value: unknown, path: string): string | undefined {
  return why(value, path, []);
}

function why(value: unknown, path: string, ancestors: readonly object[]): string | undefined {
  if (typeof value === 'symbol') return `${path} is a symbol, which exists in one thread only`;
  if (typeof value === 'function') return `${path} is a function inside of other data`;
  if (typeof value !== 'object' || value === null || isLeaf(value)) return undefined;
  if (ancestors.includes(value)) return `${path} contains itself`;
  const inside = [...ancestors, value];
  if (Array.isArray(value)) return first(value, (item, i) => why(item, pathTo(path, i), inside));
  if (value instanceof Set) return first([...value], (item) => why(item, `${path}.values()`, inside));
  if (value instanceof Map) {
    return first(
      [...value],
      ([key, item]) => why(key, `${path}.keys()`, inside) ?? why(item, `${path}.get(${nameOf(key)})`, inside),
    );
  }
  if (isPlainObject(value)) {
    return first(Object.entries(value), ([key, item]) => why(item, pathTo(path, key), inside));
  }
  return `${path} is an instance of ${className(value)}, which would arrive without its class`;
}

/** Not every object is a text. */
const nameOf = (key: unknown): string =>
  typeof key === 'object' && key !== null ? className(key) : String(key);

const isLeaf = (value: object): boolean =>
  ArrayBuffer.isView(value) ||
  value instanceof ArrayBuffer ||
  value instanceof SharedArrayBuffer ||
  value instanceof Date ||
  value instanceof RegExp;

function first<T>(items: readonly T[], find: (item: T, i: number) => string | undefined): string | undefined {
  for (let i = 0; i < items.length; i++) {
    const found = find(items[i]!, i);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Does what goes down into data by recursion. @throws TypeError naming what is nested too deeply for that */
export function downInto<T>(what: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (!(cause instanceof RangeError && /call stack/.test(cause.message))) throw cause;
    throw new TypeError(`${what} is nested too deeply to be sent: make it flatter`, { cause });
  }
}
