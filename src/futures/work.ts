import { detached } from '../engine/detached.js';
import type { ComputeOptions, Engine } from '../engine/engine.js';
import type { Result } from '../engine/op.js';
import { passed } from '../engine/ops/call.js';
import { GraphError } from '../graph/errors.js';
import { order } from '../graph/order.js';
import type { Graph, Key } from '../graph/task.js';
import { type LazyInput, type PassedAs, tasksOf } from '../lazy/index.js';
import { tasksFor } from './behind.js';
import { CancelledError, LostError } from './errors.js';
import { leaves, madeOf } from './lineage.js';
import { read } from './reading.js';

export type Outcome = 'pending' | 'finished' | 'error' | 'cancelled';

/**
 * What a future stands for, by itself: futures are released when they are collected, so nothing that lives as long as the work
 * refers to them.
 */
export abstract class Work<T = unknown> {
  outcome: Outcome = 'pending';
  error: unknown;
  /** Resolves when it is pending no more; it never rejects, so that errors nobody looks at are no harm. */
  settled!: Promise<void>;
  /** Goes on when its futures are released. */
  kept = false;
  /** By which whoever waits for its futures to be collected has it, until nobody wants it any more: its error's stack, kept for longer, would keep a future alive. */
  readonly grip: { work: Work | undefined } = { work: this };
  protected wanted = true;
  private resolve!: () => void;

  constructor(readonly key: Key) {
    this.open();
  }

  /** What makes it, while it is pending: whoever reads it has it at hand, should an engine not be at it. */
  abstract get origin(): LazyInput | undefined;
  abstract get lost(): boolean;
  /** Whether an engine has begun it, and is at it still: whoever reads it need not bring what makes it. */
  abstract isAt(engine: Engine): boolean;
  /** The value, where it has finished. @param holder what keeps it from being given up meanwhile: a future's node */
  abstract value(holder: object): Promise<T>;
  /** A result, which is lent, as users get it, or a promise of that. */
  abstract shown(result: Result): unknown;
  /** Has it done, once more after it failed. */
  protected abstract begin(): void;
  /** Has what runs stop. */
  protected abstract stop(reason: CancelledError): void;
  /** Gives a finished result up. */
  protected abstract giveUp(): void;

  /** Throws what it failed with. */
  throwIfFailed(): void {
    if (this.outcome === 'error' || this.outcome === 'cancelled') throw this.error;
  }

  /** What failed is done once more. @throws CancelledError where nobody wants it any more */
  retry(): void {
    if (this.outcome === 'cancelled') throw this.error;
    if (this.outcome !== 'error') return;
    this.outcome = 'pending';
    this.error = undefined;
    this.wanted = true;
    this.grip.work = this;
    this.open();
    this.begin();
  }

  /** Nobody wants it any more, nor what is made of it: as Dask's scheduler does, all of that is cancelled, but what is to finish in any case. */
  cancel(): void {
    const made = madeOf<Work>(this, ({ kept }) => kept);
    this.end(new CancelledError(this.key));
    for (const work of made) work.end(new CancelledError(work.key, 'cancelled', this.key));
  }

  /** Nobody wants it any more; where it runs, it stops, unless something else needs it. */
  release(): void {
    if (this.kept && this.outcome === 'pending') this.wanted = false;
    else if (this.outcome !== 'error') this.end(new CancelledError(this.key, 'released'));
  }

  /** All futures of it were collected: it is finished, but its result not kept. */
  forget(): void {
    if (this.wanted && this.outcome === 'finished') this.giveUp();
    this.wanted = false;
    this.leave();
  }

  private end(reason: CancelledError): void {
    const { outcome } = this;
    if (outcome === 'cancelled') return;
    this.outcome = 'pending';
    this.fail(reason);
    if (outcome === 'pending') this.stop(reason);
    else if (outcome === 'finished' && this.wanted) this.giveUp();
    this.wanted = false;
    this.leave();
  }

  /** What is to finish in any case is made of its inputs, and others of it, until it has. */
  private leave(): void {
    const goesOn = this.kept && this.outcome === 'pending';
    if (this.wanted || goesOn) return;
    this.grip.work = undefined;
    leaves(this);
  }

  protected finish(): void {
    if (this.outcome === 'pending') {
      this.outcome = 'finished';
      this.resolve();
      this.leave();
      if (this.wanted) return;
    }
    this.giveUp();
  }

