import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LocalClusterError } from '../errors.js';

/** Where files of the package lie, seen from this file or from the build that holds it. */
const ROOTS = ['../../', '../../../'];

/** A file of the package, by its path from the root. Throws a LocalClusterError where it is not there. */
export function packageFile(path: string): string {
  for (const root of ROOTS) {
    const url = new URL(root + path, import.meta.url);
    if (url.protocol === 'file:' && existsSync(fileURLToPath(url))) return fileURLToPath(url);
  }
  throw new LocalClusterError(
    `tilework's ${path} is not where it belongs, as seen from ${import.meta.url}: when working on tilework run "npm run build"; when bundling a program leave tilework out of the bundle (mark it as external)`,
  );
}
