import { randomUUID } from 'node:crypto';
import { LocalEngine } from '../../engine/index.js';
import { threadEntry } from '../../engine/thread-entry.js';
import type { Key } from '../../graph/task.js';
import type { ClusterEngine } from '../client/index.js';
import {
  formatAddress,
  type Handler,
  isLoopback,
  type Listener,
  listen,
  parseAddress,
  type StreamMessage,
} from '../comm/index.js';
import { dumpState } from './dump.js';
import { handlersOf } from './handlers.js';
import { type HttpServer, serveHttp } from './http.js';
import { SchedulerLink } from './link.js';
import { Log } from './log.js';
import { MemoryWatch } from './memory.js';
import { heartbeatMetrics, prometheusText } from './metrics.js';
import { Observer } from './observer.js';
import { JS, threadsOf, type WorkerOptions } from './options.js';
import { eventOf } from './scheduler-messages.js';
import { TaskClient } from './task-client.js';
import { seconds } from './time.js';
import { Timers } from './timers.js';
import { Work } from './work.js';

const MISSING_MS = 1_000;
const KEEP_ALIVE_MS = 25_000;
const FAREWELL_MS = 2_000;
/** Why the scheduler has a worker close that it took out of the cluster. */
const DROPPED = 'scheduler-remove-worker';

type Status = 'init' | 'running' | 'paused' | 'closing_gracefully' | 'closing' | 'closed';

/** How a worker ended. */
export interface Ended {
  readonly reason: string;
  /** False where it lost the scheduler, was dropped by it, or found itself broken. */
  readonly orderly: boolean;
}

/**
 * A worker of a Dask cluster: takes tasks of tilework from an unmodified scheduler and computes them in a local engine's threads.
 * The main thread only talks, so that heartbeats and other workers' requests never wait for a task.
 */
export class ClusterWorker {
  readonly id = `Worker-${randomUUID()}`;
  readonly address: string;
  readonly work: Work;
  /** Resolves when the worker has closed. */
  readonly finished: Promise<Ended>;
  private status: Status = 'init';
  private readonly observer: Observer;
  private readonly timers = new Timers();
  private http: HttpServer | undefined;
  private memory: MemoryWatch | undefined;
  private finish!: (ended: Ended) => void;
  private closing: Promise<void> | undefined;
  private retiring: Promise<void> | undefined;

  private constructor(
    private readonly options: WorkerOptions,
    private readonly link: SchedulerLink,
    private readonly listener: Listener,
    private readonly engine: LocalEngine,
    readonly log: Log,
    /** The scheduler's own: what it is told of itself it does not wonder about. */
    readonly versions: unknown,
  ) {
    this.address = formatAddress(listener.address);
    this.finished = new Promise((resolve) => {
      this.finish = resolve;
    });
    this.work = new Work({
      engine,
      pool: link.pool,
      address: this.address,
      resources: { ...options.resources, ...JS },
      log,
      isPaused: () => this.status === 'paused',
      isClosing: () => this.closing !== undefined,
      send: (message) => link.send(message),
      later: (milliseconds, act) => this.timers.later(milliseconds, act),
      broken: () => void this.close('broken', false),
    });
    this.observer = new Observer(engine, this.work);
  }

