import type { Coordination } from '../../engine/coordination.js';
import type { Datasets } from '../../engine/datasets.js';
import type { Results, RunOptions, WorkerInfo } from '../../engine/engine.js';
import { EngineError } from '../../engine/errors.js';
import { FetchedResults } from '../../engine/fetched-results.js';
import type { Result } from '../../engine/op.js';
import { checkPriority, checkRetries } from '../../engine/options.js';
import type { Placement } from '../../engine/placement.js';
import { signalOf } from '../../engine/signal.js';
import type { DistributedEngine, PersistOptions } from '../../frame/distributed/engine.js';
import { merge } from '../../graph/merge.js';
import type { Graph, Key, Task } from '../../graph/task.js';
import type { Upload } from '../../graph/uploads.js';
import { type Certificates, RemoteError, type StreamMessage } from '../comm/index.js';
import { SchedulerCoordinator } from '../coordination/index.js';
import { notUploaded, uploadsNeeded, uploadTask } from '../modules/index.js';
import { noPython } from '../python/index.js';
import { Book, type RunId } from './book.js';
import { schedulerDatasets } from './datasets.js';
import { failureOf } from './failure.js';
import { ClusterFrames } from './frames.js';
import type { ClusterOptions } from './options.js';
import { schedulerPlacement } from './placement.js';
import { ProgressPoll } from './progress.js';
import { Run, type Take } from './run.js';
import { Session } from './session.js';
import { externalsOf, lostInputs, neededOf } from './submit.js';
import { checkWorkers, workersOf } from './workers.js';

