/** What was given in the place of something else, as errors say it. */
export function given(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'function':
      return 'a function';
    case 'object':
      return Array.isArray(value) ? 'an array' : ofClass(value);
    default:
      return String(value);
  }
}

/** Only what has a text of its own is shown by it. */
function ofClass(value: object): string {
  const text = value.toString === Object.prototype.toString ? '' : String(value);
  return text === '' || text.length > 80 || text.startsWith('[object') ? 'an object' : text;
}

/**
 * Throws a TypeError unless something is named by columns: `{ x: … }`.
 *
 * @param example how it is written
 */
export function checkByName(where: string, value: unknown, example: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError(`${where} takes ${example}, not ${given(value)}`);
}
