import type TS from '@typescript/typescript6';
import type { Content } from '../wire/message.js';
import { pointsOf, unitsOf } from './positions.js';
import { type CellCompiler, syntaxErrors } from './service.js';

/** More than this nobody reads. */
const MOST = 500;

/** Names that fit at a cursor: the content of a `complete_reply`. */
export function complete(ts: typeof TS, compiler: CellCompiler, source: string, cursor: number): Content {
  const end = unitsOf(source, cursor);
  const word = /[\p{ID_Continue}$]*$/u.exec(source.slice(0, end))![0];
  const { found, from } = compiler.ask(source, end, (service, file, at) => {
    const options = { includeCompletionsWithInsertText: false };
    const found = service.getCompletionsAtPosition(file, at, options)?.entries ?? [];
    // Names of modules take the place of more than a word.
    const span = found.find(({ replacementSpan }) => replacementSpan !== undefined)?.replacementSpan;
    return { found, from: span === undefined ? end - word.length : span.start - (at - end) };
  });
  const typed = source.slice(from, end);
  const wanted = typed.toLowerCase();
  const entries = found
    .filter(
      ({ name, kind }) => kind !== ts.ScriptElementKind.warning && name.toLowerCase().startsWith(wanted),
    )
    .sort(
      (a, b) =>
        order(a, typed) - order(b, typed) || compare(a.sortText, b.sortText) || compare(a.name, b.name),
    )
    .slice(0, MOST);
  const start = pointsOf(source, from);
  const matches = entries.map(({ name }) => name);
  return {
    status: 'ok',
    matches,
    cursor_start: start,
    cursor_end: cursor,
    metadata: {
      _jupyter_types_experimental: entries.map(({ name, kind }) => ({
        start,
        end: cursor,
        text: name,
        type: kind,
      })),
    },
  };
}

/** Those that begin exactly as it was typed come first. */
const order = ({ name }: TS.CompletionEntry, typed: string): number => (name.startsWith(typed) ? 0 : 1);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Type and documentation of what is at a cursor: the content of an `inspect_reply`. */
export function inspect(ts: typeof TS, compiler: CellCompiler, source: string, cursor: number): Content {
  const at = unitsOf(source, cursor);
  const info =
    compiler.ask(source, at, (service, file, at) => service.getQuickInfoAtPosition(file, at)) ??
    // Behind a name, or behind the bracket of a call.
    compiler.ask(source, at, (service, file, at) => service.getQuickInfoAtPosition(file, at - 1)) ??
    compiler.ask(source, at, (service, file, at) => service.getQuickInfoAtPosition(file, at - 2));
  if (info === undefined) return { status: 'ok', found: false, data: {}, metadata: {} };
  const type = ts.displayPartsToString(info.displayParts);
  const text = ts.displayPartsToString(info.documentation);
  const tags = (info.tags ?? []).map(({ name, text }) => `@${name} ${ts.displayPartsToString(text)}`);
  const plain = [type, text, ...tags].filter((part) => part !== '').join('\n\n');
  const markdown = [`\`\`\`ts\n${type}\n\`\`\``, text, ...tags].filter((part) => part !== '').join('\n\n');
  return {
    status: 'ok',
    found: true,
    data: { 'text/plain': plain, 'text/markdown': markdown },
    metadata: {},
  };
}

/** Whether text is a whole cell: the content of an `is_complete_reply`. */
export function isComplete(ts: typeof TS, source: string): Content {
  const errors = syntaxErrors(ts, source);
  if (errors.length === 0) return { status: 'complete' };
  const end = source.trimEnd().length;
  const open = errors.every(({ start = 0, code }) => start >= end || UNTERMINATED.has(code));
  return open ? { status: 'incomplete', indent: '' } : { status: 'invalid' };
}

/** A template and a comment that are not closed. */
const UNTERMINATED = new Set([1160, 1010]);
