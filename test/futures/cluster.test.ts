/** Futures, delayed values and the examples on a cluster: Dask's own scheduler and Node workers. */
import { dirname, join } from 'node:path';
import { describe } from 'vitest';
import { connect } from '../../src/cluster/client/index.js';
import { LocalCluster } from '../../src/cluster/local/index.js';
import { describeWithDask } from '../cluster/support/scheduler.js';
import { testFutures } from './suite.js';

await describeWithDask('on a cluster', (python) => {
  describe('futures', () => {
    testFutures(async () => {
      const cluster = await LocalCluster({ workers: 2, dask: join(dirname(python), 'dask') });
      const engine = await connect(cluster.address);
      engine.onDispose(() => void cluster.close());
      return engine;
    }, 500);
  });
});
