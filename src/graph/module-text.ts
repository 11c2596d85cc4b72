import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What follows `from`, `import`, `import(` or `require(` and names a file: more than is imported does no harm. */
const IMPORTED = /\b(?:from|import|require)\s*\(?\s*(["'])(\.{1,2}\/[^"'\n]*)\1/g;

/** What a specifier may stand for where there is no such file: TypeScript names a module by what it is compiled to. */
const ALIKE: readonly (readonly [RegExp, string])[] = [
  [/\.js$/, '.ts'],
  [/\.js$/, '.tsx'],
  [/\.mjs$/, '.mts'],
  [/\.cjs$/, '.cts'],
  [/$/, '.js'],
  [/$/, '.ts'],
  [/$/, '/index.js'],
  [/$/, '/index.ts'],
];

/** What is wrong, and to be done, where a module's text is another than at first. */
export const CHANGED = 'its file, or one that it imports, has changed since. Start the program again';

const known = new Map<string, string | undefined>();

/**
 * A hash of the text of a module, and of the files that it imports by relative paths: what tells two versions of it apart. Undefined where it is
 * no file that can be read. As a thread reads a module once, so does a process: it is what the text was when it was first asked for.
 */
export function moduleText(url: string): string | undefined {
  if (!known.has(url)) known.set(url, moduleTextNow(url));
  return known.get(url);
}

/** The same, of the files as they are now. */
export function moduleTextNow(url: string): string | undefined {
  if (!url.startsWith('file:')) return undefined;
  const texts = new Map<string, string>();
  const left: string[] = [url];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const found = fileOf(next);
    if (found === undefined) {
      if (next === url) return undefined;
      continue;
    }
    if (texts.has(found.url)) continue;
    texts.set(found.url, found.text);
    for (const path of relativeImports(found.text)) left.push(new URL(path, found.url).href);
  }
  const inOrder = [...texts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  return hash('sha256', JSON.stringify(inOrder), 'hex').slice(0, 32);
}

/** The relative paths that a module's text imports, or seems to. */
export const relativeImports = (text: string): string[] =>
  [...text.matchAll(IMPORTED)].map(([, , path]) => path!);

function fileOf(url: string): { readonly url: string; readonly text: string } | undefined {
  const candidates = [
    url,
    ...ALIKE.filter(([end]) => end.test(url)).map(([end, by]) => url.replace(end, by)),
  ];
  for (const candidate of candidates)
    try {
      return { url: candidate, text: readFileSync(fileURLToPath(candidate), 'utf8') };
    } catch {
      // Not this one: whoever imports what is not there is told so.
    }
  return undefined;
}
