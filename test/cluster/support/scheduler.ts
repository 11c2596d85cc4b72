import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, describe } from 'vitest';

/** The versions of distributed that tilework is tested with; the first is the newest, which most tests use. */
export const VERSIONS = ['newest', '2025.4.0', '2024.12.1'] as const;
/** `libraries`: the newest, with pandas, PyArrow, scikit-learn and bokeh beside it. */
export type Version = (typeof VERSIONS)[number] | 'libraries';

/** Which one tests take that name none: another by the environment, as in `TILEWORK_TEST_DISTRIBUTED=2024.12.1 npx vitest run test/cluster/chaos`. */
const USUAL = (process.env.TILEWORK_TEST_DISTRIBUTED ?? 'newest') as Version;

const ROOT = join(import.meta.dirname, '../../..');
export const PRELOAD = join(ROOT, 'deploy/scheduler/tilework_scheduler.py');

/**
 * The python of an environment that has distributed, made where needed; undefined, and a line on stderr, where it cannot be made. In CI that is an error.
 */
export async function pythonOf(version: Version = USUAL): Promise<string | undefined> {
  const suffix = version === 'newest' ? '' : `-${version}`;
  const { venv, VenvError } = (await import(/* @vite-ignore */ join(ROOT, 'scripts/venv.mjs'))) as {
    venv: (name: string, requirements: string) => string;
    VenvError: new () => Error;
  };
  try {
    return venv(`cluster${suffix}`, `test/cluster/requirements${suffix}.txt`);
  } catch (error) {
    if (!(error instanceof VenvError) || process.env.CI) throw error;
    console.error(`tests with a real scheduler skipped: ${error.message}`);
    return undefined;
  }
}

/** Tests that need Python with distributed: skipped, with a line that says so, where it cannot be had. */
export async function describeWithDask(
  name: string,
  body: (python: string) => void,
  version: Version = USUAL,
): Promise<void> {
  const python = await pythonOf(version);
  describe.skipIf(python === undefined)(name, () => body(python ?? ''));
}

/**
 * A loopback address of this process's own, for schedulers that another takes the place of: meanwhile nobody is given their port, as somebody may be
 * on the address that all others listen on and connect from.
 */
export const OWN_HOST = `127.${(process.pid >> 8) & 255}.${process.pid & 255}.251`;

/** A scheduler's configuration that leaves copies where they are: it looks every two seconds whether there are more of a result than are needed. */
export const KEEPING_COPIES = { 'distributed.scheduler.active-memory-manager.start': false } as const;

export interface SchedulerOptions {
  /** Default: any free one. */
  readonly port?: number;
  /** Default: loopback. */
  readonly host?: string;
  /** Words before its command, which run it somewhere else. */
  readonly under?: readonly string[];
  /** Default: tilework's own; false: none. */
  readonly preload?: boolean;
  /** Serves Dask's dashboard, which needs the environment `libraries`. */
  readonly dashboard?: boolean;
  /** Dask's configuration, by dotted names. */
  readonly config?: Readonly<Record<string, string | number | boolean>>;
  /** Paths of PEM files: the scheduler speaks TLS. */
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string };
}

export interface Process {
  readonly address: string;
  /** What it has printed so far. */
  log(): string;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
}

/** A real `dask scheduler`, which checks its own state at each step; on a free port of loopback unless told otherwise. */
export function startScheduler(python: string, options: SchedulerOptions = {}): Promise<Process> {
  const {
    preload = true,
    dashboard = false,
    config = {},
    tls,
    port = 0,
    host = '127.0.0.1',
    under,
  } = options;
  const args = ['scheduler', '--host', host, '--port', String(port), '--no-show'];
  args.push(dashboard ? '--dashboard' : '--no-dashboard', '--dashboard-address', '127.0.0.1:0');
  if (preload) args.push('--preload', PRELOAD);
  if (tls) {
    args.push('--protocol', 'tls', '--tls-ca-file', tls.ca, '--tls-cert', tls.cert, '--tls-key', tls.key);
  }
  const ready = dashboard ? /Scheduler at:\s+(\S+)[\s\S]*dashboard at:\s+\S+\s/ : /Scheduler at:\s+(\S+)/;
  return start(python, args, ready, { 'distributed.scheduler.validate': true, ...config }, under);
}

/** A real Python worker. */
export function startPythonWorker(
  python: string,
  scheduler: string,
  { args = [], config = {} }: { args?: readonly string[]; config?: SchedulerOptions['config'] } = {},
): Promise<Process> {
  return start(
    python,
    ['worker', scheduler, '--no-dashboard', '--no-nanny', '--nthreads', '1', '--host', '127.0.0.1', ...args],
    /Start worker at:\s+(\S+)[\s\S]*Starting established connection/,
    config,
  );
}

function start(
  python: string,
  args: readonly string[],
  ready: RegExp,
  config: SchedulerOptions['config'] = {},
  under: readonly string[] = [],
): Promise<Process> {
  const environment = Object.fromEntries(
    Object.entries(config).map(([name, value]) => [
      `DASK_${name.toUpperCase().replaceAll('.', '__').replaceAll('-', '_')}`,
      String(value === true ? 'True' : value),
    ]),
  );
  const [command, ...words] = [...under, python, '-m', 'dask', ...args];
  const child = spawn(command!, words, {
    env: { ...process.env, ...environment, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  let known = false;
  const exited = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
    for (const process of started) if (process.kill === kill) started.delete(process);
  };
  return new Promise((resolve, reject) => {
    const take = (chunk: Buffer): void => {
      log += chunk.toString();
      const address = ready.exec(log)?.[1];
      if (address === undefined || known) return;
      known = true;
      const process = { address, log: () => log, kill };
      started.add(process);
      resolve(process);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', reject);
    child.on('close', (code) => reject(new Error(`dask ${args.join(' ')} ended with ${code}:\n${log}`)));
  });
}

const started = new Set<Process>();
afterAll(async () => {
  await Promise.all([...started].map(({ kill }) => kill()));
});
afterEach(({ task }) => {
  if (task.result?.state !== 'fail') return;
  for (const { address, log } of started) console.error(`── ${address}\n${log().slice(-3000)}`);
});
