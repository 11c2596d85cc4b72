/** What every side that runs in Node does: warm up once, time some runs, say what came out. */
import { readFileSync } from 'node:fs';

export const ARGS = JSON.parse(process.argv[2]);
export const SIZE = ARGS.size;

function peakMb() {
  const line = readFileSync('/proc/self/status', 'utf8').match(/^VmHWM:\s+(\d+)/m);
  return line ? Number(line[1]) / 1024 : undefined;
}

function mappedBlas() {
  const paths = readFileSync('/proc/self/maps', 'utf8').match(/\/\S*blas\S*\.so\S*/g) ?? [];
  return [...new Set(paths)].sort();
}

const report = (figures) => console.log(JSON.stringify({ ...figures, peakMb: peakMb() }));
const versionsWith = (more) => [`Node ${process.versions.node}`, more].filter(Boolean).join(', ');

const plain = (answer) => (typeof answer === 'object' && 'toArray' in answer ? answer.toArray() : answer);

/**
 * Calls `run` once to warm up and then ARGS.runs times, of which it prints one line of JSON; where that is 0, of the first. `run` gives the answer. What it is
 * called with `prepare` makes, which does not count; it is given up after the run.
 */
export async function measure(run, prepare) {
  const seconds = [];
  let answer;
  for (let i = 0; i <= ARGS.runs; i++) {
    const given = await prepare?.(i);
    const start = performance.now();
    answer = await run(given);
    seconds.push((performance.now() - start) / 1000);
    given?.[Symbol.dispose]();
  }
  report({
    seconds: seconds.length > 1 ? seconds.slice(1) : seconds,
    first: seconds[0],
    answer: plain(answer),
    blas: mappedBlas(),
    versions: versionsWith(),
  });
}

/** As `measure`, of named parts: their seconds and answers by name. */
export async function measureParts(parts, version, prepare) {
  const totals = [];
  const answer = {};
  for (let i = 0; i <= ARGS.runs; i++) {
    const given = await prepare?.(i);
    const seconds = {};
    for (const [name, run] of Object.entries(parts)) {
      const start = performance.now();
      answer[name] = await run(given);
      seconds[name] = (performance.now() - start) / 1000;
    }
    given?.[Symbol.dispose]();
    totals.push(seconds);
  }
  report({
    parts: totals.length > 1 ? totals.slice(1) : totals,
    answer,
    failed: {},
    versions: versionsWith(version),
  });
}

/** What an answer is compared by: how many rows, and the sums of its columns of numbers, which may come as text. */
export function digest(rows) {
  const isNumber = (value) => typeof value === 'number' || /^-?\d+\.\d+$/.test(value);
  const names = Object.keys(rows[0] ?? {}).filter((name) => isNumber(rows[0][name]));
  return [rows.length, ...names.map((name) => rows.reduce((sum, row) => sum + Number(row[name]), 0))];
}
