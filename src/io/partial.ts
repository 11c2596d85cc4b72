import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { isAlive, self } from '../engine/disk/owner.js';
import { removeTree } from '../engine/disk/remove-tree.js';

/**
 * Temporary siblings in which files and stores are written: `path.partial-place-pid-started-random`. The name says which process writes
 * it, so that one that was killed leaves nothing behind for longer than until the next write to the same path.
 */

/** Whether a path is, or lies in, what a writer has not finished: no reader takes it for data. */
export const isPartial = (path: string): boolean => PARTIAL.test(path);

const PARTIAL = /\.partial-(?:[^/\\]*-)?[0-9a-f]{8}(?:[/\\.]|$)/;

/** A new name for a sibling of `path`. */
export function partialName(path: string): string {
  const { pid, started } = self();
  return `${path}.partial-${place()}-${pid}-${started || 0}-${randomBytes(4).toString('hex')}`;
}

let known: string | undefined;

/**
 * Where process ids are what they are here: this start of this machine, this container. Paths may be shared with others, whose
 * processes cannot be asked for.
 */
function place(): string {
  known ??= createHash('sha256')
    .update([hostname(), bootId(), processSpace()].join('\n'))
    .digest('hex')
    .slice(0, 8);
  return known;
}

const NAME = /^([0-9a-f]{8})-(\d+)-(\d+)-[0-9a-f]{8}(?:\.attempts)?(\.former|\.aborted)?$/;

/** Removes siblings of `path` that processes of this machine had begun and, being gone, will not finish. */
export function removeAbandonedPartials(path: string): void {
  const folder = dirname(path);
  const prefix = `${basename(path)}.partial-`;
  for (const name of namesIn(folder)) {
    const [, where, pid, started, left] = name.startsWith(prefix)
      ? (NAME.exec(name.slice(prefix.length)) ?? [])
      : [];
    if (where !== place() || isAlive({ pid: Number(pid), started: started === '0' ? '' : started! }))
      continue;
    // What was to be replaced, moved aside: the only copy, until something stands at the path.
    if (left === '.former' && !existsSync(path)) continue;
    try {
      removeTree(join(folder, name));
    } catch {
      // Another user's, or another writer removes it at this moment: not in the way of this write.
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
  } catch {
    return '';
  }
}

function processSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
