import { execFileSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import { type ClusterEngine, connect } from '../../../../src/cluster/client/index.js';
import { type Certificates, RpcPool } from '../../../../src/cluster/comm/index.js';
import type { Graph, Key } from '../../../../src/graph/task.js';
import { valueIn } from '../../../engine/support/graphs.js';
import { listing } from '../../../support/files.js';
import { type Process, type SchedulerOptions, startScheduler } from '../../support/scheduler.js';
import { type NodeWorker, startWorker, type WorkerProcess } from '../../worker/support/process.js';

/** How long things may take to come about. */
const PATIENCE_MS = 60_000;

export interface ChaosOptions extends SchedulerOptions {
  readonly certificates?: Certificates;
  /** For every worker. */
  readonly flags?: readonly string[];
}

/** A real scheduler, which checks its own state at each step, real workers, and a client: to be broken, and to be looked over afterwards. */
export class ChaosCluster {
  readonly workers: NodeWorker[] = [];
  private readonly pool: RpcPool;

  private constructor(
    private readonly python: string,
    public scheduler: Process,
    readonly engine: ClusterEngine,
    private readonly options: ChaosOptions,
  ) {
    this.pool = new RpcPool(options.certificates && { certificates: options.certificates });
  }

  static async open(python: string, options: ChaosOptions = {}): Promise<ChaosCluster> {
    const scheduler = await startScheduler(python, options);
    const engine = await connect(scheduler.address, { ...options.certificates });
    return new ChaosCluster(python, scheduler, engine, options);
  }

  private get running(): NodeWorker[] {
    return this.workers.filter(({ child }) => child.exitCode === null && child.signalCode === null);
  }

  /** Starts one more worker. */
  async start(process: WorkerProcess = {}, ...args: readonly string[]): Promise<NodeWorker> {
    const { flags = [], tls } = this.options;
    const paths = tls ? ['--tls-ca-file', tls.ca, '--tls-cert', tls.cert, '--tls-key', tls.key] : [];
    const all = [...flags, ...paths, ...args];
    const worker = await startWorker(this.scheduler.address, all, { stays: true, ...process });
    this.workers.push(worker);
    return worker;
  }

  /** The value of a graph's output. */
  async value(graph: Graph, key: Key, signal?: AbortSignal, engine = this.engine): Promise<unknown> {
    using results = await engine.run(graph, [key], signal && { signal });
    return valueIn(results.get(key));
  }

  /** Starts another scheduler where the one before was. */
  async restartScheduler(): Promise<void> {
    const port = Number(this.scheduler.address.split(':').at(-1));
    this.scheduler = await startScheduler(this.python, { ...this.options, port });
  }

  call(op: string, fields: object = {}, address = this.scheduler.address): Promise<unknown> {
    return this.pool.call(address, op, fields, { timeout: 30_000 });
  }

  /** Addresses of the workers that the scheduler knows. */
  async known(): Promise<string[]> {
    const { workers } = (await this.call('identity')) as { workers: Record<string, unknown> };
    return Object.keys(workers);
  }

  /** Expects that neither the scheduler nor any worker that it knows holds a task, nor a file of one. */
  async expectEmpty(): Promise<void> {
    const ofWorker = async (address: string): Promise<string[]> => {
      const { tasks } = (await this.call('dump_state', {}, address)) as { tasks: object };
      return [...Object.keys(tasks), ...((await this.call('keys', {}, address)) as string[])];
    };
    const left = async (): Promise<unknown> => {
      const scheduler = Object.keys((await this.call('who_has')) as object);
      const workers = await Promise.all((await this.known()).map(ofWorker));
      const files = this.running.flatMap(({ directory }) => listing(directory));
      return { scheduler, workers: workers.flat(), files: files.filter((name) => /\/frame-/.test(name)) };
    };
    await eventually(() => left().catch(String), { scheduler: [], workers: [], files: [] } as unknown);
  }

  /** Has the client leave, then every worker that still runs, and expects that it does so in order, and that nothing of it is left. */
  async close(): Promise<void> {
    await this.engine.dispose();
    await this.expectEmpty();
    const { running } = this;
    for (const { child } of running) child.kill('SIGTERM');
    expect(await Promise.all(running.map(({ exited }) => exited))).toEqual(running.map(() => 0));
    for (const worker of running) expect(worker.spilled()).toEqual([]);
    for (const worker of this.workers) expect(worker.log()).not.toMatch(/broken/);
    this.pool.close();
    // It says so there when its checks fail.
    expect(this.scheduler.log()).not.toMatch(/AssertionError|InvalidTransition|CRITICAL/);
    await this.scheduler.kill();
  }
}

/** Expects something to come about in a while. (Vitest's own `poll` is not for tests that run at the same time.) */
export async function eventually<T>(look: () => T | Promise<T>, expected: T): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  let seen = await look();
  while (!isDeepStrictEqual(seen, expected) && performance.now() < deadline) {
    await pause(100);
    seen = await look();
  }
  expect(seen).toEqual(expected);
}

/** The process that a supervisor supervises; undefined where it is just being started again. */
export function supervised({ child }: NodeWorker): number | undefined {
  try {
    return Number(execFileSync('pgrep', ['-P', String(child.pid)], { encoding: 'utf8' }).split('\n')[0]);
  } catch {
    return undefined;
  }
}
