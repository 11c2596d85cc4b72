/** Writes what was measured as Markdown. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { secondsOf } from './measure.mjs';

const number = (x, digits) => (Number.isFinite(x) ? x.toFixed(digits) : '–');
const seconds = (x) => number(x, x < 10 ? (x < 1 ? 3 : 2) : 1);

function sizeOf({ n, chunk, shape, chunks, leaves, scale, rows, blocks, megabytes }) {
  if (blocks) return `${blocks} of ${megabytes} MiB`;
  if (scale) return `scale factor ${scale}`;
  if (rows) return `${(rows / 1e6).toLocaleString('en')} million rows`;
  if (n) return `${n.toLocaleString('en')}² in ${chunk.toLocaleString('en')}² chunks`;
  if (shape) return `(${shape.join(', ')}) float32 in (${chunks.join(', ')}) chunks`;
  return leaves ? `${(2 * leaves - 1).toLocaleString('en')} tasks` : '';
}

function rowAmong({ workload, size, sides }, names, isShare) {
  const { tilework } = sides;
  const cells = names.slice(1).flatMap((name) => {
    const peer = sides[name];
    if (!peer) return ['–', '–'];
    const parts = Object.keys(peer.runs[0]).filter((part) => !(part in peer.failed));
    const [theirs, ours] = [secondsOf(peer, parts), secondsOf(tilework, parts)];
    const { atMost, atLeast } = workload.peers[name];
    const [factor, goal, met] = isShare(name)
      ? [ours / theirs, atMost ? `≤ ${atMost}` : '', !atMost || ours / theirs <= atMost]
      : [theirs / ours, atLeast ? `≥ ${atLeast}` : '', !atLeast || theirs / ours >= atLeast];
    return [seconds(theirs), `${number(factor, 2)}${goal && ` (${goal}: ${met ? 'yes' : 'no'})`}`];
  });
  const all = Object.keys(tilework.runs[0]);
  const peaks = names.map((name) => number(sides[name]?.peakMb, 0));
  const what = [workload.title, sizeOf(size)].filter(Boolean).join(', ');
  return `| ${[what, seconds(secondsOf(tilework, all)), ...cells, ...peaks].join(' | ')} |`;
}

/** The workloads that are measured beside several peers: a table of their sums, and one of the parts of those that have many. */
function among(results) {
  const names = [...new Set(results.flatMap(({ sides }) => Object.keys(sides)))];
  const peers = names.slice(1);
  /** Whether a peer's column says what share of its time we take, not how many times as long it takes. */
  const isShare = (name) => results.some(({ workload }) => workload.peers[name]?.atMost);
  const head = [
    'workload',
    'tilework, s',
    ...peers.flatMap((name) => [`${name}, s`, isShare(name) ? `tilework / ${name}` : `${name} / tilework`]),
    ...names.map((name) => `peak MB, ${name}`),
  ];
  const lines = [
    `| ${head.join(' | ')} |`,
    `| --- ${'| ---: '.repeat(head.length - 1)}|`,
    ...results.map((result) => rowAmong(result, names, isShare)),
  ];
  for (const { workload, sides } of results) {
    const parts = Object.keys(sides.tilework.runs[0]);
    if (parts.length > 5) {
      const names = Object.keys(sides);
      lines.push('', `| ${workload.id} | ${names.map((name) => `${name}, s`).join(' | ')} |`);
      lines.push(`| --- ${'| ---: '.repeat(names.length)}|`);
      for (const part of parts) {
        const cells = names.map((name) =>
          part in sides[name].failed ? 'fails' : seconds(secondsOf(sides[name], [part])),
        );
        lines.push(`| ${part} | ${cells.join(' | ')} |`);
      }
    }
    for (const [name, { failed }] of Object.entries(sides))
      for (const [part, error] of Object.entries(failed))
        lines.push('', `${name} fails at ${workload.id} ${part}, which both sides' sums leave out: ${error}`);
  }
  return lines;
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
  const two = results.filter((r) => r.peer);
  const several = results.filter((r) => r.sides);
  const all = results.flatMap((r) => (r.sides ? Object.values(r.sides) : [r.ours, r.peer]));
  const versions = [...new Set(all.flatMap((side) => side.versions?.split(', ') ?? []))];
  if (versions.length === 0) versions.push(`Node ${process.versions.node}`);
  const lines = [];
  if (two.length > 0)
    lines.push(
      '| workload | tilework, s | Dask, s | Dask / tilework | goal | met | peak MB, tilework | peak MB, Dask |',
      '| --- | ---: | ---: | ---: | --- | --- | ---: | ---: |',
      ...two.map(row),
      '',
    );
  if (several.length > 0) lines.push(...among(several), '');
  lines.push(
    `${cpus()[0].model.trim()}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB; ${threads} threads on each side. ` +
      `${versions.join(', ')}. ` +
      'Medians of runs after a warm-up, in fresh processes of all sides by turns; answers compared. Peak is resident memory.',
  );
  const matmul = two.filter((r) => r.workload.id === 'matmul');
  if (matmul.length > 0)
    lines.push(
      `Matrix product by ${blasOf(matmul, 'ours') || 'the built-in kernel'} here, ${blasOf(matmul, 'peer')} in NumPy.`,
    );
  if (several.some((r) => r.workload.peers.DuckDB))
    lines.push(
      'DuckDB is the library that tilework runs, asked in its own SQL by its own package for Node. All sides of a row read the same files.',
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