  /**
   * Starts a worker and has it join the cluster. Resolves when the scheduler has taken it.
   *
   * @throws TypeError for options that are of no use, CommError where the scheduler cannot be reached, MemoryLimitError where the limit is
   *   too small to work with, Error where the scheduler refuses it
   */
  static async start(options: WorkerOptions): Promise<ClusterWorker> {
    const log = new Log(options.quiet ?? false);
    const { localDirectory: spillDirectory, memoryLimit } = options;
    const tasks = new TaskClient(options);
    let worker: ClusterWorker | undefined;
    const engineFor = (key: Key): Promise<ClusterEngine> => {
      worker?.work.secede(key);
      return tasks.get();
    };
    const engine = new LocalEngine(
      {
        threads: threadsOf(options),
        ...(memoryLimit !== undefined && { memoryLimit }),
        ...(spillDirectory && { spillDirectory }),
      },
      // No runner: the main thread runs no tasks, not even little ones.
      { entry: threadEntry(), engineFor },
    );
    engine.onDispose(() => tasks.close());
    let link: SchedulerLink | undefined;
    let listener: Listener | undefined;
    try {
      link = await SchedulerLink.open(options, log);
      const { scheduler, port = 0 } = options;
      const host = options.host ?? (isLoopback(parseAddress(scheduler).host) ? '127.0.0.1' : link.localHost);
      const handlers: Record<string, Handler> = {};
      const onError = (error: unknown, peer: string): void => log.warn(`${peer}: ${String(error)}`);
      listener = await listen({ ...options, host, port, handlers, onError });
      worker = new ClusterWorker(options, link, listener, engine, log, await link.versions());
      Object.assign(handlers, handlersOf(worker));
      await worker.join();
      return worker;
    } catch (error) {
      await Promise.all([link?.close(0), listener?.close(), engine.dispose()]);
      throw error;
    }
  }

  /** Has the scheduler move what this worker holds to others, then closes. */
  retire(reason: string): Promise<void> {
    this.retiring ??= this.leave(reason);
    return this.retiring;
  }

  /** Leaves the cluster at once; what only this worker holds is computed again elsewhere. */
  close(reason: string, orderly = true): Promise<void> {
    this.closing ??= this.end(reason, orderly);
    return this.closing;
  }

  get memoryLimit(): number {
    return this.engine.settings.memoryLimit;
  }

  identity(): object {
    const { threads, memoryLimit } = this.engine.settings;
    return {
      type: 'Worker',
      id: this.id,
      name: this.options.name ?? this.address,
      address: this.address,
      scheduler: this.options.scheduler,
      status: this.status,
      nthreads: threads,
      memory_limit: memoryLimit,
      pid: process.pid,
    };
  }

  /** Of tasks that execute: of some, or of all. */
  callStacks(keys?: readonly Key[]): Record<Key, readonly string[]> {
    const all = Object.entries(this.work.executions.descriptions());
    const wanted = keys && new Set(keys);
    return Object.fromEntries(
      all.filter(([key]) => wanted?.has(key) ?? true).map(([key, text]) => [key, [text]]),
    );
  }

  dump(): object {
    return { ...this.identity(), ...dumpState(this.work.state), log: this.log.recent() };
  }

  /** Whether it was asked to leave, by whomever. */
  private get leaving(): boolean {
    return this.retiring !== undefined || this.status === 'closing_gracefully';
  }

  private async join(): Promise<void> {
    const { options, link, engine } = this;
    if (options.http !== undefined) this.http = await this.serveHttp(options.http);
    const { threads, memoryLimit, spillDirectory } = engine.settings;
    const interval = await link.register({
      address: this.address,
      status: 'init',
      nthreads: threads,
      name: options.name ?? this.address,
      now: seconds(),
      resources: { ...options.resources, ...JS },
      memory_limit: memoryLimit,
      local_directory: spillDirectory,
      services: this.http === undefined ? {} : { dashboard: this.http.port },
      nanny: null,
      pid: process.pid,
      versions: this.versions,
      metrics: heartbeatMetrics(this.observer.look()),
      extra: {},
      stimulus_id: `worker-connect-${seconds()}`,
      server_id: this.id,
    });
    this.become('running');
    this.log.info(
      `${this.address} has joined ${options.scheduler} with ${threads} threads, ${memoryLimit} bytes`,
    );
    void this.listenToScheduler();
    void this.beat(interval);
    this.timers.every(KEEP_ALIVE_MS, () => link.send({ op: 'keep-alive' }));
    this.timers.every(MISSING_MS, () => this.work.tell({ kind: 'find-missing' }));
    this.memory = this.watchMemory();
    const { lifetime } = options;
    if (lifetime !== undefined)
      this.timers.later(1_000 * lifetime, () => void this.retire('its lifetime is over'));
  }

  private async listenToScheduler(): Promise<void> {
    try {
      for await (const message of this.link.messages()) this.take(message);
    } catch (error) {
      if (this.closing !== undefined) return;
      if (this.retiring === undefined) this.log.error(`the scheduler is gone: ${(error as Error).message}`);
      await this.close('the scheduler is gone', this.retiring !== undefined);
    }
  }

