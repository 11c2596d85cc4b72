/** Throws a TypeError for an option that there is not: left unread, it would silently make another result. */
export function checkOptions(label: string, options: object, known: readonly string[]): void {
  const wrong = Object.keys(options).find((name) => !known.includes(name));
  if (wrong !== undefined)
    throw new TypeError(`${label} takes ${known.join(', ')}; there is no option ${wrong}`);
}
