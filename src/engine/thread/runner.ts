import { Control } from '../control.js';
import { collectGarbage } from '../memory/collect.js';
import type { AnswerMessage, BatchMessage, FromThread, Request, ToThread } from '../messages.js';
import { type Op, type Result, Shrunk, type TaskContext } from '../op.js';
import { fromWire } from '../wire-error.js';
import { BatchReader, type ReadTask, shrunkBlocks } from './decode.js';
import { Reporter } from './reporter.js';
import { TaskEngine } from './task-engine.js';

/** A task expected to take longer, in milliseconds, is begun only after those before it were reported … */
const LONG_MS = 1;
/** … and reports go out at least so often while short ones run. */
const REPORT_MS = 1;

interface KnownLayer {
  readonly opName: string;
  op: Op<unknown, unknown> | undefined;
  readonly common: unknown;
  /** What its last task took; before the first, long. */
  milliseconds: number;
}

/** A task that has begun. */
interface Begun {
  readonly sequence: number;
  /** Takes what became of it: the thread's, or one of its own when it has seceded. */
  reporter: Reporter;
  /** Called when it secedes. */
  leave: (() => void) | undefined;
}

interface Question {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

const UNUSED_MEMORY = new WebAssembly.Memory({ initial: 0, maximum: 0, shared: true });

/**
 * Runs tasks in a thread, in the order in which they come, one at a time; those that have asked their engine for something (seceded) beside
 * the others. It knows nothing of threads itself: messages come in by
 * `take`, reports go out by `post`.
 */
export class Runner {
  private readonly control: Control;
  private readonly reporter: Reporter;
  private readonly arenas: WebAssembly.Memory[] = [];
  private readonly layers = new Map<number, KnownLayer>();
  private readonly queue: ToThread[] = [];
  private readonly questions = new Map<number, Question>();
  private lastQuestion = 0;
  private working = false;
  private reportedAt = 0;

  constructor(
    control: SharedArrayBuffer,
    private readonly post: (message: FromThread) => void,
    private readonly load: (op: string) => Promise<Op<unknown, unknown>>,
  ) {
    this.control = new Control(control);
    this.reporter = new Reporter(post);
  }

  /** Takes a message. What can be done at once is done before it returns. */
  take(message: ToThread): void {
    if (message.kind === 'answer') {
      this.answer(message);
      return;
    }
    this.queue.push(message);
    if (!this.working) void this.work();
  }

  private async work(): Promise<void> {
    this.working = true;
    for (let message = this.queue.shift(); message !== undefined; message = this.queue.shift()) {
      if (message.kind === 'run') await this.run(message);
      else if (message.kind === 'void') this.reporter.void(message.count);
      else if (message.kind === 'arena') this.arenas[message.index] = message.memory;
      else if (message.kind === 'forget') for (const layer of message.layers) this.layers.delete(layer);
      else if (message.kind === 'collect') this.collect();
    }
    this.working = false;
  }

  private async run(batch: BatchMessage): Promise<void> {
    for (const { id, op, common } of batch.layers)
      this.layers.set(id, { opName: op, op: undefined, common, milliseconds: Number.POSITIVE_INFINITY });
    const reader = new BatchReader(batch, this.arenas);
    const results: (Result | undefined)[] = new Array(batch.count).fill(undefined);
    this.reportedAt = performance.now();
    for (let i = 0; i < batch.count; i++) {
      if (!this.control.begin(batch.sequence + i)) {
        reader.skip();
        this.reporter.revoked();
        continue;
      }
      const began = performance.now();
      if (began - this.reportedAt > REPORT_MS) this.report(began);
      const begun: Begun = { sequence: batch.sequence + i, reporter: this.reporter, leave: undefined };
      try {
        const task = reader.next(results);
        const pending = this.start(task, batch.keys[i]!, batch.params[i], began, begun);
        results[i] = pending instanceof Promise ? await this.untilLeft(pending, begun) : pending;
      } catch (error) {
        begun.reporter.failed(error);
      }
    }
    this.control.rest();
    this.reporter.flush();
  }