  private open(): void {
    this.settled = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  protected fail(error: unknown): void {
    if (this.outcome === 'error' || this.outcome === 'cancelled') return;
    this.outcome = error instanceof CancelledError ? 'cancelled' : 'error';
    this.error = error;
    this.leave();
    this.resolve();
  }
}

/** Work that an engine does, and whose result it holds. */
export class EngineWork<T> extends Work<T> {
  origin: LazyInput | undefined;
  private abort = new AbortController();
  private begun = false;

  /**
   * @param after works in this process that must be settled first
   */
  constructor(
    protected readonly engine: Engine,
    node: LazyInput,
    private readonly options: Omit<ComputeOptions, 'priorities' | 'signal'>,
    private readonly after: (inputs: readonly LazyInput[]) => readonly Work[],
    private readonly as?: PassedAs,
    /** Makes of a value what users get. */
    readonly revive: (value: unknown) => unknown = (value) => value,
  ) {
    super(node.key);
    this.origin = node;
    this.begin();
  }

  get lost(): boolean {
    return this.outcome === 'finished' && !this.engine.has(this.key);
  }

  isAt(engine: Engine): boolean {
    return this.begun && this.outcome === 'pending' && this.engine === engine;
  }

  async value(holder: object): Promise<T> {
    try {
      return await read(this.engine, this.key, (result) => this.shown(result) as T, holder);
    } catch (cause) {
      if (this.lost || cause instanceof GraphError) throw new LostError(this.key, { cause });
      throw cause;
    }
  }

  shown(result: Result): unknown {
    const value = passed(result, this.as);
    return this.revive(ArrayBuffer.isView(value) ? detached(value) : value);
  }

  protected stop(reason: CancelledError): void {
    this.abort.abort(reason);
  }

  protected giveUp(): void {
    this.engine.release([this.key]);
  }

  protected begin(): void {
    this.abort = new AbortController();
    this.begun = false;
    const node = this.origin!;
    const after = this.after(node.inputs);
    if (after.length === 0) this.start(node);
    else
      void Promise.all(after.map(({ settled }) => settled)).then(() => {
        if (this.outcome === 'pending') this.start(node);
      });
  }

  /** What it was made of may go when it is there, or is not wanted. */
  protected override finish(): void {
    this.origin = undefined;
    super.finish();
  }

  protected override fail(error: unknown): void {
    if (error instanceof CancelledError) this.origin = undefined;
    super.fail(error);
  }

  private start(node: LazyInput): void {
    try {
      this.compute(node, tasksFor(node, this.engine)).then(
        () => this.finish(),
        (error: unknown) => this.fail(error),
      );
    } catch (error) {
      this.fail(error);
    }
  }

  private async compute(node: LazyInput, graph: Graph): Promise<void> {
    const { signal } = this.abort;
    const options = { ...this.options, signal };
    const priorities = (of: Graph) => (of.size > 1 ? { priorities: order(of, [this.key]) } : {});
    try {
      const done = this.obtain(graph, { ...options, ...priorities(graph) });
      this.begun = true;
      await done;
    } catch (error) {
      if (!(error instanceof GraphError)) throw error;
      // What the engine was at is gone. Where an input failed just before it was read, its own error says more.
      const whole = tasksOf([node]);
      if (whole.size === graph.size) throw error;
      await this.obtain(whole, { ...options, ...priorities(whole) });
    }
  }

  /** Has the engine get the result, and hold it. */
  protected obtain(graph: Graph, options: ComputeOptions): Promise<void> {
    return this.engine.persist(graph, [this.key], options);
  }
}

/** Work that another program has had done, on the same cluster. */
export class AdoptedWork<T> extends EngineWork<T> {
  protected override obtain(): Promise<void> {
    return this.engine.adopt!([this.key]);
  }
}

/** Work done in this process, whose result lies here. */
export class LocalWork<T> extends Work<T> {
  readonly origin = undefined;
  private result: T | undefined;
  private abort!: AbortController;

  constructor(
    key: Key,
    private readonly run: (signal: AbortSignal) => Promise<T>,
  ) {
    super(key);
    this.begin();
  }

  protected begin(): void {
    this.abort = new AbortController();
    this.run(this.abort.signal).then(
      (value) => {
        this.result = value;
        this.finish();
      },
      (error: unknown) => this.fail(error),
    );
  }

  get lost(): boolean {
    return false;
  }

  isAt(): boolean {
    return false;
  }

  get present(): T {
    return this.result as T;
  }

  async value(): Promise<T> {
    return this.result as T;
  }

  shown(): unknown {
    return this.result;
  }

  protected stop(reason: CancelledError): void {
    this.abort.abort(reason);
  }

  protected giveUp(): void {
    this.result = undefined;
  }
}
