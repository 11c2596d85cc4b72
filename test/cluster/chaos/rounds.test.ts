/** Work that is given up and asked for again, many times over. */
import { expect, test } from 'vitest';
import { connect } from '../../../src/cluster/client/index.js';
import { arange } from '../../../src/index.js';
import { describeWithDask } from '../support/scheduler.js';
import { sumBelow, sumTree } from '../worker/support/graphs.js';
import { ChaosCluster, supervised } from './support/cluster.js';
import { randomOf } from './support/random.js';

const ROUNDS = 1_000;
const LANES = 8;
/** Of graphs: what one round gives up others ask for. */
const NAMES = 12;

const stop = new Error('stop');

/** Does rounds, some at a time; those that are stopped have no answer. Returns how many those were. */
async function inLanes(rounds: number, lanes: number, round: (i: number) => Promise<void>): Promise<number> {
  let begun = 0;
  let stopped = 0;
  const lane = async (): Promise<void> => {
    while (begun < rounds) {
      try {
        await round(begun++);
      } catch (error) {
        if (error !== stop) throw error;
        stopped++;
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return stopped;
}

/** A signal that says stop after so many milliseconds. */
function after(milliseconds: number): AbortSignal {
  const abort = new AbortController();
  setTimeout(() => abort.abort(stop), milliseconds);
  return abort.signal;
}

await describeWithDask('work that is given up and asked for again', (python) => {
  test('a thousand times, of small graphs, comes out right, and nothing is left', async () => {
    const cluster = await ChaosCluster.open(python);
    await Promise.all([cluster.start({}, '--nthreads', '2'), cluster.start(), cluster.start()]);
    const other = await connect(cluster.scheduler.address);
    const random = randomOf(20_261_125);
    const stopped = await inLanes(ROUNDS, LANES, async () => {
      const i = random(NAMES);
      const leaves = 2 << (i % 3);
      // Half of those that are stopped are so before a scheduler can have answered.
      const signal = random(3) > 0 ? after(random(random(2) > 0 ? 60 : 4)) : undefined;
      const graph = sumTree(`round-${i}`, leaves, i % 4);
      const engine = random(2) > 0 ? cluster.engine : other;
      expect(await cluster.value(graph, `round-${i}-root`, signal, engine)).toBe(sumBelow(leaves));
    });
    expect(stopped).toBeGreaterThan(ROUNDS / 10);
    expect(stopped).toBeLessThan(ROUNDS);
    await cluster.expectEmpty();
    await other.dispose();
    await cluster.close();
  }, 120_000);

  test('while workers are killed and started again comes out right too', async () => {
    const config = { 'distributed.scheduler.allowed-failures': 100 };
    const cluster = await ChaosCluster.open(python, { config, flags: ['--memory-limit', '400MiB'] });
    await Promise.all([1, 2, 3].map(() => cluster.start({ nanny: true }, '--nthreads', '2')));
    const { engine } = cluster;
    await inLanes(24, 4, async (i) => {
      if (i % 9 === 8) kill(supervised(cluster.workers[i % 3]!));
      const signal = i % 3 === 0 ? after(100 + 37 * i) : undefined;
      const name = i % 6;
      if (name < 3) {
        const sum = await cluster.value(sumTree(`tree-${name}`, 64, 2), `tree-${name}-root`, signal);
        expect(sum).toBe(sumBelow(64));
      } else {
        const x = arange(1e6, { chunks: 2e5 }).reshape([1000, 1000]).rechunk([300, 250]).add(name);
        const sum = x.add(x.transpose()).sum();
        const total = await sum.compute({ engine, ...(signal && { signal }) });
        expect(total).toBe(2 * (sumBelow(1e6) + 1e6 * name));
      }
    });
    await cluster.expectEmpty();
    await cluster.close();
  }, 120_000);
});

/** Kills a process, if it is up. */
function kill(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
