/** What a program loads that computes no frame. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The sources that are loaded at once with an entry, and those that come by `import()`. */
async function sourcesOf(entry: string): Promise<{ early: string[]; late: string[] }> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { entry },
    outdir: 'out',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    external: ['*/runner.js'],
    metafile: true,
    write: false,
  });
  const early = new Set<string>();
  const load = (file: string): void => {
    if (early.has(file)) return;
    early.add(file);
    for (const { path, kind, external } of metafile.outputs[file]!.imports)
      if (kind === 'import-statement' && !external) load(path);
  };
  load('out/entry.js');
  const inputs = (files: readonly string[]): string[] =>
    files.flatMap((file) => Object.keys(metafile.outputs[file]!.inputs));
  const all = Object.keys(metafile.outputs);
  return { early: inputs([...early]), late: inputs(all.filter((file) => !early.has(file))) };
}

it('what computes frames is not loaded before one is computed', async () => {
  const { early, late } = await sourcesOf('src/index.ts');
  const computes = (file: string): boolean =>
    /^src\/frame\/(duck|exchange|parquet)\/|^src\/frame\/(execute|sql\/plan|io\/(csv|write))\.ts$/.test(file);
  expect(early.filter(computes)).toEqual([]);
  expect(early).toContain('src/frame/frame.ts');
  expect(late.filter(computes).length).toBeGreaterThan(10);
});
