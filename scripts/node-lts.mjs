/**
 * Runs the test suite, but for what is long and no matter of Node's version, on the newest long-term-support release of Node.js, whatever
 * Node runs this script.
 *
 *     node scripts/node-lts.mjs [arguments for vitest run]
 *
 * The release comes from the npm registry (package `node-<platform>-<arch>`, which holds the binary) into .cache/.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const LTS = '26';
/** What tests how plans are made and cut, clusters behave and charts render, at length, and no more of Node than the rest does: the suite on the oldest Node has it. */
const LEFT_OUT = [
  'test/cluster/{client/mixed,client/dashboard,client/arrays,collections/**,frame/**,local/**,python/**,chaos/**}*',
  'test/frame/{conformance,map-memory,partitions,tpch}*',
  'test/{kubernetes,types}/**',
  'test/{docs/cluster,examples,futures/cluster}*',
];
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

function install() {
  const name = `node-${process.platform}-${process.arch}`;
  const home = path.join(ROOT, '.cache', `node-${LTS}`);
  const binary = path.join(home, 'node_modules', name, 'bin', 'node');
  if (!existsSync(binary)) {
    const npm = ['install', '--prefix', home, '--no-save', '--no-audit', '--no-fund', `${name}@${LTS}`];
    execFileSync('npm', npm, { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  return binary;
}

const node = install();
console.log(`the suite on Node ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}`);
const env = { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}` };
const vitest = path.join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
const leftOut = LEFT_OUT.flatMap((pattern) => ['--exclude', pattern]);
const { status, signal } = spawnSync(node, [vitest, 'run', ...leftOut, ...process.argv.slice(2)], {
  cwd: ROOT,
  env,
  stdio: 'inherit',
});
process.exitCode = signal ? 1 : (status ?? 1);
