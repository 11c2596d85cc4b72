/**
 * Compiles the programs of examples/ and runs them, or those that are named, one after another:
 *
 *     node scripts/examples.mjs [--scheduler tcp://…] [name…]
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildSync } from 'esbuild';
import { CANNOT, VenvError, venv } from './venv.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const { values, positionals: wanted } = parseArgs({
  options: { scheduler: { type: 'string' } },
  allowPositionals: true,
});
/** Programs that need a Python of ours: its environment and requirements. */
const PYTHON = { sklearn: ['cluster-libraries', 'test/cluster/requirements-libraries.txt'] };
const all = readdirSync(path.join(root, 'examples')).filter((file) => file.endsWith('.ts'));
const names = wanted.length > 0 ? wanted : all.map((file) => file.slice(0, -3));
// Within the repository, so that the programs find tilework by its name.
const out = path.join(root, `.cache/examples-run-${process.pid}`);
try {
  buildSync({
    entryPoints: names.map((name) => path.join(root, 'examples', `${name}.ts`)),
    outdir: out,
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    target: 'node20.19',
    logLevel: 'warning',
  });
  const before = path.join(out, 'connect.mjs');
  const connected = values.scheduler === undefined ? [] : ['--import', before];
  writeFileSync(
    before,
    `import { connect } from 'tilework';\nawait connect(${JSON.stringify(values.scheduler)});\n`,
  );
  for (const name of names) {
    if (names.length > 1) console.log(`\n── ${name}`);
    const env = { ...process.env };
    try {
      if (name in PYTHON) env.TILEWORK_DASK ??= venv(...PYTHON[name]);
    } catch (error) {
      if (!(error instanceof VenvError)) throw error;
      console.error(`${name} skipped: ${error.message}`);
      process.exitCode = CANNOT;
      continue;
    }
    const { status } = spawnSync(process.execPath, [...connected, path.join(out, `${name}.mjs`)], {
      cwd: root,
      env,
      stdio: 'inherit',
    });
    if (status !== 0) process.exitCode = status ?? 1;
  }
} finally {
  rmSync(out, { recursive: true, force: true });
}
