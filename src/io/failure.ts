const EXPLAINED: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free some space or choose another directory',
  EDQUOT: 'the disk quota is used up; free some space or choose another directory',
  EFBIG: 'the file system does not take files of this size',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOENT: 'no such file or directory',
  ENOTDIR: 'a part of the path is not a directory',
  EISDIR: 'it is a directory',
  EMFILE: 'too many open files',
  EEXIST: 'it already exists',
  EIO: 'the device reported an input/output error',
};

/** The code of a system error (`'ENOSPC'`), if it is one. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** An error that says what could not be done, to which file, and why; the system's own error is its `cause`. */
export function failure(doing: string, path: string, cause: unknown): Error {
  const code = errorCode(cause);
  const why =
    code !== undefined && code in EXPLAINED
      ? `${EXPLAINED[code]} (${code})`
      : cause instanceof Error
        ? cause.message
        : String(cause);
  const error: Error & { code?: string } = new Error(`cannot ${doing} ${path}: ${why}`, { cause });
  if (code !== undefined) error.code = code;
  return error;
}

/** Runs `body`; what it throws becomes a `failure`. */
export function attempt<T>(doing: string, path: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw failure(doing, path, error);
  }
}
