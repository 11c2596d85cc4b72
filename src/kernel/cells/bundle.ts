import { createRequire } from 'node:module';
import { inspect } from 'node:util';
import type { Bundle } from '../wire/message.js';

/** A method by this name says itself how a value is shown: it returns forms by MIME type. */
const DISPLAY = Symbol.for('Jupyter.display');

interface Form {
  readonly fits: (value: object) => boolean;
  readonly data: (value: never) => Record<string, unknown> | Promise<Record<string, unknown>>;
}

const has = (value: object, name: string | symbol): boolean => typeof Reflect.get(value, name) === 'function';

/** How values are shown: the first that fits. Beside each comes its text. */
const FORMS: readonly Form[] = [
  {
    fits: (value) => has(value, DISPLAY),
    data: (value: { [DISPLAY]: () => Record<string, unknown> | Promise<Record<string, unknown>> }) =>
      value[DISPLAY](),
  },
  {
    fits: (value) => value instanceof Uint8Array && imageType(value) !== undefined,
    data: (value: Uint8Array) => ({ [imageType(value)!]: Buffer.from(value).toString('base64') }),
  },
  {
    fits: (value) => typeof Reflect.get(value, 'outerHTML') === 'string',
    data: ({ outerHTML }: { readonly outerHTML: string }) => markup(outerHTML),
  },
  {
    // Arrays in memory, of numpy-ts: their text is NumPy's.
    fits: (value) =>
      Array.isArray(Reflect.get(value, 'shape')) && typeof Reflect.get(value, 'tolist') === 'function',
    data: (value: { readonly toString: () => string }) => ({ 'text/plain': value.toString() }),
  },
  {
    fits: (value) => has(value, 'toHtml'),
    data: byHtml,
  },
];

interface Shown {
  readonly toHtml: () => string | Promise<string>;
  readonly toText?: () => Promise<string>;
}

/** Arrays know their HTML at once; frames compute it, and their text. */
function byHtml(value: Shown): Record<string, string> | Promise<Record<string, string>> {
  const html = value.toHtml();
  if (typeof html === 'string') return { 'text/html': html };
  return Promise.all([html, value.toText?.()]).then(([html, text]) => ({
    'text/html': html,
    ...(text !== undefined && { 'text/plain': text }),
  }));
}

/** Forms of a value, at once where it needs no computation. */
export function bundleOf(value: unknown): Bundle | Promise<Bundle> {
  if (typeof value === 'string' && value.startsWith('<svg')) return bundle(value, markup(value));
  if (typeof value !== 'object' || value === null) return bundle(value, {});
  const form = FORMS.find(({ fits }) => fits(value));
  if (form === undefined) return bundle(value, {});
  const data = form.data(value as never);
  return data instanceof Promise ? data.then((data) => bundle(value, data)) : bundle(value, data);
}

function bundle(value: unknown, data: Record<string, unknown>): Bundle {
  const text = 'text/plain' in data ? {} : { 'text/plain': textOf(value) };
  return { data: { ...text, ...data }, metadata: {} };
}

const textOf = (value: unknown): string =>
  inspect(value, { depth: 4, breakLength: 100, maxArrayLength: 100, maxStringLength: 10_000 });

/** An element: SVG as a document of its own, everything else as HTML. */
function markup(text: string): Record<string, string> {
  if (!text.startsWith('<svg')) return { 'text/plain': text.slice(0, 1_000), 'text/html': text };
  const named = /^<svg[^>]*\sxmlns=/.test(text);
  const svg = named ? text : text.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"');
  return { 'text/plain': '<svg>', 'image/svg+xml': svg };
}

const IMAGES = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/gif', [0x47, 0x49, 0x46, 0x38]],
] as const;

const imageType = (bytes: Uint8Array): string | undefined =>
  IMAGES.find(([, magic]) => magic.every((byte, i) => bytes[i] === byte))?.[0];

/** A document in which plots are drawn, by linkedom; undefined where it is not installed. */
export function elementDocument(): unknown {
  for (const from of [`${process.cwd()}/cell.cjs`, import.meta.url])
    try {
      const { parseHTML } = createRequire(from)('linkedom');
      return parseHTML('<!doctype html><html><body></body></html>').document;
    } catch {
      // The next one.
    }
  return undefined;
}
