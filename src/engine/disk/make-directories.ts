import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a directory and those above it that are not there. Node's own `recursive` never returns where nothing can be made and the system
 * says that something is missing, as below /proc.
 * @throws what `mkdirSync` throws
 */
export function makeDirectories(path: string, mode = 0o777): void {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(path).isDirectory()) return;
    if (code !== 'ENOENT' || existsSync(dirname(path))) throw error;
    makeDirectories(dirname(path), mode);
    makeDirectories(path, mode);
  }
}
