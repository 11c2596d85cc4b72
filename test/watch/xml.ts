/** A reader of the XML that the drawings are made of, strict about what it must be: balanced, quoted, escaped. */

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  text: string;
}

/** The text that escaped text stands for. */
export const unescaped = (text: string): string =>
  text.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));

function parse(xml: string): Element[] {
  const elements: Element[] = [];
  const open: Element[] = [];
  let at = 0;
  const tag = /<(\/?)([a-zA-Z]+)((?:\s+[\w:-]+="[^"<>]*")*)\s*(\/?)>|[^<]+/gy;
  for (let match = tag.exec(xml); match; match = tag.exec(xml)) {
    at = tag.lastIndex;
    const [whole, closing, name, attributes, empty] = match;
    if (name === undefined) {
      if (/&(?!#\d+;)|>/.test(whole)) throw new Error(`unescaped text: ${whole}`);
      if (open.length > 0) open.at(-1)!.text += unescaped(whole);
    } else if (closing) {
      if (open.pop()?.name !== name) throw new Error(`unbalanced: ${whole} at ${at}`);
    } else {
      const pairs = [...attributes!.matchAll(/([\w:-]+)="([^"]*)"/g)].map((m): [string, string] => [
        m[1]!,
        unescaped(m[2]!),
      ]);
      const element = { name, attributes: Object.fromEntries(pairs), text: '' };
      elements.push(element);
      if (!empty) open.push(element);
    }
  }
  if (at !== xml.length || open.length > 0)
    throw new Error(`not XML from ${at} on: ${xml.slice(at, at + 80)}`);
  return elements;
}

/** Attributes of all elements of a name. */
export const elementsOf = (xml: string, name: string): Readonly<Record<string, string>>[] =>
  parse(xml)
    .filter((element) => element.name === name)
    .map(({ attributes }) => attributes);

/** Texts of all elements of a name. */
export const textsOf = (xml: string, name: string): string[] =>
  parse(xml)
    .filter((element) => element.name === name)
    .map(({ text }) => text);
