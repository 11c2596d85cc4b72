// Builds dist/: ES modules (with the threads' entry), CommonJS, and types for both.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
// On the same disk, out of sight: a build that was cut short leaves nothing beside the sources.
const next = join(root, `.cache/build-${process.pid}`);
const node = 'node20.19';

/** Entries by the name of their file in dist/esm; those not written yet are left out. */
const entries = Object.fromEntries(
  Object.entries({
    index: 'src/index.ts',
    array: 'src/array/index.ts',
    frame: 'src/frame/index.ts',
    engine: 'src/engine/index.ts',
    thread: 'src/thread.ts',
    cli: 'src/cli.ts',
  })
    .map(([name, path]) => [name, join(root, path)])
    .filter(([, path]) => existsSync(path)),
);

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: node,
  packages: 'external',
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
};

const esm = () =>
  build({
    ...common,
    entryPoints: entries,
    outdir: join(next, 'esm'),
    format: 'esm',
    splitting: true,
    chunkNames: 'chunk-[hash]',
  });

// Threads, and with them the operations, run from the ESM build: only what users import is needed here.
const cjs = () => {
  const { thread, cli, ...doors } = entries;
  return build({
    ...common,
    entryPoints: doors,
    outdir: join(next, 'cjs'),
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    define: { 'import.meta.url': 'moduleUrl' },
    banner: { js: 'const moduleUrl = require("node:url").pathToFileURL(__filename).href;' },
  });
};

const types = (folder) =>
  run(process.execPath, [tsc(), ...['-p', 'tsconfig.build.json', '--outDir', join(next, folder)]]);

function tsc() {
  const require = createRequire(join(root, 'package.json'));
  return join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${args[0]} ended with ${code}`))));
  });
}

/** Puts a folder in the place of another, which is gone for the shortest time; again, should a second build do the same. */
async function replace(old, fresh) {
  const aside = `${fresh}-old`;
  for (let attempt = 0; ; attempt++) {
    await rename(old, aside).catch((error) => {
      if (error.code !== 'ENOENT') throw error;
    });
    try {
      await rename(fresh, old);
      break;
    } catch (error) {
      if (error.code !== 'ENOTEMPTY' || attempt === 3) throw error;
    } finally {
      await rm(aside, { recursive: true, force: true });
    }
  }
}

async function main() {
  await mkdir(next, { recursive: true });
  try {
    const only = process.argv.includes('--no-types');
    await Promise.all([esm(), cjs(), only ? undefined : types('types')]);
    if (!only) {
      // The same declarations, read as those of a CommonJS package.
      await cp(join(next, 'types'), join(next, 'types-cjs'), { recursive: true });
      await writeFile(join(next, 'types-cjs/package.json'), '{"type":"commonjs"}\n');
    }
    await writeFile(join(next, 'cjs/package.json'), '{"type":"commonjs"}\n');
    await replace(dist, next);
  } finally {
    await rm(next, { recursive: true, force: true });
  }
}

await main();
