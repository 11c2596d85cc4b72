import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { afterAll, afterEach } from 'vitest';
import { LocalEngine, type LocalEngineOptions } from '../../../src/engine/index.js';

const folder = mkdtempSync(join(tmpdir(), 'tilework-engine-'));
buildSync({
  entryPoints: ['thread', 'runner'].map((name) => join(import.meta.dirname, `${name}.ts`)),
  outdir: folder,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));

/** The compiled entry of threads that know the operations of tests. */
export const entry = pathToFileURL(join(folder, 'thread.mjs'));

/** What lets the main thread run them too. */
export const runner = pathToFileURL(join(folder, 'runner.mjs'));

const engines = new Set<LocalEngine>();
/** Disposes of all engines of a test, for what it must not find them at afterwards. */
export async function disposeOfEngines(): Promise<void> {
  for (const engine of engines) await engine.dispose();
  engines.clear();
}
afterEach(disposeOfEngines);

/** An engine with the operations of tests, disposed of after the test. */
export function makeEngine(
  options: LocalEngineOptions = {},
  internals: { arenaBytes?: number; runner?: URL } = {},
): LocalEngine {
  const engine = new LocalEngine({ threads: 2, ...options }, { entry, ...internals });
  engines.add(engine);
  return engine;
}
