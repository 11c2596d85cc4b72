import { lstatSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { atExit } from '../../engine/disk/cleanup.js';
import { errorCode, failure } from '../../io/failure.js';
import { abortWrite, partialOf, replace } from '../../io/replace.js';
import type { Target } from '../../io/source.js';
import { FileError } from '../errors.js';
import { isRemote } from './remote.js';

/** What is replaced by `overwrite`: a file, or a directory that holds nothing but files whose names end so. */
export type TargetKind = { readonly directoryOf?: readonly string[] };

/**
 * Writes what stands at `path` when all of it is there, and not before: `write` is given the name of a temporary sibling. Where it fails, is
 * aborted or interrupted by a signal, nothing is left.
 */
export async function writeTo(
  path: string,
  { overwrite = false, directoryOf }: { readonly overwrite?: boolean } & TargetKind,
  write: (partial: string) => Promise<void>,
): Promise<void> {
  if (isRemote(path))
    throw new FileError(
      `cannot write ${path}: files of Arrow are written to this machine only; write it here, and send it (aws s3 cp)`,
      path,
    );
  const full = resolve(path);
  const isOurs = (found: string): boolean =>
    directoryOf === undefined ? lstatSync(found).isFile() : holdsOnly(found, directoryOf);
  const partial = fileErrors(full, () => partialOf(full, overwrite, isOurs));
  const forget = atExit(() => abortWrite({ partial }));
  try {
    await write(partial);
    const target: Pick<Target, 'path' | 'partial' | 'overwrite'> = { path: full, partial, overwrite };
    fileErrors(full, () => replace(target as Target, isOurs));
  } catch (error) {
    abortWrite({ partial });
    throw ofTarget(error, full, partial);
  } finally {
    forget();
  }
}

/** Whether a directory holds only files whose names end so, and directories of such. */
function holdsOnly(path: string, ends: readonly string[]): boolean {
  if (!lstatSync(path).isDirectory()) return false;
  return readdirSync(path, { withFileTypes: true, recursive: true }).every(
    (entry) => entry.isDirectory() || (entry.isFile() && ends.some((end) => entry.name.endsWith(end))),
  );
}

function fileErrors<T>(path: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    // The system's own words say nothing of what was attempted.
    const { message } =
      errorCode((error as Error).cause ?? error) && !/^cannot /.test((error as Error).message)
        ? failure('write', path, error)
        : (error as Error);
    throw new FileError(message, path, undefined, undefined, { cause: error });
  }
}

/** What went wrong with the temporary sibling is told of the file itself. */
function ofTarget(error: unknown, path: string, partial: string): unknown {
  if (!(error instanceof Error) || error instanceof FileError) return error;
  const texts = [error.message, error.cause instanceof Error ? error.cause.message : ''];
  if (!texts.some((text) => text.includes(partial))) return error;
  const code = texts.map(codeOf).find((found) => found !== undefined);
  const cause = code === undefined ? error : Object.assign(new Error(error.message), { code });
  return new FileError(
    failure('write', path, cause).message.replaceAll(partial, path),
    path,
    undefined,
    undefined,
    { cause: error },
  );
}

const codeOf = (text: string): string | undefined =>
  /No space left on device|Could not write all bytes|ENOSPC/.test(text)
    ? 'ENOSPC'
    : /Permission denied|EACCES/.test(text)
      ? 'EACCES'
      : /Read-only file system|EROFS/.test(text)
        ? 'EROFS'
        : /File too large|EFBIG/.test(text)
          ? 'EFBIG'
          : undefined;
