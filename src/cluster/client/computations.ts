import type { RunOptions } from '../../engine/engine.js';
import { checkPriority, checkResources, checkRetries } from '../../engine/options.js';
import { signalOf } from '../../engine/signal.js';
import type { PersistOptions } from '../../frame/engines.js';
import type { Graph, Key } from '../../graph/task.js';
import { CommError, type StreamMessage } from '../comm/index.js';
import { decodeResult, type Serialized } from '../wire/index.js';
import { Book, type RunId } from './book.js';
import { Confirmations } from './confirmations.js';
import { gather } from './gather.js';
import { Inbox } from './inbox.js';
import type { Needed } from './needed.js';
import { Outbox } from './outbox.js';
import { Planning } from './planning.js';
import { ProgressPoll } from './progress.js';
import { BATCH_KEYS, Run, type RunTerms, type Take } from './run.js';
import type { Session } from './session.js';
import { lostInputs, type Submission } from './submit.js';
import type { Uploads } from './uploads.js';
import { checkWorkers } from './workers.js';

/** How a run is made again, where the scheduler has forgotten it. */
type Manner = Pick<RunTerms, 'adopted' | 'once'>;

const USUAL: Manner = { adopted: false, once: false };

/** What becomes of graphs that this client has the cluster compute: how they begin, end, and begin again where the scheduler has forgotten them. */
export class Computations {
  private readonly book = new Book();
  /** Those under way, and those whose results are persisted. */
  private readonly runs = new Map<RunId, Run>();
  private readonly active = new Set<Run>();
  private readonly confirmations = new Confirmations();
  private readonly planning = new Planning(this.book);
  private readonly outbox: Outbox;
  private readonly inbox: Inbox;
  private lastRun = 0;

  /**
   * @param retries of tasks, where a call does not say
   * @param over aborted when the engine ends
   */
  constructor(
    private readonly session: Session,
    private readonly uploads: Uploads,
    private readonly retries: number,
    private readonly over: AbortSignal,
  ) {
    this.outbox = new Outbox(session);
    this.inbox = new Inbox(session, this.outbox, this.book, this.runs);
  }

  /** Resolves when the outputs were taken. */
  async run(graph: Graph, outputs: readonly Key[], options: RunOptions, take: Take): Promise<void> {
    if (graph.size > 0 || options.onProgress !== undefined || !this.isThere(outputs)) {
      await this.compute(graph, outputs, options, take);
      return;
    }
    const id = ++this.lastRun;
    this.book.want(id, outputs);
    try {
      const left = await this.fetch(outputs, signalOf(options.signal), take);
      if (left.length > 0) await this.compute(graph, left, options, take);
    } finally {
      this.forget(id, outputs);
    }
  }

  /** Resolves when the keys are on the cluster, where they stay. */
  async persist(
    graph: Graph,
    keys: readonly Key[],
    options: PersistOptions,
    /** Whether it is never to be done again, where the scheduler has forgotten it. */
    once = false,
  ): Promise<void> {
    const run = await this.compute(graph, keys, options, undefined, { adopted: false, once });
    this.book.persist(run.id, keys);
  }

  /**
   * Persists what another program has made, and somebody keeps: a dataset, a variable, that program itself.
   * @throws GraphError where the scheduler does not know it
   */
  async adopt(keys: readonly Key[]): Promise<void> {
    const lost = await this.unknown(keys);
    if (lost.length > 0) throw lostInputs(lost);
    const run = await this.compute(new Map(), keys, {}, undefined, { adopted: true, once: false });
    this.book.persist(run.id, keys);
  }

  release(key: Key): void {
    const id = this.book.release(key);
    const run = id === undefined ? undefined : this.runs.get(id);
    if (run !== undefined) this.forget(run.id, [key]);
  }

  has(key: Key): boolean {
    return this.book.isPersisted(key);
  }

  receive(message: StreamMessage): void {
    if (message.op === 'restart') this.resubmit();
    else this.inbox.receive(message);
  }

  /** The scheduler has forgotten everything: all is submitted again, what was persisted first, as later graphs read it. */
  resubmit(): void {
    this.book.lostAll();
    this.outbox.forget();
    const byAge = [...this.runs.values()].sort((a, b) => a.id - b.id);
    for (const run of byAge)
      if (!this.book.holds(run.id)) run.forgotten();
      else if (run.once) this.lose(run, run.submission.outputs);
      // What another program has submitted cannot be submitted again.
      else if (run.adopted) void this.adoptAgain(run);
      else this.start(run);
  }

  /** All is given up, whether it is under way or persisted. */
  abandon(reason: Error): void {
    for (const run of this.runs.values()) {
      run.forgotten();
      run.fail(reason);
    }
    for (const key of this.book.persistedKeys()) while (this.has(key)) this.release(key);
  }

  /** Nothing more will be heard of what is under way. */
  end(reason: Error): void {
    for (const run of this.active) run.fail(reason);
  }

  /** Whether results, few enough for one question, are persisted and in memory, as far as is known. */
  private isThere(outputs: readonly Key[]): boolean {
    const { book } = this;
    return (
      outputs.length > 0 &&
      outputs.length <= BATCH_KEYS &&
      outputs.every((key) => book.isPersisted(key) && book.isReady(key))
    );
  }

