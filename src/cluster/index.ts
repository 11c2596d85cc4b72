/** Clusters: Dask's scheduler and Node workers. What speaks to them is loaded when it is first needed. */

import { useEngine } from '../engine/default.js';
import type { Engine } from '../engine/engine.js';
import { kindOf } from '../engine/errors.js';
import { checkOptions, optionNames } from '../engine/known-options.js';
import type { ClusterEngine, ClusterOptions } from './client/index.js';
import type { LocalClusterOptions, LocalCluster as RunningCluster } from './local/index.js';

export type { ClusterEngine } from './client/index.js';
export { CommError, LocalClusterError } from './errors.js';
export type { AdaptOptions, LocalClusterOptions } from './local/index.js';

/** How a program connects to a scheduler. */
export interface ConnectOptions extends ClusterOptions {
  /** Whether computations that name no engine run on the cluster from now on, until it is disposed of; default true. */
  readonly asDefault?: boolean;
}

const OPTIONS = optionNames<ConnectOptions>({
  asDefault: true,
  name: true,
  timeout: true,
  reconnect: true,
  inject: true,
  retries: true,
  allowPlain: true,
  compression: true,
  ca: true,
  cert: true,
  key: true,
});

/**
 * Connects to a Dask scheduler that was started with tilework's module (`dask scheduler --preload tilework_scheduler.py`), whose Node workers (`tilework worker`)
 * compute what this process asks for. From then on they compute what names no engine.
 *
 * @param address of the scheduler, or what has it, such as a `LocalCluster`: `tcp://host:8786` on this machine; elsewhere `tls://host:8786`, with `ca`, `cert` and `key` as PEM. Without it that in
 *   `DASK_SCHEDULER_ADDRESS`. Without certificates, the files that Dask's own variables name (`DASK_DISTRIBUTED__COMM__TLS__CA_FILE`,
 *   `…__CLIENT__CERT`, `…__CLIENT__KEY`), or those that the Helm chart mounts in /etc/tilework/tls
 * @throws TypeError for an option that there is not, and for an address or certificates that are missing or of no use, CommError where nothing answers as a scheduler does, EngineError where
 *   the scheduler does not take graphs of tilework
 * @example
 * connect('tcp://127.0.0.1:1'); // throws CommError: cannot talk to tcp://127.0.0.1:1: nothing listens there: is it running, and is the port right?
 */
export async function connect(
  address?: string | { readonly address: string },
  given: ConnectOptions = {},
): Promise<ClusterEngine> {
  checkOptions('connect', given, OPTIONS);
  const { asDefault = true, ...options } = given;
  const client = await import('./client/index.js');
  const engine = await client.connect(...client.completed(addressOf(address), options, process.env));
  if (asDefault) makeDefault(engine);
  return engine;
}

function addressOf(given: string | { readonly address: string } | undefined): string | undefined {
  if (given === undefined || typeof given === 'string') return given;
  const { address } = (given ?? {}) as { readonly address?: unknown };
  if (typeof address === 'string') return address;
  throw new TypeError(
    `connect takes the address of a scheduler, or a cluster that has started (await LocalCluster()), not ${kindOf(given)}`,
  );
}

/** Clusters that were made the default and are open, the last one last, and what was the default before all of them. */
const open: ClusterEngine[] = [];
let outside: Engine | undefined;

function makeDefault(engine: ClusterEngine): void {
  const before = useEngine(engine);
  if (open.length === 0) outside = before;
  open.push(engine);
  engine.onDispose(() => {
    open.splice(open.indexOf(engine), 1);
    const now = useEngine(undefined);
    useEngine(now === engine ? (open.at(-1) ?? outside) : now);
  });
}

/** A scheduler and workers on this machine. */
export type LocalCluster = RunningCluster;

/**
 * Starts Dask's own scheduler, and Node workers for it, as processes of this machine: `connect(cluster.address)`. They end with this process, or when the
 * cluster is closed (`await using`).
 *
 * @throws TypeError for an option that there is not, LocalClusterError where there is no `dask` on the machine: it says how to install it, or pass `{ install: true }`
 * @example
 * await LocalCluster({ workers: 2, dask: '/nowhere/dask' }); // throws LocalClusterError: there is no /nowhere/dask, which is to start Dask's scheduler
 */
export async function LocalCluster(options: LocalClusterOptions = {}): Promise<LocalCluster> {
  const local = await import('./local/index.js');
  return local.LocalCluster(options);
}
