/**
 * Runs the tests of what leans on Node itself on the newest long-term-support release of Node.js, whatever
 * Node runs this script.
 *
 *     node scripts/node-lts.mjs [arguments for vitest run]
 */
import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeLts } from './tools/node-lts.mjs';

/** What leans on Node itself: arithmetic and compiled code, threads and memory, files, sockets. The suite on the oldest Node has the rest. */
const TESTS = [
  ...['engine', 'io', 'kernels', 'cluster/comm', 'cluster/wire'].map((room) => `test/${room}/`),
  ...['behaviour/', 'errors/', 'properties.test.ts'].map((name) => `test/array/${name}`),
  ...['io', 'map', 'values'].map((name) => `test/frame/${name}.test.ts`),
  'test/kernel/kernel.test.ts',
];
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const node = nodeLts();
console.log(`the suite on Node ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}`);
const env = { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}` };
const vitest = path.join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
const { status, signal } = spawnSync(node, [vitest, 'run', ...TESTS, ...process.argv.slice(2)], {
  cwd: ROOT,
  env,
  stdio: 'inherit',
});
process.exitCode = signal ? 1 : (status ?? 1);
