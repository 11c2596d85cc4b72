import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { checkOptions, optionNames } from '../../engine/known-options.js';
import { checkMilliseconds, startTimer } from '../../engine/timer.js';
import { CommError, isLoopback, RpcPool } from '../comm/index.js';
import { dashboardAt } from '../dashboard.js';
import { LocalClusterError } from '../errors.js';
import { endsInARow, pauseAfter } from '../restarts.js';
import { type AdaptOptions, ATTEMPTS, checkAdapt, decide, type Needless, nextLook } from './adapt.js';
import { packageFile } from './beside.js';
import { Child } from './child.js';
import {
  noDashboard,
  PLAIN,
  type Scheduler,
  type SchedulerOptions,
  startScheduler,
  written,
} from './scheduler.js';

/** What a cluster on this machine is made of. */
export interface LocalClusterOptions extends SchedulerOptions {
  /** How many workers, each a process; default: as many as give every core a thread. */
  readonly workers?: number;
  /** How many Python workers beside them, each of one thread, for calls of Python's functions; default 0. They see what that Python has installed. */
  readonly pythonWorkers?: number;
  /** Threads that compute in each worker; default 1. */
  readonly threadsPerWorker?: number;
  /** Of each worker: bytes, or such as '2GB'; default: its share of what the machine grants. */
  readonly memoryLimit?: number | string;
}

const OPTIONS = optionNames<LocalClusterOptions>({
  workers: true,
  pythonWorkers: true,
  threadsPerWorker: true,
  memoryLimit: true,
  host: true,
  port: true,
  dashboard: true,
  config: true,
  timeout: true,
  dask: true,
  install: true,
});

/** Milliseconds that a process is given to end when it was asked to. */
const PATIENCE = 10_000;
/** A line of a worker's log. */
const LOGGED = /^\d{4}-\d\d-\d\dT\S+ (INFO|WARNING|ERROR) /;

