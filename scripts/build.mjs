// Builds dist/: ES modules (with what runs in threads), CommonJS, and types for both.
import { spawn } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
// On the same disk, out of sight: a build that was cut short leaves nothing beside the sources.
const next = join(root, `.cache/build-${process.pid}`);
const node = 'node20.19';

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

/** What V8 parses at every start: without indentation and comments it takes a quarter less time. Names stay, for stack traces. */
const small = { minifyWhitespace: true, minifySyntax: true, lineLimit: 160 };

/** Imports of other entries are left as they are: each is one file, loaded in one go, with no second copy of what it holds. */
const apart = {
  name: 'apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/(index|runner)\.js$/ }, ({ path, resolveDir, kind }) => {
      const file = join(resolveDir, path);
      if (kind === 'entry-point' || !OTHERS.has(file)) return undefined;
      return { path: `./${basename(file)}`, external: true };
    });
  },
};
const OTHERS = new Set([join(root, 'src/index.js'), join(root, 'src/runner.js')]);

// Files cost more than bytes when a program starts, so code is divided only by when it is needed: what every program loads
// (index), what runs tasks (runner), a notebook's cells (kernel), and what few need (chunks). The two sides exchange data only, and share no module.
const esm = () =>
  Promise.all(
    ['index', 'runner', 'thread', 'cli', 'kernel'].map((name) =>
      build({
        ...common,
        entryPoints: { [name]: join(root, `src/${name}.ts`) },
        outdir: join(next, 'esm'),
        format: 'esm',
        splitting: true,
        chunkNames: `${name}-[hash]`,
        ...small,
        plugins: [apart],
      }),
    ),
  );

// Threads, and with them the operations, run from the ESM build: only what users import is needed here.
const cjs = () =>
  build({
    ...common,
    entryPoints: { index: join(root, 'src/index.ts') },
    outdir: join(next, 'cjs'),
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    define: { 'import.meta.url': 'moduleUrl' },
    banner: { js: 'const moduleUrl = require("node:url").pathToFileURL(__filename).href;' },
  });

/** A door to a part: names of the whole, so that an array or a frame is of the same class through either door. */
async function door(name) {
  const { metafile } = await build({
    ...common,
    entryPoints: [join(root, `src/${name}/index.ts`)],
    outfile: 'door.js',
    format: 'esm',
    metafile: true,
    write: false,
  });
  const names = metafile.outputs['door.js'].exports;
  await write(`esm/${name}.js`, `export { ${names.join(', ')} } from './index.js';\n`);
  const required = `const { ${names.map((name) => `${name}: _${name}`).join(', ')} } = require('./index.cjs');\n`;
  await write(
    `cjs/${name}.cjs`,
    `${required}module.exports = { ${names.map((name) => `${name}: _${name}`).join(', ')} };\n`,
  );
}

async function write(file, text) {
  const path = join(next, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** Maps name the sources as seen from where they were made, which is one folder deeper than where they go. */
async function settleMaps(folder) {
  for (const name of await readdir(join(next, folder))) {
    if (!name.endsWith('.map')) continue;
    const path = join(next, folder, name);
    await writeFile(path, (await readFile(path, 'utf8')).replaceAll('"../../../src/', '"../../src/'));
  }
}

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
    await Promise.all([
      esm(),
      cjs(),
      ...['array', 'bag', 'cluster', 'delayed', 'frame', 'futures'].map(door),
      only ? undefined : types('types'),
    ]);
    if (!only) {
      // The same declarations, read as those of a CommonJS package.
      await cp(join(next, 'types'), join(next, 'types-cjs'), { recursive: true });
      await writeFile(join(next, 'types-cjs/package.json'), '{"type":"commonjs"}\n');
    }
    await Promise.all(['esm', 'cjs'].map(settleMaps));
    await writeFile(join(next, 'cjs/package.json'), '{"type":"commonjs"}\n');
    await replace(dist, next);
  } finally {
    await rm(next, { recursive: true, force: true });
  }
}

await main();
