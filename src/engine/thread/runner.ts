import { Control } from '../control.js';
import type { BatchMessage, ReportMessage, ToThread } from '../messages.js';
import { type Op, type Result, Shrunk, type TaskContext } from '../op.js';
import { BatchReader, type ReadTask, shrunkBlocks } from './decode.js';
import { Reporter } from './reporter.js';

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

const UNUSED_MEMORY = new WebAssembly.Memory({ initial: 0, maximum: 0, shared: true });

/**
 * Runs tasks in a thread, in the order in which they come, one at a time. It knows nothing of threads itself: messages come in by
 * `take`, reports go out by `post`.
 */
export class Runner {
  private readonly control: Control;
  private readonly reporter: Reporter;
  private readonly arenas: WebAssembly.Memory[] = [];
  private readonly layers = new Map<number, KnownLayer>();
  private readonly queue: ToThread[] = [];
  private working = false;
  private reportedAt = 0;

  constructor(
    control: SharedArrayBuffer,
    post: (message: ReportMessage) => void,
    private readonly load: (op: string) => Promise<Op<unknown, unknown>>,
  ) {
    this.control = new Control(control);
    this.reporter = new Reporter(post);
  }

  /** Takes a message. What can be done at once is done before it returns. */
  take(message: ToThread): void {
    this.queue.push(message);
    if (!this.working) void this.work();
  }

  private async work(): Promise<void> {
    this.working = true;
    for (let message = this.queue.shift(); message !== undefined; message = this.queue.shift()) {
      if (message.kind === 'run') await this.run(message);
      else if (message.kind === 'void') this.reporter.void(message.count);
      else if (message.kind === 'arena') this.arenas[message.index] = message.memory;
      else for (const layer of message.layers) this.layers.delete(layer);
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
      try {
        const task = reader.next(results);
        const pending = this.start(task, batch.keys[i]!, batch.params[i], began);
        results[i] = pending instanceof Promise ? await pending : pending;
      } catch (error) {
        this.reporter.failed(error);
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
      memory: this.arenas[task.arena] ?? UNUSED_MEMORY,
    };
    if (layer.op === undefined) return this.loadAndRun(layer, context, began);
    const outcome = layer.op(context);
    return isPromiseLike(outcome)
      ? this.settle(layer, context, outcome, began)
      : this.finish(layer, context, outcome, began);
  }

  private async loadAndRun(
    layer: KnownLayer,
    context: TaskContext<unknown, unknown>,
    began: number,
  ): Promise<Result> {
    layer.op = await this.load(layer.opName);
    // Loading is not part of what a task of the layer takes.
    const loaded = performance.now();
    return this.finish(layer, context, await layer.op(context), Math.max(began, loaded));
  }

  private async settle(
    layer: KnownLayer,
    context: TaskContext<unknown, unknown>,
    outcome: PromiseLike<unknown>,
    began: number,
  ): Promise<Result> {
    this.report(began);
    return this.finish(layer, context, await outcome, began);
  }

  private finish(
    layer: KnownLayer,
    context: TaskContext<unknown, unknown>,
    outcome: unknown,
    began: number,
  ): Result {
    const { out } = context;
    const milliseconds = performance.now() - began;
    layer.milliseconds = milliseconds;
    if (out.length === 0) {
      this.reporter.finishedWith(milliseconds, outcome);
      return { value: outcome };
    }
    if (outcome instanceof Shrunk) {
      const blocks = shrunkBlocks(out, outcome.shapes);
      this.reporter.shrunk(milliseconds, outcome.shapes);
      return { blocks };
    }
    this.reporter.finished(milliseconds);
    return { blocks: out };
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
