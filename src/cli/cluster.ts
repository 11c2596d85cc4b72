import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { LocalCluster, LocalClusterError, type LocalClusterOptions } from '../cluster/local/index.js';

const CLUSTER_USAGE = `tilework cluster [options]               Dask's scheduler and Node workers on this machine, until Ctrl-C
  --workers N                          default: as many as give every core a thread
  --adapt MIN:MAX                      as many as there is work for, between two bounds
  --threads-per-worker N               default: 1
  --memory-limit 4GiB                  of each worker
  --port PORT                          of the scheduler; default: 8786
  --dashboard-address [HOST]:PORT      of Dask's dashboard (it needs the Python package bokeh); on loopback unless a host is given
  --dask PATH                          a Python that has distributed, or the program dask; default: dask on the PATH
  --install                            installs distributed for tilework alone, where there is none`;

const FLAGS = {
  workers: { type: 'string' },
  adapt: { type: 'string' },
  'threads-per-worker': { type: 'string' },
  'memory-limit': { type: 'string' },
  port: { type: 'string' },
  'dashboard-address': { type: 'string' },
  dask: { type: 'string' },
  install: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** `tilework cluster`: runs until it is interrupted. */
export async function clusterCommand(args: readonly string[]): Promise<number> {
  let parsed: Parsed;
  try {
    parsed = parseClusterArgs(args);
  } catch (error) {
    console.error(`tilework cluster: ${(error as Error).message}\n\n${CLUSTER_USAGE}`);
    return 2;
  }
  if (parsed === 'help') {
    console.log(CLUSTER_USAGE);
    return 0;
  }
  try {
    await using cluster = await LocalCluster(parsed.options);
    if (parsed.adapt) cluster.adapt(parsed.adapt);
    console.log(`scheduler at ${cluster.address}, ${cluster.workers.length} workers; Ctrl-C ends them`);
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), cluster.failed]);
    return 0;
  } catch (error) {
    if (!(error instanceof LocalClusterError || error instanceof RangeError)) throw error;
    console.error(`tilework cluster: ${error.message}`);
    return 1;
  }
}

type Parsed =
  | 'help'
  | {
      readonly options: LocalClusterOptions;
      readonly adapt?: { readonly minimum: number; readonly maximum: number };
    };

/** @throws TypeError naming the flag and what it takes */
export function parseClusterArgs(args: readonly string[]): Parsed {
  const { values } = parseArgs({ args: [...args], options: FLAGS });
  if (values.help) return 'help';
  if (values.adapt !== undefined && values.workers !== undefined)
    throw new TypeError('either --workers or --adapt');
  const adapt = values.adapt === undefined ? undefined : boundsOf(values.adapt);
  const workers = adapt?.minimum ?? wholeOf('workers', values.workers, 0);
  const threadsPerWorker = wholeOf('threads-per-worker', values['threads-per-worker'], 1);
  const dashboard = values['dashboard-address'];
  return {
    options: {
      port: wholeOf('port', values.port, 0) ?? 8786,
      ...(workers !== undefined && { workers }),
      ...(threadsPerWorker !== undefined && { threadsPerWorker }),
      ...(values['memory-limit'] !== undefined && { memoryLimit: values['memory-limit'] }),
      ...(dashboard !== undefined && { dashboard }),
      ...(values.dask !== undefined && { dask: values.dask }),
      ...(values.install && { install: true }),
    },
    ...(adapt && { adapt }),
  };
}

function wholeOf(flag: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isInteger(number) && number >= least) return number;
  throw new TypeError(`--${flag} takes a whole number from ${least}, not ${JSON.stringify(text)}`);
}

function boundsOf(text: string): { readonly minimum: number; readonly maximum: number } {
  const [, minimum, maximum] = /^(\d+):(\d+)$/.exec(text) ?? [];
  if (minimum === undefined || Number(minimum) > Number(maximum))
    throw new TypeError(`--adapt takes MIN:MAX, not ${JSON.stringify(text)}`);
  return { minimum: Number(minimum), maximum: Number(maximum) };
}
