/**
 * Runs a truth generator in a virtual environment with the NumPy that its data name.
 *
 *     node scripts/truth.mjs             writes test/truth/conformance/
 *     node scripts/truth.mjs --check     makes the data again and compares
 *
 * Outside of CI it is no failure when the environment cannot be made; one line says so.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CANNOT, VenvError, venv } from './venv.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

try {
  const python = venv('truth', 'test/truth/requirements.txt');
  const script = path.join(ROOT, 'test', 'truth', 'conformance.py');
  const { status } = spawnSync(python, ['-B', script, ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} catch (error) {
  if (!(error instanceof VenvError)) throw error;
  console.error(`truth not checked: ${error.message}`);
  process.exitCode = process.env.CI ? CANNOT : 0;
}
