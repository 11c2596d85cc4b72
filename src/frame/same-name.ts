/** The first two names that SQL takes for one: equal but for the case of letters from A to Z. DuckDB finds columns and fields of structs by them. */
export function sameName(names: readonly string[]): readonly [one: string, other: string] | undefined {
  const seen = new Map<string, string>();
  for (const name of names) {
    const folded = name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
    const other = seen.get(folded);
    if (other !== undefined) return [other, name];
    seen.set(folded, name);
  }
  return undefined;
}

/** What is wrong with two such names, as errors say it behind what would have them. */
export const onlyInCase = ([one, other]: readonly [string, string], has = 'differ'): string =>
  `${JSON.stringify(one)} and ${JSON.stringify(other)} ${has} only in the case of letters, which SQL does not tell apart`;
