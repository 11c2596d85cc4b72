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

/** Where so many links at most would stand for one that leaves, they do. */
const MOST = 256;

/** Stands for what has left, between much that it was made of and much that is made of it. */
class Joint {}

/**
 * Something is not wanted any more by itself. What is made of it is from now on made of what it was made of: so what follows from a result is known whether or not
 * anybody holds what was in between, and next to nothing is remembered of that.
 */
export function leaves(work: object, most = MOST): void {
  const own = links.get(work);
  if (own === undefined) return;
  links.delete(work);
  for (const input of own.inputs) links.get(input)?.readers.delete(work);
  for (const reader of own.readers) links.get(reader)?.inputs.delete(work);
  if (own.inputs.size * own.readers.size <= most)
    for (const reader of own.readers) for (const input of own.inputs) link(input, reader);
  else {
    const joint = new Joint();
    for (const input of own.inputs) link(input, joint);
    for (const reader of own.readers) link(joint, reader);
  }
  // What stood between this and others may stand for nothing now.
  for (const other of [...own.inputs, ...own.readers]) if (isIdle(other)) leaves(other, most);
}

function isIdle(other: object): boolean {
  const own = other instanceof Joint && links.get(other);
  return own ? own.inputs.size === 0 || own.readers.size === 0 : false;
}

/** All that is made of something, near things first; not what is made only of those that are spared. */
export function madeOf<W extends object>(work: W, spared: (reader: W) => boolean): W[] {
  const found = new Set<W>([work]);
  for (const one of found)
    for (const reader of (links.get(one)?.readers ?? []) as Iterable<W>)
      if (reader instanceof Joint || !spared(reader)) found.add(reader);
  found.delete(work);
  return [...found].filter((one) => !(one instanceof Joint));
}