  private take(message: StreamMessage): void {
    const event = eventOf(message);
    if (event !== undefined) {
      this.work.tell(event, event.stimulus);
    } else if (message.op === 'close') {
      const { reason } = message;
      // Without having retired: it was silent for too long, or all workers are to start anew.
      const dropped = reason === DROPPED && !this.leaving;
      void this.close(typeof reason === 'string' ? reason : 'the scheduler said so', !dropped);
    } else if (message.op === 'worker-status-change') {
      const { status } = message;
      if (status === 'running' || status === 'paused' || status === 'closing_gracefully') this.become(status);
    } else {
      this.log.warn(`the scheduler sent ${JSON.stringify(message.op)}, which means nothing here`);
    }
  }

  /** Changes what the worker may do, and says so. */
  private become(status: 'running' | 'paused' | 'closing_gracefully'): void {
    if (this.closing !== undefined || this.status === status) return;
    this.log.info(`${this.status} → ${status}`);
    this.status = status;
    this.link.send({ op: 'worker-status-change', status, stimulus_id: `status-${seconds()}` });
    this.work.tell({ kind: status === 'running' ? 'unpause' : 'pause' });
  }

  private watchMemory(): MemoryWatch {
    return new MemoryWatch({
      look: () => {
        const { status, engine, work } = this;
        if (status !== 'running' && status !== 'paused') return undefined;
        const resident = process.memoryUsage.rss();
        return { paused: status === 'paused', resident, stats: engine.stats(), bounded: work.frames.bytes };
      },
      pause: (paused) => this.become(paused ? 'paused' : 'running'),
      spill: async (bytes) => {
        try {
          return await this.work.store.values.spill(bytes);
        } catch (error) {
          this.log.warn((error as Error).message);
          return false;
        }
      },
      collect: async () => {
        this.work.frames.giveBack();
        await this.engine.collectGarbage();
      },
    });
  }

  private async beat(interval: number): Promise<void> {
    const next = (seconds: number): void => this.timers.later(1_000 * seconds, () => void this.beat(seconds));
    try {
      const observed = this.observer.look();
      const answer = await this.link.heartbeat({
        address: this.address,
        now: observed.now,
        metrics: heartbeatMetrics(observed),
        executing: this.work.executions.times(),
        extensions: {},
      });
      // Who has retired is forgotten before it is told to close.
      if (answer === 'missing') await this.close('the scheduler does not know this worker', this.leaving);
      else next(answer);
    } catch (error) {
      // The stream tells whether the scheduler is gone.
      if (this.closing === undefined) this.log.warn(`heartbeat: ${(error as Error).message}`);
      next(interval);
    }
  }

  private serveHttp({ host, port }: { readonly host: string; readonly port: number }): Promise<HttpServer> {
    const pages = {
      healthy: () => this.status === 'running' || this.status === 'paused',
      status: () => ({ ...this.identity(), ...heartbeatMetrics(this.observer.look()) }),
      metrics: () => prometheusText(this.observer.look()),
    };
    return serveHttp(pages, host, port);
  }

  private async leave(reason: string): Promise<void> {
    this.log.info(`retiring: ${reason}`);
    try {
      await this.link.retire(this.address);
    } catch (error) {
      if (this.closing === undefined) this.log.warn(`retiring: ${(error as Error).message}`);
    }
    await this.close(reason);
  }

  private async end(reason: string, orderly: boolean): Promise<void> {
    this.log.info(`closing: ${reason}`);
    this.status = 'closing';
    this.timers.close();
    this.memory?.close();
    this.link.send({ op: 'worker-status-change', status: 'closing', stimulus_id: `closing-${seconds()}` });
    this.link.send({ op: 'close-stream' });
    await this.link.close(FAREWELL_MS);
    this.http?.close();
    this.observer.close();
    await Promise.all([this.listener.close(), this.engine.dispose()]);
    this.status = 'closed';
    this.finish({ reason, orderly });
  }
}
