import type { BlockMeta, Graph, Key } from '../graph/task.js';
import type { Upload } from '../graph/uploads.js';
import type { HostedActors } from './actors/actors.js';
import { LocalActors } from './actors/local.js';
import { Asked } from './asked.js';
import type { Begun } from './begun.js';
import { Calls } from './calls.js';
import type { Coordination } from './coordination.js';
import { removeAbandoned } from './disk/spill-directory.js';
import type { ComputeOptions, Engine, Results, RunOptions } from './engine.js';
import { EngineError } from './errors.js';
import { Executor } from './executor.js';
import { Loans } from './loans.js';
import { LocalCoordinator } from './local-coordinator.js';
import { budgetOf } from './memory/budget.js';
import { BudgetWatch } from './memory/budget-watch.js';
import { giveBack } from './memory/give-back.js';
import type { Result } from './op.js';
import { type LocalEngineOptions, type Settings, settingsOf } from './options.js';
import { Pulse } from './pulse.js';
import { EngineState } from './state/state.js';
import { type EngineStats, statsOf } from './stats.js';
import { Reservations, SUPPLY, Supply } from './supply.js';
import { runnerBeside, threadEntry } from './thread-entry.js';
import { UploadFiles } from './uploads.js';

/** Heaps of threads: garbage is collected before much of it piles up. */
const YOUNG_MB = 8;

/** What a persisted result is: a value, or blocks and their bytes. */
export type Held =
  | { readonly value: unknown }
  | { readonly blocks: readonly BlockMeta[]; readonly bytes: number };

interface Internals {
  readonly entry?: URL;
  readonly runner?: URL;
  readonly arenaBytes?: number;
  readonly engineFor?: (key: Key) => Engine | Promise<Engine>;
}

/**
 * Computes graphs with the threads and the memory of this machine; blocks that memory is too small for are on disk meanwhile.
 *
 * Nothing needs to be disposed of for the process to end: threads keep it alive only while something runs.
 *
 * Cancelling: a run's promise rejects at once. Tasks that no other run needs and no thread has begun are dropped; a thread that has
 * begun one is given a second to finish it and is replaced otherwise, so a task that writes files may be cut short.
 */
export class LocalEngine implements Engine, Disposable, AsyncDisposable {
  /** Objects that keep state, each in a thread of its own. */
  readonly actors: HostedActors;
  private readonly hosted: LocalActors;
  /** With what it works; defaults filled in. */
  readonly settings: Settings;
  private readonly state: EngineState;
  private readonly executor: Executor;
  private readonly asked: Asked;
  private readonly calls: Calls;
  private readonly loans: Loans;
  private readonly memory: BudgetWatch;
  private readonly uploads: UploadFiles;
  /** What programs and tasks share by name. */
  private readonly coordinator = new LocalCoordinator();
  /** Aborted when the engine ends. */
  private readonly over = new AbortController();
  private ended: Promise<void> | undefined;
  private readonly reservations = new Reservations();
  private readonly companions = new Set<() => void | Promise<void>>();

