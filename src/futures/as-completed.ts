import { checkOptions } from '../engine/known-options.js';
import type { Future } from './future.js';
import { futuresOf } from './given.js';
import { checkWait, type WaitOptions, within } from './waiting.js';

/** What `asCompleted` gives of each future, and for how long. The time counts from the call of `asCompleted`. */
export interface AsCompletedOptions extends WaitOptions {
  /** Whether to give results too, as pairs of a future and its result. */
  readonly withResults?: boolean;
  /** With results: whether what a future failed with is thrown (default), or given in place of the result. */
  readonly raiseErrors?: boolean;
}

const OPTIONS = ['withResults', 'raiseErrors', 'timeout', 'signal'] as const;

/** A future that is done, and its result. */
export type WithResult<F extends Future> =
  F extends Future<infer T> ? readonly [future: F, result: T] : never;
/** A future that is done, and its result, or what it failed with. */
export type WithOutcome<F extends Future> =
  F extends Future<infer T> ? readonly [future: F, outcome: T | Error] : never;

/**
 * Futures in the order in which they are done, for `for await`. More may be added meanwhile; it ends when all that were added are done.
 *
 * With `{ withResults: true }` it gives pairs of a future and its result, which is fetched before. What a future failed with is then thrown, a CancelledError
 * too, and whoever goes on has what comes after it; with `raiseErrors: false` the error takes the place of the result.
 *
 * @throws TypeError naming what is no future, or an option that there is not. While it is gone over: a DOMException named TimeoutError where nothing is done
 *   `timeout` milliseconds after this call; the signal's reason
 * @example
 * const client = new Client();
 * const results: number[] = [];
 * const completed = asCompleted(client.map((n: number) => 2 * n, [1, 2]));
 * for await (const future of completed) {
 *   results.push(await future);
 *   if (results.length === 1) completed.add(client.submit((n: number) => n, 3));
 * }
 * results.sort(); // [ 2, 3, 4 ]
 * for await (const [future, result] of asCompleted([client.submit(() => 5)], { withResults: true })) {
 *   [future.status, result]; // [ 'finished', 5 ]
 * }
 */
export function asCompleted<F extends Future>(
  futures: Iterable<F> | undefined,
  options: AsCompletedOptions & { readonly withResults: true; readonly raiseErrors: false },
): AsCompleted<F, WithOutcome<F>>;
export function asCompleted<F extends Future>(
  futures: Iterable<F> | undefined,
  options: AsCompletedOptions & { readonly withResults: true; readonly raiseErrors?: true },
): AsCompleted<F, WithResult<F>>;
export function asCompleted<F extends Future>(
  futures?: Iterable<F>,
  options?: AsCompletedOptions & { readonly withResults?: false },
): AsCompleted<F>;
export function asCompleted<F extends Future>(
  futures: Iterable<F> = [],
  options: AsCompletedOptions = {},
): AsCompleted<F, unknown> {
  checkWait('asCompleted', options, OPTIONS);
  const completed = new AsCompleted<F, unknown>(options);
  completed.update(futures);
  return completed;
}

/** A future that is done; with results, what came of it. */
interface Done {
  readonly item: unknown;
  readonly failed?: { readonly error: unknown };
}

/** What `asCompleted` gives: futures, or pairs of them and their results. */
export class AsCompleted<F extends Future, Item = F> implements AsyncIterableIterator<Item> {
  private readonly ready: Done[] = [];
  private readonly pending = new Set<object>();
  private readonly deadline: number;
  private change!: Promise<void>;
  private changed!: () => void;

  /** @internal */
  constructor(private readonly options: AsCompletedOptions) {
    this.deadline = performance.now() + (options.timeout ?? Number.POSITIVE_INFINITY);
    this.expect();
  }

  /** How many are still to come, done or not. */
  get count(): number {
    return this.pending.size + this.ready.length;
  }

  /** Whether none is still to come. */
  get isEmpty(): boolean {
    return this.count === 0;
  }

  /** Whether one is done that was not given yet. */
  get hasReady(): boolean {
    return this.ready.length > 0;
  }

