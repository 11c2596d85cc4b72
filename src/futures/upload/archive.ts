import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { unpackTar } from 'modern-tar';
import { isInside } from '../../graph/uploads.js';
import { UploadError } from '../errors.js';
import type { Files } from './files.js';

/** What a tar has beside the bytes of its files: padding and headers, a few hundred bytes a file. */
const HEADERS = 16 * 2 ** 20;

/**
 * The files of a package as `npm pack` makes it: what is below the one directory at its top.
 * @throws UploadError for what is no such archive, for links, and for paths that lead elsewhere
 */
export async function readArchive(
  path: string,
  files: Pick<Files, 'room'>,
): Promise<ReadonlyMap<string, Uint8Array>> {
  let entries: Awaited<ReturnType<typeof unpackTar>>;
  try {
    const tar = await promisify(gunzip)(await readFile(path), { maxOutputLength: files.room + HEADERS });
    entries = await unpackTar(new Uint8Array(tar), { strict: true });
  } catch (cause) {
    const tooLarge = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw new UploadError(
      `${path}: ${tooLarge ? 'it is too large for an upload' : `it is no archive as "npm pack" makes it (${(cause as Error).message})`}`,
      { cause },
    );
  }
  const found = new Map<string, Uint8Array>();
  for (const { header, data } of entries) {
    if (header.type === 'directory' || header.type === 'pax-global-header') continue;
    if (header.type !== 'file')
      throw new UploadError(`${path}: ${JSON.stringify(header.name)} is a ${header.type}, not a file`);
    const inner = header.name.slice(header.name.indexOf('/') + 1);
    if (!header.name.includes('/') || !isInside(header.name) || !isInside(inner))
      throw new UploadError(`${path}: ${JSON.stringify(header.name)} lies outside of the package`);
    found.set(inner, data ?? new Uint8Array(0));
  }
  return found;
}
