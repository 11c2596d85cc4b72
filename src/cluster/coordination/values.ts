import { isPlainObject } from '../../graph/plain-data.js';
import { decodeValue, encodeValue } from '../wire/index.js';

/** Under which a value travels that Python has no equal of. */
const OURS = '$tilework';

/** A value as the scheduler keeps it: what Python has too as it is, so that its programs read it; anything else in our own form. */
export const toScheduler = (value: unknown): unknown =>
  isCommon(value) ? value : { [OURS]: encodeValue(value) };

export function fromScheduler(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, OURS)) return value;
  return decodeValue((value as Readonly<Record<string, Uint8Array>>)[OURS]!);
}

function isCommon(value: unknown): boolean {
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value === 'string') return !/[\ud800-\udfff]/u.test(value);
  if (typeof value === 'number') return !Object.is(value, -0);
  if (Array.isArray(value)) return value.every(isCommon);
  if (typeof value !== 'object' || !isPlainObject(value)) return false;
  return !(OURS in value) && !Object.hasOwn(value, '__proto__') && Object.values(value).every(isCommon);
}
