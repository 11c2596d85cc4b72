/**
 * Runs the truth generators, each in a virtual environment with the packages that its data name.
 *
 *     node scripts/truth.mjs             writes test/truth/conformance/, test/truth/frame/, flights.json, bag.json, cluster-frames.json and tutorials.json
 *     node scripts/truth.mjs --check     makes the data again and compares
 *
 * Outside of CI it is no failure when the environment cannot be made; one line says so.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CANNOT, VenvError, venv } from './venv.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Scripts, the environment that each runs in, and what that has. */
const GENERATORS = [
  ['conformance.py', 'truth', 'requirements.txt'],
  ['frame.py', 'truth-frame', 'frame-requirements.txt'],
  ['flights.py', 'truth-frame', 'frame-requirements.txt'],
  ['tutorials.py', 'cluster', '../cluster/requirements.txt'],
  ['bag.py', 'cluster', '../cluster/requirements.txt'],
  ['cluster_frames.py', 'cluster', '../cluster/requirements.txt'],
];

/** Runs one generator after another. */
async function generate(generators) {
  for (const [script, name, requirements] of generators)
    try {
      const python = venv(name, `test/truth/${requirements}`);
      const file = path.join(ROOT, 'test', 'truth', script);
      const child = spawn(python, ['-B', file, ...process.argv.slice(2)], { stdio: 'inherit' });
      const [status] = await once(child, 'close');
      if (status !== 0) process.exitCode = status ?? 1;
    } catch (error) {
      if (!(error instanceof VenvError)) throw error;
      console.error(`truth of ${script} not checked: ${error.message}`);
      if (process.env.CI) process.exitCode = CANNOT;
    }
}

// NumPy's beside all others, which take as long together.
const [arrays, ...others] = GENERATORS;
await Promise.all([generate([arrays]), generate(others)]);
