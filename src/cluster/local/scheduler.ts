import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalClusterError } from '../errors.js';
import { packageFile } from './beside.js';
import { Child } from './child.js';
import { type DaskCommand, type DaskOptions, findDask } from './dask.js';

export interface SchedulerOptions extends DaskOptions {
  /** Where it listens, an address of loopback; default: 127.0.0.1. */
  readonly host?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Where its dashboard is, such as ':8787' (it needs the Python package bokeh), on `host` unless it names another; default: nowhere. */
  readonly dashboard?: string;
  /** Dask's own configuration, by dotted names. */
  readonly config?: Readonly<Record<string, string | number | boolean>>;
  /** Milliseconds until it must listen; default 60,000. */
  readonly timeout?: number;
}

/** Of Dask's programs here: they speak TCP on this machine, also where the environment is for a cluster elsewhere, as in the chart's notebooks. */
export const PLAIN = {
  DASK_DISTRIBUTED__COMM__DEFAULT_SCHEME: 'tcp',
  DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION: 'False',
};

/** What Dask says that was installed without distributed, a Python that has neither, and tilework's module in versions before `dask._task_spec`. */
const WITHOUT = /No such command '?scheduler|No module named '?(dask|distributed)/;

/** A real `dask scheduler` that takes tilework's graphs. */
export interface Scheduler {
  readonly address: string;
  readonly process: Child;
  /** What starts Dask's other programs. */
  readonly dask: DaskCommand;
}

export async function startScheduler(options: SchedulerOptions): Promise<Scheduler> {
  const { host = '127.0.0.1', port = 0, dashboard, config = {}, timeout = 60_000 } = options;
  const dask = await findDask(options);
  if (port !== 0) await requireFree(host, port);
  const [file, ...before] = dask;
  const preload = packageFile('deploy/scheduler/tilework_scheduler.py');
  const directory = await mkdtemp(join(tmpdir(), 'tilework-scheduler-'));
  const description = join(directory, 'scheduler.json');
  const args = [
    ...before,
    'scheduler',
    ...['--host', written(host), '--port', String(port)],
    ...['--scheduler-file', description, '--preload', preload, '--no-show'],
    ...(dashboard === undefined ? noDashboard(host) : ['--dashboard-address', placed(dashboard, host)]),
  ];
  const environment = Object.fromEntries(
    Object.entries(config).map(([name, value]) => [
      `DASK_${name.toUpperCase().replaceAll('.', '__').replaceAll('-', '_')}`,
      value === true ? 'True' : value === false ? 'False' : String(value),
    ]),
  );
  const child = new Child("Dask's scheduler", file, args, {
    ...PLAIN,
    ...environment,
    TILEWORK_END_WITH_STDIN: '1',
    PYTHONDONTWRITEBYTECODE: '1',
  });
  try {
    const address = await child.until(() => addressIn(description), timeout);
    return { address, process: child, dask };
  } catch (error) {
    await child.end(0);
    throw WITHOUT.test(child.output)
      ? new LocalClusterError(
          `${dask.join(' ')} has no scheduler, or one that is too old: install it for the same Python (pip install "distributed>=2024.12.1"), or name another by { dask }, --dask or TILEWORK_DASK`,
        )
      : error;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Dask's programs answer HTTP without a dashboard too, to all the world unless they are told where. */
export const noDashboard = (host: string): string[] => [
  '--no-dashboard',
  '--dashboard-address',
  placed(':0', host),
];

/** A host as addresses have it. */
export const written = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host);

/** An address of which the host may be left out. Dask reads none of IPv6 here: in place of that loopback it is the other. */
const placed = (address: string, host: string): string =>
  address.startsWith(':') ? `${isIP(host) === 6 ? '127.0.0.1' : host}${address}` : address;

/** Refuses a port on which somebody listens: the scheduler itself would say so at the top of a long traceback. */
async function requireFree(host: string, port: number): Promise<void> {
  const server = createServer();
  try {
    await once(server.listen(port, host), 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return;
    throw new LocalClusterError(
      `port ${port} of ${host} is taken, perhaps by another cluster: choose another by { port } (tilework cluster --port); 0 takes a free one`,
    );
  } finally {
    server.close();
  }
}

/** The address in a file that a scheduler writes when it listens; undefined while it is not there, or not whole. */
async function addressIn(file: string): Promise<string | undefined> {
  try {
    const { address } = JSON.parse(await readFile(file, 'utf8')) as { readonly address?: string };
    return address;
  } catch {
    return undefined;
  }
}
