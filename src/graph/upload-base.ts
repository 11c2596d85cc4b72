import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tokenize } from './key.js';
import { noteUploads, type Uploads } from './uploads.js';

let root: string | undefined;

/** Where the engine of this thread has its uploads, if it has any. */
export function setUploadRoot(path: string | undefined): void {
  root = path;
}

/** The packages of an upload that was installed below a root. */
export const packagesOf = (root: string, hash: string): string => join(root, hash, 'node_modules');

/**
 * A directory from which just these uploads are found, by Node's own rules; beside them what the process itself would find.
 *
 * @throws Error naming an upload that the engine does not have
 */
export function baseOf(uploads: Uploads): string {
  // Functions that are submitted by this one mean the same.
  noteUploads(uploads);
  const base = join(root ?? '', `of-${tokenize(uploads)}`);
  for (const [name, hash] of Object.entries(uploads)) {
    const target = root && join(packagesOf(root, hash), name);
    if (target === undefined || !existsSync(target))
      throw new Error(
        `${JSON.stringify(name)} was uploaded, but not to the engine that runs this: upload it there, by client.upload`,
      );
    link(target, join(base, 'node_modules', name));
  }
  return base;
}

/** A link to a directory; other threads may be making the same. */
export function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    symlinkSync(target, path, 'junction');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
