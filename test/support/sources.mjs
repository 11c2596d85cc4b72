// Tests load the sources as JavaScript that Node reads by itself: through Vitest's own loader, module by module, each
// of the many processes would take longer to load them than most need for their tests.
import { readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { context } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const SOURCES = join(root, 'src');
/** Beside src/, so that what lies relative to a source does so relative to its JavaScript too. */
const COMPILED = join(root, '.sources');

const files = () =>
  readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(SOURCES, file));

/** Before tests: src/ to .sources/, file by file; while Vitest watches, again at each change. */
export async function setup(project) {
  const compiler = await context({
    entryPoints: files(),
    outbase: SOURCES,
    outdir: COMPILED,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    sourcemap: true,
    logLevel: 'warning',
  });
  await compiler.rebuild();
  project.onTestsRerun(() => compiler.rebuild());
  return () => compiler.dispose();
}

/** For Vitest: an import of a source is one of its JavaScript. */
export const compiledSources = {
  name: 'compiled-sources',
  enforce: 'pre',
  resolveId(specifier, importer) {
    if (!importer || !specifier.startsWith('.') || !specifier.endsWith('.js')) return undefined;
    const file = join(dirname(importer), specifier);
    if (!file.startsWith(`${SOURCES}/`)) return undefined;
    return { id: join(COMPILED, relative(SOURCES, file)), external: true };
  },
};
