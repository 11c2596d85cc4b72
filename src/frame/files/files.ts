import { constants, type Stats } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, failure } from '../../io/failure.js';
import { isPartial } from '../../io/partial.js';
import type { Database } from '../duck/database.js';
import { FileError, FrameError } from '../errors.js';
import { given } from '../given.js';
import type { FileInfo } from '../plan/source.js';
import { isRemote, openRemote } from './remote.js';

const GLOB = /[*?[]/;

const NATURAL = new Intl.Collator('en', { numeric: true });

/**
 * The files that paths mean: a path, a glob, a directory (all files in it and below that end as `extensions` do), or several of them.
 * Throws a FileError for a path at which there is none, or that may not be read.
 */
export async function filesOf(
  where: string,
  paths: string | readonly string[],
  extensions: readonly string[],
  database: Database,
): Promise<readonly FileInfo[]> {
  const list = typeof paths === 'string' ? [paths] : paths;
  if (!Array.isArray(list) || list.some((path) => typeof path !== 'string'))
    throw new TypeError(`${where} takes a path or a list of paths, not ${given(paths)}`);
  if (list.length === 0) throw new FrameError(`${where}: no path was given`);
  for (const path of list.filter(isRemote)) await openRemote(database, path, `${where}: reading ${path}`);
  const found = await Promise.all(list.map((path) => expand(where, path, extensions, database)));
  return Promise.all([...new Set(found.flat())].map((path) => infoOf(where, path)));
}

async function expand(
  where: string,
  path: string,
  extensions: readonly string[],
  database: Database,
): Promise<readonly string[]> {
  if (isRemote(path)) return GLOB.test(path) ? glob(path, database) : [path];
  const found = await stat(path).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw unreadable(where, path, error);
  });
  if (found && !found.isDirectory()) return [path];
  if (!found && !GLOB.test(path))
    throw new FileError(`${where}: there is no file ${path} (from ${process.cwd()})`, path);
  const patterns = found ? extensions.map((extension) => join(path, '**', `*${extension}`)) : [path];
  const files = (await Promise.all(patterns.map((pattern) => glob(pattern, database)))).flat();
  const whole = files.filter((file) => !isPartial(file.slice(found ? path.length : 0)));
  if (whole.length === 0) throw new FileError(`${where}: no file matches ${patterns.join(' or ')}`, path);
  // Names with numbers in the order of those: part-2 before part-10.
  return whole.sort(NATURAL.compare);
}

async function glob(pattern: string, database: Database): Promise<readonly string[]> {
  const files: string[] = [];
  for await (const { columns } of database.batches({
    sql: 'SELECT file FROM glob($1) ORDER BY file',
    values: [pattern],
  }))
    files.push(...(columns[0]!.values as readonly string[]));
  return files;
}

async function infoOf(where: string, path: string): Promise<FileInfo> {
  if (isRemote(path)) return { path, bytes: 0 };
  const { size, mtimeMs } = await checkReadable(where, path);
  return { path, bytes: size, modified: mtimeMs };
}

/** What is known of a file that may be read. Throws a FileError where it is not there, or may not. */
export async function checkReadable(where: string, path: string): Promise<Stats> {
  try {
    await access(path, constants.R_OK);
    return await stat(path);
  } catch (error) {
    throw unreadable(where, path, error);
  }
}

const unreadable = (where: string, path: string, cause: unknown): FileError =>
  new FileError(`${where}: ${failure('read', path, cause).message}`, path, undefined, undefined, { cause });

/** Throws a FileError where a file is not what it was when the frame was made. */
export async function checkUnchanged(files: readonly FileInfo[]): Promise<void> {
  await Promise.all(
    files.map(async ({ path, bytes, modified }) => {
      if (modified === undefined) return;
      const found = await stat(path).catch((cause: unknown) => {
        throw unreadable('a file of the frame is gone', path, cause);
      });
      if (found.mtimeMs === modified && found.size === bytes) return;
      throw new FileError(
        `${path} has changed since the frame was made (${bytes} bytes then, ${found.size} now): make the frame again`,
        path,
      );
    }),
  );
}
