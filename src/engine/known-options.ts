import { kindOf } from './errors.js';
import { nearest } from './nearest.js';

/** The names of the options of a type: the compiler sees to it that they are all of them. */
export const optionNames = <O extends object>(
  names: {
    readonly [K in keyof Required<O>]: true;
  },
): readonly string[] => Object.freeze(Object.keys(names));

/**
 * Throws a TypeError for an option that there is not: left unread, it would silently make another result; and for what is no object of options.
 *
 * @param where what takes the options: for the error
 */
export function checkOptions(where: string, options: object, known: readonly string[]): void {
  const isObject = typeof options === 'object' && options !== null;
  if (!isObject || Array.isArray(options) || ArrayBuffer.isView(options))
    throw new TypeError(`${where} takes options by name, { ${known.join(', ')} }, not ${kindOf(options)}`);
  const other = Object.keys(options).find((name) => !known.includes(name));
  if (other === undefined) return;
  const near = nearest(other, known);
  const meant = near === undefined ? '' : `did you mean ${JSON.stringify(near)}? `;
  throw new TypeError(
    `${where}: there is no option ${JSON.stringify(other)}; ${meant}there are ${known.join(', ')}`,
  );
}

/**
 * Throws a TypeError for a choice that there is not; without any, the default is meant.
 *
 * @param where what takes the option: for the error
 */
export function checkChoice(where: string, option: string, value: unknown, choices: readonly string[]): void {
  if (value === undefined || choices.includes(value as string)) return;
  throw new TypeError(
    `${where}: ${option} is no ${typeof value === 'string' ? JSON.stringify(value) : String(value)}; there are ${choices.join(', ')}`,
  );
}