  /**
   * Throws a MemoryLimitError where the limit is too small for what the process takes already.
   * @param internals.entry what threads run, in place of tilework's own operations
   * @param internals.runner what the main thread runs, likewise; with an `entry` and without this it runs no tasks
   * @param internals.arenaBytes size of an arena, where not the largest possible
   * @param internals.engineFor which engine does what a task asks for, by its key; called when it asks first. Default: this one
   */
  constructor(options: LocalEngineOptions = {}, internals: Internals = {}) {
    this.settings = settingsOf(options);
    const { memoryLimit, spillDirectory, threads } = this.settings;
    const firstBudget = budgetOf(memoryLimit, process.memoryUsage.rss(), threads);
    removeAbandoned(spillDirectory);
    const { arenaBytes, entry = threadEntry() } = internals;
    const runner = internals.runner ?? (internals.entry === undefined ? runnerBeside(entry) : undefined);
    this.state = new EngineState({
      threads,
      here: runner !== undefined,
      budget: firstBudget,
      memoryLimit,
      ...(arenaBytes !== undefined && { arenaBytes }),
    });
    this.uploads = new UploadFiles(spillDirectory);
    this.asked = new Asked(internals.engineFor ?? (() => this), (thread, message) =>
      thread < 0 ? this.hosted.tell(thread, message) : this.executor.tell(thread, message),
    );
    const heap = Math.max(64, Math.min(4096, Math.floor((0.5 * memoryLimit) / 2 ** 20)));
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MB, maxOldGenerationSizeMb: heap };
    this.hosted = new LocalActors({
      engine: this,
      thread: { entry, uploads: this.uploads.root, resourceLimits },
      retries: this.settings.retries,
      asked: (number, message, key) => void this.asked.ask(number, message, key, 0),
      left: (number) => this.asked.endAll(number),
    });
    this.actors = this.hosted;
    this.executor = new Executor(
      this.state,
      {
        entry,
        runner,
        threads,
        spillDirectory,
        uploads: this.uploads.root,
        resourceLimits,
      },
      {
        deliver: (run, record) => this.calls.deliver(run, record),
        fetched: (token, error) => this.loans.fetched(token, error),
        asked: (thread, message) => {
          const record = this.state.core.runners[thread]!.seceded.get(message.sequence);
          void this.asked.ask(thread, message, record?.task.key ?? '', record?.owner.priority ?? 0);
        },
        deserted: (thread, sequence) => this.asked.desert(thread, sequence),
        left: (thread, sequence) =>
          sequence === undefined ? this.asked.endAll(thread) : this.asked.end(thread, sequence),
        resolve: (run) => this.calls.resolve(run),
        reject: (run, reason) => this.calls.reject(run, reason),
        collect: () => void this.collectGarbage(),
        broken: (error) => {
          this.ended ??= this.end(error);
        },
      },
    );
    const { state, executor } = this;
    const memory = new BudgetWatch({
      limit: memoryLimit,
      first: firstBudget,
      space: state.core.space,
      reserved: () => this.calls.reserved,
      discard: (arena, address, size) => executor.arenas.discard(arena, address, size, giveBack()!.discard),
      collectThreads: async () => {
        await Promise.all([executor.collect(), this.hosted.collect()]);
      },
      budgeted: (bytes) => state.budgeted(bytes),
    });
    const pulse = new Pulse(memory, () => {
      state.ticked();
      executor.carryOut();
      this.calls.tick();
    });
    this.memory = memory;
    this.calls = new Calls({ state, executor, memory, pulse, settings: this.settings, firstBudget });
    this.loans = new Loans(state, executor, pulse, spillDirectory);
  }

  async run(graph: Graph, outputs: readonly Key[], options: RunOptions = {}): Promise<Results> {
    this.throwIfEnded();
    return this.loans.of(await this.calls.submit(graph, outputs, options, options));
  }

  async persist(graph: Graph, keys: readonly Key[], options: ComputeOptions = {}): Promise<void> {
    this.throwIfEnded();
    this.state.persisted(await this.calls.submit(graph, keys, options, {}));
  }

  /**
   * As `persist`, for callers that begin very many small tasks, and need no AbortSignal for each. What is wrong with the call it throws.
   *
   * @throws EngineError where the engine has been disposed of, GraphError for a graph that cannot be computed
   */
  begin(graph: Graph, keys: readonly Key[], options: Omit<ComputeOptions, 'signal'> = {}): Begun<void> {
    this.throwIfEnded();
    const { done, cancel } = this.calls.begin(graph, keys, options, {});
    return { done: done.then((run) => this.state.persisted(run)), cancel };
  }

  release(keys: readonly Key[]): void {
    for (const key of keys) this.state.released(key);
    this.executor.carryOut();
  }

  has(key: Key): boolean {
    const record = this.state.core.byKey.get(key);
    return record !== undefined && record.persisted > 0;
  }

  /**
   * Keeps a result that was computed elsewhere under its key, as if it had been computed and persisted here. Blocks are copied, within
   * the memory for blocks, but a single one that fills what `reserve` gave stays there; they must not change until the promise resolves. Where the key
   * is persisted or being computed already, what is here counts.
   *
   * @throws MemoryLimitError where the blocks do not fit
   */
  supply(key: Key, result: Result): Promise<void> {
    const out = 'blocks' in result ? result.blocks.map(({ dtype, shape }) => ({ dtype, shape })) : undefined;
    const params = new Supply(result, this.reservations.of(result));
    return this.persist(new Map([[key, { key, op: SUPPLY, inputs: [], params, ...(out && { out }) }]]), [
      key,
    ]);
  }

  /**
   * Memory for a block that is on its way here: it is the block's as soon as that is supplied. Undefined where so much is not at hand.
   * Whoever asked for it must `unreserve` it in any case.
   */
  reserve(bytes: number): Uint8Array | undefined {
    if (this.ended !== undefined) return undefined;
    const allocation = this.state.reserved(bytes);
    this.executor.carryOut();
    return allocation && this.reservations.add(allocation, this.executor.arenas.bytesAt(allocation, bytes));
  }

  /** Gives back what `reserve` gave, unless it is a block's; it must not be written to any more. */
  unreserve(space: Uint8Array): void {
    const allocation = this.reservations.remove(space);
    if (allocation !== undefined) this.state.unreserved(allocation);
    this.executor.carryOut();
  }

  async coordinate(request: Coordination, signal?: AbortSignal): Promise<unknown> {
    this.throwIfEnded();
    const either = signal === undefined ? this.over.signal : AbortSignal.any([signal, this.over.signal]);
    return this.coordinator.coordinate(request, either);
  }

  /**
   * Lets threads import packages by their names, without copying them more than once.
   *
   * @throws EngineError where the engine has been disposed of, or a path leads elsewhere; SpillError where there is no place for files
   */
  async upload(upload: Pick<Upload, 'hash' | 'files'>): Promise<void> {
    this.throwIfEnded();
    this.uploads.install(upload);
  }

  /** What is persisted under a key, and finished; values are the engine's own. Blocks may be on disk: `run` and `load` lend them. */
  held(key: Key): Held | undefined {
    const record = this.state.core.byKey.get(key);
    if (record === undefined || record.persisted === 0 || record.status !== 'done') return undefined;
    const { place, value } = record;
    if (place === undefined) return { value };
    return { blocks: place.blocks.map(({ dtype, shape }) => ({ dtype, shape })), bytes: place.bytes };
  }

  /** What it does now, and has done. */
  stats(): EngineStats {
    return statsOf(this.state.core, this.executor.threadsRunning);
  }

  /**
   * Has something end that lives with the engine, such as the database of its frames, before `dispose` resolves.
   *
   * @throws EngineError where the engine has been disposed of
   */
  onDispose(end: () => void | Promise<void>): void {
    this.throwIfEnded();
    this.companions.add(end);
  }

  /** Ends threads and removes what is on disk; running computations reject with an EngineError. */
  dispose(): Promise<void> {
    this.ended ??= this.end(new EngineError('the engine was disposed of'));
    return this.ended;
  }

  [Symbol.dispose](): void {
    void this.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /** Collects the garbage of all threads now, and gives back to the system what that freed: for callers that gave up much at once. */
  async collectGarbage(): Promise<void> {
    if (this.ended !== undefined) return;
    await this.memory.collect();
    this.state.collected();
    this.executor.carryOut();
  }

  /**
   * Something else than tasks works in this process, such as the database of frames: it gets what memory blocks do not use, and what it takes
   * is looked at until the function that is returned is called.
   */
  shareMemory(): () => void {
    return this.memory.share();
  }

  toString(): string {
    return `tilework.LocalEngine<${this.settings.threads} threads>`;
  }

  private throwIfEnded(): void {
    if (this.ended !== undefined) throw new EngineError('the engine was disposed of');
  }

  private async end(reason: unknown): Promise<void> {
    this.over.abort(reason);
    const ended = this.executor.end();
    this.calls.end(reason);
    this.loans.end(reason);
    await Promise.all([ended, this.hosted.endAll(reason), ...[...this.companions].map((end) => end())]);
    this.companions.clear();
    this.uploads.remove();
  }
}
