import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EngineError } from './errors.js';

/**
 * Where the compiled entry of a thread lies, seen from this file: beside it in the ESM build, in the ESM build beside the CommonJS
 * one, or, when the sources run as they are (tests), in the build made before.
 */
const CANDIDATES = ['./thread.js', '../esm/thread.js', '../../dist/esm/thread.js'];

/** The file that threads run. Throws an EngineError where it is not to be found. */
export function threadEntry(): URL {
  const here = import.meta.url;
  for (const path of CANDIDATES) {
    const url = new URL(path, here);
    if (url.protocol === 'file:' && existsSync(fileURLToPath(url))) return url;
  }
  throw new EngineError(
    `tilework's thread.js is not where it belongs, beside ${here}: when working on tilework run "npm run build"; ` +
      'when bundling a program leave tilework out of the bundle (mark it as external)',
  );
}

/** What the main thread loads to run tasks itself. */
export const runnerBeside = (entry: URL): URL => new URL('./runner.js', entry);
