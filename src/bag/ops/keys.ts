import { tokenize } from '../../graph/key.js';

/**
 * What stands for a value where values are compared: equal for equal data, also for lists and objects, which a Map would tell apart. NaN is NaN,
 * and 0 is -0.
 */
export function identityOf(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith(MARK) ? MARK + value : value;
  return typeof value === 'object' && value !== null ? `${MARK}o${tokenize(value)}` : value;
}

const MARK = '\u0000';

/** A hash of what stands for a value, 0 to 2³² - 1, the same in every process (FNV-1a, with MurmurHash3's last steps). */
export function hashOf(identity: unknown): number {
  const text = typeof identity === 'string' ? identity : `${typeof identity} ${String(identity)}`;
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Order of values as `<` has it; of lists by their first elements that differ. What has no order, as NaN, stands before all else. */
export function compare(a: unknown, b: unknown): number {
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < a.length && i < b.length; i++) {
      const order = compare(a[i], b[i]);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  if ((a as number) < (b as number)) return -1;
  if ((a as number) > (b as number)) return 1;
  return Number(unordered(b)) - Number(unordered(a));
}

const unordered = (value: unknown): boolean => Number.isNaN(value);
