/** What our side of every workload begins with. */
import { configure, connect, LocalCluster, LocalEngine } from 'tilework';
import { ARGS, measure as measureRuns, measureParts as measureRunsOfParts } from '../harness.mjs';

export { ARGS, digest, SIZE } from '../harness.mjs';

const { threads, memoryLimit, cluster } = ARGS;

configure({ threads, ...(memoryLimit ? { memoryLimit } : {}) });

/** On a cluster: as many workers, of one thread each. */
const running = cluster && (await LocalCluster({ ...cluster, workers: threads }));
export const client = running && (await connect(running.address));

/** For graphs that are made by hand; collections find theirs. */
export const engineOfGraphs = () => client ?? new LocalEngine({ threads });

export const measure = async (run, prepare) => {
  await measureRuns(run, prepare);
  await end();
};

export const measureParts = async (parts, version, prepare) => {
  await measureRunsOfParts(parts, version, prepare);
  await end();
};

async function end() {
  await client?.dispose();
  await running?.close();
}
