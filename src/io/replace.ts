import { existsSync, lstatSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectories } from '../engine/disk/make-directories.js';
import { removeTree } from '../engine/disk/remove-tree.js';
import { attempt, errorCode, failure } from './failure.js';
import { partialName, removeAbandonedPartials } from './partial.js';
import type { Target } from './source.js';

/** What a writer makes of what is already at its path. */
export type IsOurs = (path: string) => boolean;

/** Of writers of single files. */
export const isFile: IsOurs = (path) => lstatSync(path).isFile();

/**
 * The name of the temporary sibling in which `path` is written, its directory made if need be. Those that killed processes have left
 * are removed.
 * @throws if something is at `path` already, unless `overwrite`, and then still if it is not of the same kind
 */
export function partialOf(path: string, overwrite: boolean, isOurs: IsOurs): string {
  refuseExisting(path, overwrite, isOurs);
  attempt('write', path, () => makeDirectories(dirname(path)));
  removeAbandonedPartials(path);
  return partialName(path);
}

function refuseExisting(path: string, overwrite: boolean, isOurs: IsOurs): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return;
  if (!overwrite)
    throw new Error(`${path} exists; pass overwrite: true to replace it, or choose another path`);
  if (!isOurs(path))
    throw new Error(`${path} exists and is something else; remove it yourself, or choose another path`);
}

/**
 * Puts what was written in the temporary sibling in the place of `path`. With `overwrite` the former one is removed once the
 * new one stands there, and put back if that fails.
 */
export function replace(target: Pick<Target, 'path' | 'partial' | 'overwrite'>, isOurs: IsOurs): void {
  const { path, partial, overwrite } = target;
  refuseExisting(path, overwrite, isOurs);
  const former = existsSync(path) ? `${partial}.former` : undefined;
  attempt(`move ${partial} to`, path, () => {
    if (former) renameSync(path, former);
    try {
      renameSync(partial, path);
    } catch (error) {
      if (former) renameSync(former, path);
      throw error;
    }
    if (former) rmSync(former, { recursive: true, force: true });
  });
}

/**
 * Removes what was written; nothing that stood at `path` before is touched. Threads may be writing still: it is moved out of
 * their way first, and whoever writes to the old name then fails.
 */
export function abortWrite({ partial }: Pick<Target, 'partial'>): void {
  const aside = `${partial}.aborted`;
  try {
    renameSync(partial, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw failure('remove', partial, error);
  }
  // A call that had found its directory before the move may still put an entry there.
  attempt('remove', aside, () => removeTree(aside));
}
