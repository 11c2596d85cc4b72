import { inPieces, STEPS } from '../graph/pieces.js';
import type { Graph, Key } from '../graph/task.js';
import type { Begun } from './begun.js';
import type { ComputeOptions, RunOptions } from './engine.js';
import { MemoryLimitError } from './errors.js';
import type { Executor } from './executor.js';
import type { BudgetWatch } from './memory/budget-watch.js';
import { checkPlacement, checkPriority, checkRetries, type Settings } from './options.js';
import { ProgressReports } from './progress.js';
import type { Pulse } from './pulse.js';
import { signalOf } from './signal.js';
import type { RunRecord, Submission, TaskRecord } from './state/records.js';
import type { EngineState } from './state/state.js';

interface Call {
  readonly onOutput: RunOptions['onOutput'];
  readonly reserve: number;
  readonly settle: (error?: { readonly reason: unknown }) => void;
}

/** What calls need of their engine. */
export interface CallContext {
  readonly state: EngineState;
  readonly executor: Executor;
  readonly memory: BudgetWatch;
  readonly pulse: Pulse;
  readonly settings: Settings;
  /** Bytes that blocks could take at the start. */
  readonly firstBudget: number;
}

/** Runs under way, and what their callers are owed: outputs, progress, an outcome, and that an abort ends them. */
export class Calls {
  private readonly calls = new Map<RunRecord, Call>();
  private readonly reports: ProgressReports;
  private lastId = 0;
  /** The engine has ended, and why. */
  private ended: { readonly reason: unknown } | undefined;
  /** Whether what was submitted is about to begin. */
  private beginning = false;

  constructor(private readonly context: CallContext) {
    this.reports = new ProgressReports(context.state.core);
  }

  /** Bytes that callers will allocate by themselves. */
  get reserved(): number {
    let bytes = 0;
    for (const call of this.calls.values()) bytes += call.reserve;
    return bytes;
  }

