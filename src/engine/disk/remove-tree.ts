import { rmSync } from 'node:fs';

const TRIES = 100;

/**
 * Removes a file or a directory with all in it, though somebody who writes there may put another entry in a directory
 * that was listed already. (`rmSync` alone tries to remove that directory again, but does not list it again.)
 */
export function removeTree(path: string): void {
  for (let tries = 1; ; tries++) {
    try {
      rmSync(path, { recursive: true, force: true });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY' || tries === TRIES) throw error;
    }
  }
}
