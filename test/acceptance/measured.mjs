// Runs a program in a process of its own under the system's time command, and checks what it printed and took.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VenvError, venv } from '../../scripts/venv.mjs';

const OPTIONS = { encoding: 'utf8', maxBuffer: 2 ** 28 };
const programOf = (name) => fileURLToPath(new URL(`programs/${name}`, import.meta.url));
const lastLine = (text) => JSON.parse(text.trim().split('\n').at(-1));

/**
 * Runs `programs/<name>`.
 *
 * @returns {{ answer: any, peak: number, seconds: number }} what it printed as JSON on its last line, its peak resident bytes, its time
 */
export function measured(name, args = []) {
  const run = spawnSync('/usr/bin/time', ['-v', process.execPath, programOf(name), ...args], OPTIONS);
  if (run.error)
    throw new Error(`cannot run /usr/bin/time (Debian: apt-get install time): ${run.error.message}`);
  if (run.status !== 0)
    throw new Error(`${name} ended with ${run.status ?? run.signal}:\n${run.stdout}\n${run.stderr}`);
  const peak = Number(/Maximum resident set size \(kbytes\): (\d+)/.exec(run.stderr)[1]) * 1024;
  const elapsed = /Elapsed .*: (?:(\d+):)?(\d+):([\d.]+)/.exec(run.stderr).slice(1);
  const seconds = elapsed.reduce((sum, part) => sum * 60 + Number(part ?? 0), 0);
  return { answer: lastLine(run.stdout), peak, seconds };
}

/**
 * What the Python program `programs/<name>` prints, in an environment of a requirements file. Where the environment cannot be
 * made, that is an error on CI only: otherwise it is said, and nothing is compared.
 */
export function reference(environment, requirements, name, args = []) {
  let python;
  try {
    python = venv(environment, requirements);
  } catch (error) {
    if (!(error instanceof VenvError) || process.env.CI) throw error;
    console.log(`not compared: ${error.message}`);
    return undefined;
  }
  // The blocks are the parallelism: threads within them would only be in one another's way.
  const env = { ...process.env, OPENBLAS_NUM_THREADS: '1' };
  const run = spawnSync(python, ['-B', programOf(name), ...args], { ...OPTIONS, env });
  if (run.status !== 0) throw new Error(`${name} ended with ${run.status ?? run.signal}:\n${run.stderr}`);
  return lastLine(run.stdout);
}

/** Calls `body` with a new directory, which is removed afterwards. */
export function inDirectory(body) {
  const directory = mkdtempSync(join(tmpdir(), 'tilework-acceptance-'));
  try {
    return body(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Throws where fewer bytes are free at a path. */
export function needDisk(path, bytes) {
  const { bavail, bsize } = statfsSync(path);
  if (bavail * bsize < bytes)
    throw new Error(`needs ${gigabytes(bytes)} of disk at ${path}; ${gigabytes(bavail * bsize)} are free`);
}

export const gigabytes = (bytes) => `${(bytes / 1e9).toFixed(1)} GB`;

const failures = [];

export function check(name, holds, detail = '') {
  console.log(`${holds ? 'ok   ' : 'WRONG'} ${name}${detail ? `: ${detail}` : ''}`);
  if (!holds) failures.push(name);
}

/** Within `tolerance`, absolute unless `relative`. */
export function close(name, got, expected, tolerance, relative = false) {
  const off = Math.abs(got - expected) / (relative ? Math.abs(expected) : 1);
  check(name, off <= tolerance, `${got} (expected ${expected}, off by ${off.toExponential(1)})`);
}

/** All of some numbers within `tolerance`, relative to the largest of those expected. */
export function allClose(name, got, expected, tolerance) {
  const [a, b] = [got.flat(Infinity), expected.flat(Infinity)];
  const scale = b.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const off = b.reduce((worst, v, i) => Math.max(worst, Math.abs(a[i] - v)), 0) / scale;
  check(
    name,
    a.length === b.length && off <= tolerance,
    `${a.length} of ${b.length} values, off by at most ${off.toExponential(1)} of the largest, ${scale}`,
  );
}

export function peakUnder(name, { peak, seconds }, limit) {
  check(
    `${name}: peak memory`,
    peak < limit,
    `${(peak / 1e6).toFixed(0)} MB of ${(limit / 1e6).toFixed(0)} MB, ${seconds} s`,
  );
}

export function empty(name, directory) {
  const left = readdirSync(directory, { recursive: true });
  check(name, left.length === 0, left.join(', ') || 'empty');
}

export function finish() {
  if (failures.length === 0) return;
  console.error(`FAILED: ${failures.join('; ')}`);
  process.exitCode = 1;
}
