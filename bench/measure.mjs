/** Runs the two sides of a workload by turns and compares what they answer. */
import { dataFor } from './data.mjs';

export const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

const flat = (answer) => [answer].flat(Infinity).map(Number);

/** Throws where two answers differ by more than the workload allows. */
export function compareAnswers({ id, relative, absolute = 0 }, ours, peer) {
  const [a, b] = [flat(ours), flat(peer)];
  if (a.length !== b.length)
    throw new Error(`${id}: ${a.length} numbers from tilework, ${b.length} from the peer`);
  const scale = b.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const room = Math.max(relative * scale, absolute);
  const at = b.findIndex((x, i) => !(Math.abs(a[i] - x) <= room));
  if (at >= 0)
    throw new Error(`${id}: the answers differ: tilework ${a[at]}, the peer ${b[at]} (element ${at})`);
}

async function timed(run) {
  const start = performance.now();
  const stdout = await run();
  return { seconds: [(performance.now() - start) / 1000], answer: stdout };
}

/** What a workload is given, for whichever side. */
async function argsFor(workload, { peer, sizeName, threads, cache, log }) {
  const size = workload.sizes[sizeName];
  const data = await dataFor(workload, { size, peer, cache, log });
  const { memoryLimit, cluster } = workload;
  return { size, threads, runs: size.runs ?? workload.runs, data, memoryLimit, cluster };
}

/** Both sides by turns, `rounds` times: medians of their seconds, largest peaks, versions. */
export async function measure(workload, settings) {
  if (workload.peers) return measureAmong(workload, settings);
  const { ours, peer, rounds, log } = settings;
  const args = await argsFor(workload, settings);
  const { script = workload.id } = workload;
  const of = async (side) =>
    workload.wholeProcess ? timed(() => side(script, args)) : JSON.parse(await side(script, args));
  if (workload.check) {
    const check = { ...args, size: workload.check, runs: 0 };
    const [a, b] = [JSON.parse(await ours(script, check)), JSON.parse(await peer(script, check))];
    compareAnswers({ ...workload, absolute: 0 }, a.answer, b.answer);
  }
  const results = { ours: [], peer: [] };
  for (let round = 0; round < (workload.rounds ?? rounds); round++) {
    const a = await of(ours);
    const b = await of(peer);
    compareAnswers(workload, a.answer, b.answer);
    results.ours.push(a);
    results.peer.push(b);
    log(
      `${workload.id} ${round + 1}: ours ${a.seconds.map((s) => s.toFixed(3))} s, peer ${b.seconds.map((s) => s.toFixed(3))} s`,
    );
  }
  const sum = (list) => ({
    seconds: median(list.flatMap((r) => r.seconds)),
    peakMb: Math.max(...list.map((r) => r.peakMb ?? Number.NaN)),
    blas: list[0].blas ?? [],
    versions: list[0].versions,
  });
  return { workload, size: args.size, ours: sum(results.ours), peer: sum(results.peer) };
}

const total = (parts) => Object.values(parts).reduce((sum, seconds) => sum + seconds, 0);

/**
 * A workload of named parts beside several peers, all by turns: of each side the runs (seconds by part), the parts that failed with
 * their errors, the largest peak and the versions.
 */
async function measureAmong(workload, settings) {
  const { ours, peer, rounds, log } = settings;
  const args = await argsFor(workload, settings);
  const { script = workload.id } = workload;
  const names = ['tilework', ...Object.keys(workload.peers)];
  const sides = Object.fromEntries(names.map((name) => [name, { runs: [], failed: {}, peakMb: 0 }]));
  for (let round = 0; round < (workload.rounds ?? rounds); round++) {
    let expected;
    for (const name of names) {
      const text = await (name === 'tilework' ? ours(script, args) : peer(script, args, name.toLowerCase()));
      const { parts, answer, failed, peakMb, versions } = JSON.parse(text);
      expected ??= answer;
      for (const [part, numbers] of Object.entries(answer))
        compareEach(`${workload.id} ${part}`, workload.relative, expected[part], numbers, name);
      const side = sides[name];
      side.runs.push(...parts);
      Object.assign(side.failed, failed);
      side.peakMb = Math.max(side.peakMb, peakMb);
      side.versions = versions;
      log(`${workload.id} ${round + 1}: ${name} ${parts.map((run) => total(run).toFixed(3))} s`);
      for (const [part, error] of Object.entries(failed)) log(`${workload.id} ${part}: ${name}: ${error}`);
    }
  }
  return { workload, size: args.size, sides };
}

/** Throws where a number of a peer's answer is not ours. */
function compareEach(where, relative, ours, peer, name) {
  const at = peer.findIndex((x, i) => !(Math.abs(ours[i] - x) <= relative * Math.abs(x)));
  if (ours.length !== peer.length || at >= 0)
    throw new Error(`${where}: the answers differ: tilework ${ours}, ${name} ${peer}`);
}

/** Seconds of a side for some of a workload's parts: the median of its runs. */
export const secondsOf = ({ runs }, parts) =>
  median(runs.map((run) => total(Object.fromEntries(parts.map((part) => [part, run[part]])))));
