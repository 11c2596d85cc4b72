import { shown } from '../engine/errors.js';
import { Future } from './future.js';

/**
 * Futures that were given, one or several.
 *
 * @param what takes them: for errors
 * @throws TypeError naming what is no future
 */
export function futuresOf<F extends Future>(given: Iterable<F> | F, what: string): F[] {
  if (given instanceof Future) return [given];
  if (typeof given !== 'object' || given === null || !(Symbol.iterator in given))
    throw new TypeError(`${what} takes futures, not ${shown(given)}`);
  const list = [...given];
  const at = list.findIndex((one: unknown) => !(one instanceof Future));
  if (at >= 0) throw new TypeError(`${what} takes futures, and the one at ${at} is ${shown(list[at])}`);
  return list;
}
