/** Writes what was measured as Markdown. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

const number = (x, digits) => (Number.isFinite(x) ? x.toFixed(digits) : '–');
const seconds = (x) => number(x, x < 10 ? (x < 1 ? 3 : 2) : 1);

function sizeOf({ n, chunk, shape, chunks, leaves }) {
  if (n) return `${n.toLocaleString('en')}² in ${chunk.toLocaleString('en')}² chunks`;
  if (shape) return `(${shape.join(', ')}) float32 in (${chunks.join(', ')}) chunks`;
  return leaves ? `${(2 * leaves - 1).toLocaleString('en')} tasks` : '';
}

function row({ workload, size, ours, peer }) {
  const ratio = peer.seconds / ours.seconds;
  const tasks = workload.tasks?.(size);
  const micros = tasks && (ours.seconds / tasks) * 1e6;
  const goal = workload.goalMicros ? `≤ ${workload.goalMicros} µs a task` : `≥ ${workload.goal}`;
  const met = workload.goalMicros ? micros <= workload.goalMicros : ratio >= workload.goal;
  const each = tasks ? ` (${number(micros, 2)} µs a task)` : '';
  const peerEach = tasks ? ` (${number((peer.seconds / tasks) * 1e6, 1)} µs a task)` : '';
  const what = [workload.title, sizeOf(size)].filter(Boolean).join(', ');
  return `| ${what} | ${seconds(ours.seconds)}${each} | ${seconds(peer.seconds)}${peerEach} | ${number(ratio, 2)} | ${goal} | ${met ? 'yes' : 'no'} | ${number(ours.peakMb, 0)} | ${number(peer.peakMb, 0)} |`;
}

const blasOf = (results, side) =>
  [...new Set(results.flatMap((r) => r[side].blas))]
    .map((file) => file.split('/').slice(-2).join('/'))
    .join(', ');

/** A table with a line for each workload, and what it was measured with. */
export function markdown(results, { threads, sizeName }) {
  const versions = (side) => results.map((r) => r[side].versions).find(Boolean);
  const matmul = results.filter((r) => r.workload.id === 'matmul');
  const lines = [
    '| workload | tilework, s | Dask, s | Dask / tilework | goal | met | peak MB, tilework | peak MB, Dask |',
    '| --- | ---: | ---: | ---: | --- | --- | ---: | ---: |',
    ...results.map(row),
    '',
    `${cpus()[0].model.trim()}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB; ${threads} threads on each side. ` +
      `${[versions('ours') ?? `Node ${process.versions.node}`, versions('peer')].filter(Boolean).join('; ')}. ` +
      'Medians of runs after a warm-up, in fresh processes of both sides by turns; answers compared. Peak is resident memory.',
  ];
  if (matmul.length > 0)
    lines.push(
      `Matrix product by ${blasOf(matmul, 'ours') || 'the built-in kernel'} here, ${blasOf(matmul, 'peer')} in NumPy.`,
    );
  if (sizeName !== 'full') lines.push('', 'Small sizes: a test of the bench, not a measurement.');
  return lines.join('\n');
}

export const START = '<!-- bench:start -->';
export const END = '<!-- bench:end -->';

/** Replaces what stands between the two markers of a file. */
export function writeBetween(file, text) {
  const old = readFileSync(file, 'utf8');
  const [from, to] = [old.indexOf(START), old.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${file} lacks the lines "${START}" and "${END}"`);
  writeFileSync(file, `${old.slice(0, from + START.length)}\n${text}\n${old.slice(to)}`);
}