  /** Runs a task; undefined where an input is missing. A promise only where the operation gave one. */
  private start(
    task: ReadTask,
    key: string,
    params: unknown,
    began: number,
    begun: Begun,
  ): Result | undefined | Promise<Result> {
    const layer = this.layers.get(task.layer)!;
    if (task.inputs.includes(undefined)) {
      this.reporter.skipped();
      return undefined;
    }
    if (layer.milliseconds > LONG_MS) this.report(began);
    const context: TaskContext<unknown, unknown> = {
      key,
      inputs: task.inputs as readonly Result[],
      params,
      common: layer.common,
      out: task.out,
      scratch: task.scratch,
      engine: () => new TaskEngine((request) => this.ask(begun, request)),
      memory: this.arenas[task.arena] ?? UNUSED_MEMORY,
    };
    if (layer.op === undefined) return this.loadAndRun(layer, context, began, begun);
    const outcome = layer.op(context);
    return isPromiseLike(outcome)
      ? this.settle(layer, context, outcome, began, begun)
      : this.finish(layer, context, outcome, began, begun);
  }

  private async loadAndRun(
    layer: KnownLayer,
    context: TaskContext<unknown, unknown>,
    began: number,
    begun: Begun,
  ): Promise<Result> {
    layer.op = await this.load(layer.opName);
    // Loading is not part of what a task of the layer takes.
    const loaded = performance.now();
    return this.finish(layer, context, await layer.op(context), Math.max(began, loaded), begun);
  }

  private async settle(
    layer: KnownLayer,
    context: TaskContext<unknown, unknown>,
    outcome: PromiseLike<unknown>,
    began: number,
    begun: Begun,
  ): Promise<Result> {
    this.report(began);
    return this.finish(layer, context, await outcome, began, begun);
  }

  private finish(
    layer: KnownLayer,
    context: TaskContext<unknown, unknown>,
    outcome: unknown,
    began: number,
    { reporter }: Begun,
  ): Result {
    const { out } = context;
    const seceded = reporter !== this.reporter;
    const milliseconds = seceded ? Number.NaN : performance.now() - began;
    if (!seceded) layer.milliseconds = milliseconds;
    if (out.length === 0) {
      reporter.finishedWith(milliseconds, outcome);
      return { value: outcome };
    }
    if (outcome instanceof Shrunk) {
      const blocks = shrunkBlocks(out, outcome.shapes);
      reporter.shrunk(milliseconds, outcome.shapes);
      return { blocks };
    }
    reporter.finished(milliseconds);
    return { blocks: out };
  }

  /** Waits for a task until it is done, or secedes: then what becomes of it is reported later. */
  private async untilLeft(pending: Promise<Result>, begun: Begun): Promise<Result | undefined> {
    const seceded = (): boolean => begun.reporter !== this.reporter;
    const left = new Promise<undefined>((resolve) => {
      begun.leave = () => resolve(undefined);
      if (seceded()) resolve(undefined);
    });
    const result = await Promise.race([pending, left]).catch((error: unknown) => {
      if (!seceded()) throw error;
      return undefined;
    });
    if (!seceded()) return result;
    const flush = (): void => begun.reporter.flush();
    void pending.catch((error: unknown) => begun.reporter.failed(error)).then(flush);
    return undefined;
  }

  /** A task asks the engine: it secedes. */
  private ask(begun: Begun, request: Request): Promise<unknown> {
    const { sequence } = begun;
    if (begun.reporter === this.reporter) {
      begun.reporter = new Reporter((report) => this.post({ kind: 'late', sequence, report }));
      this.reporter.seceded();
      this.reporter.flush();
      begun.leave?.();
    }
    const id = ++this.lastQuestion;
    return new Promise((resolve, reject) => {
      this.questions.set(id, { resolve, reject });
      this.post({ kind: 'ask', sequence, id, request });
    });
  }

  private answer({ id, value, error }: AnswerMessage): void {
    const question = this.questions.get(id);
    this.questions.delete(id);
    if (error === undefined) question?.resolve(value);
    else question?.reject(fromWire(error));
  }

  private collect(): void {
    collectGarbage('all');
    this.post({ kind: 'collected' });
  }

  private report(now: number): void {
    this.reporter.flush();
    this.reportedAt = now;
  }
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}
