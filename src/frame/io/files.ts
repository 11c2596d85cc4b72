import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from '../duck/database.js';
import { FrameError } from '../errors.js';
import type { FileInfo } from '../plan/node.js';

const GLOB = /[*?[]/;
const REMOTE = /^(https?|s3|gs|gcs|r2|az|hf):\/\//;

/** The files that paths mean. Throws a FrameError for a path at which there is none. */
export async function filesOf(
  where: string,
  paths: string | readonly string[],
  extension: string,
  database: Database,
): Promise<readonly FileInfo[]> {
  const list = typeof paths === 'string' ? [paths] : paths;
  if (list.length === 0) throw new FrameError(`${where}: no path was given`);
  const found = await Promise.all(list.map((path) => expand(where, path, extension, database)));
  return Promise.all(found.flat().map(infoOf));
}

async function expand(
  where: string,
  path: string,
  extension: string,
  database: Database,
): Promise<readonly string[]> {
  if (REMOTE.test(path)) return [path];
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return [path];
  const pattern = found?.isDirectory() ? join(path, '**', `*${extension}`) : path;
  if (!found && !GLOB.test(path)) throw new FrameError(`${where}: there is no file ${path}`);
  const files: string[] = [];
  for await (const { columns } of database.batches({
    sql: 'SELECT file FROM glob($1) ORDER BY file',
    values: [pattern],
  }))
    files.push(...(columns[0]!.values as readonly string[]));
  if (files.length === 0) throw new FrameError(`${where}: no file matches ${pattern}`);
  return files;
}

async function infoOf(path: string): Promise<FileInfo> {
  if (REMOTE.test(path)) return { path, bytes: 0 };
  const { size, mtimeMs } = await stat(path);
  return { path, bytes: size, modified: mtimeMs };
}
