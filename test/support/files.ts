import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/**
 * What makes directories that are removed after the tests of the file, or of the `describe`, that calls this. It is called there, before hooks that end engines are
 * set up: what a module does when it is loaded is done for the first file only of those that a process runs.
 */
export function folders(): () => string {
  const made: string[] = [];
  // Hooks run in reverse.
  afterAll(() => {
    for (const folder of made) rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    const folder = mkdtempSync(join(tmpdir(), 'tilework-test-'));
    made.push(folder);
    return folder;
  };
}

/** Names of all files below a directory, directories too. Read again where some are removed meanwhile. */
export function listing(directory: string): string[] {
  for (;;)
    try {
      return readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || !existsSync(directory)) throw error;
    }
}
