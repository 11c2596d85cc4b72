import type { BlockMeta, Graph, Key } from '../graph/task.js';
import type { Upload } from '../graph/uploads.js';
import { Asked } from './asked.js';
import type { Coordination } from './coordination.js';
import { removeAbandoned } from './disk/spill-directory.js';
import type { ComputeOptions, Engine, Results, RunOptions } from './engine.js';
import { EngineError, MemoryLimitError } from './errors.js';
import { Executor } from './executor.js';
import { LocalCoordinator } from './local-coordinator.js';
import { budgetOf } from './memory/budget.js';
import { BudgetWatch } from './memory/budget-watch.js';
import { giveBack } from './memory/give-back.js';
import type { Result } from './op.js';
import {
  checkPlacement,
  checkPriority,
  checkRetries,
  type LocalEngineOptions,
  type Settings,
  settingsOf,
} from './options.js';
import { ProgressReports } from './progress.js';
import { LocalResults, type ResultSource } from './results.js';
import { signalOf } from './signal.js';
import type { RunRecord, TaskRecord } from './state/records.js';
import { EngineState } from './state/state.js';
import { Reservations, SUPPLY, Supply } from './supply.js';
import { runnerBeside, threadEntry } from './thread-entry.js';
import { UploadFiles } from './uploads.js';

/** How often, while something runs, memory is checked and progress told. */
const TICK_MS = 25;
/** Heaps of threads: garbage is collected before much of it piles up. */
const YOUNG_MB = 8;

/** What the engine does now and has done. Sizes in bytes. */
export interface EngineStats {
  /** Beside the main thread, which does what is little work. */
  readonly threads: { readonly most: number; readonly running: number };
  readonly tasks: { readonly done: number; readonly held: number };
  readonly memory: {
    /** What the process may take. */
    readonly limit: number;
    /** What blocks may take of it now. */
    readonly budget: number;
    readonly used: number;
    readonly peak: number;
    /** What was ever used of the arenas: stays resident. */
    readonly touched: number;
  };
  readonly spill: {
    readonly onDisk: number;
    /** Written since the start. */
    readonly written: number;
    readonly blocks: number;
  };
}

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

