/** Workers whose processes stand still: for longer than the scheduler waits for them, or again and again for a moment. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { describeWithDask } from '../support/scheduler.js';
import { sumBelow, sumTree } from '../worker/support/graphs.js';
import { ChaosCluster, eventually, supervised } from './support/cluster.js';

await describeWithDask('a worker that stands still', (python) => {
  test.concurrent('for longer than it may is given up, and joins again when it goes on', async () => {
    // The scheduler waits for ten heartbeats, five seconds, at least.
    const config = { 'distributed.scheduler.worker-ttl': '1s' };
    const cluster = await ChaosCluster.open(python, { config });
    const [still] = await Promise.all([1, 2, 3].map(() => cluster.start({ nanny: true })));
    const pid = supervised(still!)!;
    const sum = cluster.value(sumTree('still', 256, 20), 'still-root');
    await pause(500);
    process.kill(pid, 'SIGSTOP');
    expect(await sum).toBe(sumBelow(256));
    await eventually(async () => (await cluster.known()).includes(still!.address), false);
    process.kill(pid, 'SIGCONT');
    await eventually(async () => (await cluster.known()).length, 3);
    expect(await cluster.value(sumTree('again', 64, 5), 'again-root')).toBe(sumBelow(64));
    await cluster.expectEmpty();
    await cluster.close();
  }, 120_000);

  test.concurrent('most of the time is only slow', async () => {
    const cluster = await ChaosCluster.open(python);
    const [slow] = await Promise.all([1, 2].map(() => cluster.start()));
    let over = false;
    const stutter = (async () => {
      while (!over) {
        slow!.child.kill('SIGSTOP');
        await pause(270);
        slow!.child.kill('SIGCONT');
        await pause(30);
      }
    })();
    for (const name of ['slow-1', 'slow-2'])
      expect(await cluster.value(sumTree(name, 64, 15), `${name}-root`)).toBe(sumBelow(64));
    over = true;
    await stutter;
    expect(await cluster.known()).toHaveLength(2);
    await cluster.expectEmpty();
    await cluster.close();
  }, 120_000);
});
