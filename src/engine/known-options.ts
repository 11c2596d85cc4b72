/**
 * Throws a TypeError for an option that there is not: left unread, it would silently make another result.
 *
 * @param where what takes the options: for the error
 */
export function checkOptions(where: string, options: object, known: readonly string[]): void {
  const other = Object.keys(options).find((name) => !known.includes(name));
  if (other !== undefined)
    throw new TypeError(
      `${where}: there is no option ${JSON.stringify(other)}; there are ${known.join(', ')}`,
    );
}
