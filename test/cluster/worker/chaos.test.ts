import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { connect } from '../../../src/cluster/client/index.js';
import { arange } from '../../../src/index.js';
import { valueIn } from '../../engine/support/graphs.js';
import { describeWithDask, startScheduler } from '../support/scheduler.js';
import { sumBelow, sumTree } from './support/graphs.js';
import { startWorker } from './support/process.js';

/** Computations, four at a time; some are aborted and soon asked for again, since there are only six different ones. */
const RUNS = 24;
const ABORTED = 3;
const KILLED = 9;

await describeWithDask('a cluster under abuse', (python) => {
  test('gives right answers while computations are aborted and asked for again, and workers are killed', async () => {
    const scheduler = await startScheduler(python, {
      config: { 'distributed.scheduler.allowed-failures': 100 },
    });
    const flags = ['--nthreads', '2', '--memory-limit', '400MiB'];
    const workers = await Promise.all(
      [1, 2, 3].map(() => startWorker(scheduler.address, flags, { nanny: true })),
    );
    await using engine = await connect(scheduler.address);
    const stop = new Error('stop');
    let begun = 0;
    const next = async (): Promise<void> => {
      const run = begun++;
      if (run % KILLED === KILLED - 1) killWorker(workers[run % workers.length]!.child.pid!);
      const abort = new AbortController();
      if (run % ABORTED === 0) setTimeout(() => abort.abort(stop), 100 + 37 * run);
      const name = run % 6;
      try {
        if (name < 3) {
          using results = await engine.run(sumTree(`tree-${name}`, 64, 2), [`tree-${name}-root`], {
            signal: abort.signal,
          });
          expect(valueIn(results.get(`tree-${name}-root`))).toBe(sumBelow(64));
        } else {
          const x = arange(1e6, { chunks: 2e5 }).reshape([1000, 1000]).rechunk([300, 250]).add(name);
          const sum = await x.add(x.transpose()).sum().compute({ engine, signal: abort.signal });
          expect(sum).toBe(2 * (sumBelow(1e6) + 1e6 * name));
        }
      } catch (error) {
        if (error !== stop) throw error;
      }
    };
    const lane = async (): Promise<void> => {
      while (begun < RUNS) await next();
    };
    await Promise.all([lane(), lane(), lane(), lane()]);
    for (const worker of workers) expect(worker.log()).not.toMatch(/broken/);
  }, 120_000);
});

/** Kills what a supervisor supervises, if it is up. */
function killWorker(supervisor: number): void {
  try {
    for (const pid of execFileSync('pgrep', ['-P', String(supervisor)], { encoding: 'utf8' })
      .trim()
      .split('\n'))
      process.kill(Number(pid), 'SIGKILL');
  } catch {
    // It is just being started again.
  }
}
