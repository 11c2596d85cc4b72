import { lstatSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { SpillError } from '../errors.js';
import { makeDirectories } from './make-directories.js';
import { isAlive, type Owner, self } from './owner.js';
import { removeTree } from './remove-tree.js';

const LOCK = 'owner.json';
/** The parent may be any directory of a user's, and date-like names such as 2024-01-31 are common there. */
const NAME = /^tilework-\d+-\d+-[0-9a-z]+$/;

/** Where spilled blocks go when nothing is said: a directory of the user's own in the system's for temporary files. */
export function defaultSpillDirectory(): string {
  const id = process.getuid?.() ?? userInfo().username;
  return join(tmpdir(), `tilework-${id}`);
}

let made = 0;

/** A path below `parent` that is this process's own. */
export const nameSpillDirectory = (parent: string): string =>
  join(parent, `tilework-${process.pid}-${++made}-${Date.now().toString(36)}`);

/**
 * Makes a directory of this process's own below `parent`. Those of processes that are gone are removed. Synchronous: it is
 * made once, when the first block is spilled.
 */
export function makeSpillDirectory(parent: string, path = nameSpillDirectory(parent)): string {
  try {
    makeDirectories(parent, 0o700);
    if (parent === defaultSpillDirectory()) requireOwn(parent);
    removeAbandoned(parent);
    mkdirSync(path, { mode: 0o700 });
    writeFileSync(join(path, LOCK), JSON.stringify({ ...self(), host: hostname() }), { mode: 0o600 });
    return path;
  } catch (cause) {
    throw new SpillError(
      `cannot make a directory for spilled blocks in ${parent}: ${String(cause)}; choose another by the option spillDirectory (tilework worker: --local-directory)`,
      parent,
      { cause },
    );
  }
}

/** Of a name that everybody knows, in a directory where everybody writes, somebody else may have made something before: whose it is could change what lies there. */
function requireOwn(path: string): void {
  const found = lstatSync(path);
  const isOwn = found.isDirectory() && (found.mode & 0o022) === 0 && found.uid === process.getuid?.();
  if (process.getuid !== undefined && !isOwn)
    throw new Error('it is no directory that this user alone may change (chmod go-w)');
}

/** Finds out whether blocks could be spilled there, before there are any. @throws SpillError saying why not */
export const requireSpillDirectory = (parent: string): void =>
  removeSpillDirectory(makeSpillDirectory(parent));

/** Removes a directory of spilled blocks; writes may be under way. */
export const removeSpillDirectory = removeTree;

/** Removes what processes of this machine that were killed have left; nothing that does not say by its lock that it is such. */
export function removeAbandoned(parent: string): void {
  for (const path of entriesOf(parent)) {
    const owner = ownerOf(path);
    try {
      if (owner !== undefined && !isAlive(owner)) removeSpillDirectory(path);
      // Who made it was killed before it wrote the lock.
      else if (owner === undefined && isOld(path)) rmdirSync(path);
    } catch {
      // Not empty, another user's, or being removed by another process at this moment: not ours to care for.
    }
  }
}

function entriesOf(parent: string): string[] {
  try {
    return readdirSync(parent, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && NAME.test(entry.name))
      .map((entry) => join(parent, entry.name));
  } catch {
    return [];
  }
}

/** The process that made it, as its lock says; undefined where there is none, or it is one of another machine on a shared disk. */
function ownerOf(path: string): Owner | undefined {
  try {
    const owner: unknown = JSON.parse(readFileSync(join(path, LOCK), 'utf8'));
    if (typeof owner !== 'object' || owner === null) return undefined;
    const { pid, started, host } = owner as Partial<Owner & { readonly host: string }>;
    if (host !== hostname()) return undefined;
    return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : undefined;
  } catch {
    return undefined;
  }
}

/** A directory without a lock may be one that is just being made. */
function isOld(path: string): boolean {
  try {
    return Date.now() - statSync(path).mtimeMs > 60_000;
  } catch {
    return false;
  }
}
