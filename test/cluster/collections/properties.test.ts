/** Laws of arrays, on Node workers of a real scheduler. */

import { connect } from '../../../src/cluster/client/index.js';
import { describeLaws } from '../../array/laws.js';
import { useCluster } from '../support/cluster.js';
import { describeWithDask } from '../support/scheduler.js';

await describeWithDask('on a cluster', (python) => {
  const on = useCluster(python);
  describeLaws(() => connect(on.cluster.address), 5);
});
