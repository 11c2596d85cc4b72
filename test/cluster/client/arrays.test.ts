/** Arrays on a real scheduler with real Node workers: the same numbers as on this machine. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import {
  arange,
  compute,
  linspace,
  persist,
  random,
  type TileArray,
  zeros,
} from '../../../src/array/index.js';
import { type ClusterEngine, connect } from '../../../src/cluster/client/index.js';
import type { DType } from '../../../src/kernels/dtype.js';
import { describeWithDask, type Process, startScheduler } from '../support/scheduler.js';
import { type NodeWorker, startWorker } from '../worker/support/process.js';

await describeWithDask('arrays on a cluster', (python) => {
  let scheduler: Process;
  let engine: ClusterEngine;
  let workers: NodeWorker[];
  beforeAll(async () => {
    scheduler = await startScheduler(python);
    engine = await connect(scheduler.address);
    return () => engine.dispose();
  });
  beforeEach(async () => {
    workers = await Promise.all([startWorker(scheduler.address), startWorker(scheduler.address)]);
  });

  const cases: Record<string, () => TileArray<DType>> = {
    'elementwise chains and a sum': () => linspace(0, 1, 10_000, { chunks: 777 }).sin().multiply(2).sum(),
    'a mean over an axis': () =>
      random
        .defaultRng(42)
        .normal(0, 1, [500, 300], { chunks: [100, 90] })
        .mean(0),
    'a matrix product': () => {
      const x = arange(120 * 80, { chunks: 1000 }).reshape([120, 80]);
      return x.matmul(x.transpose());
    },
    'slices and transposes': () =>
      arange(10_000, { chunks: 999 }).reshape([100, 100]).slice('::2', '10:40').transpose(),
    'several dtypes': () => arange(1000, { chunks: 100, dtype: 'int64' }).greater(500),
    'standard deviations': () =>
      random
        .defaultRng(1)
        .random([400, 50], { chunks: [64, 50] })
        .std(1),
    nothing: () => zeros([0, 3]),
  };

  test('give what the engine of this machine gives', async () => {
    for (const [name, make] of Object.entries(cases)) {
      const [here, there] = [await make().compute(), await make().compute({ engine })];
      expect(there, name).toEqual(here);
    }
    expect(workers).toHaveLength(2);
  });

  test('computed together, persisted, and read again', async () => {
    const x = random.defaultRng(7).random([300, 300], { chunks: [100, 100] });
    const [held] = await persist([x.add(1)], { engine });
    const [sum, max] = await compute([held.sum(), held.max()], { engine });
    expect([sum, max]).toEqual([await x.add(1).sum().compute(), await x.add(1).max().compute()]);
  });

  test('survive a worker that is killed', async () => {
    const make = () =>
      random
        .defaultRng(3)
        .normal(0, 1, [4000, 500], { chunks: [50, 500] })
        .exp()
        .mean();
    let killed = false;
    const there = await make().compute({
      engine,
      onProgress: ({ done }) => {
        if (done > 20 && !killed) {
          killed = true;
          workers[0]!.child.kill('SIGKILL');
        }
      },
    });
    expect(there).toBe(await make().compute());
  });

  test("fail with the user's own error", async () => {
    const bad = arange(10, { chunks: 5 }).mapBlocks(() => {
      throw new RangeError('not today');
    });
    await expect(bad.compute({ engine })).rejects.toThrow('RangeError: not today');
  });

  test('a program ends by itself, whatever it left on the cluster', async () => {
    const program = `
      import { arange, connect } from ${JSON.stringify(new URL('../../../dist/esm/index.js', import.meta.url).href)};
      const engine = await connect(${JSON.stringify(scheduler.address)});
      const held = await arange(1000, { chunks: 100 }).add(1).persist();
      console.log(String(await held.sum().compute()));
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
    expect(stdout).toBe('500500\n');
  });
});
