/** What is wanted, by what it is made of: `inputs` are wanted themselves. */
interface Links {
  readonly inputs: Set<object>;
  readonly readers: Set<object>;
}

const links = new WeakMap<object, Links>();

function linksOf(work: object): Links {
  const known = links.get(work);
  if (known !== undefined) return known;
  const made: Links = { inputs: new Set(), readers: new Set() };
  links.set(work, made);
  return made;
}

function link(input: object, reader: object): void {
  if (input === reader) return;
  linksOf(input).readers.add(reader);
  linksOf(reader).inputs.add(input);
}

/** Notes what something is made of, until it `leaves`. */
export function madeFrom(work: object, inputs: Iterable<object>): void {
  for (const input of inputs) link(input, work);
}

/**
 * Something is not wanted any more by itself. What is made of it is from now on made of what it was made of: so what follows from a result is known whether or not
 * anybody holds what was in between, and nothing is remembered of that.
 */
export function leaves(work: object): void {
  const own = links.get(work);
  if (own === undefined) return;
  links.delete(work);
  for (const input of own.inputs) links.get(input)?.readers.delete(work);
  for (const reader of own.readers) {
    links.get(reader)?.inputs.delete(work);
    for (const input of own.inputs) link(input, reader);
  }
}

/** All that is made of something, near things first; not what is made only of those that are spared. */
export function madeOf<W extends object>(work: W, spared: (reader: W) => boolean): W[] {
  const found = new Set<W>([work]);
  for (const one of found)
    for (const reader of (links.get(one)?.readers ?? []) as Iterable<W>)
      if (!spared(reader)) found.add(reader);
  found.delete(work);
  return [...found];
}
