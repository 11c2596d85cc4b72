import { parseArgs } from 'node:util';
import { certificatesNamed, parseAddress, readCertificates, withScheme } from '../cluster/comm/index.js';
import { COMPRESSIONS, type Compression } from '../cluster/wire/index.js';
import {
  type ClusterWorker,
  EXIT,
  NameTakenError,
  reportTo,
  startWorker,
  supervise,
  type WorkerOptions,
} from '../cluster/worker/index.js';
import { availableBytes, parseBytes } from '../engine/memory/limits.js';
import { parseSeconds, unknownFlag } from './dask-flags.js';

const WORKER_USAGE = `tilework worker ADDRESS [options]      a worker for a Dask scheduler: tcp://host:8786, or tls://… with certificates
                                       (or environment DASK_SCHEDULER_ADDRESS)
  --nthreads N                         tasks at once; default: one a core
  --memory-limit 4GiB                  of the whole process; also 50% or 0.5; default: 70 % of the machine or container
  --name NAME                          unique in the cluster (or environment DASK_WORKER_NAME)
  --host HOST  --worker-port PORT      where to listen for other workers, also 3000:3026; default: this machine's address to the scheduler, any port
  --dashboard-address [HOST]:PORT      /health, /status and /metrics by HTTP; on loopback unless a host is given
  --resources "GPU=1 MEM=2"            what tasks may ask for
  --local-directory PATH               where blocks go that memory is too small for (or environment DASK_TEMPORARY_DIRECTORY)
  --death-timeout SECONDS              or '5 minutes': give up reaching the scheduler; default: never
  --lifetime SECONDS                   or '1 hour': retire after so long
  --tls-ca-file  --tls-cert  --tls-key PEM files; all three, for tls:// (or environment DASK_DISTRIBUTED__COMM__TLS__CA_FILE,
                                       …__WORKER__CERT and …__WORKER__KEY)
  --compression lz4                    of results on their way to other machines, or zstd, zlib; where both sides say the same
  --allow-plain                        lets tcp:// leave this machine: whoever reaches it can run code
  --no-nanny                           (--nanny is the default) in this process, without one that restarts it when it dies
  --no-dashboard                       nothing: charts for Dask's workers give it`;

const FLAGS = {
  nthreads: { type: 'string' },
  'memory-limit': { type: 'string' },
  name: { type: 'string' },
  host: { type: 'string' },
  'worker-port': { type: 'string' },
  'dashboard-address': { type: 'string' },
  resources: { type: 'string' },
  'local-directory': { type: 'string' },
  'death-timeout': { type: 'string' },
  lifetime: { type: 'string' },
  'tls-ca-file': { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  compression: { type: 'string' },
  'allow-plain': { type: 'boolean' },
  nanny: { type: 'boolean' },
  'no-nanny': { type: 'boolean' },
  'no-dashboard': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** For how long a scheduler that was lost is waited for, unless told otherwise. */
const AGAIN_SECONDS = 30;

/** `tilework worker`: runs until the worker has closed; the exit code says how. */
export async function workerCommand(args: readonly string[]): Promise<number> {
  let parsed: Parsed;
  try {
    parsed = parseWorkerArgs(args, process.env);
  } catch (error) {
    console.error(`tilework worker: ${(error as Error).message}\n\n${WORKER_USAGE}`);
    return EXIT.usage;
  }
  if (parsed === 'help') {
    console.log(WORKER_USAGE);
    return EXIT.orderly;
  }
  const { options, nanny } = parsed;
  if (!nanny) return work(options);
  const again = options.deathTimeout === undefined ? ['--death-timeout', String(AGAIN_SECONDS)] : [];
  return supervise([process.argv[1]!, 'worker', ...args, '--no-nanny'], again);
}

type Parsed = 'help' | { readonly options: WorkerOptions; readonly nanny: boolean };

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, allowPositionals: true });
  } catch (error) {
    throw new TypeError(unknownFlag((error as Error).message), { cause: error });
  }
}

/** @throws TypeError naming the flag and what it takes */
export function parseWorkerArgs(args: readonly string[], environment: NodeJS.ProcessEnv): Parsed {
  const { values, positionals } = parsed(args);
  if (values.help) return 'help';
  if (positionals.length > 1) throw new TypeError(`one address, not ${positionals.join(' ')}`);
  const address = positionals[0] ?? environment.DASK_SCHEDULER_ADDRESS;
  if (address === undefined) throw new TypeError('the address of a scheduler is missing');
  const certificates =
    certificatesOf(values['tls-ca-file'], values['tls-cert'], values['tls-key']) ??
    (address.startsWith('tcp://') ? undefined : certificatesNamed(environment, 'WORKER'));
  const scheduler = withScheme(address, certificates !== undefined);
  parseAddress(scheduler);
  const name = values.name ?? environment.DASK_WORKER_NAME;
  const localDirectory = values['local-directory'] ?? environment.DASK_TEMPORARY_DIRECTORY;
  const nthreads = wholeOf('nthreads', values.nthreads, { least: 1 });
  const memoryLimit = memoryLimitOf(values['memory-limit']);
  const port = portOf(values['worker-port']);
  const deathTimeout = secondsOf('death-timeout', values['death-timeout']);
  const lifetime = secondsOf('lifetime', values.lifetime);
  const dashboard = values['dashboard-address'];
  const options: WorkerOptions = {
    scheduler,
    ...(name !== undefined && { name }),
    ...(nthreads !== undefined && { threads: nthreads }),
    ...(memoryLimit !== undefined && { memoryLimit }),
    ...(values.host !== undefined && { host: values.host }),
    ...(port !== undefined && { port }),
    ...(dashboard !== undefined && { http: httpOf(dashboard) }),
    ...(values.resources !== undefined && { resources: resourcesOf(values.resources) }),
    ...(localDirectory !== undefined && { localDirectory }),
    ...(deathTimeout !== undefined && { deathTimeout }),
    ...(lifetime !== undefined && { lifetime }),
    ...(certificates && { certificates }),
    ...(values.compression !== undefined && { compression: compressionOf(values.compression) }),
    ...(values['allow-plain'] && { allowPlain: true }),
  };
  return { options, nanny: values['no-nanny'] !== true };
}

