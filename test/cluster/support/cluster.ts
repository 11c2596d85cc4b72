import { afterAll, beforeAll } from 'vitest';
import { type ClusterEngine, connect } from '../../../src/cluster/client/index.js';
import { LocalCluster, type LocalClusterOptions } from '../../../src/cluster/local/index.js';

/** A cluster for the tests of a file, and a client of it. */
export interface TestCluster {
  readonly cluster: LocalCluster;
  readonly engine: ClusterEngine;
}

/** Starts a real scheduler, which checks its own state at each step, and two Node workers of one thread each. */
export async function startCluster(
  python: string,
  options: Partial<LocalClusterOptions> = {},
): Promise<TestCluster> {
  const cluster = await LocalCluster({
    dask: python,
    workers: 2,
    memoryLimit: '1GiB',
    ...options,
    config: { 'distributed.scheduler.validate': true, ...options.config },
  });
  try {
    return { cluster, engine: await connect(cluster.address) };
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

/** The same, for as long as the tests around it run. */
export function useCluster(python: string, options: Partial<LocalClusterOptions> = {}): TestCluster {
  let running: TestCluster | undefined;
  beforeAll(async () => {
    running = await startCluster(python, options);
  });
  afterAll(async () => {
    await running?.engine.dispose();
    await running?.cluster.close();
  });
  return {
    get cluster() {
      return running!.cluster;
    },
    get engine() {
      return running!.engine;
    },
  };
}
