/**
 * Makes or reuses a Python virtual environment with the exact packages of a requirements file.
 *
 *     node scripts/venv.mjs <name> <requirements.txt>     prints the path of its python
 *
 * It lies in .venv/<name>. Where python3, its venv module or the package index is missing, one line on stderr says so
 * and the exit code is 75 (EX_TEMPFAIL), which callers outside of CI may take as "skip".
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
export const CANNOT = 75;
const UV = 'scripts/tools/uv.txt';
const BYTECODE = path.join(ROOT, 'scripts/tools/bytecode.py');

/** Thrown where the environment cannot be made here; `message` is one line. */
export class VenvError extends Error {}

/** The last line of what a command said, or of an error. */
export const lastLine = (error) =>
  String(error.stderr ?? error.message ?? error)
    .trim()
    .split('\n')
    .at(-1);

function run(command, args, env = process.env) {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env });
}

/** Path of the python of environment `name`, made from `requirements` (a path from the repository's root) where needed. */
export function venv(name, requirements) {
  const home = path.join(ROOT, '.venv', name);
  const python = path.join(home, 'bin', 'python');
  const stamp = path.join(home, 'requirements.installed');
  const wanted = readFileSync(path.resolve(ROOT, requirements), 'utf8');
  const isMade = () => existsSync(stamp) && existsSync(python) && readFileSync(stamp, 'utf8') === wanted;
  if (isMade()) return python;
  mkdirSync(path.dirname(home), { recursive: true });
  alone(`${home}.lock`, () => {
    if (!isMade()) make(home, python, stamp, wanted, requirements);
  });
  return python;
}

/** Does what no two processes may do at the same time: whoever comes later waits. A file that a dead process left is no lock. */
export function alone(lock, work) {
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (!isAlive(lock)) rmSync(lock, { force: true });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
  try {
    work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function isAlive(lock) {
  try {
    const owner = readFileSync(lock, 'utf8');
    // It is about to be written.
    if (owner === '') return true;
    process.kill(Number(owner), 0);
    return true;
  } catch (error) {
    // ENOENT: it was given up just now.
    return error.code !== 'ESRCH';
  }
}

function make(home, python, stamp, wanted, requirements) {
  const file = path.resolve(ROOT, requirements);
  const uv = requirements === UV ? undefined : uvHere();
  if (uv === undefined || !madeByUv(uv, home, python, file)) makeByPip(home, python, file, requirements);
  writeFileSync(stamp, wanted);
}

/** uv does in seconds what takes pip a minute: what it has unpacked for one environment it links into the next. Where it cannot be had, there is pip. */
function uvHere() {
  try {
    return path.join(path.dirname(venv('uv', UV)), 'uv');
  } catch (error) {
    if (error instanceof VenvError) return undefined;
    throw error;
  }
}

/** Whether uv could: it does not read pip's files of settings, so pip may where it cannot. */
function madeByUv(uv, home, python, file) {
  const { PIP_INDEX_URL: index, PIP_FIND_LINKS: links } = process.env;
  const env = {
    ...process.env,
    ...(index && { UV_DEFAULT_INDEX: index }),
    ...(links && { UV_FIND_LINKS: links }),
  };
  const cache = ['--quiet', '--cache-dir', path.join(ROOT, '.cache/uv')];
  try {
    run(uv, ['venv', ...cache, '--clear', '--python', 'python3', home], env);
    run(uv, ['pip', 'install', ...cache, '--python', python, '-r', file], env);
    run(python, [BYTECODE, file], { ...process.env, PYTHONDONTWRITEBYTECODE: '' });
    return true;
  } catch {
    return false;
  }
}

function makeByPip(home, python, file, requirements) {
  rmSync(home, { recursive: true, force: true });
  try {
    run('python3', ['-m', 'venv', home]);
  } catch (error) {
    throw new VenvError(`no Python environment: python3 with its venv module is needed (${lastLine(error)})`);
  }
  try {
    run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', file]);
  } catch (error) {
    rmSync(home, { recursive: true, force: true });
    throw new VenvError(`no Python environment: pip could not install ${requirements} (${lastLine(error)})`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [name, requirements] = process.argv.slice(2);
  if (!name || !requirements) {
    console.error('usage: node scripts/venv.mjs <name> <requirements.txt>');
    process.exit(2);
  }
  try {
    console.log(venv(name, requirements));
  } catch (error) {
    if (!(error instanceof VenvError)) throw error;
    console.error(error.message);
    process.exit(CANNOT);
  }
}
