import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Upload } from '../../graph/uploads.js';
import { UploadError } from '../errors.js';
import { readArchive } from './archive.js';
import { readDirectory } from './directory.js';
import { packageIn, readFileAsPackage } from './file.js';
import { Files } from './files.js';

/** Names that Node looks up as packages. */
const NAME = /^(@[\w-][\w.-]*\/)?[\w-][\w.-]*$/;

/** And those that mean something else. */
const NO_NAMES: ReadonlySet<string> = new Set(['tilework', 'node_modules', '__proto__']);

/**
 * Reads what is to be uploaded, each path a package of its own.
 * @throws UploadError naming what is missing, too large, of no use or unsafe
 */
export async function readUpload(paths: Iterable<string | URL>): Promise<Upload> {
  const files = new Files();
  const names: string[] = [];
  for (const given of paths) {
    const path = resolve(pathOf(given));
    const { found, name } = await readPackage(path, files);
    if (!NAME.test(name) || isBuiltin(name) || NO_NAMES.has(name))
      throw new UploadError(`${path}: ${JSON.stringify(name)} is no name by which a package can be imported`);
    if (names.includes(name))
      throw new UploadError(`two of what is uploaded are called ${JSON.stringify(name)}`);
    names.push(name);
    for (const [inner, bytes] of found) files.add(`${name}/${inner}`, bytes, path);
  }
  if (names.length === 0) throw new UploadError('nothing to upload: no path is given');
  return { hash: hashOf(files.byPath), names, files: files.byPath };
}

function pathOf(path: string | URL): string {
  if (path instanceof URL ? path.protocol === 'file:' : path.startsWith('file:')) return fileURLToPath(path);
  if (path instanceof URL || typeof path !== 'string' || path === '')
    throw new UploadError(`${JSON.stringify(String(path))} is no path of a file or a directory`);
  return path;
}

async function readPackage(
  path: string,
  files: Files,
): Promise<{ readonly name: string; readonly found: ReadonlyMap<string, Uint8Array> }> {
  const is = await stat(path).catch((cause: Error) => {
    throw new UploadError(`cannot read ${path}: ${cause.message}`, { cause });
  });
  files.expect(is.isFile() ? is.size : 0, path);
  if (is.isDirectory()) {
    const found = await readDirectory(path, files);
    if (found.size === 0) throw new UploadError(`${path} is a directory without files`);
    return { found, name: nameIn(found, path) ?? basename(path) };
  }
  // Of what never ends, such as a device, or where somebody must write, such as a pipe, nobody knows how much it is.
  if (!is.isFile()) throw new UploadError(`${path} is neither a file nor a directory`);
  if (!/\.(tgz|tar\.gz)$/.test(path)) return { found: await readFileAsPackage(path), name: basename(path) };
  const found = await readArchive(path, files);
  const name = nameIn(found, path);
  if (name === undefined)
    throw new UploadError(`${path}: it has no package.json with a name, as what "npm pack" makes has`);
  return { found, name };
}

function nameIn(found: ReadonlyMap<string, Uint8Array>, path: string): string | undefined {
  const bytes = found.get('package.json');
  if (bytes === undefined) return undefined;
  const { name } = packageIn(new TextDecoder().decode(bytes), path);
  return name === undefined ? undefined : String(name);
}

function hashOf(files: ReadonlyMap<string, Uint8Array>): string {
  const hash = createHash('sha256');
  for (const [path, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${JSON.stringify(path)}${bytes.length}:`).update(bytes);
  return hash.digest('hex').slice(0, 32);
}
