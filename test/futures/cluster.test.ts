/** Delayed values and futures on a cluster: Dask's own scheduler and Node workers. */
import { describe, expect, it } from 'vitest';
import { connect } from '../../src/cluster/client/index.js';
import { LocalCluster } from '../../src/cluster/local/index.js';
import { Client, type Engine } from '../../src/index.js';
import { describeWithDask } from '../cluster/support/scheduler.js';
import { testDelayed } from '../delayed/suite.js';
import { testTasksThatSubmit } from './in-tasks-suite.js';
import { testFutures } from './suite.js';

await describeWithDask('on a cluster', (python) => {
  const start = async (): Promise<Engine> => {
    const cluster = await LocalCluster({ workers: 2, dask: python });
    const engine = await connect(cluster.address);
    engine.onDispose(() => void cluster.close());
    return engine;
  };
  describe('delayed values', () => testDelayed(start, 1_000));
  describe('futures', () => testFutures(start, 500));
  it('waits for a worker that offers what a call needs', async () => {
    const engine = await start();
    const client = new Client(engine);
    const waits = client.with({ resources: { GPU: 1 } }).submit((n: number) => n, 1);
    expect(await client.with({ priority: 100, retries: 1 }).submit((n: number) => n, 2)).toBe(2);
    expect(waits.status).toBe('pending');
    waits.cancel();
    await engine.dispose();
  }, 60_000);
  describe('tasks that submit tasks', () => testTasksThatSubmit(start));
});
