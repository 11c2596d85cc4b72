import { randomUUID } from 'node:crypto';
import type { LocalEngine } from '../../engine/index.js';
import { formatAddress, type Listener } from '../comm/index.js';
import { JS } from '../wire/index.js';
import { Account } from './account.js';
import { type HttpServer, serveHttp } from './http.js';
import type { SchedulerLink } from './link.js';
import type { Log } from './log.js';
import { MemoryWatch } from './memory.js';
import { Observer } from './observer.js';
import type { WorkerOptions } from './options.js';
import { type Status, Talk } from './talk.js';
import { seconds } from './time.js';
import { Timers } from './timers.js';
import { Work } from './work.js';

const MISSING_MS = 1_000;
const FAREWELL_MS = 2_000;
/** Why the scheduler has a worker close that it took out of the cluster. */
const DROPPED = 'scheduler-remove-worker';

/** How a worker ended. */
export interface Ended {
  readonly reason: string;
  /** False where it lost the scheduler, was dropped by it, or found itself broken. */
  readonly orderly: boolean;
}

/**
 * A worker of a Dask cluster: takes tasks of tilework from an unmodified scheduler and computes them in a local engine's threads.
 * The main thread only talks, so that heartbeats and other workers' requests never wait for a task. Made by `startWorker`.
 */
export class ClusterWorker {
  readonly id = `Worker-${randomUUID()}`;
  readonly address: string;
  readonly work: Work;
  readonly account: Account;
  /** Resolves when the worker has closed. */
  readonly finished: Promise<Ended>;
  private status: 'init' | Status | 'closing' | 'closed' = 'init';
  private readonly observer: Observer;
  private readonly timers = new Timers();
  private http: HttpServer | undefined;
  private memory: MemoryWatch | undefined;
  private finish!: (ended: Ended) => void;
  private closing: Promise<void> | undefined;
  private retiring: Promise<void> | undefined;

  constructor(
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
    this.account = new Account(
      () => this.identity(),
      () => this.takesPart,
      this.work,
      this.observer,
      log,
    );
  }

  /** Takes part in the cluster. Resolves when the scheduler has taken it. @throws Error where it refuses, NameTakenError where that is for the name */
  async join(): Promise<void> {
    const { options, link, engine } = this;
    if (options.http !== undefined)
      this.http = await serveHttp(this.account.pages(), options.http.host, options.http.port);
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
      metrics: this.account.metrics(),
      extra: {},
      stimulus_id: `worker-connect-${seconds()}`,
      server_id: this.id,
    });
    this.become('running');
    this.log.info(
      `${this.address} has joined ${options.scheduler} with ${threads} threads, ${memoryLimit} bytes`,
    );
    this.talk().begin(interval);
    this.timers.every(MISSING_MS, () => this.work.tell({ kind: 'find-missing' }));
    this.memory = this.watchMemory();
    const { lifetime } = options;
    if (lifetime !== undefined)
      this.timers.later(1_000 * lifetime, () => void this.retire('its lifetime is over'));
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

  /** Whether it was asked to leave, by whomever. */
  private get leaving(): boolean {
    return this.retiring !== undefined || this.status === 'closing_gracefully';
  }

  /** Whether it takes part in the cluster, though it may be resting. */
  private get takesPart(): boolean {
    return this.status === 'running' || this.status === 'paused';
  }

  private talk(): Talk {
    return new Talk(this.link, this.timers, this.log, {
      told: (event, stimulus) => this.work.tell(event, stimulus),
      become: (status) => this.become(status),
      dismissed: (reason) => {
        // Without having retired: it was silent for too long, or all workers are to start anew.
        const dropped = reason === DROPPED && !this.leaving;
        void this.close(typeof reason === 'string' ? reason : 'the scheduler said so', !dropped);
      },
      // Who has retired is forgotten before it is told to close.
      unknown: () => void this.close('the scheduler does not know this worker', this.leaving),
      lost: (error) => {
        if (this.closing !== undefined) return;
        if (this.retiring === undefined) this.log.error(`the scheduler is gone: ${error.message}`);
        void this.close('the scheduler is gone', this.retiring !== undefined);
      },
      heartbeat: () => ({
        address: this.address,
        now: seconds(),
        metrics: this.account.metrics(),
        executing: this.work.executions.times(),
        extensions: {},
      }),
      isClosing: () => this.closing !== undefined,
    });
  }

  private identity(): object {
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

  /** Changes what the worker may do, and says so. */
  private become(status: Status): void {
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
        if (!this.takesPart) return undefined;
        const resident = process.memoryUsage.rss();
        const idle = work.state.core.executing.size === 0;
        const bounded = work.frames.bytes;
        return { paused: status === 'paused', idle, resident, stats: engine.stats(), bounded };
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
        await this.work.frames.giveBack();
        await this.engine.collectGarbage();
      },
    });
  }

  private async leave(reason: string): Promise<void> {
    this.log.info(`retiring: ${reason}`);
    const actors = this.engine.actors.keys();
    if (actors.length > 0)
      this.log.warn(
        `the scheduler moves no actor, nor anything of a worker that has some; lost: ${actors.join(', ')}`,
      );
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