/** Computes graphs on a cluster that a Dask scheduler drives. Made by `connect`. */
export class ClusterEngine implements DistributedEngine, AsyncDisposable {
  /** How frames are computed by its workers. */
  readonly frames: ClusterFrames;
  readonly takesPython = true;
  /** What programs publish for each other. */
  readonly datasets: Datasets;
  readonly placement: Placement;
  private readonly session: Session;
  private readonly coordinator: SchedulerCoordinator;
  private readonly book = new Book();
  /** Computations under way, and those whose results are persisted. */
  private readonly runs = new Map<RunId, Run>();
  /** Of which the scheduler has not said that it has their graphs. */
  private readonly unconfirmed = new Set<Run>();
  private readonly active = new Set<Run>();
  /** Of those, the ones that another program has submitted: they cannot be submitted again. */
  private readonly adopted = new WeakSet<Run>();
  /** What is sent anew after a restart. */
  private readonly uploads = new Map<Key, Task>();
  private readonly undo: (() => void)[] = [];
  /** Aborted when the engine ends. */
  private readonly over = new AbortController();
  private readonly retries: number;
  private lastRun = 0;
  private ended: EngineError | undefined;

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
    const certificates = (ca || cert || key) && ({ ca, cert, key } as Certificates);
    this.retries = checkRetries(retries);
    this.session = new Session(
      address,
      {
        ...(certificates && { certificates }),
        ...(allowPlain !== undefined && { allowPlain }),
        ...(compression !== undefined && { compression }),
      },
      name,
      {
        message: (message) => this.receive(message),
        restored: () => {
          this.coordinator.forget();
          this.resubmit();
        },
        gone: (error) => this.end(error),
      },
      { giveUp: reconnect, inject },
    );
    this.coordinator = new SchedulerCoordinator(
      (op, fields) => this.session.call(op, fields),
      this.session.client,
      (message) => this.session.send(message),
    );
    const call = (op: string, fields: object): Promise<unknown> => this.call(op, fields);
    this.datasets = schedulerDatasets(call);
    this.placement = schedulerPlacement(call);
    this.frames = new ClusterFrames(this.session, () => {
      if (this.ended !== undefined) throw this.ended;
    });
  }

  /** Connects; `connect` has done it. */
  open(timeout?: number): Promise<void> {
    return this.session.open(timeout);
  }

  async run(graph: Graph, outputs: readonly Key[], options: RunOptions = {}): Promise<Results> {
    const results = new Map<Key, Result>();
    const take: Take = options.onOutput ?? ((key, result) => void results.set(key, result));
    await this.compute(graph, outputs, options, take);
    return new FetchedResults(results);
  }

  async persist(graph: Graph, keys: readonly Key[], options: PersistOptions = {}): Promise<void> {
    const run = await this.compute(graph, keys, options, undefined);
    this.book.persist(run.id, keys);
  }

  /** Persists what another program has made, and somebody keeps: a dataset, a variable, that program itself. */
  async adopt(keys: readonly Key[]): Promise<void> {
    const lost = await this.unknown(keys);
    if (lost.length > 0) throw lostInputs(lost);
    const run = await this.compute(new Map(), keys, {}, undefined, true);
    this.book.persist(run.id, keys);
  }

  release(keys: readonly Key[]): void {
    for (const key of keys) {
      const id = this.book.release(key);
      const run = id === undefined ? undefined : this.runs.get(id);
      if (run !== undefined) this.forget(run, [key]);
    }
  }

  has(key: Key): boolean {
    return this.book.isPersisted(key);
  }

  /** The workers that are there now, Node's and Python's. */
  async workers(): Promise<readonly WorkerInfo[]> {
    return workersOf(await this.call('identity'));
  }

  /** Has the scheduler forget all tasks, and all workers start anew. What is uploaded is sent again. */
  async restart(timeout: number): Promise<void> {
    const lost = new EngineError('the cluster was restarted, and what was computed is lost: submit it again');
    const uploads = [...this.uploads.values()].filter(({ key }) => this.has(key));
    for (const run of this.runs.values()) {
      run.forgotten();
      run.fail(lost);
    }
    for (const key of this.book.persistedKeys()) while (this.has(key)) this.release([key]);
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
    if (this.ended !== undefined) throw this.ended;
    const either = signal === undefined ? this.over.signal : AbortSignal.any([signal, this.over.signal]);
    return this.coordinator.coordinate(request, either);
  }

  /** Has the workers import files of users by name, also those that join later: as long as this client is connected. */
  async upload(upload: Upload): Promise<void> {
    const task = uploadTask(upload);
    this.uploads.set(task.key, task);
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
    await this.session.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  private async compute(
    graph: Graph,
    outputs: readonly Key[],
    options: PersistOptions,
    take: Take | undefined,
    adopted = false,
  ): Promise<Run> {
    if (this.ended !== undefined) throw this.ended;
    const { priorities, priority = 0, onProgress } = options;
    const signal = signalOf(options.signal);
    signal?.throwIfAborted();
    const retries = checkRetries(options.retries ?? this.retries);
    const foreign = [...uploadsNeeded(graph)].filter(([upload]) => !this.has(upload));
    if (foreign.length > 0) {
      await this.requireUploads(foreign);
      signal?.throwIfAborted();
    }
    const isPersisted = (key: Key): boolean => adopted || this.book.isPersisted(key);
    const isHeld = (key: Key): boolean => this.book.holders(key).length > 0;
    const needed = merge(neededOf(graph, outputs, isPersisted, isHeld), outputs);
    const before = new Set([...externalsOf(needed)].flatMap((key) => this.book.holders(key)));
    const after = (): Run[] => [...before].flatMap((other) => this.runs.get(other) ?? []);
    const id = ++this.lastRun;
    const submission = {
      graph: needed,
      outputs,
      priorities,
      priority: checkPriority(priority),
      resources: options.resources,
      workers: checkWorkers(options.workers),
      allowOtherWorkers: options.allowOtherWorkers ?? false,
      retries,
      counted: onProgress !== undefined,
    };
    const taken = (keys: readonly Key[]): void => this.forget(run, keys);
    const run: Run = new Run(id, submission, this.session, this.book, take, taken, after, options.onHeld);
    if (adopted) this.adopted.add(run);
    this.book.want(id, outputs);
    this.runs.set(id, run);
    this.active.add(run);
    this.session.hold(true);
    const abort = (): void => run.fail(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    const progress =
      onProgress &&
      new ProgressPoll(
        this.session,
        () => run.graphId,
        onProgress,
        (error) => run.fail(error),
      );
    if (outputs.length === 0) run.finish();
    else this.start(run);
    let success = false;
    try {
      await run.outcome;
      success = true;
    } finally {
      signal?.removeEventListener('abort', abort);
      this.active.delete(run);
      if (this.active.size === 0) this.session.hold(false);
      if (!success) this.forget(run, outputs);
      if (onProgress !== undefined) this.session.send({ op: 'tilework-discard', graph: run.graphId });
      progress?.finish(needed.size, success);
    }
    return run;
  }

  /** Of what another client has uploaded, such as the program whose task this client serves, the cluster must know. */
  private async requireUploads(foreign: readonly (readonly [upload: Key, task: Key])[]): Promise<void> {
    const keys = foreign.map(([upload]) => upload);
    const holders = (await this.session.call('who_has', { keys })) as Readonly<
      Record<Key, readonly string[] | undefined>
    >;
    for (const [upload, task] of foreign) if (!holders[upload]?.length) throw notUploaded(task);
    if (this.ended !== undefined) throw this.ended;
  }

  private start(run: Run): void {
    run.start();
    this.unconfirmed.add(run);
    void run.settled().then(() => this.unconfirmed.delete(run));
  }

  /** Gives up keys of a run, at the scheduler too where nobody else wants them. */
  private forget(run: Run, keys: readonly Key[]): void {
    const unwanted = this.book.drop(run.id, keys);
    const known = [run, ...this.unconfirmed].map((other) => other.settled());
    // Until the scheduler has confirmed what was sent it may yet want the keys; and whoever is about to read them must be known first.
    void Promise.all(known).then(() => {
      if (!this.book.holds(run.id)) this.runs.delete(run.id);
      const still = unwanted.filter((key) => this.book.holders(key).length === 0);
      if (still.length === 0) return;
      this.session.send({ op: 'client-releases-keys', keys: still, client: this.session.client });
    });
  }

  private receive(message: StreamMessage): void {
    const key = String(message.key);
    switch (message.op) {
      case 'tilework-submitted':
        this.runs.get(Number.parseInt(String(message.graph), 10))?.confirmed(String(message.graph));
        return;
      case 'tilework-refused':
        this.runs
          .get(Number.parseInt(String(message.graph), 10))
          ?.refused(String(message.graph), noPython(this.address));
        return;
      case 'key-in-memory':
        for (const id of this.book.arrived(key)) this.runs.get(id)?.arrived(key);
        return;
      case 'lost-data':
        this.book.lost(key);
        return;
      case 'restart':
        this.resubmit();
        return;
      case 'task-erred':
        void this.failed(key, message);
        return;
      case 'cancelled-keys':
        this.cancelled((message.keys ?? []) as Iterable<Key>, message.reason);
        return;
      default:
    }
  }

  private async failed(key: Key, message: StreamMessage): Promise<void> {
    const runs = this.runsOf(key);
    if (runs.length === 0) return;
    const graph = runs.map((run) => run.graph).find((g) => g.has(key)) ?? new Map();
    const error = await failureOf(this.session, message, graph);
    for (const run of runs) run.fail(error);
  }

  private cancelled(keys: Iterable<Key>, reason: unknown): void {
    for (const key of keys)
      for (const run of this.runsOf(key))
        run.fail(
          reason === 'lost dependencies'
            ? lostInputs([key])
            : new EngineError(`${JSON.stringify(key)} was cancelled on the cluster by someone else`),
        );
  }

  private runsOf(key: Key): Run[] {
    return this.book.holders(key).flatMap((id) => this.runs.get(id) ?? []);
  }

  /** After another connection: what was persisted first, as later graphs read it. */
  private resubmit(): void {
    this.book.lostAll();
    const byAge = [...this.runs.values()].sort((a, b) => a.id - b.id);
    for (const run of byAge)
      if (!this.book.holds(run.id)) run.forgotten();
      else if (this.adopted.has(run)) void this.adoptAgain(run);
      else this.start(run);
  }

  /** What the scheduler does not know any more nobody here can make again. */
  private async adoptAgain(run: Run): Promise<void> {
    run.forgotten();
    const { outputs } = run.submission;
    // Where the scheduler cannot be reached now, this is done again when it can.
    const lost = await this.unknown(outputs).catch(() => []);
    if (lost.length === 0) {
      if (this.book.holds(run.id)) this.start(run);
      return;
    }
    run.fail(lostInputs(lost));
    for (const key of outputs) while (this.book.release(key) !== undefined);
    this.forget(run, outputs);
  }

  private async unknown(keys: readonly Key[]): Promise<Key[]> {
    const states = (await this.call('get_task_status', { keys })) as Readonly<Record<Key, string | null>>;
    return keys.filter((key) => !states[key] || states[key] === 'released' || states[key] === 'forgotten');
  }

  private async call(op: string, fields: object = {}): Promise<unknown> {
    if (this.ended !== undefined) throw this.ended;
    return this.session.call(op, fields);
  }

  private end(reason: EngineError): void {
    if (this.ended !== undefined) return;
    this.ended = reason;
    this.over.abort(reason);
    this.coordinator.close();
    for (const run of this.active) run.fail(reason);
  }
}