  /** Resolves when the outputs are there, or were taken. Rejects with what is wrong with the call, too. */
  async submit(
    graph: Graph,
    outputs: readonly Key[],
    options: ComputeOptions,
    more: Pick<RunOptions, 'onOutput' | 'reserve'>,
  ): Promise<RunRecord> {
    const signal = signalOf(options.signal);
    signal?.throwIfAborted();
    const beginning = this.beginInPieces(graph, outputs, options, more, signal);
    const { done, cancel } = beginning instanceof Promise ? await beginning : beginning;
    if (signal === undefined) return done;
    const abort = (): void => cancel(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await done;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** Begins a run, of which no signal is looked at. Throws what is wrong with the call. */
  begin(
    graph: Graph,
    outputs: readonly Key[],
    options: Omit<ComputeOptions, 'signal'>,
    more: Pick<RunOptions, 'onOutput' | 'reserve'>,
  ): Begun<RunRecord> {
    const began = performance.now();
    const run = this.context.state.submitted(this.submissionOf(graph, outputs, options, more));
    return this.follow(run, options, more, began);
  }

  /** The same; of a large graph in pieces, after each of which the signal is looked at. */
  private beginInPieces(
    graph: Graph,
    outputs: readonly Key[],
    options: ComputeOptions,
    more: Pick<RunOptions, 'onOutput' | 'reserve'>,
    signal: AbortSignal | undefined,
  ): Begun<RunRecord> | Promise<Begun<RunRecord>> {
    if (graph.size <= STEPS) return this.begin(graph, outputs, options, more);
    const began = performance.now();
    let begun: Begun<RunRecord> | undefined;
    let isLater = false;
    const taken = (run: RunRecord): void => {
      begun = this.follow(run, options, more, began);
      // It may end before anybody has heard that it has begun.
      if (isLater) begun.done.catch(() => {});
    };
    const submission = this.submissionOf(graph, outputs, options, more);
    const taking = inPieces(this.context.state.submitting(submission, taken), signal);
    if (!(taking instanceof Promise)) return begun!;
    isLater = true;
    return taking.then(
      () => begun!,
      (error: unknown) => {
        begun?.cancel(error);
        // What was held for it may go.
        this.beginSoon();
        throw error;
      },
    );
  }

  /** Throws what is wrong with a call. */
  private submissionOf(
    graph: Graph,
    outputs: readonly Key[],
    options: Omit<ComputeOptions, 'signal'>,
    { onOutput, reserve = 0 }: Pick<RunOptions, 'onOutput' | 'reserve'>,
  ): Submission {
    const { settings, firstBudget } = this.context;
    checkPlacement(options);
    if (reserve > firstBudget) throw resultTooLarge(reserve, firstBudget, settings.memoryLimit);
    return {
      run: ++this.lastId,
      graph,
      outputs,
      priorities: options.priorities,
      priority: checkPriority(options.priority ?? 0),
      retries: checkRetries(options.retries ?? settings.retries),
      streamed: onOutput !== undefined,
    };
  }

  /** Sees to what the caller of a run is owed. */
  private follow(
    run: RunRecord,
    { onProgress }: Pick<ComputeOptions, 'onProgress'>,
    { onOutput, reserve = 0 }: Pick<RunOptions, 'onOutput' | 'reserve'>,
    began: number,
  ): Begun<RunRecord> {
    const { state, memory, pulse } = this.context;
    const done = new Promise<RunRecord>((resolve, reject) => {
      const settle: Call['settle'] = (failure) => {
        this.calls.delete(run);
        if (reserve > 0) memory.outdated();
        pulse.left();
        try {
          this.reports.finish(run, performance.now());
        } catch (error) {
          if (failure === undefined) state.closed(run);
          reject(failure === undefined ? error : failure.reason);
          return;
        }
        if (failure === undefined) resolve(run);
        else reject(failure.reason);
      };
      this.calls.set(run, { onOutput, reserve, settle });
    });
    if (onProgress !== undefined) this.reports.add(run, onProgress, began);
    if (reserve > 0) memory.outdated();
    pulse.joined();
    if (this.ended !== undefined) this.reject(run, this.ended.reason);
    this.beginSoon();
    return { done, cancel: (reason) => this.cancel(run, reason) };
  }

  resolve(run: RunRecord): void {
    this.calls.get(run)?.settle();
  }

  reject(run: RunRecord, reason: unknown): void {
    this.calls.get(run)?.settle({ reason });
  }

  /** Lends an output to the caller of its run. */
  deliver(run: RunRecord, record: TaskRecord): void {
    const { state, executor } = this.context;
    const done = (): void => {
      state.delivered(run, record);
      executor.carryOut();
    };
    const failed = (error: unknown): void => {
      state.cancelled(run, error);
      done();
    };
    const call = this.calls.get(run);
    if (call?.onOutput === undefined) {
      done();
      return;
    }
    try {
      const pending = call.onOutput(record.task.key, executor.arenas.resultOf(record));
      if (pending === undefined) done();
      else pending.then(done, failed);
    } catch (error) {
      failed(error);
    }
  }

  /** Some time has passed. */
  tick(): void {
    this.reports.tick(performance.now(), (run, error) => this.cancel(run, error));
  }

  /** The engine ends. */
  end(reason: unknown): void {
    this.ended = { reason };
    for (const call of [...this.calls.values()]) call.settle({ reason });
  }

  private cancel(run: RunRecord, reason: unknown): void {
    if (!this.calls.has(run)) return;
    this.context.state.cancelled(run, reason);
    this.context.executor.carryOut();
  }

  /** What is submitted in one turn goes to threads together. */
  private beginSoon(): void {
    if (this.beginning) return;
    this.beginning = true;
    queueMicrotask(() => {
      this.beginning = false;
      // An engine that has ended carries nothing out.
      this.context.state.begin();
      this.context.executor.carryOut();
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
