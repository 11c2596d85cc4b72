/**
 * Measures the random kernels beside NumPy, one core each, turn by turn: node bench/random.mjs
 * Nanoseconds per number; ratios above 1 mean that ours is faster.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { VenvError, venv } from '../scripts/venv.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const COUNT = 1 << 20;
const REPEATS = 12;
const ROUNDS = 3;

const SPECS = [
  { kind: 'random', dtype: 'float64' },
  { kind: 'random', dtype: 'float32' },
  { kind: 'uniform', dtype: 'float64', low: -1, high: 2 },
  { kind: 'standard_normal', dtype: 'float64' },
  { kind: 'standard_normal', dtype: 'float32' },
  { kind: 'normal', dtype: 'float64', loc: 1, scale: 2 },
  { kind: 'integers', dtype: 'bool', low: 0, high: 2 },
  { kind: 'integers', dtype: 'int8', low: 0, high: 100 },
  { kind: 'integers', dtype: 'int16', low: 0, high: 100 },
  { kind: 'integers', dtype: 'int32', low: 0, high: 100 },
  { kind: 'integers', dtype: 'int64', low: 0, high: 100 },
  { kind: 'integers', dtype: 'int64', low: 0, high: 1e13 },
];

async function kernels() {
  const { outputFiles } = await build({
    entryPoints: [path.join(ROOT, 'src', 'kernels', 'random', 'index.ts')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);
}

function ours({ fillRandom, randomScratch, SeedSequence, seedPcg64 }) {
  const memory = new WebAssembly.Memory({ initial: 200, maximum: 200, shared: true });
  const state = seedPcg64(new SeedSequence(1));
  return SPECS.map((spec) => {
    const target = { address: 1 << 20, count: COUNT, scratch: { address: 0, bytes: randomScratch(spec) } };
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < REPEATS; i++) {
      const start = performance.now();
      fillRandom(memory, spec, state, target);
      best = Math.min(best, performance.now() - start);
    }
    return (best * 1e6) / COUNT;
  });
}

function numpy(python) {
  const script = path.join(ROOT, 'bench', 'peers', 'random-numbers.py');
  const input = JSON.stringify({ specs: SPECS, count: COUNT, repeats: REPEATS });
  const { status, stdout, stderr } = spawnSync(python, [script], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`NumPy failed: ${stderr.trim()}`);
  return JSON.parse(stdout);
}

const lower = (a, b) => (a === undefined ? b : a.map((x, i) => Math.min(x, b[i])));

try {
  const python = venv('bench', 'bench/requirements.txt');
  const own = await kernels();
  let [here, there] = [];
  for (let round = 0; round < ROUNDS; round++) {
    here = lower(here, ours(own));
    there = lower(there, numpy(python));
  }
  console.log(`${'ns per number'.padEnd(34)}  tilework  NumPy  ratio`);
  SPECS.forEach(({ kind, dtype, ...args }, i) => {
    const name = `${kind} ${dtype} ${Object.values(args).join(' … ')}`;
    const figures = [here[i], there[i], there[i] / here[i]].map((x) => x.toFixed(2).padStart(7));
    console.log(`${name.padEnd(34)} ${figures.join(' ')}`);
  });
} catch (error) {
  if (!(error instanceof VenvError)) throw error;
  console.error(`bench not run: ${error.message}`);
  process.exitCode = 75;
}