interface Call {
  readonly run: RunRecord;
  readonly onOutput: RunOptions['onOutput'];
  readonly reserve: number;
  readonly settle: (error?: { readonly reason: unknown }) => void;
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
  /** With what it works; defaults filled in. */
  readonly settings: Settings;
  private readonly state: EngineState;
  private readonly executor: Executor;
  private readonly asked: Asked;
  private readonly reports: ProgressReports;
  private readonly calls = new Map<RunRecord, Call>();
  private readonly fetches = new Map<number, (error: unknown) => void>();
  private readonly firstBudget: number;
  private readonly memory: BudgetWatch;
  private readonly uploads: UploadFiles;
  /** What programs and tasks share by name. */
  private readonly coordinator = new LocalCoordinator();
  /** Aborted when the engine ends. */
  private readonly over = new AbortController();
  private lastId = 0;
  /** Whether what was submitted is about to begin. */
  private beginning = false;
  private timer: NodeJS.Timeout | undefined;
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
    this.firstBudget = budgetOf(memoryLimit, process.memoryUsage.rss(), threads);
    removeAbandoned(spillDirectory);
    const { arenaBytes, entry = threadEntry() } = internals;
    const runner = internals.runner ?? (internals.entry === undefined ? runnerBeside(entry) : undefined);
    this.state = new EngineState({
      threads,
      here: runner !== undefined,
      budget: this.firstBudget,
      memoryLimit,
      ...(arenaBytes !== undefined && { arenaBytes }),
    });
    this.uploads = new UploadFiles(spillDirectory);
    this.reports = new ProgressReports(this.state.core);
    this.asked = new Asked(internals.engineFor ?? (() => this), (thread, message) =>
      this.executor.tell(thread, message),
    );
    const heap = Math.max(64, Math.min(4096, Math.floor((0.5 * memoryLimit) / 2 ** 20)));
    this.executor = new Executor(
      this.state,
      {
        entry,
        runner,
        threads,
        spillDirectory,
        uploads: this.uploads.root,
        resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB, maxOldGenerationSizeMb: heap },
      },
      {
        deliver: (run, record) => this.deliver(run, record),
        fetched: (token, error) => {
          this.fetches.get(token)?.(error);
          this.fetches.delete(token);
        },
        asked: (thread, message) => {
          const record = this.state.core.runners[thread]!.seceded.get(message.sequence);
          void this.asked.ask(thread, message, record?.task.key ?? '', record?.owner.priority ?? 0);
        },
        deserted: (thread, sequence) => this.asked.desert(thread, sequence),
        left: (thread, sequence) =>
          sequence === undefined ? this.asked.endAll(thread) : this.asked.end(thread, sequence),
        resolve: (run) => this.calls.get(run)?.settle(),
        reject: (run, reason) => this.calls.get(run)?.settle({ reason }),
        collect: () => void this.collectGarbage(),
        broken: (error) => {
          this.ended ??= this.end(error);
        },
      },
    );
    this.memory = this.watchMemory();
  }

  async run(graph: Graph, outputs: readonly Key[], options: RunOptions = {}): Promise<Results> {
    const run = await this.submit(graph, outputs, options, options);
    return new LocalResults(this.sourceOf(run), run.held.values());
  }

  async persist(graph: Graph, keys: readonly Key[], options: ComputeOptions = {}): Promise<void> {
    const run = await this.submit(graph, keys, options, {});
    this.state.persisted(run);
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
    if (this.ended !== undefined) throw new EngineError('the engine was disposed of');
    const either = signal === undefined ? this.over.signal : AbortSignal.any([signal, this.over.signal]);
    return this.coordinator.coordinate(request, either);
  }

  /**
   * Lets threads import packages by their names, without copying them more than once.
   *
   * @throws EngineError where the engine has been disposed of, or a path leads elsewhere; SpillError where there is no place for files
   */
  async upload(upload: Pick<Upload, 'hash' | 'files'>): Promise<void> {
    if (this.ended !== undefined) throw new EngineError('the engine was disposed of');
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

  stats(): EngineStats {
    const { core } = this.state;
    return {
      threads: { most: this.settings.threads, running: this.executor.threadsRunning },
      tasks: { done: core.tasksDone, held: core.byKey.size },
      memory: {
        limit: this.settings.memoryLimit,
        budget: core.space.limit,
        used: core.space.used,
        peak: core.peak,
        touched: core.space.touched,
      },
      spill: { onDisk: core.spilledBytes, written: core.spilledTotal, blocks: core.spillCount },
    };
  }

  /**
   * Has something end that lives with the engine, such as the database of its frames, before `dispose` resolves.
   *
   * @throws EngineError where the engine has been disposed of
   */
  onDispose(end: () => void | Promise<void>): void {
    if (this.ended !== undefined) throw new EngineError('the engine was disposed of');
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

  private async end(reason: unknown): Promise<void> {
    this.over.abort(reason);
    const ended = this.executor.end();
    for (const call of [...this.calls.values()]) call.settle({ reason });
    for (const answer of this.fetches.values()) answer(reason);
    this.fetches.clear();
    await Promise.all([ended, ...[...this.companions].map((end) => end())]);
    this.companions.clear();
    this.uploads.remove();
  }

  private submit(
    graph: Graph,
    outputs: readonly Key[],
    options: ComputeOptions,
    { onOutput, reserve = 0 }: Pick<RunOptions, 'onOutput' | 'reserve'>,
  ): Promise<RunRecord> {
    return new Promise((resolve, reject) => {
      if (this.ended !== undefined) throw new EngineError('the engine was disposed of');
      const { priorities, onProgress } = options;
      const signal = signalOf(options.signal);
      signal?.throwIfAborted();
      checkPlacement(options);
      if (reserve > this.firstBudget)
        throw resultTooLarge(reserve, this.firstBudget, this.settings.memoryLimit);
      const began = performance.now();
      const run = this.state.submitted({
        run: ++this.lastId,
        graph,
        outputs,
        priorities,
        priority: checkPriority(options.priority ?? 0),
        retries: checkRetries(options.retries ?? this.settings.retries),
        streamed: onOutput !== undefined,
      });
      const abort = (): void => {
        this.state.cancelled(run, signal?.reason);
        this.executor.carryOut();
      };
      const settle: Call['settle'] = (failure) => {
        signal?.removeEventListener('abort', abort);
        this.calls.delete(run);
        if (reserve > 0) this.memory.outdated();
        if (this.calls.size === 0) this.rest();
        try {
          this.reports.finish(run, performance.now());
        } catch (error) {
          if (failure === undefined) this.state.closed(run);
          reject(failure === undefined ? error : failure.reason);
          return;
        }
        if (failure === undefined) resolve(run);
        else reject(failure.reason);
      };
      this.calls.set(run, { run, onOutput, reserve, settle });
      signal?.addEventListener('abort', abort, { once: true });
      if (onProgress !== undefined) this.reports.add(run, onProgress, began);
      this.wake(reserve);
      this.beginSoon();
    });
  }

  /** What is submitted in one turn goes to threads together. */
  private beginSoon(): void {
    if (this.beginning) return;
    this.beginning = true;
    queueMicrotask(() => {
      this.beginning = false;
      if (this.ended !== undefined) return;
      this.state.begin();
      this.executor.carryOut();
    });
  }

  /** Lends an output to the caller of its run. */
  private deliver(run: RunRecord, record: TaskRecord): void {
    const done = (): void => {
      this.state.delivered(run, record);
      this.executor.carryOut();
    };
    const failed = (error: unknown): void => {
      this.state.cancelled(run, error);
      done();
    };
    const call = this.calls.get(run);
    if (call?.onOutput === undefined) {
      done();
      return;
    }
    try {
      const pending = call.onOutput(record.task.key, this.executor.arenas.resultOf(record));
      if (pending === undefined) done();
      else pending.then(done, failed);
    } catch (error) {
      failed(error);
    }
  }

  private sourceOf(run: RunRecord): ResultSource {
    const { state, executor } = this;
    return {
      spillDirectory: this.settings.spillDirectory,
      resultOf: (record): Result => executor.arenas.resultOf(record),
      pin: (record) => state.pinned(record),
      unpin: (record) => {
        state.unpinned(record);
        executor.carryOut();
      },
      close: (key) => {
        state.closed(run, key);
        executor.carryOut();
      },
      fetch: (record) =>
        new Promise((resolve, reject) => {
          if (this.ended !== undefined) throw new EngineError('the engine was disposed of');
          const token = ++this.lastId;
          this.fetches.set(token, (error) => (error === undefined ? resolve() : reject(error)));
          state.fetch(record, token);
          executor.carryOut();
        }),
    };
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

  private wake(reserve: number): void {
    // Ticks look, and runs one after another in less time than a tick.
    this.memory.lookUnlessWithin(reserve > 0 ? 0 : TICK_MS);
    this.timer ??= setInterval(() => this.tick(), TICK_MS);
  }

  private rest(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private tick(): void {
    this.memory.look();
    this.state.ticked();
    this.executor.carryOut();
    this.reports.tick(performance.now(), (run, error) => {
      this.state.cancelled(run, error);
      this.executor.carryOut();
    });
  }

  private watchMemory(): BudgetWatch {
    const { executor, state } = this;
    return new BudgetWatch({
      limit: this.settings.memoryLimit,
      first: this.firstBudget,
      space: state.core.space,
      reserved: () => {
        let bytes = 0;
        for (const call of this.calls.values()) bytes += call.reserve;
        return bytes;
      },
      discard: (arena, address, size) => executor.arenas.discard(arena, address, size, giveBack()!.discard),
      collectThreads: () => executor.collect(),
      budgeted: (bytes) => state.budgeted(bytes),
    });
  }
}

const resultTooLarge = (bytes: number, budget: number, limit: number): MemoryLimitError =>
  new MemoryLimitError(
    `the result, and what is loaded for it, takes ${bytes} bytes, and the memory limit of ${limit} bytes leaves ${budget}: ` +
      'write it to a file block by block, reduce it first, or use a larger memoryLimit',
    bytes,
    budget,
  );