  /**
   * Adds futures.
   *
   * @throws TypeError naming what is no future
   * @example
   * const completed = asCompleted();
   * completed.add(new Client().submit(() => 1));
   * completed.count; // 1
   */
  add(...futures: readonly F[]): void {
    this.update(futures);
  }

  /**
   * Adds a list of futures.
   *
   * @throws TypeError naming what is no future
   * @example
   * const completed = asCompleted();
   * completed.update(new Client().map((n: number) => n, [1, 2]));
   * completed.count; // 2
   */
  update(futures: Iterable<F>): void {
    for (const future of futuresOf(futures, 'asCompleted')) {
      const place = {};
      this.pending.add(place);
      void this.doneOf(future).then((done) => {
        if (!this.pending.delete(place)) return;
        this.ready.push(done);
        this.tell();
      });
    }
  }

  /**
   * Leaves out all that are still to come: it ends, unless others are added. The futures themselves go on.
   *
   * @example
   * const completed = asCompleted([new Client().submit(() => 1)]);
   * completed.clear();
   * completed.isEmpty; // true
   */
  clear(): void {
    this.pending.clear();
    this.ready.length = 0;
    this.tell();
  }

  /** The next that is done: what `for await` calls. */
  async next(): Promise<IteratorResult<Item, undefined>> {
    await this.some();
    const done = this.ready.shift();
    if (done === undefined) return { done: true, value: undefined };
    if (done.failed) throw done.failed.error;
    // Not the future by itself, which would be awaited.
    return { done: false, value: done.item as Item };
  }

  /**
   * All that are done and were not given yet, of which there is one at least: it is waited for. None where none is still to come. What is thrown comes alone.
   *
   * @param options.block false: what is there now, which may be none
   * @throws as going over it does
   * @example
   * const client = new Client();
   * const futures = client.map((n: number) => n + 1, [1, 2]);
   * await wait(futures);
   * await client.gather(await asCompleted(futures).nextBatch()); // [ 2, 3 ]
   */
  async nextBatch(options: { readonly block?: boolean } = {}): Promise<Item[]> {
    checkOptions('nextBatch', options, ['block']);
    if (options.block !== false) await this.some();
    const failed = this.ready.findIndex((done) => done.failed !== undefined);
    if (failed === 0) throw this.ready.shift()!.failed!.error;
    const batch = this.ready.splice(0, failed < 0 ? this.ready.length : failed);
    return batch.map(({ item }) => item as Item);
  }

  /**
   * Batches of what is done meanwhile, for `for await`, to the end.
   *
   * @throws as going over it does
   * @example
   * const client = new Client();
   * let sum = 0;
   * for await (const batch of asCompleted(client.map((n: number) => n, [1, 2, 3])).batches())
   *   for (const n of await client.gather(batch)) sum += n;
   * sum; // 6
   */
  async *batches(): AsyncGenerator<Item[], void, undefined> {
    for (;;) {
      const batch = await this.nextBatch();
      if (batch.length === 0) return;
      yield batch;
    }
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private async doneOf(future: F): Promise<Done> {
    const { withResults, raiseErrors = true } = this.options;
    if (withResults !== true) {
      await future.settled();
      return { item: future };
    }
    try {
      return { item: [future, await future.result()] };
    } catch (error) {
      if (raiseErrors) return { item: future, failed: { error } };
      return { item: [future, error instanceof Error ? error : new Error(String(error), { cause: error })] };
    }
  }

  /** Resolves when something is ready, or nothing is still to come. */
  private async some(): Promise<void> {
    const { timeout, signal } = this.options;
    while (this.ready.length === 0 && this.pending.size > 0) {
      const left = timeout === undefined ? undefined : Math.max(0, this.deadline - performance.now());
      const patience = { ...(left !== undefined && { timeout: left }), ...(signal && { signal }) };
      await within(this.change, patience, `waiting for one of ${this.count} futures`, timeout);
    }
  }

  private tell(): void {
    this.changed();
    this.expect();
  }

  private expect(): void {
    this.change = new Promise((resolve) => {
      this.changed = resolve;
    });
  }
}
