import type { Actors } from '../../engine/actors/actors.js';
import type { Coordination } from '../../engine/coordination.js';
import type { Datasets } from '../../engine/datasets.js';
import type { Diagnostics } from '../../engine/diagnostics.js';
import type { Results, RunOptions, WorkerInfo } from '../../engine/engine.js';
import { EngineError } from '../../engine/errors.js';
import { FetchedResults } from '../../engine/fetched-results.js';
import type { Result } from '../../engine/op.js';
import { checkRetries } from '../../engine/options.js';
import type { Placement } from '../../engine/placement.js';
import { checkMilliseconds } from '../../engine/timer.js';
import type { DistributedEngine, PersistOptions } from '../../frame/engines.js';
import type { Graph, Key } from '../../graph/task.js';
import type { Upload } from '../../graph/uploads.js';
import { type Certificates, RemoteError } from '../comm/index.js';
import { SchedulerCoordinator } from '../coordination/index.js';
import { ClusterActors } from './actors.js';
import { Computations } from './computations.js';
import { schedulerDatasets } from './datasets.js';
import { schedulerDiagnostics } from './diagnostics.js';
import { ClusterFrames } from './frames.js';
import type { ClusterOptions } from './options.js';
import { schedulerPlacement } from './placement.js';
import type { Take } from './run.js';
import { Session } from './session.js';
import { Uploads } from './uploads.js';
import { workersOf } from './workers.js';

/** Computes graphs on a cluster that a Dask scheduler drives. Made by `connect`. */
export class ClusterEngine implements DistributedEngine, AsyncDisposable {
  /** How frames are computed by its workers. */
  readonly frames: ClusterFrames;
  readonly takesPython = true;
  /** Objects that keep state, on workers. */
  readonly actors: Actors;
  private readonly far: ClusterActors;
  /** What programs publish for each other. */
  readonly datasets: Datasets;
  readonly placement: Placement;
  /** What the cluster tells of itself. */
  readonly diagnostics: Diagnostics;
  private readonly session: Session;
  private readonly coordinator: SchedulerCoordinator;
  private readonly computations: Computations;
  private readonly uploads: Uploads;
  private readonly undo: (() => void)[] = [];
  /** Aborted when the engine ends. */
  private readonly over = new AbortController();

  constructor(
    readonly address: string,
    {
      name = 'tilework',
      reconnect,
      inject = false,
      retries = 0,
      ca,
      cert,
      key,
      allowPlain,
      compression,
    }: ClusterOptions = {},
  ) {
    checkMilliseconds('reconnect', reconnect);
    const certificates = (ca || cert || key) && ({ ca, cert, key } as Certificates);
    const { signal } = this.over;
    this.session = new Session(
      address,
      {
        ...(certificates && { certificates }),
        ...(allowPlain !== undefined && { allowPlain }),
        ...(compression !== undefined && { compression }),
      },
      name,
      {
        message: (message) => {
          this.far.receive(message);
          this.computations.receive(message);
        },
        restored: () => {
          this.coordinator.forget();
          this.far.loseAll('the scheduler has forgotten it');
          this.computations.resubmit();
        },
        gone: (error) => this.end(error),
      },
      { giveUp: reconnect, inject },
    );
    this.coordinator = new SchedulerCoordinator(
      (op, fields, options) => this.session.call(op, fields, options),
      this.session.client,
      (message) => this.session.send(message),
    );
    const call = (op: string, fields: object): Promise<unknown> => this.call(op, fields);
    this.datasets = schedulerDatasets(call);
    this.placement = schedulerPlacement(call);
    this.diagnostics = schedulerDiagnostics(call, () => this.session.dashboard);
    this.frames = new ClusterFrames(this.session, () => signal.throwIfAborted());
    this.uploads = new Uploads(this.session);
    this.computations = new Computations(this.session, this.uploads, checkRetries(retries), signal);
    this.far = new ClusterActors(this.session, this.computations, signal);
    this.actors = this.far;
  }

  /** Connects; `connect` has done it. */
  open(timeout?: number): Promise<void> {
    return this.session.open(timeout);
  }

  async run(graph: Graph, outputs: readonly Key[], options: RunOptions = {}): Promise<Results> {
    const results = new Map<Key, Result>();
    const take: Take = options.onOutput ?? ((key, result) => void results.set(key, result));
    await this.computations.run(graph, outputs, options, take);
    return new FetchedResults(results);
  }

  persist(graph: Graph, keys: readonly Key[], options: PersistOptions = {}): Promise<void> {
    return this.computations.persist(graph, keys, options);
  }

  adopt(keys: readonly Key[]): Promise<void> {
    return this.computations.adopt(keys);
  }

  release(keys: readonly Key[]): void {
    for (const key of keys) this.computations.release(key);
  }

  has(key: Key): boolean {
    return this.computations.has(key);
  }

  /** The workers that are there now, Node's and Python's. */
  async workers(): Promise<readonly WorkerInfo[]> {
    return workersOf(await this.call('identity'));
  }

  /** Has the scheduler forget all tasks, and all workers start anew. What is uploaded is sent again. */
  async restart(timeout: number): Promise<void> {
    const lost = new EngineError('the cluster was restarted, and what was computed is lost: submit it again');
    const uploads = this.uploads.all().filter(({ key }) => this.has(key));
    this.far.loseAll('the cluster was restarted');
    this.computations.abandon(lost);
    const fields = {
      timeout: timeout / 1_000,
      wait_for_workers: true,
      stimulus_id: `client-restart-${Date.now()}`,
    };
    try {
      await this.call('restart', { client: this.session.client, ...fields });
    } catch (error) {
      if (!(error instanceof RemoteError && /TimeoutError/.test(error.message))) throw error;
      throw new EngineError(
        `not all workers of ${this.address} have come back within ${timeout} ms: those without a supervisor (--no-nanny) must be started again`,
        { cause: error },
      );
    }
    for (const task of uploads) await this.persist(new Map([[task.key, task]]), [task.key]);
  }

  /** Variables, queues, events and semaphores of the scheduler: those that programs in Python have by the same names. */
  async coordinate(request: Coordination, signal?: AbortSignal): Promise<unknown> {
    this.over.signal.throwIfAborted();
    const either = signal === undefined ? this.over.signal : AbortSignal.any([signal, this.over.signal]);
    return this.coordinator.coordinate(request, either);
  }

  /** Has the workers import files of users by name, also those that join later: as long as this client is connected. */
  async upload(upload: Upload): Promise<void> {
    const task = this.uploads.add(upload);
    if (!this.has(task.key)) await this.persist(new Map([[task.key, task]]), [task.key]);
  }

  /** Has something called when the engine is disposed of. */
  onDispose(undo: () => void): void {
    this.undo.push(undo);
  }

  /** Leaves the cluster; what was persisted there is given up, running computations reject. */
  async dispose(): Promise<void> {
    for (const undo of this.undo.splice(0)) undo();
    this.end(new EngineError('the engine was disposed of'));
    await this.coordinator.giveBack();
    await this.session.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  toString(): string {
    return `tilework.ClusterEngine<${this.address}>`;
  }

  /** What it holds, such as the key of its certificate, belongs into no log. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  private async call(op: string, fields: object = {}): Promise<unknown> {
    this.over.signal.throwIfAborted();
    return this.session.call(op, fields);
  }

  private end(reason: EngineError): void {
    if (this.over.signal.aborted) return;
    this.over.abort(reason);
    this.coordinator.close();
    this.computations.end(reason);
    this.far.close(reason);
  }
}
