import { afterAll, beforeAll } from 'vitest';
import { type ClusterEngine, connect, LocalCluster } from '../../../src/cluster/index.js';

/** A cluster of this file's tests: a real scheduler, which checks its own state at each step, and some workers of a thread. */
export function clusterOf(dask: string, workers: number): { engine: ClusterEngine; cluster: LocalCluster } {
  const made = {} as { engine: ClusterEngine; cluster: LocalCluster };
  beforeAll(async () => {
    const config = { 'distributed.scheduler.validate': true };
    made.cluster = await LocalCluster({ workers, dask, config, memoryLimit: '1GiB' });
    made.engine = await connect(made.cluster.address, { asDefault: false });
  }, 120_000);
  afterAll(async () => {
    await made.engine?.dispose();
    await made.cluster?.close();
  });
  return made;
}
