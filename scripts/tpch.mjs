/**
 * Makes the eight tables of TPC-H as Parquet files, once, by tpchgen-cli in a Python environment of its own.
 *
 *     node scripts/tpch.mjs [scale factor]     prints the directory
 *
 * They lie in .cache/tpch/sf<scale>. Where the generator cannot be installed the exit code is 75 (see scripts/venv.mjs).
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CANNOT, VenvError, venv } from './venv.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** The directory of the tables at a scale factor: `lineitem.parquet` and the seven others. Throws a VenvError where it cannot be made. */
export function tpch(scale) {
  const home = path.join(ROOT, '.cache', 'tpch', `sf${scale}`);
  if (existsSync(home)) return home;
  const python = venv('tpch', 'test/truth/tpch/requirements.txt');
  const partial = `${home}.${process.pid}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const generator = path.join(path.dirname(python), 'tpchgen-cli');
  try {
    execFileSync(generator, ['parquet', '-s', String(scale), '-o', partial, '--quiet'], { stdio: 'inherit' });
    if (!existsSync(home)) renameSync(partial, home);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return home;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(tpch(Number(process.argv[2] ?? 0.1)));
  } catch (error) {
    if (!(error instanceof VenvError)) throw error;
    console.error(error.message);
    process.exitCode = CANNOT;
  }
}
