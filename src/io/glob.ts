import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { attempt, errorCode } from './failure.js';
import { isPartial } from './partial.js';

const MAGIC = /[*?[]/;

/** Names with numbers in the order of those: part-2 before part-10. */
const NATURAL = new Intl.Collator('en', { numeric: true });

/** Whether a path has what stands for several: `*`, `?`, `[a-z]`, `**` for any folders. */
export const isGlob = (path: string): boolean => MAGIC.test(path);

/**
 * The files that a pattern matches, in the order of their names. What writers have not finished is none of them, nor is what begins with a dot, where
 * the pattern does not.
 */
export function filesMatching(pattern: string): string[] {
  const parts = pattern.split(/[/\\]+/);
  const absolute = parts[0] === '';
  const found = absolute ? walk('/', parts.slice(1)) : walk('', parts);
  return [...new Set(found)].filter((path) => !isPartial(path)).sort(NATURAL.compare);
}

function walk(folder: string, [part, ...rest]: readonly string[]): string[] {
  if (part === undefined) return [];
  if (part === '**') {
    const inside = foldersIn(folder).flatMap((name) => walk(join(folder, name), [part, ...rest]));
    return [...walk(folder, rest), ...inside];
  }
  const last = rest.length === 0;
  if (!isGlob(part)) {
    const path = join(folder, part);
    return last ? (isFile(path) ? [path] : []) : walk(path, rest);
  }
  const matches = matcher(part);
  const names = entriesOf(folder).filter(
    ({ name }) => matches.test(name) && (part.startsWith('.') || !name.startsWith('.')),
  );
  return names.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (last) return isFile(path) ? [path] : [];
    return isFolder(path) ? walk(path, rest) : [];
  });
}

const foldersIn = (folder: string): string[] =>
  entriesOf(folder).flatMap((entry) =>
    entry.isDirectory() && !entry.name.startsWith('.') ? [entry.name] : [],
  );

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder === '' ? '.' : folder, { withFileTypes: true });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return [];
    return attempt('read', resolve(folder), () => {
      throw error;
    });
  }
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** One name's pattern as a regular expression. */
function matcher(part: string): RegExp {
  const source = part.replace(
    /\[(!?)([^\]]+)\]|[*?]|[\\^$.|+(){}[\]]/g,
    (text, not?: string, set?: string) => {
      if (set !== undefined) return `[${not ? '^' : ''}${set.replace(/[\\^]/g, '\\$&')}]`;
      if (text === '*') return '.*';
      return text === '?' ? '.' : `\\${text}`;
    },
  );
  return new RegExp(`^${source}$`, 's');
}
