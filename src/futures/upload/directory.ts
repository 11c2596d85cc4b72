import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UploadError } from '../errors.js';
import type { Files } from './files.js';

/**
 * The files of a directory, but for `node_modules` and what has a name that begins with a dot.
 * @throws UploadError for a link, and for more than an upload may have
 */
export async function readDirectory(
  directory: string,
  files: Pick<Files, 'expect'>,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  let bytes = 0;
  const visit = async (inner: string): Promise<void> => {
    for (const entry of await readdir(join(directory, inner), { withFileTypes: true })) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const path = inner === '' ? entry.name : `${inner}/${entry.name}`;
      const full = join(directory, path);
      if (entry.isDirectory()) await visit(path);
      else if (!entry.isFile())
        throw new UploadError(
          `${full} is ${entry.isSymbolicLink() ? 'a link' : 'no file'}, which is not uploaded: copy it, or upload what "npm pack" makes of the package`,
        );
      else {
        bytes += (await stat(full)).size;
        files.expect(bytes, directory);
        found.set(path, await readFile(full));
      }
    }
  };
  await visit('');
  return found;
}