/** A scheduler and workers on this machine; they end with this process, or when it is closed. */
export class RunningCluster implements AsyncDisposable {
  private readonly children = new Map<string, Child>();
  /** Python workers. */
  private readonly others = new Map<string, Child>();
  private readonly rpc = new RpcPool();
  private dashboard: string | undefined;
  private next = 0;
  /** What has the number of workers follow the work. */
  private following: Following | undefined;
  /** The last of what `scale` was asked for: one after another, each counts the workers that there are then. */
  private scaling: Promise<void> = Promise.resolve();
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly scheduler: Scheduler,
    private readonly options: LocalClusterOptions,
  ) {}

  /** @internal */
  static async start(options: LocalClusterOptions): Promise<RunningCluster> {
    checkOptions('LocalCluster', options, OPTIONS);
    const { threadsPerWorker = 1, pythonWorkers = 0, timeout = 60_000 } = options;
    const { port = 0 } = options;
    const host = (options.host ?? '127.0.0.1').replace(/^\[|\]$/g, '');
    count('threadsPerWorker', threadsPerWorker, 1);
    const { workers = Math.max(1, Math.floor(availableParallelism() / threadsPerWorker)) } = options;
    count('workers', workers, 0);
    count('pythonWorkers', pythonWorkers, 0);
    count('port', port, 0, 65_535);
    checkMilliseconds('timeout', timeout);
    if (!isLoopback(host))
      throw new RangeError(
        `a LocalCluster is of this machine: host is a loopback address, not ${JSON.stringify(host)}; docs/cluster.md says how clusters of several machines are started`,
      );
    const settled = { ...options, host, timeout };
    const cluster = new RunningCluster(await startScheduler(settled), settled);
    try {
      const answer = await cluster.rpc.call(cluster.address, 'tilework_hello');
      cluster.dashboard = dashboardAt(cluster.address, (answer as { dashboard?: unknown }).dashboard);
      const others = Array.from({ length: pythonWorkers }, async (_, i) => {
        const name = `python-${i}`;
        const child = await cluster.startPythonWorker(name);
        void cluster.supervise(name, child);
      });
      await Promise.all([cluster.scale(workers), ...others]);
    } catch (error) {
      await cluster.close();
      throw error;
    }
    return cluster;
  }

  /** What clients connect to: `connect(cluster.address)`; a Python `Client` takes it too. */
  get address(): string {
    return this.scheduler.address;
  }

  /** Where Dask's dashboard is; undefined where `dashboard` was not asked for, or its Python has no `bokeh`. */
  get dashboardLink(): string | undefined {
    return this.dashboard;
  }

  /** Rejects when the scheduler ends by itself; never resolves. */
  get failed(): Promise<never> {
    return this.scheduler.process.ended.then((how) =>
      this.closed
        ? new Promise<never>(() => {})
        : Promise.reject(
            new LocalClusterError(`Dask's scheduler ended with ${how}:\n${this.scheduler.process.output}`),
          ),
    );
  }

  /** Names of the Node workers that run, the oldest first. */
  get workers(): readonly string[] {
    return [...this.children].filter(([, { running }]) => running).map(([name]) => name);
  }

  /** Of the scheduler, and of the workers behind it. */
  get pids(): readonly number[] {
    return [this.scheduler.process, ...this.children.values(), ...this.others.values()].flatMap(
      ({ pid }) => pid ?? [],
    );
  }

  /** Starts workers, or retires the newest, until there are so many: their results go to others first. */
  async scale(workers: number): Promise<void> {
    count('scale: workers', workers, 0);
    this.checkOpen();
    const scaled = this.scaling.then(() => this.scaleTo(workers));
    this.scaling = scaled.catch(() => {});
    return scaled;
  }

  private async scaleTo(workers: number): Promise<void> {
    await this.stopFollowing();
    const { workers: now } = this;
    if (workers < now.length) await this.retire(now.slice(workers));
    else await Promise.all(Array.from({ length: workers - now.length }, () => this.startWorker()));
  }

  /**
   * Has the number of workers follow the work there is, between two bounds, until `scale` is called or the cluster is closed. Where workers cannot be
   * started, time after time, the process is warned (`process.on('warning', …)`, on standard error by default), and it is tried again, ever later.
   *
   * @throws RangeError for bounds that are none, TypeError for an option that there is not
   */
  adapt(options: AdaptOptions): void {
    checkAdapt(options);
    this.checkOpen();
    const before = this.stopFollowing();
    const following: Following = { over: false, look: before };
    this.following = following;
    const later = (milliseconds: number): void => {
      following.timer = startTimer(milliseconds, () => {
        following.look = look();
      })?.unref();
    };
    let needless: Needless = new Map();
    let failures = 0;
    const look = async (): Promise<void> => {
      await before;
      try {
        needless = await this.follow(options, needless);
        failures = 0;
      } catch (error) {
        // A scheduler that is busy is asked again; what it refuses, and workers that end as they are started, are no accident when it happens again and again.
        if (!this.scheduler.process.running || this.closed) return;
        if (!(error instanceof CommError) && ++failures === ATTEMPTS)
          warn(`adapt has failed ${ATTEMPTS} times in a row, and goes on trying`, error);
      }
      if (!following.over) later(nextLook(failures, options.interval));
    };
    later(0);
  }

  /** Ends workers and scheduler. */
  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private get closed(): boolean {
    return this.closing !== undefined;
  }

  private async end(): Promise<void> {
    void this.stopFollowing();
    this.rpc.close();
    await Promise.all(
      [...this.children.values(), ...this.others.values()].map((child) => child.end(PATIENCE)),
    );
    await this.scheduler.process.end(PATIENCE);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  toString(): string {
    return `tilework.LocalCluster<${this.address}, workers=${this.workers.length}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** Resolves when nothing is being done for it any more. */
  private async stopFollowing(): Promise<void> {
    const { following } = this;
    if (following === undefined) return;
    this.following = undefined;
    following.over = true;
    clearTimeout(following.timer);
    await following.look.catch(() => {});
  }

  private async follow(options: AdaptOptions, needless: Needless): Promise<Needless> {
    const { workers, rpc, address } = this;
    const { targetDuration = '5s', minimum = 0 } = options;
    const target = (await rpc.call(address, 'adaptive_target', {
      target_duration: targetDuration,
    })) as number;
    const surplus = workers.length - Math.max(minimum, target);
    const closable =
      surplus > 0
        ? ((await rpc.call(address, 'workers_to_close', { n: surplus, attribute: 'name' })) as unknown[])
        : [];
    const decision = decide({ target, workers, closable: closable.map(String) }, needless, options);
    await Promise.all(Array.from({ length: decision.start }, () => this.startWorker()));
    if (decision.retire.length > 0) await this.retire(decision.retire);
    return decision.needless;
  }

  private async startWorker(): Promise<void> {
    this.checkOpen();
    const { threadsPerWorker = 1, memoryLimit } = this.options;
    const name = `node-${this.next++}`;
    const args = ['worker', this.address, '--name', name, '--nthreads', String(threadsPerWorker)];
    if (memoryLimit !== undefined) args.push('--memory-limit', String(memoryLimit));
    const environment = { TILEWORK_END_WITH_STDIN: '1' };
    const command = [packageFile('dist/esm/cli.js'), ...args];
    // What functions print, and what the supervisor says; not what the worker logs of itself.
    const shows = (line: string): boolean => !LOGGED.test(line);
    const child = new Child(`worker ${name}`, process.execPath, command, environment, shows);
    this.children.set(name, child);
    void child.ended.then(() => this.children.delete(name));
    await this.joined(name, child);
  }

  /** Starts a Python worker, which ends when the scheduler does, or does not find it. */
  private async startPythonWorker(name: string): Promise<Child> {
    const { host = '127.0.0.1', memoryLimit, timeout = 60_000 } = this.options;
    const [file, ...before] = this.scheduler.dask;
    const args = ['worker', this.address, '--name', name, '--nthreads', '1', '--host', written(host)];
    args.push('--no-nanny', ...noDashboard(host));
    if (timeout < Number.POSITIVE_INFINITY) args.push('--death-timeout', String(timeout / 1000));
    if (memoryLimit !== undefined) args.push('--memory-limit', String(memoryLimit));
    const shows = (_: string, stream: string): boolean => stream === 'stdout';
    const child = new Child(`Dask's worker ${name}`, file, [...before, ...args], PLAIN, shows);
    this.others.set(name, child);
    await this.joined(name, child);
    return child;
  }

  /** Resolves when the scheduler knows a worker; one that it does not get to know is ended. */
  private async joined(name: string, child: Child): Promise<void> {
    const { timeout = 60_000 } = this.options;
    try {
      await child.until(async () => ((await this.registered()).has(name) ? true : undefined), timeout);
    } catch (error) {
      await child.end(0);
      throw error;
    }
  }

  /** Starts a Python worker again when it dies, unless that fails time after time: its nanny would outlive a program that is killed. */
  private async supervise(name: string, first: Child): Promise<void> {
    let child = first;
    let ends = 0;
    let began = performance.now();
    for (let failures = 0; failures < ATTEMPTS; ) {
      await child.ended;
      ends = endsInARow(ends, performance.now() - began);
      // The first time at once: a function of the user's may have ended it.
      const delay = pauseAfter(ends - 1);
      await Promise.race([pause(delay, undefined, { ref: false }), this.scheduler.process.ended]);
      if (this.closed || !this.scheduler.process.running) return;
      began = performance.now();
      try {
        child = await this.startPythonWorker(name);
        failures = 0;
      } catch (error) {
        if (++failures === ATTEMPTS && !this.closed)
          warn(`${name} could not be started ${ATTEMPTS} times in a row, and is given up`, error);
      }
    }
  }

  private async retire(names: readonly string[]): Promise<void> {
    const going = names.flatMap((name) => this.children.get(name) ?? []);
    await this.rpc.call(this.address, 'retire_workers', { names, close_workers: true, remove: true });
    const late = setTimeout(() => {
      for (const child of going) void child.end(PATIENCE);
    }, PATIENCE);
    await Promise.all(going.map(({ ended }) => ended));
    clearTimeout(late);
  }

  /** Names of the workers that the scheduler knows. */
  private async registered(): Promise<ReadonlySet<string>> {
    const { workers } = (await this.rpc.call(this.address, 'identity')) as {
      readonly workers: Readonly<Record<string, { readonly name: unknown }>>;
    };
    return new Set(Object.values(workers).map(({ name }) => String(name)));
  }

  private checkOpen(): void {
    if (this.closed) throw new LocalClusterError('the cluster was closed');
    if (!this.scheduler.process.running)
      throw new LocalClusterError(`Dask's scheduler has ended:\n${this.scheduler.process.output}`);
  }
}

/** What goes wrong while nobody waits for it. */
function warn(what: string, error: unknown): void {
  process.emitWarning(new LocalClusterError(`${what}: ${(error as Error).message}`, { cause: error }));
}

interface Following {
  over: boolean;
  /** The present look at the work there is, or the last one. */
  look: Promise<void>;
  timer?: NodeJS.Timeout | undefined;
}

function count(what: string, value: number, least: number, most = Number.POSITIVE_INFINITY): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    const range = Number.isFinite(most) ? `from ${least} to ${most}` : `from ${least}`;
    throw new RangeError(`${what} is a whole number ${range}, not ${value}`);
  }
}
