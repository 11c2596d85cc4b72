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
import { FrameTasks } from '../frame/index.js';
import { ModuleFiles } from '../modules/index.js';
import { dumpState } from './dump.js';
import { Executions } from './executions.js';
import { handlersOf } from './handlers.js';
import { type HttpServer, serveHttp } from './http.js';
import { BUSY_MS, Incoming } from './incoming.js';
import { SchedulerLink } from './link.js';
import { Log } from './log.js';
import { MemoryWatch } from './memory.js';
import { heartbeatMetrics, prometheusText } from './metrics.js';
import { Observer } from './observer.js';
import { JS, threadsOf, type WorkerOptions } from './options.js';
import { Outgoing } from './outgoing.js';
import { eventOf, toScheduler } from './scheduler-messages.js';
import { type Event, type Instruction, WorkerState } from './state/index.js';
import { Store } from './store.js';
import { TaskClient } from './task-client.js';
import { seconds } from './time.js';

const MISSING_MS = 1_000;
const KEEP_ALIVE_MS = 25_000;
const FAREWELL_MS = 2_000;
/** Share of the memory limit that results on their way here may take, and likewise those on their way to others. */
const TRANSFERS = 0.1;

type Status = 'init' | 'running' | 'paused' | 'closing_gracefully' | 'closing' | 'closed';
type Told = Event extends infer E ? (E extends unknown ? Omit<E, 'stimulus'> : never) : never;

/** How a worker ended. */
export interface Ended {
  readonly reason: string;
  /** False where it lost the scheduler, or found itself broken. */
  readonly orderly: boolean;
}

/**
 * A worker of a Dask cluster: takes tasks of tilework from an unmodified scheduler and computes them in a local engine's threads.
 * The main thread only talks, so that heartbeats and other workers' requests never wait for a task.
 */
export class ClusterWorker {
  readonly id = `Worker-${randomUUID()}`;
  readonly address: string;
  readonly store: Store;
  readonly frames: FrameTasks;
  readonly incoming: Incoming;
  readonly outgoing: Outgoing;
  /** Resolves when the worker has closed. */
  readonly finished: Promise<Ended>;
  private status: Status = 'init';
  private readonly state: WorkerState;
  private readonly executions: Executions;
  private readonly observer: Observer;
  private readonly timers = new Set<NodeJS.Timeout>();
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
    const { threads, memoryLimit } = engine.settings;
    this.address = formatAddress(listener.address);
    this.finished = new Promise((resolve) => {
      this.finish = resolve;
    });
    this.frames = new FrameTasks(engine, link.pool, this.address);
    this.store = new Store(engine);
    this.executions = new Executions(
      this.store,
      this.frames,
      new ModuleFiles(engine.settings.spillDirectory),
    );
    this.incoming = new Incoming(this.store, link.pool, this.address, this.frames, (text) => log.warn(text));
    const transferBytes = TRANSFERS * memoryLimit;
    this.outgoing = new Outgoing(this.store, this.address, transferBytes, () => this.status === 'paused');
    this.state = new WorkerState({
      address: this.address,
      threads,
      resources: { ...options.resources, ...JS },
      incomingBytes: transferBytes,
    });
    this.observer = new Observer(engine, this.store, this.state, this.incoming, this.outgoing);
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
      worker?.secede(key);
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

  /** Tells the state what has happened, and does what it wants done. */
  tell(event: Told, stimulus?: unknown): void {
    if (this.closing !== undefined) return;
    const cause = typeof stimulus === 'string' ? stimulus : `${event.kind}-${seconds()}`;
    try {
      const instructions = this.state.handle({ ...event, stimulus: cause } as Event);
      for (const instruction of instructions) this.perform(instruction);
    } catch (error) {
      this.log.error(`the worker's state is broken: ${(error as Error).stack}`);
      void this.close('broken', false);
    }
  }

  /** A task begins to wait for tasks of its own. */
  private secede(key: Key): void {
    const event = this.executions.seceded(key);
    if (event !== undefined) this.tell(event);
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
    const all = Object.entries(this.executions.descriptions());
    const wanted = keys && new Set(keys);
    return Object.fromEntries(
      all.filter(([key]) => wanted?.has(key) ?? true).map(([key, text]) => [key, [text]]),
    );
  }

  dump(): object {
    return { ...this.identity(), ...dumpState(this.state), log: this.log.recent() };
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
    this.every(KEEP_ALIVE_MS, () => link.send({ op: 'keep-alive' }));
    this.every(MISSING_MS, () => this.tell({ kind: 'find-missing' }));
    this.memory = this.watchMemory();
    const { lifetime } = options;
    if (lifetime !== undefined) this.later(1_000 * lifetime, () => void this.retire('its lifetime is over'));
  }

  private perform(instruction: Instruction): void {
    switch (instruction.do) {
      case 'execute':
        void this.executions.run(instruction).then((event) => this.tell(event));
        break;
      case 'abort':
        this.executions.abort(instruction.key);
        break;
      case 'gather':
        void this.incoming.gather(instruction).then((event) => this.tell(event));
        break;
      case 'free':
        this.store.free(instruction.key);
        this.frames.held.free(instruction.key);
        break;
      case 'retry-later': {
        const { worker } = instruction;
        this.later(BUSY_MS, () => this.tell({ kind: 'retry-busy', worker }));
        break;
      }
      case 'send':
        this.link.send(toScheduler(instruction.message));
        break;
    }
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
      if (event.kind === 'remove-worker') this.incoming.forget(event.worker);
      this.tell(event, event.stimulus);
    } else if (message.op === 'close') {
      void this.close(typeof message.reason === 'string' ? message.reason : 'the scheduler said so');
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
    this.tell({ kind: status === 'running' ? 'unpause' : 'pause' });
  }

  private watchMemory(): MemoryWatch {
    return new MemoryWatch({
      look: () => {
        const { status, engine, frames } = this;
        if (status !== 'running' && status !== 'paused') return undefined;
        const resident = process.memoryUsage.rss();
        return { paused: status === 'paused', resident, stats: engine.stats(), bounded: frames.bytes };
      },
      pause: (paused) => this.become(paused ? 'paused' : 'running'),
      spill: async (bytes) => {
        try {
          return await this.store.values.spill(bytes);
        } catch (error) {
          this.log.warn((error as Error).message);
          return false;
        }
      },
      giveBack: () => this.frames.giveBack(),
    });
  }

  private async beat(interval: number): Promise<void> {
    const next = (seconds: number): void => this.later(1_000 * seconds, () => void this.beat(seconds));
    try {
      const observed = this.observer.look();
      const answer = await this.link.heartbeat({
        address: this.address,
        now: observed.now,
        metrics: heartbeatMetrics(observed),
        executing: this.executions.times(),
        extensions: {},
      });
      // Who has retired is forgotten before it is told to close.
      const left = this.retiring !== undefined || this.status === 'closing_gracefully';
      if (answer === 'missing') await this.close('the scheduler does not know this worker', left);
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

  private every(milliseconds: number, act: () => void): void {
    this.timers.add(setInterval(act, milliseconds));
  }

  private later(milliseconds: number, act: () => void): void {
    if (this.closing !== undefined) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      act();
    }, milliseconds);
    this.timers.add(timer);
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
    for (const timer of this.timers) clearTimeout(timer);
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
