/** Runs the two sides of a workload by turns and compares what they answer. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';

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

/** The Zarr store of a workload, made once by zarr-python. */
export async function storeFor({ sizes }, sizeName, { peer, cache, log }) {
  const size = sizes[sizeName];
  const store = path.join(cache, `temperature-${size.shape.join('x')}.zarr`);
  if (existsSync(store)) return store;
  log(`making ${path.basename(store)} …`);
  const partial = `${store}.partial`;
  rmSync(partial, { recursive: true, force: true });
  await peer('make-store', { ...size, store: partial });
  renameSync(partial, store);
  return store;
}

async function timed(run) {
  const start = performance.now();
  const stdout = await run();
  return { seconds: [(performance.now() - start) / 1000], answer: stdout };
}

/** Both sides by turns, `rounds` times: medians of their seconds, largest peaks, versions. */
export async function measure(workload, { ours, peer, sizeName, threads, rounds, cache, log }) {
  const size = workload.sizes[sizeName];
  const store = workload.store ? await storeFor(workload, sizeName, { peer, cache, log }) : undefined;
  const args = { size, threads, runs: workload.runs, store, memoryLimit: workload.memoryLimit };
  const of = async (side) =>
    workload.wholeProcess ? timed(() => side(workload.id, args)) : JSON.parse(await side(workload.id, args));
  if (workload.check) {
    const check = { ...args, size: workload.check, runs: 0 };
    const [a, b] = [JSON.parse(await ours(workload.id, check)), JSON.parse(await peer(workload.id, check))];
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
  return { workload, size, ours: sum(results.ours), peer: sum(results.peer) };
}
