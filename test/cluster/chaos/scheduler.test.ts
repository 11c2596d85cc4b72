/** A scheduler that crashes and is started again, or is told to start anew, while work runs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { connect } from '../../../src/cluster/client/index.js';
import { rejection } from '../../engine/support/graphs.js';
import { folders } from '../../support/files.js';
import { describeWithDask, OWN_HOST } from '../support/scheduler.js';
import { sumBelow, sumTree } from '../worker/support/graphs.js';
import { ChaosCluster, eventually } from './support/cluster.js';

const folder = folders();

await describeWithDask('a scheduler', (python) => {
  test.concurrent('that crashes and comes back is given its work and its workers again', async () => {
    const cluster = await ChaosCluster.open(python, { host: OWN_HOST });
    await Promise.all([1, 2].map(() => cluster.start({ nanny: true })));
    const impatient = await connect(cluster.scheduler.address, { reconnect: 200 });
    const path = join(folder(), 'it is back');
    const graph = sumTree('crashed', 256, 10, path);
    const sum = cluster.value(graph, 'crashed-root');
    const given = rejection(impatient.run(graph, ['crashed-root']));
    await pause(500);
    await cluster.scheduler.kill();
    expect(String(await given)).toMatch(
      `EngineError: the scheduler at ${cluster.scheduler.address} is gone, and with it what was computed: `,
    );
    expect(String(await rejection(impatient.run(graph, ['crashed-root'])))).toMatch('is gone');
    await impatient.dispose();
    await cluster.restartScheduler();
    writeFileSync(path, '');
    expect(await sum).toBe(sumBelow(256));
    await eventually(async () => (await cluster.known()).length, 2);
    expect(await cluster.value(graph, 'crashed-root')).toBe(sumBelow(256));
    await cluster.expectEmpty();
    await cluster.close();
  }, 120_000);

  test.concurrent('that is told to start anew is given its work again', async () => {
    const cluster = await ChaosCluster.open(python);
    const workers = await Promise.all([1, 2].map(() => cluster.start({ nanny: true })));
    const path = join(folder(), 'it was told');
    const sum = cluster.value(sumTree('anew', 256, 10, path), 'anew-root');
    await pause(500);
    await cluster.call('restart', { wait_for_workers: false, stimulus_id: 'test' });
    writeFileSync(path, '');
    expect(await sum).toBe(sumBelow(256));
    await eventually(async () => (await cluster.known()).length, 2);
    const known = await cluster.known();
    for (const { address } of workers) expect(known).not.toContain(address);
    await cluster.expectEmpty();
    await cluster.close();
  }, 120_000);
});