  /** Results that need no graph are asked for as such. @returns those that nobody gives now */
  private async fetch(
    outputs: readonly Key[],
    signal: AbortSignal | undefined,
    take: Take,
  ): Promise<readonly Key[]> {
    this.over.throwIfAborted();
    signal?.throwIfAborted();
    const either = signal === undefined ? this.over : AbortSignal.any([signal, this.over]);
    const keys = [...new Set(outputs)];
    const got = await gather(this.session, keys, either).catch((error: unknown) => {
      // The scheduler cannot be reached: the session sees to it, and what is persisted is submitted again.
      if (error instanceof CommError) return new Map<Key, Serialized>();
      throw error;
    });
    for (const key of keys) {
      const value = got.get(key);
      either.throwIfAborted();
      if (value !== undefined) await take(key, decodeResult(value, key));
    }
    return keys.filter((key) => !got.has(key));
  }

  private async compute(
    graph: Graph,
    outputs: readonly Key[],
    options: PersistOptions,
    take?: Take,
    manner: Manner = USUAL,
  ): Promise<Run> {
    this.over.throwIfAborted();
    const signal = signalOf(options.signal);
    signal?.throwIfAborted();
    const foreign = this.uploads.foreignTo(graph, (key) => this.has(key));
    if (foreign.length > 0) {
      await this.uploads.require(foreign);
      this.over.throwIfAborted();
      signal?.throwIfAborted();
    }
    const check = (): void => {
      this.over.throwIfAborted();
      signal?.throwIfAborted();
    };
    return this.planning.plan(graph, outputs, manner.adopted, check, async (needed) => {
      const run = this.plan(needed, outputs, options, take, manner);
      await this.attend(run, options.onProgress, signal);
      return run;
    });
  }

  /** A run that is wanted from now on. */
  private plan(
    { graph, externals }: Needed,
    outputs: readonly Key[],
    options: PersistOptions,
    take: Take | undefined,
    manner: Manner,
  ): Run {
    const { book, session, outbox } = this;
    const before = new Set([...externals].flatMap((key) => book.holders(key)));
    const after = (): Run[] => [...before].flatMap((other) => this.runs.get(other) ?? []);
    const submission: Submission = {
      graph,
      outputs,
      priorities: options.priorities,
      priority: checkPriority(options.priority ?? 0),
      resources: checkResources(options.resources),
      workers: checkWorkers(options.workers),
      allowOtherWorkers: options.allowOtherWorkers ?? false,
      retries: checkRetries(options.retries ?? this.retries),
      counted: options.onProgress !== undefined,
    };
    const id = ++this.lastRun;
    const taken = (keys: readonly Key[]): void => this.forget(id, keys);
    const terms: RunTerms = { take, taken, after, ...manner, held: options.onHeld };
    const run = new Run(id, submission, { session, outbox, book }, terms);
    book.want(id, outputs);
    this.runs.set(id, run);
    return run;
  }

  /** Has a run begin, and stays with it to its end; nothing of it is wanted any more where it fails. */
  private async attend(
    run: Run,
    onProgress: PersistOptions['onProgress'],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { session } = this;
    const { graph, outputs } = run.submission;
    const fail = (reason: unknown): void => run.fail(reason);
    const abort = (): void => fail(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    const progress = onProgress && new ProgressPoll(session, () => run.graphId, onProgress, fail);
    this.active.add(run);
    session.hold(true);
    if (outputs.length === 0) run.finish();
    else this.start(run);
    let success = false;
    try {
      await run.outcome;
      success = true;
    } finally {
      signal?.removeEventListener('abort', abort);
      this.active.delete(run);
      if (this.active.size === 0) session.hold(false);
      if (!success) this.forget(run.id, outputs);
      if (progress) session.send({ op: 'tilework-discard', graph: run.graphId });
      progress?.finish(graph.size, success);
    }
  }

  private start(run: Run): void {
    run.start();
    void run.settled().then(this.confirmations.sent());
  }

  /** Gives up keys of a run, at the scheduler too where nobody else wants them. */
  private forget(id: RunId, keys: readonly Key[]): void {
    const unwanted = this.book.drop(id, keys);
    // Until the scheduler has confirmed what was sent it may yet want the keys; and whoever is about to read them must be known first.
    this.confirmations.whenAll(() => {
      if (!this.book.holds(id)) this.runs.delete(id);
      const still = unwanted.filter((key) => this.book.holders(key).length === 0);
      if (still.length === 0) return;
      this.session.send({ op: 'client-releases-keys', keys: still, client: this.session.client });
    });
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
    this.lose(run, lost);
  }

  /** What is gone stays so. */
  private lose(run: Run, lost: readonly Key[]): void {
    const { outputs } = run.submission;
    run.forgotten();
    run.fail(lostInputs(lost));
    for (const key of outputs) while (this.book.release(key) !== undefined);
    this.forget(run.id, outputs);
  }

  private async unknown(keys: readonly Key[]): Promise<Key[]> {
    const states = (await this.session.call('get_task_status', { keys })) as Readonly<
      Record<Key, string | null>
    >;
    return keys.filter((key) => !states[key] || states[key] === 'released' || states[key] === 'forgotten');
  }
}
