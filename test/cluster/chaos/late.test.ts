/** Workers that come while work is under way, and leave when there is none. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { connect, LocalCluster } from '../../../src/cluster/index.js';
import { fromFunction } from '../../../src/index.js';
import { callTask, graphOf, valueIn } from '../../engine/support/graphs.js';
import { folders } from '../../support/files.js';
import { describeWithDask } from '../support/scheduler.js';
import { sumBelow } from '../worker/support/graphs.js';
import { ChaosCluster, eventually } from './support/cluster.js';

const folder = folders();

const TASKS = 90;

await describeWithDask('workers that come late', (python) => {
  test.concurrent('are given what another had and not begun', async () => {
    const cluster = await ChaosCluster.open(python);
    const { engine } = cluster;
    const first = await cluster.start({}, '--resources', 'A=1');
    const seeds = Array.from({ length: TASKS }, (_, i) => callTask(`seed-${i}`, '(i) => i', [i]));
    const seedKeys = seeds.map(({ key }) => key);
    await engine.persist(graphOf(...seeds), seedKeys);
    // The scheduler sends a task where its input is: all of these to the first worker, until it is asked to give them back.
    // Its second task lasts until the others have some of what it had, however long they take to come.
    const begun = folder();
    const source = `(i, begun) => {
      const { readdirSync, writeFileSync } = process.getBuiltinModule('node:fs');
      writeFileSync(begun + '/' + process.pid, '');
      const end = Date.now() + 60;
      while (Date.now() < end || (i === 1 && readdirSync(begun).length < 3))
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      return { i, pid: process.pid };
    }`;
    const tasks = seedKeys.map((key, i) => callTask(`busy-${i}`, source, [{ $input: 0 }, begun], [key]));
    const values: { i: number; pid: number }[] = [];
    const running = engine.run(
      graphOf(...tasks),
      tasks.map(({ key }) => key),
      { onOutput: (_, result) => void values.push(valueIn(result) as never) },
    );
    await eventually(() => values.length > 0, true);
    await Promise.all([cluster.start(), cluster.start()]);
    (await running)[Symbol.dispose]();
    expect(values.reduce((sum, { i }) => sum + i, 0)).toBe(sumBelow(TASKS));
    expect(values).toHaveLength(TASKS);
    const pids = cluster.workers.map(({ child }) => child.pid);
    expect(new Set(values.map(({ pid }) => pid))).toEqual(new Set(pids));
    expect(values.some(({ pid }) => pid === first.child.pid)).toBe(true);
    engine.release(seedKeys);
    await cluster.expectEmpty();
    await cluster.close();
  }, 120_000);

  test.concurrent('and leave, or are killed, take no result with them', async () => {
    const config = { 'distributed.scheduler.validate': true };
    await using cluster = await LocalCluster({ dask: python, workers: 1, memoryLimit: '400MB', config });
    await using engine = await connect(cluster.address, { asDefault: false });
    cluster.adapt({ minimum: 1, maximum: 3, interval: 100, targetDuration: '1s', patience: 2 });
    const signals = folder();
    const held = [];
    for (const wave of [1, 2]) {
      const path = join(signals, `more came in wave ${wave}`);
      const result = slowly(16 + wave, path)
        .add(wave)
        .persist({ engine });
      while (cluster.pids.length < 3) await pause(5);
      // The scheduler's is the first. One of the others has just been started, or has results.
      process.kill(cluster.pids[wave === 1 ? 2 : 1]!, 'SIGKILL');
      await eventually(() => cluster.workers.length > 1, true);
      writeFileSync(path, '');
      held.push(await result);
      await eventually(() => cluster.workers.length, 1);
    }
    await cluster.scale(3);
    const path = join(signals, 'one has left');
    const busy = slowly(20, path).sum().compute({ engine });
    await pause(500);
    // While they work.
    await cluster.scale(2);
    writeFileSync(path, '');
    expect(await busy).toBe(sumBelow(20));
    for (const [i, x] of held.entries()) {
      const n = 17 + i;
      expect(await x.sum().compute({ engine })).toBe(sumBelow(n) + n * (i + 1));
    }
    // The number follows the work no longer.
    expect(cluster.workers).toHaveLength(2);
  }, 120_000);
});

/** The numbers below a limit, each of which takes a while, and until there is a file. */
const slowly = (limit: number, path: string) =>
  fromFunction(
    (i) => {
      const { existsSync } = process.getBuiltinModule('node:fs');
      const end = performance.now() + 200;
      while (performance.now() < end || !existsSync(path))
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      return i;
    },
    [limit],
    { chunks: 1, captured: { path } },
  );
