/**
 * Fetches the newest long-term-support release of Node.js.
 *
 *     node scripts/tools/node-lts.mjs     prints the path of its binary
 *
 * It comes from the npm registry (package `node-<platform>-<arch>`) into .cache/.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const LTS = '26';
const CACHE = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../.cache');

export function nodeLts() {
  const name = `node-${process.platform}-${process.arch}`;
  const home = path.join(CACHE, `node-${LTS}`);
  const binary = path.join(home, 'node_modules', name, 'bin', 'node');
  if (!existsSync(binary)) {
    const npm = ['install', '--prefix', home, '--no-save', '--no-audit', '--no-fund', `${name}@${LTS}`];
    execFileSync('npm', npm, { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  return binary;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(nodeLts());
