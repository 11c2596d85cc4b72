import { type LocalClusterOptions, RunningCluster } from './cluster.js';

export { LocalClusterError } from '../errors.js';
export type { AdaptOptions } from './adapt.js';
export { packageFile } from './beside.js';
export type { LocalClusterOptions } from './cluster.js';

/** A scheduler and workers on this machine. */
export type LocalCluster = RunningCluster;

/**
 * Starts Dask's own scheduler, and Node workers for it, as processes of this machine. They end with this process, or when the cluster is
 * closed (`await using`).
 *
 * @throws TypeError for an option that there is not, LocalClusterError where there is no `dask` on the machine: it says how to install it, or pass `{ install: true }`
 */
export const LocalCluster = (options: LocalClusterOptions = {}): Promise<LocalCluster> =>
  RunningCluster.start(options);