function certificatesOf(ca?: string, cert?: string, key?: string): WorkerOptions['certificates'] {
  if (ca === undefined && cert === undefined && key === undefined) return undefined;
  if (ca === undefined || cert === undefined || key === undefined)
    throw new TypeError('--tls-ca-file, --tls-cert and --tls-key go together');
  return readCertificates({ ca, cert, key }, { ca: '--tls-ca-file', cert: '--tls-cert', key: '--tls-key' });
}

/** Dask's own word for the default is `auto`; to it numbers up to 1 are shares of the machine, and 0 is no limit, which workers of Node cannot do without. */
function memoryLimitOf(text: string | undefined): string | undefined {
  if (text === undefined || text === 'auto') return undefined;
  const share = text.trim() === '' ? Number.NaN : Number(text);
  const limit = share > 0 && share <= 1 ? `${100 * share}%` : text;
  try {
    parseBytes(limit, availableBytes);
    return limit;
  } catch {
    const none = share === 0 ? ', and always keeps within a limit' : '';
    throw new TypeError(
      `--memory-limit takes 4GiB, 50%, 0.5, bytes or auto${none}, not ${JSON.stringify(text)}`,
    );
  }
}

function compressionOf(text: string): Compression {
  const compression = COMPRESSIONS.find((name) => name === text);
  if (compression === undefined)
    throw new TypeError(`--compression takes one of ${COMPRESSIONS.join(', ')}, not ${JSON.stringify(text)}`);
  return compression;
}

const MOST_PORT = 65_535;

interface Range {
  readonly least?: number;
  readonly most?: number;
}

function wholeOf(flag: string, text: string | undefined, range: Range): number | undefined {
  if (text === undefined) return undefined;
  const { least = 0, most = Number.MAX_SAFE_INTEGER } = range;
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (number >= least && number <= most && Number.isInteger(number)) return number;
  throw new TypeError(`--${flag} takes a whole number from ${least}, not ${JSON.stringify(text)}`);
}

/** A port, or the first and the last of several, as `dask worker` takes them: 3000:3026. */
function portOf(text: string | undefined): WorkerOptions['port'] {
  const [, first, last] = /^(\d+):(\d+)$/.exec(text ?? '') ?? [];
  if (first === undefined) return wholeOf('worker-port', text, { most: MOST_PORT });
  const ports = [Number(first), Number(last)] as const;
  if (ports[0] >= 1 && ports[0] <= ports[1] && ports[1] <= MOST_PORT) return ports;
  throw new TypeError(
    `--worker-port takes a port, or a first and a last one such as 3000:3026, not ${JSON.stringify(text)}`,
  );
}

function secondsOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = parseSeconds(text);
  if (seconds !== undefined) return seconds;
  throw new TypeError(
    `--${flag} takes a number of seconds from 0, or such as '5 minutes', not ${JSON.stringify(text)}`,
  );
}

function resourcesOf(text: string): Record<string, number> {
  const resources: Record<string, number> = {};
  for (const part of text.split(/[\s,]+/).filter((part) => part !== '')) {
    const [name, amount, ...rest] = part.split('=');
    if (!name || !(Number(amount) >= 0) || amount === '' || rest.length > 0)
      throw new TypeError(
        `--resources takes NAME=NUMBER, several with spaces between, not ${JSON.stringify(part)}`,
      );
    resources[name] = Number(amount);
  }
  return resources;
}

/** ':8787', '8787' or 'host:8787'. */
function httpOf(text: string): { readonly host: string; readonly port: number } {
  const match = /^(?:(.*):)?(\d+)$/.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535)
    throw new TypeError(`--dashboard-address takes [HOST]:PORT, not ${JSON.stringify(text)}`);
  const host = match[1]?.replace(/^\[|\]$/g, '');
  return { host: host || '127.0.0.1', port };
}

/** The worker itself, in this process. */
async function work(options: WorkerOptions): Promise<number> {
  let worker: ClusterWorker | undefined;
  let asked = 0;
  const stop = (reason: string): void => {
    asked++;
    if (worker === undefined) process.exit(EXIT.orderly);
    // Asked twice: at once.
    if (asked === 1) void worker.retire(reason);
    else void worker.close(reason);
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('disconnect', () => {
    if (worker === undefined) process.exit(EXIT.refused);
    else void worker.close('its supervisor is gone', false);
  });
  const reporting = reportTo(process, () => worker?.memoryLimit);
  try {
    worker = await startWorker(options);
    reporting.report();
  } catch (error) {
    console.error(`tilework worker: ${(error as Error).message}`);
    process.exit(error instanceof NameTakenError ? EXIT.taken : EXIT.refused);
  }
  const { orderly } = await worker.finished;
  reporting.stop();
  process.exit(orderly ? EXIT.orderly : EXIT.lost);
}
