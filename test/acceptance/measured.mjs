// Runs a program in a process of its own under the system's time command, and checks what it printed and took.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** @returns {{ answer: any, peak: number }} what the program printed as JSON on its last line, and its peak resident bytes */
export function measured(program, args = []) {
  const path = fileURLToPath(new URL(`programs/${program}`, import.meta.url));
  const run = spawnSync('/usr/bin/time', ['-v', process.execPath, path, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (run.error) throw new Error(`cannot run /usr/bin/time (Debian: apt-get install time): ${run.error.message}`);
  if (run.status !== 0) throw new Error(`${program} ended with ${run.status}:\n${run.stdout}\n${run.stderr}`);
  const peak = Number(/Maximum resident set size \(kbytes\): (\d+)/.exec(run.stderr)[1]) * 1024;
  const seconds = Number(/Elapsed .*: (?:(\d+):)?(\d+):([\d.]+)/.exec(run.stderr)?.slice(1).reduce((t, v) => t * 60 + Number(v ?? 0), 0));
  return { answer: JSON.parse(run.stdout.trim().split('\n').at(-1)), peak, seconds };
}

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

export function peakUnder(name, { peak, seconds }, limit) {
  check(`${name}: peak memory`, peak < limit, `${(peak / 1e6).toFixed(0)} MB of ${(limit / 1e6).toFixed(0)} MB, ${seconds} s`);
}

export function finish() {
  if (failures.length === 0) return;
  console.error(`FAILED: ${failures.join('; ')}`);
  process.exitCode = 1;
}
